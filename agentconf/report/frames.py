"""A place in a file as a frame: the line with its number, and what is meant underlined."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from agentconf.report.columns import columns
from agentconf.report.ink import Ink, Style
from agentconf.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.source.document import Document, Location

LEAST_WIDTH = 40
"""Columns that a frame takes at least, however narrow the terminal."""

_AROUND = 4
"""Of a very long line, this many times a frame's width is looked at on either side of a mark."""

_CUT = "…"
_LEAD = 12
"""Columns that are kept before an underlined stretch when its line is cut."""


@dataclass(frozen=True, slots=True)
class Paint:
    """How a frame is coloured.

    Args:
        ink: paints, or does not.
        tone: the colour of the primary underline.

    """

    ink: Ink
    tone: Style

    def edge(self, text: str) -> str:
        """Paint what belongs to the frame and not to the file."""
        return self.ink.paint(Style.FAINT, text)

    def underline(self, text: str, *, primary: bool) -> str:
        """Paint an underline and its words."""
        return self.ink.paint(self.tone if primary else Style.FAINT, text)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch to underline.

    Args:
        location: the stretch; of several lines the first one is shown.
        text: words beside the underline.
        primary: what the message is about; others are secondary.

    """

    location: Location
    text: str | None
    primary: bool


def frames(marks: Sequence[Mark], *, paint: Paint, width: int) -> Iterator[str]:
    """Draw the places of a message, those in one document in one frame.

    Args:
        marks: the primary one first.
        paint: how to colour.
        width: columns of the terminal.

    Yields:
        Lines without their ends.

    """
    gutter = max(len(str(mark.location.start.line)) for mark in marks)
    documents = {id(mark.location.document): mark.location.document for mark in marks}
    for number, document in enumerate(documents.values()):
        here = [mark for mark in marks if mark.location.document is document]
        start = here[0].location.start
        arrow = "-->" if number == 0 else ":::"
        yield f"{' ' * gutter}{paint.edge(arrow)} {visible(document.path)}:{start.line}:{start.column}"
        if document.text:
            yield from _frame(document, here, gutter, paint, width)


def _frame(document: Document, marks: list[Mark], gutter: int, paint: Paint, width: int) -> Iterator[str]:
    bar = paint.edge("|")
    room = max(width, LEAST_WIDTH) - gutter - 3
    marked = {mark.location.start.line for mark in marks}
    first = min(marked)
    shown = sorted(marked | {line for line in (first - 1,) if line > 0})
    yield f"{' ' * gutter} {bar}"
    for before, line in pairwise([shown[0], *shown]):
        if line - before > 1:
            yield paint.edge("...")
        here = [mark for mark in marks if mark.location.start.line == line]
        text, underlines = _line(document.line(line), here, room, paint)
        yield f"{paint.edge(str(line).rjust(gutter))} {bar} {text}".rstrip()
        for underline in underlines:
            yield f"{' ' * gutter} {bar} {underline}"


def _line(line: str, marks: list[Mark], room: int, paint: Paint) -> tuple[str, list[str]]:
    """Draw a line within some columns, and an underline for each mark."""
    skipped = max(marks[0].location.start.column - _AROUND * room, 0) if marks else 0
    drawn = list(columns(line[skipped : skipped + 2 * _AROUND * room]))
    stretches = [_stretch(drawn, mark, skipped, len(line)) for mark in marks]
    offset = _offset(stretches[0] if stretches else (0, 0), sum(width for _, width in drawn), room)
    text = _window(drawn, offset, room)
    underlines = []
    for mark, (start, stop) in zip(marks, stretches, strict=True):
        begin = min(max(start - offset, 0), room)
        length = max(min(stop - offset, room) - begin, 1)
        underline = paint.underline(("^" if mark.primary else "-") * length, primary=mark.primary)
        words = f" {visible(mark.text)}" if mark.text else ""
        underlines.append(" " * begin + underline + paint.underline(words, primary=mark.primary))
    return text, underlines


def _stretch(drawn: list[tuple[str, int]], mark: Mark, skipped: int, length: int) -> tuple[int, int]:
    """Return the columns, from 0, that a mark takes on its first line."""
    start, end = mark.location.start, mark.location.end
    first = min(start.column - 1, length)
    last = end.column - 1 if end.line == start.line else length
    widths = [width for _, width in drawn]
    begin, stop = max(first - skipped, 0), max(first, last) - skipped
    return sum(widths[:begin]), sum(widths[: max(stop, 0)])


def _offset(stretch: tuple[int, int], total: int, room: int) -> int:
    """Return how many columns to cut from the line's start, so that the stretch is seen."""
    start, stop = stretch
    if total <= room or stop < room:
        return 0
    return max(start - max(_LEAD, room - (stop - start) - _LEAD), 0)


def _window(drawn: list[tuple[str, int]], offset: int, room: int) -> str:
    """Show the columns from an offset on, with a mark where something was cut."""
    total = sum(width for _, width in drawn)
    first = offset + len(_CUT) if offset else 0
    last = offset + room if total <= offset + room else offset + room - len(_CUT)
    text, column = "", 0
    for shown, width in drawn:
        if column >= first and column + width <= last:
            # A wide character that the edge would halve is left out whole.
            text = text or " " * (column - first)
            text += shown
        column += width
    return f"{_CUT if offset else ''}{text}{_CUT if last < min(total, offset + room) else ''}"
