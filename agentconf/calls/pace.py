"""How fast a campaign's requests may start: spacing, rate, and patience after a 429.

Pure functions over a few numbers, so that the ledger can keep them and decide for all processes together.
After a 429 nobody starts anything for as long as the platform asks, and then the campaign goes on at half
its pace, which it wins back steadily (additive increase, multiplicative decrease, as TCP does). The pace that
is halved is the campaign's own bound, of `rate` and `interval` the slower one; a campaign without any has the
starts of its last second halved instead.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.calls.campaign import Pacing
    from agentconf.calls.turn import Slow

RECOVERY = 10.0
"""Seconds in which a pace would come back from nothing; ours."""

SLOWEST = 0.1
"""Requests a second below which no 429 slows a campaign: the pauses asked for do the rest; ours."""

BRISK = 0.05
"""Seconds in which a platform is taken to answer at best, where neither interval nor rate bound a campaign;
ours."""

SKEW = 60.0
"""Seconds by which moments may go back between two calls: processes read the clock before they wait for the
ledger. By more than that, the clock was set."""

_NEVER = -1.0
_SECOND = 1.0
_ROUNDING = 1e-6
"""Seconds by which moments since the epoch are inexact as floating-point numbers, and a little."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a campaign's pace stands; moments are in seconds since the epoch.

    Args:
        next_start: when the interval since the last start is over.
        tokens: requests that the rate lets start at once; may be a little below 0.
        refilled: the latest moment that was seen; `tokens` and `rate` are of it.
        rate: requests a second since a 429 slowed the campaign down; None: it is not slowed down.
        paused_until: until when nothing starts.
        cut_at: when the rate was halved last; negative: never.
        full: requests a second that it recovers to.
        second: when the second began in which starts are counted.
        starts: starts in it.
        before: starts in the second before.

    """

    next_start: float
    tokens: float
    refilled: float
    rate: float | None
    paused_until: float
    cut_at: float
    full: float = 0.0
    second: float = _NEVER
    starts: float = 0.0
    before: float = 0.0

    @classmethod
    def new(cls, pacing: Pacing, at: float) -> Self:
        """Begin: the first request may start at once.

        Args:
            pacing: the campaign's bounds.
            at: seconds since the epoch.

        """
        return cls(
            next_start=at,
            tokens=_capacity(_limit(pacing, None)),
            refilled=at,
            rate=None,
            paused_until=_NEVER,
            cut_at=_NEVER,
        )

    def to_data(self) -> tuple[float | None, ...]:
        """Return what a ledger keeps: finite numbers, and None for a rate that is not cut."""
        return astuple(self)

    @classmethod
    def from_data(cls, data: Sequence[float | None]) -> Self:
        """Read what `to_data` returned."""
        return cls(*data)  # type: ignore[arg-type]  # only `rate` is ever None


def admit(pace: Pace, pacing: Pacing, *, now: float, want: int) -> tuple[int, Pace]:
    """Say how many requests may start now, and count them as started.

    With an interval it is one at most. Nothing is remembered but in the pace that is returned: who then has
    fewer to start asks again, with that many, from the pace before.

    Args:
        pace: where it stands.
        pacing: the campaign's bounds; they may be others than the last time.
        now: seconds since the epoch.
        want: how many there are to start.

    """
    pace = _refill(_unwind(pace, now), pacing, now)
    if want <= 0 or now < max(pace.paused_until, pace.next_start):
        return 0, pace
    limit = _limit(pacing, pace.rate)
    count = min(want, 1) if pacing.interval > 0 else want
    if limit is not None:
        count = min(count, math.floor(pace.tokens + _inexact(limit)))
    if count <= 0:
        return 0, pace
    started = replace(pace, tokens=pace.tokens - count, next_start=pace.refilled + pacing.interval)
    return count, _count(started, count)


def next_start(pace: Pace, pacing: Pacing, *, now: float) -> float:
    """Say from when on `admit` lets a request start: `now`, or later.

    Args:
        pace: where it stands.
        pacing: the campaign's bounds.
        now: seconds since the epoch.

    """
    pace = _refill(_unwind(pace, now), pacing, now)
    spaced = max(now, pace.paused_until, pace.next_start)
    limit = _limit(pacing, pace.rate)
    if limit is None:
        return spaced
    if pace.tokens >= 1.0 - _inexact(limit):
        return spaced
    return max(spaced, max(pace.refilled, pace.paused_until) + (1.0 - pace.tokens) / limit)


def slow(pace: Pace, pacing: Pacing, event: Slow) -> Pace:
    """Take note of a 429: pause, and go on at half the pace.

    A pause that lasts longer stays. Refusals of requests that began before the pace was halved are of the
    same rush, and halve nothing.

    Args:
        pace: where it stands.
        pacing: the campaign's bounds.
        event: the refusal.

    """
    pace = _refill(pace, pacing, event.at)
    paused = replace(pace, paused_until=max(pace.paused_until, event.at + event.seconds))
    if event.began <= pace.cut_at:
        return paused
    ceiling = _ceiling(pacing)
    seen = pace.rate or (max(pace.starts, pace.before, 2 * SLOWEST) if math.isinf(ceiling) else ceiling)
    rate = max(min(SLOWEST, ceiling), seen / 2)
    return replace(paused, rate=rate, full=_full(pacing), tokens=min(pace.tokens, 1.0), cut_at=pace.refilled)


def _full(pacing: Pacing) -> float:
    """Return the requests a second that a campaign comes back to: its bound, or what it can send."""
    ceiling = _ceiling(pacing)
    return pacing.concurrency / BRISK if math.isinf(ceiling) else ceiling


def _ceiling(pacing: Pacing) -> float:
    """Return the requests a second that a campaign bounds itself to; infinite when it does not."""
    rate = math.inf if pacing.rate is None else pacing.rate
    return min(rate, 1 / pacing.interval if pacing.interval > 0 else math.inf)


def _limit(pacing: Pacing, rate: float | None) -> float | None:
    """Return the tokens that come in a second; None when none are needed."""
    return min((one for one in (pacing.rate, rate) if one is not None), default=None)


def _capacity(limit: float | None) -> float:
    """Return the requests that may start at once after a lull: a second's worth."""
    return 1.0 if limit is None else max(1.0, limit)


def _inexact(limit: float) -> float:
    """Return how many tokens are as good as none."""
    return _ROUNDING * max(1.0, limit)


def _refill(pace: Pace, pacing: Pacing, now: float) -> Pace:
    """Add what has come in since the last time, and let the rate recover; a pause brings nothing.

    An interval that was made shorter holds from now on.
    """
    latest = max(pace.refilled, now)
    elapsed = max(0.0, latest - max(pace.refilled, pace.paused_until))
    limit = _limit(pacing, pace.rate)
    tokens = 1.0 if limit is None else min(_capacity(limit), pace.tokens + elapsed * limit)
    return replace(
        pace,
        next_start=min(pace.next_start, latest + pacing.interval),
        tokens=tokens,
        refilled=latest,
        rate=_recover(pace, pacing, elapsed),
    )


def _recover(pace: Pace, pacing: Pacing, elapsed: float) -> float | None:
    """Return the rate after so many seconds in which no 429 came; None once it bounds nothing."""
    if pace.rate is None:
        return None
    rate = pace.rate + elapsed * pace.full / RECOVERY
    return None if rate >= min(pace.full, _ceiling(pacing)) else rate


def _count(pace: Pace, count: int) -> Pace:
    """Count starts by the second."""
    since = pace.refilled - pace.second
    if pace.second >= 0 and since < _SECOND:
        return replace(pace, starts=pace.starts + count)
    before = pace.starts if since < 2 * _SECOND else 0.0
    return replace(pace, second=pace.refilled, starts=float(count), before=before)


def _unwind(pace: Pace, now: float) -> Pace:
    """Move all moments back with a clock that was set back."""
    back = pace.refilled - now
    if back <= SKEW:
        return pace
    return replace(
        pace,
        next_start=pace.next_start - back,
        refilled=now,
        paused_until=pace.paused_until - back,
        cut_at=pace.cut_at - back,
        second=pace.second - back,
    )
