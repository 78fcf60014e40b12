"""Tables for the terminal: columns as wide as they need to be, cut or left out where there is no room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.report.columns import columns
from agentconf.report.ink import Ink, Piece, Style, cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP = "  "
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Args:
        head: its title.
        right: whether it is set to the right, as figures are.
        least: columns of the terminal to which it may be cut; None: it is never cut.
        spare: whether it is left out where cutting is not enough; the highest goes first, 0 never.

    """

    head: str
    right: bool = False
    least: int | None = None
    spare: int = 0


def table(
    heads: Sequence[Column], rows: Sequence[Sequence[Piece]], *, width: int, ink: Ink, indent: str = ""
) -> Iterator[str]:
    """Lay out a table.

    Args:
        heads: the columns; without any title no line of titles is written.
        rows: a style and a text a cell, which may not steer a terminal.
        width: columns of the terminal.
        ink: paints the cells.
        indent: what each line begins with.

    Yields:
        Lines without their ends.

    """
    shown, widths = _fit(heads, rows, width - cells(indent))
    titles: list[list[Piece]] = [[(Style.FAINT, head.head) for head in heads]]
    for row in (titles if any(head.head for head in heads) else []) + [list(row) for row in rows]:
        parts = [_cell(row[place], widths[place], ink, right=heads[place].right) for place in shown]
        yield f"{indent}{_GAP.join(parts)}".rstrip()


def clip(text: str, room: int) -> str:
    """Cut a text to some columns of the terminal, with a sign that it was cut."""
    if cells(text) <= room:
        return text
    kept, used = "", 0
    for shown, wide in columns(text):
        if used + wide > room - 1:
            break
        kept, used = kept + shown, used + wide
    return f"{kept.rstrip()}{_CUT}"


def _fit(
    heads: Sequence[Column], rows: Sequence[Sequence[Piece]], room: int
) -> tuple[list[int], dict[int, int]]:
    """Choose which columns are shown and how wide each is."""
    widths = {
        place: max([cells(head.head), *(cells(row[place][1]) for row in rows)])
        for place, head in enumerate(heads)
    }
    shown = [place for place in widths if any(row[place][1] for row in rows) or not heads[place].spare]
    while _total(shown, widths) > room:
        over = _total(shown, widths) - room
        gains = {place: _gain(heads[place], widths[place]) for place in shown}
        spare = max(shown, key=lambda place: heads[place].spare)
        if sum(gains.values()) >= over or not heads[spare].spare:
            return shown, widths | _cut(shown, widths, gains, over)
        shown.remove(spare)
    return shown, widths


def _cut(shown: Sequence[int], widths: dict[int, int], gains: dict[int, int], over: int) -> dict[int, int]:
    """Take columns of the terminal away, from the widest cell first."""
    cut = {place: widths[place] for place in shown}
    while over > 0 and any(gains[place] for place in shown):
        widest = max((place for place in shown if gains[place]), key=lambda place: cut[place])
        cut[widest] -= 1
        gains[widest] -= 1
        over -= 1
    return cut


def _gain(head: Column, wide: int) -> int:
    return 0 if head.least is None else max(wide - max(head.least, cells(head.head)), 0)


def _total(shown: Sequence[int], widths: dict[int, int]) -> int:
    return sum(widths[place] for place in shown) + len(_GAP) * max(len(shown) - 1, 0)


def _cell(piece: Piece, width: int, ink: Ink, *, right: bool) -> str:
    style, text = piece
    text = clip(text, width)
    space = " " * (width - cells(text))
    painted = ink.paint(style, text)
    return f"{space}{painted}" if right else f"{painted}{space}"
