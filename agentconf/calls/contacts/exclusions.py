"""Who must not be called: a list of numbers that is read in full or not at all."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from agentconf.calls.contacts.lines import read_lines
from agentconf.calls.contacts.numbers import canonical
from agentconf.calls.contacts.reader import open_file
from agentconf.calls.contacts.table import sniff_delimiter
from agentconf.errors import ConfigurationError
from agentconf.lint.phone import check_phone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COLUMNS = ("to", "phone", "number", "phone_number", "phonenumber", "tel", "telephone", "mobile")


def read_exclusions(path: Path, *, display: str) -> frozenset[str]:
    """Read a do-not-call list: a number a line, or a CSV with a column `to`, `phone` or `number`.

    In a CSV without such a column it is the first one. Blank lines and what stands behind `#` do not count.
    Numbers are in E.164; one that holds a national prefix is taken with and without it.

    Args:
        path: the file.
        display: the file, as users know it.

    Raises:
        ConfigurationError: the file, or one line of it, cannot be read; no line is ever passed over.

    """
    found: set[str] = set()
    for line, number in _numbers(path, display):
        fault = check_phone(number)
        if fault is not None:
            raise ConfigurationError(
                f"the do-not-call list has a line that excludes nobody: {fault.message}",
                help=fault.help,
                where=f"{display}:{line}",
            )
        found.add(number)
        found.add(canonical(number))
    return frozenset(found)


def _numbers(path: Path, display: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that say something, and the number in each as it stands."""
    with open_file(path, display) as stream:
        column = delimiter = None
        for line, text in enumerate(read_lines(stream, display), 1):
            bare = text.partition("#")[0].strip()
            if not bare:
                continue
            if delimiter is None:
                delimiter = sniff_delimiter(bare)
                column = _header(_cells(bare, delimiter))
                if column is not None:
                    continue
            cells = _cells(bare, delimiter)
            at = column or 0
            yield line, cells[at] if at < len(cells) else ""


def _cells(text: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter, skipinitialspace=True))]


def _header(cells: list[str]) -> int | None:
    """Tell which column holds the numbers, if these are the names of columns; a number is none."""
    if any(character.isdigit() for cell in cells for character in cell):
        return None
    words = [cell.casefold() for cell in cells]
    return next((words.index(name) for name in _COLUMNS if name in words), 0)
