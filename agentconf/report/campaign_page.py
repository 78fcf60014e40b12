"""What the texts of campaigns share: a width, an ink, sentences that break, labelled lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.report.ink import Ink, Piece, Style, cells, flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NARROWEST = 40
"""Columns that a text takes at least, however narrow the terminal."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of text.

    Args:
        ink: paints.
        width: columns of the terminal.

    """

    ink: Ink
    width: int

    @classmethod
    def new(cls, *, colour: bool, width: int) -> Page:
        """Make a page.

        Args:
            colour: whether ANSI colours may be used.
            width: columns of the terminal.

        """
        return cls(Ink(colour), max(width, NARROWEST))

    def sentence(self, *pieces: Piece, indent: str = "", hanging: str | None = None) -> Iterator[str]:
        """Break styled text into lines.

        Args:
            pieces: the text, which may not steer a terminal.
            indent: what the first line begins with.
            hanging: what the further ones begin with; None: the same.

        """
        further = indent if hanging is None else hanging
        room = self.width - max(cells(indent), cells(further))
        for number, line in enumerate(flow(pieces, room, self.ink)):
            yield f"{indent if number == 0 else further}{line}"

    def labelled(self, rows: Sequence[tuple[str, Sequence[Piece]]]) -> Iterator[str]:
        """Write a name and what there is to say of it a line, the names in a column of their own."""
        wide = max((cells(name) for name, _ in rows), default=0)
        for name, pieces in rows:
            lead = f"  {self.ink.paint(Style.FAINT, name)}{' ' * (wide - cells(name))}  "
            hang = " " * (wide + 4)
            lines = flow(pieces, max(self.width - len(hang), NARROWEST // 2), self.ink)
            yield from (f"{hang if number else lead}{line}" for number, line in enumerate(lines or [""]))


def joined(lines: Iterable[str]) -> str:
    """Put lines together, each with its line feed and nothing at its right end."""
    return "".join(f"{line.rstrip()}\n" for line in lines)


def plain(text: str) -> tuple[Piece, ...]:
    """Return a text without a style."""
    return ((Style.PLAIN, text),)
