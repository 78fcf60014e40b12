"""CSV to rows (RFC 4180), as spreadsheets and people write it."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, NoReturn

from agentconf.calls.contacts.raw import Header, RawContact
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIMITERS = (",", ";", "\t", "|")
"""What may stand between two columns without being told; of two that occur as often, the first."""

_SEPARATOR = re.compile(r'"?sep=(.)"?[\r\n]*')
_QUOTED = re.compile(r'"[^"]*"?')


class Table:
    """Reads a CSV.

    Blanks around a cell do not count, nor do rows without any value. Cells too many or too few make a bad
    row; empty ones at the end may be too many.

    Args:
        lines: of the text, with their ends.
        display: the file, as users know it.
        delimiter: between two columns; None: found out from the header, or from a first line `sep=;`.

    Raises:
        ConfigurationError: there is no header, or quotes do not match.

    """

    def __init__(self, lines: Iterator[str], display: str, delimiter: str | None) -> None:
        self._lines = lines
        self._display = display
        self._record: list[str] = []
        self._read = 0
        first = self._first()
        told = _SEPARATOR.fullmatch(first)
        if told is not None:
            first = self._first()
        self._delimiter = delimiter or (told[1] if told else sniff_delimiter(first))
        self._cells = csv.reader(
            self._feed(first), delimiter=self._delimiter, skipinitialspace=self._delimiter != " ", strict=True
        )
        self.header = self._header()

    def rows(self) -> Iterator[RawContact]:
        """Read the rows below the header."""
        names = self.header.names
        width = len(names)
        while (found := self._next()) is not None:
            line, cells = found
            values = {name: text for name, cell in zip(names, cells, strict=False) if (text := cell.strip())}
            count = len(cells)
            if count > width and (spare := [cell for cell in cells[width:] if cell.strip()]):
                yield self._ragged(line, count, spare)
            elif not values:
                continue
            elif count < width:
                yield self._ragged(line, count, [])
            else:
                yield RawContact(line, values)

    def _first(self) -> str:
        """Return the first line that is not blank; what is before it is skipped."""
        for text in self._lines:
            self._read += 1
            if text.strip():
                return text
        raise ConfigurationError(
            f"{self._display} is empty",
            help="write a header, such as to,name, and a contact a line",
            where=self._display,
        )

    def _feed(self, first: str) -> Iterator[str]:
        """Hand lines to the CSV reader, and remember those of the row that is being read."""
        self._record.append(first)
        yield first
        for text in self._lines:
            self._read += 1
            self._record.append(text)
            yield text

    def _next(self) -> tuple[int, list[str]] | None:
        """Read a row that is not blank: its first line and its cells."""
        while True:
            self._record.clear()
            try:
                cells = next(self._cells, None)
            except csv.Error as error:
                self._refuse(error)
            if cells is None:
                return None
            if cells:
                return self._read - len(self._record) + 1, cells

    def _header(self) -> Header:
        found = self._next()
        line, cells = found if found is not None else (self._read, [])
        names = [cell.strip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        if not names:
            raise ConfigurationError(
                f"line {line} should name the columns and is empty",
                help="write a header, such as to,name",
                where=f"{self._display}:{line}",
            )
        return Header(line, tuple(names))

    def _ragged(self, line: int, count: int, spare: list[str]) -> RawContact:
        width = len(self.header.names)
        help_ = (
            f"put quotes around a cell that holds `{self._delimiter}`"
            if spare
            else "write every cell, also those that are empty"
        )
        cells = f"{count} cell" if count == 1 else f"{count} cells"
        return RawContact(line, {}, f"the row has {cells}, the header {width}", help_)

    def _refuse(self, error: csv.Error) -> NoReturn:
        begin = self._read - len(self._record) + 1
        if "unexpected end" in str(error) or "field limit" in str(error):
            line = begin + _open_quote(self._record, self._delimiter)
            message = f"a quote that begins in line {line} is never closed"
            help_ = 'close it; a quote inside a quoted cell is written twice, ""'
        else:
            line = self._read
            message = f"line {line}: text stands behind a closing quote"
            help_ = 'put the whole cell between quotes, and write quotes inside of it twice, ""'
        raise ConfigurationError(message, help=help_, where=f"{self._display}:{line}")


def sniff_delimiter(line: str) -> str:
    """Find out what stands between the columns of a header.

    Args:
        line: the header, or its first line; what is between quotes does not count.

    """
    bare = _QUOTED.sub("", line)
    return max(DELIMITERS, key=bare.count)


def _open_quote(lines: list[str], delimiter: str) -> int:
    """Tell in which of a row's lines the quote stands that is open at the end, from 0."""
    begun, state = 0, "start"
    for number, text in enumerate(lines):
        for character in text:
            if state == "quoted":
                state = "closed" if character == '"' else "quoted"
            elif character == '"' and state in ("start", "closed"):
                # Behind a closing quote it is the second of two, and the cell goes on.
                begun = number if state == "start" else begun
                state = "quoted"
            elif character == delimiter:
                state = "start"
            elif character != " ":
                state = "plain"
    return begun
