"""Word-level differences of long texts: lines first, then words within lines that changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Kind = Literal["equal", "delete", "insert"]

GROUP = 3_000
"""Tokens of a changed group of lines, both sides together, up to which words are compared. Of a larger group
the lines are compared one by one, where there are as many as before; else it is shown as replaced. So the
time stays bounded."""

ISLAND = 3
"""Fewer equal words than this between two changes are shown as changed: scattered words read badly."""

_NO_BLANKS = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Scripts that put no blanks between words: Thai, Kana, Han, Hangul. They are compared by character."""

_TOKEN = re.compile(
    r"\{\{[^{}\n]*\}\}"  # a placeholder is one word
    r"|\n|[^\S\n]+"
    rf"|[{_NO_BLANKS}]"
    rf"|(?:(?![{_NO_BLANKS}])[\w'\u2019-])+"
    r"|."
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text.

    Args:
        kind: whether both texts have it, or it goes, or it comes.
        text: the characters, line ends included.

    """

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """Changes that are near each other, with the words around them.

    Args:
        segments: in the order of reading; of a replacement, what goes comes first.
        cut_before: whether text is left out before it.
        cut_after: whether text is left out behind it.

    """

    segments: tuple[Segment, ...]
    cut_before: bool = False
    cut_after: bool = False


def word_diff(before: str, after: str, context: int = 8) -> tuple[Hunk, ...]:
    """Compare two texts word by word.

    Args:
        before: the old text.
        after: the new text.
        context: words that are kept on each side of a change.

    Returns:
        Hunks, none for equal texts. With enough context there is one hunk, whose equal and deleted segments
        make up the old text, and whose equal and inserted segments the new one.

    """
    if before == after:
        return ()
    segments = list(_joined(_without_islands(list(_joined(_lines(before, after))))))
    return tuple(_hunks(segments, context))


def _lines(before: str, after: str) -> Iterator[Segment]:
    """Compare lines, and words within the lines that differ."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    stop_old, stop_new = len(old) - end, len(new) - end
    yield Segment("equal", "".join(old[:start]))
    matcher = SequenceMatcher(None, old[start:stop_old], new[start:stop_new])
    for tag, a, b, c, d in matcher.get_opcodes():
        gone, come = "".join(old[start + a : start + b]), "".join(new[start + c : start + d])
        if tag == "equal":
            yield Segment("equal", gone)
        else:
            yield from _words(gone, come)
    yield Segment("equal", "".join(old[stop_old:]))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the elements that two sequences start with alike."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _words(gone: str, come: str) -> Iterator[Segment]:
    old, new = _TOKEN.findall(gone), _TOKEN.findall(come)
    if len(old) + len(new) > GROUP:
        yield from _line_by_line(gone, come)
        return
    for tag, a, b, c, d in SequenceMatcher(_blank, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Segment("equal", "".join(old[a:b]))
        else:
            yield Segment("delete", "".join(old[a:b]))
            yield Segment("insert", "".join(new[c:d]))


def _blank(text: str) -> bool:
    """Tell whether a token says nothing by itself; there are so many that comparing by them is slow."""
    return text != "\n" and text.isspace()


def _line_by_line(gone: str, come: str) -> Iterator[Segment]:
    old, new = gone.splitlines(keepends=True), come.splitlines(keepends=True)
    if len(old) == len(new) > 1:
        for mine, theirs in zip(old, new, strict=True):
            yield from _words(mine, theirs)
    else:
        yield Segment("delete", gone)
        yield Segment("insert", come)


def _joined(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Join changes that follow each other: what goes stands before what comes. Empty ones are dropped."""
    real = (segment for segment in segments if segment.text)
    for equal, run in groupby(real, lambda segment: segment.kind == "equal"):
        several = list(run)
        kinds: tuple[Kind, ...] = ("equal",) if equal else ("delete", "insert")
        for kind in kinds:
            text = "".join(segment.text for segment in several if segment.kind == kind)
            if text:
                yield Segment(kind, text)


def _without_islands(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Turn few equal words between two changes into changed ones; line ends stay what they are."""
    for index, segment in enumerate(segments):
        inside = 0 < index < len(segments) - 1
        if segment.kind == "equal" and inside and "\n" not in segment.text and _count(segment.text) < ISLAND:
            yield Segment("delete", segment.text)
            yield Segment("insert", segment.text)
        else:
            yield segment


def _count(text: str) -> int:
    return sum(not token.isspace() for token in _TOKEN.findall(text))


def _hunks(segments: Sequence[Segment], context: int) -> Iterator[Hunk]:
    hunk: list[Segment] = []
    cut = False
    last = len(segments) - 1
    for index, segment in enumerate(segments):
        if segment.kind != "equal":
            hunk.append(segment)
            continue
        head, tail = _ends(segment.text, context if index else 0, context if index < last else 0)
        if tail is None:
            hunk.append(segment)
            continue
        if hunk:
            yield Hunk((*hunk, *_equal(head)), cut_before=cut, cut_after=True)
        hunk, cut = list(_equal(tail)), True
    if any(segment.kind != "equal" for segment in hunk):
        yield Hunk(tuple(hunk), cut_before=cut)


def _equal(text: str) -> Iterator[Segment]:
    if text:
        yield Segment("equal", text)


def _ends(text: str, first: int, last: int) -> tuple[str, str | None]:
    """Return the first and the last words of a text; None for the last when nothing would be left out."""
    tokens = _TOKEN.findall(text)
    places = [index for index, token in enumerate(tokens) if not token.isspace()]
    if len(places) <= first + last:
        return text, None
    head = tokens[: places[first - 1] + 1] if first else []
    tail = tokens[places[-last] :] if last else []
    return "".join(head), "".join(tail)
