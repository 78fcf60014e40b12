"""Offsets of our texts and positions of the protocol: lines from 0, columns in UTF-16 code units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol.types import Position, Range

if TYPE_CHECKING:
    from agentconf.source.document import Document, Location

_BEYOND = 0xFFFF


def position(document: Document, offset: int) -> Position:
    """Return where an offset is, as editors count."""
    place = document.position(offset)
    start = min(offset, len(document.text)) - place.column + 1
    before = document.text[start : min(offset, len(document.text))]
    return Position(place.line - 1, len(before) + sum(ord(character) > _BEYOND for character in before))


def span(location: Location) -> Range:
    """Return the range of a location."""
    document = location.document
    return Range(position(document, location.span.start), position(document, location.span.end))


def offset_of(text: str, place: Position) -> int:
    """Return the offset of a position; the text's end for one behind it."""
    start = 0
    for _ in range(place.line):
        following = text.find("\n", start)
        if following < 0:
            return len(text)
        start = following + 1
    end = text.find("\n", start)
    line = text[start : len(text) if end < 0 else end]
    units = 0
    for index, character in enumerate(line):
        if units >= place.character:
            return start + index
        units += 2 if ord(character) > _BEYOND else 1
    return start + len(line)
