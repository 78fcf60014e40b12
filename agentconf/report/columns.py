"""How a line of a file is drawn on a terminal, character by character, and how many columns each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

TAB_WIDTH = 4
"""Columns that a tab takes in a report."""

_LONGEST = 32
"""Characters that are measured together; the longest emoji of Unicode have about ten."""


def columns(line: str) -> Iterator[tuple[str, int]]:
    """Split a line into what a terminal draws.

    Args:
        line: a line of a document.

    Yields:
        For each character of the line the text that stands for it, and how many columns it takes. An accent
        takes none, and neither does a later part of a joined emoji.

    """
    if line.isascii():
        for character in line:
            shown = _shown(character)
            yield shown, len(shown)
    else:
        yield from _wide_columns(line)


def _wide_columns(line: str) -> Iterator[tuple[str, int]]:
    from wcwidth import wcswidth  # noqa: PLC0415 - most files are ASCII

    cluster = ""
    for character in line:
        shown = _shown(character)
        alone, widened = wcswidth(shown), wcswidth(cluster + shown) - wcswidth(cluster)
        if cluster and len(cluster) < _LONGEST and (alone == 0 or widened < alone):
            cluster += shown
            yield shown, max(widened, 0)
        else:
            cluster = shown
            yield shown, max(alone, 0)


def _shown(character: str) -> str:
    return " " * TAB_WIDTH if character == "\t" else visible(character)
