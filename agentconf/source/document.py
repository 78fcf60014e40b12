"""A text that people wrote, and exact places in it."""

from __future__ import annotations

import bisect
import re
from functools import cached_property
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")

# Values that every start defines are named tuples: a frozen dataclass takes six times as long, 0.3 ms each.


class Span(NamedTuple):
    """A stretch of a document's text.

    Args:
        start: offset of the first character.
        end: offset behind the last character.

    """

    start: int
    end: int


class Position(NamedTuple):
    """A place as editors count it: line and column from 1, columns in characters (code points)."""

    line: int
    column: int


class Document:
    """A file's text, or a text from standard input.

    Args:
        path: how messages name the file: relative to the project's root, with forward slashes.
        text: the content, decoded, without a byte order mark.

    Attributes:
        masks: spans that no output may show, because a secret stands there literally.

    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.masks: list[Span] = []

    def __repr__(self) -> str:
        return f"Document({self.path!r})"

    def mask(self, span: Span) -> None:
        """Hide a span from every output; hiding it again changes nothing."""
        if span not in self.masks:
            self.masks.append(span)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    @property
    def line_count(self) -> int:
        """Number of lines, the last one counted even when it is empty."""
        return len(self._line_starts)

    def position(self, offset: int) -> Position:
        """Tell line and column of an offset; offsets behind the end are the end's."""
        offset = min(offset, len(self.text))
        line = bisect.bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return a line's text without its end, secrets masked with asterisks of the same length.

        Args:
            number: from 1 to `line_count`.

        """
        start = self._line_starts[number - 1]
        stop = self._line_starts[number] if number < self.line_count else len(self.text)
        text = self.text[start:stop].rstrip("\r\n")
        for mask in self.masks:
            first, last = max(mask.start - start, 0), min(mask.end - start, len(text))
            if first < last:
                text = text[:first] + "*" * (last - first) + text[last:]
        return text


class Location(NamedTuple):
    """A span in a document."""

    document: Document
    span: Span

    @property
    def path(self) -> str:
        """Path of the document, as messages name it."""
        return self.document.path

    @property
    def start(self) -> Position:
        """Line and column of the first character."""
        return self.document.position(self.span.start)

    @property
    def end(self) -> Position:
        """Line and column behind the last character."""
        return self.document.position(self.span.end)

    def __str__(self) -> str:
        start = self.start
        return f"{self.path}:{start.line}:{start.column}"


class Label(NamedTuple):
    """A second place that a message is about, with what it is."""

    location: Location
    text: str


class Problem(NamedTuple):
    """Something wrong with a file that was found while reading it; lint turns it into a finding.

    Args:
        code: the linter's rule that it belongs to (AC001 to AC009, AC504; AC101 to AC105 for project files).
        message: one sentence, without a trailing full stop.
        location: where.
        help: the next action, when there is one to name.
        labels: further places.

    """

    code: str
    message: str
    location: Location
    help: str | None = None
    labels: tuple[Label, ...] = ()
