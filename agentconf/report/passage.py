"""Long texts that change: the words that go and come with a few around them, never the whole text twice."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from agentconf.plan.words import Hunk, Segment, word_diff
from agentconf.report.visible import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.report.shown import Entry

CONTEXT = 8
"""Words around a change."""

ELISION = "…"
"""Stands for text that both sides have and that is left out."""


def hunks(entry: Entry, limit: int) -> tuple[Hunk, ...]:
    """Take a passage apart into what stays, goes and comes.

    Args:
        entry: a change with long values.
        limit: characters of a stretch that goes or comes, about; the rest of it is counted.

    """
    if entry.before is None:
        return (Hunk((Segment("insert", cut(entry.after or "", limit)),)),)
    if entry.after is None:
        return (Hunk((Segment("delete", cut(entry.before, limit)),)),)
    found = word_diff(entry.before, entry.after, context=CONTEXT)
    return tuple(replace(hunk, segments=tuple(_shortened(hunk, limit))) for hunk in found)


def _shortened(hunk: Hunk, limit: int) -> Iterator[Segment]:
    """Cut the segments of a hunk; white space that a replacement ends in on both sides is no change."""
    gone: Segment | None = None
    for segment in (*hunk.segments, Segment("equal", "")):
        if gone is None and segment.kind == "delete":
            gone = segment
            continue
        blank = _common_end(gone.text, segment.text) if gone and segment.kind == "insert" else ""
        for one in (gone, segment):
            text = one.text.removesuffix(blank) if one else ""
            if one and text:
                yield _cut(replace(one, text=text), limit)
        if blank:
            yield Segment("equal", blank)
        gone = None


def _common_end(one: str, other: str) -> str:
    """Return the white space that two texts end in alike."""
    ends = zip(reversed(one), reversed(other), strict=False)
    size = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1] and pair[0].isspace(), ends))
    return one[len(one) - size :]


def _cut(segment: Segment, limit: int) -> Segment:
    return segment if segment.kind == "equal" else replace(segment, text=cut(segment.text, limit))
