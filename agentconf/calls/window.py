"""When people may be called: a window of the wall clock, over daylight saving time and several zones."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agentconf.calls.campaign import DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.calls.campaign import Window

HORIZON = 14 * 86_400
"""Seconds that the next opening is looked for: two of every weekday. What is not open by then never is."""

_DAY = 86_400
_STEP = _DAY // 2
"""Seconds between two looks at a zone's offset; no zone has changed it twice within so few."""

Span = tuple[float, float]
"""From (included) and to (excluded), in seconds since the epoch."""


def is_open(window: Window | None, zones: Sequence[str], at: float) -> bool:
    """Tell whether somebody may be called.

    What counts is the wall clock: an hour that the clock shows twice counts twice, one that it skips is
    never open. A window that does not close after it opens is never open.

    Args:
        window: None: always open.
        zones: IANA names; open is what is open in all of them. None at all: UTC.
        at: seconds since the epoch.

    """
    return window is None or all(_shows(window, name, at) for name in zones or ("UTC",))


def next_opening(window: Window | None, zones: Sequence[str], at: float) -> float | None:
    """Find the first moment from `at` on at which the window is open in all zones.

    When the clock skips the hour of the opening, that is the moment at which it is put forward.

    Args:
        window: None: always open.
        zones: IANA names. None at all: UTC.
        at: seconds since the epoch.

    Returns:
        `at` itself when it is open then; None when nothing opens within `HORIZON`.

    """
    if window is None:
        return at
    spans = _spans(window, tuple(zones) or ("UTC",), int(at // _DAY))
    index = bisect_right(spans, at, key=itemgetter(1))
    if index == len(spans):
        return None
    opening = max(at, spans[index][0])
    return opening if opening <= at + HORIZON else None


def _shows(window: Window, zone: str, at: float) -> bool:
    """Tell whether the wall clock of a zone shows a time within the window."""
    clock = datetime.fromtimestamp(at, _zone(zone))
    shown = clock.time()
    return (
        DAYS[clock.weekday()] in window.days
        and window.opens <= shown
        and (window.closes is None or shown < window.closes)
    )


@cache
def _zone(name: str) -> ZoneInfo:
    """Keep every zone that is asked for; `ZoneInfo` itself keeps eight."""
    return ZoneInfo(name)


@lru_cache(maxsize=4096)
def _spans(window: Window, zones: tuple[str, ...], day: int) -> tuple[Span, ...]:
    """Return when the window is open in all zones, from a day (of UTC, since the epoch) to the horizon."""
    first, *others = (_open_spans(window, zone, day) for zone in zones)
    for other in others:
        first = tuple(_intersect(first, other))
    return first


@lru_cache(maxsize=4096)
def _open_spans(window: Window, zone: str, day: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    for start, end, offset in _offsets(zone, day * _DAY, (day + 2) * _DAY + HORIZON):
        for opens, closes in _wall_spans(window, start + offset, end + offset):
            begin, stop = max(start, opens - offset), min(end, closes - offset)
            if spans and spans[-1][1] == begin:
                spans[-1] = (spans[-1][0], stop)
            elif begin < stop:
                spans.append((begin, stop))
    return tuple(spans)


def _wall_spans(window: Window, start: float, end: float) -> Iterator[Span]:
    """Yield the openings of a clock that is never changed, as if it showed UTC."""
    first = datetime.fromtimestamp(start, UTC).date()
    last = datetime.fromtimestamp(end, UTC).date()
    for number in range((last - first).days + 1):
        today = first + timedelta(days=number)
        if DAYS[today.weekday()] in window.days:
            tomorrow = today + timedelta(days=1)
            closes = _epoch(tomorrow, time(0)) if window.closes is None else _epoch(today, window.closes)
            yield _epoch(today, window.opens), closes


def _epoch(day: date, shown: time) -> float:
    return datetime.combine(day, shown, UTC).timestamp()


def _offsets(zone: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Cut a stretch of time where a zone's offset changes; yield start, end and offset in seconds."""
    begun, offset = start, _offset(zone, start)
    for at in range(start + _STEP, end + 1, _STEP):
        if _offset(zone, at) != offset:
            change = _change(zone, at - _STEP, at)
            yield begun, change, offset
            begun, offset = change, _offset(zone, at)
    yield begun, end, offset


def _change(zone: str, before: int, after: int) -> int:
    """Find the second at which the offset becomes what it is after."""
    offset = _offset(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def _offset(zone: str, at: int) -> int:
    """Return by how many seconds a zone's clock is ahead of UTC."""
    offset = datetime.fromtimestamp(at, _zone(zone)).utcoffset() or timedelta()
    return round(offset.total_seconds())


def _intersect(one: Sequence[Span], other: Sequence[Span]) -> Iterator[Span]:
    """Yield what two rising sequences of spans have in common."""
    left, right = 0, 0
    while left < len(one) and right < len(other):
        begin, stop = max(one[left][0], other[right][0]), min(one[left][1], other[right][1])
        if begin < stop:
            yield begin, stop
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
