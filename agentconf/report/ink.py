"""Plain ANSI colours, and lines of a terminal's width."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PARTS = re.compile(r"\n|[^\S\n]+|\S+")


class Style(StrEnum):
    """What a stretch of text is; the value is its ANSI code (SGR)."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    RED = "31"
    GREEN = "32"
    YELLOW = "33"
    MAGENTA = "35"
    ALARM = "1;31"


@dataclass(frozen=True, slots=True)
class Ink:
    """Paints text, or leaves it alone.

    Args:
        colour: whether ANSI codes may be written.

    """

    colour: bool

    def paint(self, style: Style, text: str) -> str:
        """Wrap a text in a style's codes."""
        if not self.colour or style is Style.PLAIN or not text:
            return text
        return f"\x1b[{style.value}m{text}\x1b[0m"


_GAP = 2
"""Columns between what stands left and what stands right, at least."""

Piece = tuple[Style, str]
"""A stretch of text and its style."""


def cells(text: str) -> int:
    """Count the columns that a text takes on a terminal; wide characters take two."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415 - most plans are ASCII

    columns = wcswidth(text)
    return columns if columns >= 0 else len(text)


def flow(pieces: Iterable[Piece], width: int, ink: Ink) -> list[str]:
    """Break styled text into lines between words; a word that is longer than a line stays whole.

    Args:
        pieces: the text; line feeds in it end a line.
        width: columns of a line.
        ink: paints the pieces.

    """
    lines: list[list[Piece]] = [[]]
    column = 0
    wrapped = False
    for style, part in ((style, part) for style, text in pieces for part in _PARTS.findall(text)):
        size = 0 if part == "\n" else cells(part)
        if part == "\n" or (column and column + size > width):
            lines.append([])
            column = 0
            wrapped = part != "\n"
        if part == "\n" or (wrapped and not column and part.isspace()):
            continue
        lines[-1].append((style, part))
        column += size
    return [_line(line, ink) for line in lines]


def _line(parts: list[Piece], ink: Ink) -> str:
    while parts and parts[-1][1].isspace():
        parts.pop()
    runs = ((style, "".join(text for _, text in run)) for style, run in groupby(parts, itemgetter(0)))
    return "".join(ink.paint(style, text) for style, text in runs)


def spread(left: list[Piece], right: str, width: int, ink: Ink) -> Iterator[str]:
    """Write a line with something faint at its right end, on a line of its own where both do not fit.

    Args:
        left: what the line says.
        right: what stands at the end; may be empty.
        width: columns of the line.
        ink: paints both.

    """
    text = "".join(ink.paint(style, part) for style, part in left).rstrip()
    space = width - cells(right)
    gap = space - sum(cells(part) for _, part in left)
    if gap >= _GAP and right:
        yield f"{text}{' ' * gap}{ink.paint(Style.FAINT, right)}"
        return
    yield text
    if right:
        yield f"{' ' * max(space, 0)}{ink.paint(Style.FAINT, right)}"
