"""Files of contacts to rows: which format, from where, and what cannot be read at all."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from agentconf.calls.contacts.lines import read_lines
from agentconf.calls.contacts.objects import read_objects
from agentconf.calls.contacts.raw import ContactRows, Header, RawContact
from agentconf.calls.contacts.table import Table
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ContactRows", "Format", "Header", "RawContact", "read_contacts"]

Format = Literal["csv", "jsonl"]

_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


def read_contacts(
    source: Path | BinaryIO,
    *,
    display: str,
    format: Format | None = None,  # noqa: A002 - the word of the option
    delimiter: str | None = None,
) -> ContactRows:
    """Read contacts, row by row as they are asked for.

    Args:
        source: a file, which is closed after the last row, or a stream such as stdin, which stays open.
        display: the file, as users know it, for messages.
        format: None: by the file's suffix, else by its first character.
        delimiter: between two columns of a CSV; None: found out.

    Raises:
        ConfigurationError: it cannot be read at all: no such file, not UTF-8, no header; also while the rows
            are read.

    """
    rows = _read(source, display, format, delimiter)
    header = next(rows)
    return ContactRows(header, rows)  # type: ignore[arg-type]  # only the first is a header


def open_file(path: Path, display: str) -> BinaryIO:
    """Open a file to read its bytes.

    Args:
        path: the file.
        display: the file, as users know it.

    Raises:
        ConfigurationError: it cannot be opened; says why.

    """
    try:
        return path.open("rb")
    except OSError as error:
        raise _unreadable(error, display) from error


def _read(
    source: Path | BinaryIO, display: str, wanted: Format | None, delimiter: str | None
) -> Iterator[Header | RawContact | None]:
    """Yield the header, None in place of one, then the rows. The file is closed with the generator."""
    if not isinstance(source, Path):
        yield from _rows(source, display, wanted, delimiter)
        return
    with open_file(source, display) as stream:
        yield from _rows(stream, display, wanted or _SUFFIXES.get(source.suffix.lower()), delimiter)


def _rows(
    stream: BinaryIO, display: str, wanted: Format | None, delimiter: str | None
) -> Iterator[Header | RawContact | None]:
    lines = read_lines(stream, display)
    if wanted is None:
        wanted, lines = _look(lines)
    if wanted == "jsonl":
        yield None
        yield from read_objects(lines, display)
        return
    table = Table(lines, display, delimiter)
    yield table.header
    yield from table.rows()


def _look(lines: Iterator[str]) -> tuple[Format, Iterator[str]]:
    """Tell the format by the first character that is not blank."""
    seen = []
    for text in lines:
        seen.append(text)
        if text.strip():
            break
    start = seen[-1].strip()[:1] if seen else ""
    return ("jsonl" if start in ("{", "[") else "csv"), chain(seen, lines)


def _unreadable(error: OSError, display: str) -> ConfigurationError:
    match error:
        case FileNotFoundError():
            return ConfigurationError(f"there is no file {display}", help="check the path", where=display)
        case IsADirectoryError():
            return ConfigurationError(f"{display} is a directory", help="name a file in it", where=display)
        case _:
            return ConfigurationError(
                f"{display} cannot be read: {error.strerror}", help="check its permissions", where=display
            )
