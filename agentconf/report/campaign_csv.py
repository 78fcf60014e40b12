r"""A campaign's contacts as CSV (RFC 4180): a line each, ended by `\r\n`, written as they are read.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula. What others wrote (the ids of
rows, reasons, ids of calls, time zones) gets a `'` before such a sign, and its control characters are made
visible. A number stays as it is, so that the file can be dialled again: `+` and digits are no formula.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from agentconf.report.campaign_record import COLUMNS, record
from agentconf.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agentconf.calls.contact import Contact

_NUMBER: Final = re.compile(r"\+[0-9]+")
_WORDS: Final = frozenset({"state", "sent_at", "placed_at", "ended_at", "due_at", "deadline"})
"""Columns that hold nothing but words and moments of our own."""

_FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""What a cell with a formula begins with; some programs pass over blanks, or take wide signs for narrow."""


def lines(contacts: Iterable[Contact], *, number: Callable[[str], str]) -> Iterator[str]:
    r"""Write contacts as CSV.

    Args:
        contacts: in the order in which they are to be listed; read once, and not kept.
        number: how a number is written: its pseudonym, or itself when that was asked for.

    Yields:
        The header and a line a contact, each with its `\r\n`: a file is to be opened with `newline=""`.

    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    yield _taken(buffer)
    for contact in contacts:
        fields = record(contact, number).items()
        writer.writerow([value if name in _WORDS else _cell(value) for name, value in fields])
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cell(value: str | int | None) -> str | int:
    if not isinstance(value, str):
        return "" if value is None else value
    text = visible(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
