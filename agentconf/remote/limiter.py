"""The pace of all workers together: a token bucket that slows down when the platform says so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconf.remote.connection import Timing

RECOVERY = 20.0
"""Requests a second that the rate wins back with every second that passes without a 429."""

SLOWEST = 5.0
"""Requests a second below which the rate is not cut: `Retry-After` does the rest."""

_WINDOW = 1.0
_ROUNDING = 1e-9


class Limiter:
    """Lets requests start.

    Unlimited until the platform answers 429, unless a rate is configured. A 429 pauses everybody for as long
    as it asks, and halves the rate at which requests were started; the rate grows again steadily (additive
    increase, multiplicative decrease, as TCP does). Several 429 to requests of one rush count once.

    Args:
        timing: clock and sleep.
        ceiling: requests a second that are never exceeded; None: no such bound.

    """

    def __init__(self, timing: Timing, ceiling: float | None = None) -> None:
        self._timing = timing
        self._ceiling = math.inf if ceiling is None else ceiling
        self._rate = self._ceiling
        self._tokens = self._capacity
        self._refilled = timing.clock()
        self._paused_until = -math.inf
        self._cut_at = -math.inf
        self._window = (timing.clock(), 0)
        self._last_window = 0

    @property
    def rate(self) -> float:
        """Requests a second that may start now; infinite while nothing limits them."""
        self._refill()
        return self._rate

    async def acquire(self) -> float:
        """Wait until a request may start.

        Returns:
            The clock at the start, for `throttle`.

        """
        while (delay := self._delay()) > 0:
            await self._timing.sleep(delay)
        self._tokens -= 1
        now = self._timing.clock()
        self._count(now)
        return now

    def pause(self, seconds: float) -> None:
        """Start nothing for so many seconds from now; a longer pause that is already on stays."""
        self._paused_until = max(self._paused_until, self._timing.clock() + seconds)

    def throttle(self, started: float, seconds: float) -> None:
        """Take note of a 429: pause, and slow down.

        Args:
            started: what `acquire` returned for the request that was refused.
            seconds: how long to start nothing.

        """
        self.pause(seconds)
        if started <= self._cut_at:
            return
        self._refill()
        now = self._timing.clock()
        seen = self._observed() if math.isinf(self._rate) else self._rate
        self._rate = max(min(SLOWEST, self._ceiling), seen / 2)
        self._tokens = min(1.0, self._rate)
        self._cut_at = now

    @property
    def paused_for(self) -> float:
        """Seconds until the pause is over; 0 when there is none."""
        return max(0.0, self._paused_until - self._timing.clock())

    @property
    def _capacity(self) -> float:
        """Requests that may start at once after a lull: a second's worth."""
        return max(1.0, self._rate)

    def _delay(self) -> float:
        if (pause := self.paused_for) > 0:
            return pause
        self._refill()
        return 0.0 if self._tokens >= 1 - _ROUNDING else (1 - self._tokens) / self._rate

    def _refill(self) -> None:
        """Add what has come in since the last time, and let the rate recover; a pause brings nothing."""
        now = self._timing.clock()
        since = max(self._refilled, min(self._paused_until, now))
        elapsed, self._refilled = max(0.0, now - since), now
        if math.isinf(self._rate):
            self._tokens = math.inf
            return
        self._tokens = min(self._capacity, self._tokens + elapsed * self._rate)
        self._rate = min(self._ceiling, self._rate + elapsed * RECOVERY)

    def _count(self, now: float) -> None:
        start, count = self._window
        if now - start < _WINDOW:
            self._window = (start, count + 1)
        else:
            self._last_window = count if now - start < 2 * _WINDOW else 0
            self._window = (now, 1)

    def _observed(self) -> float:
        """Requests that were started in a second lately; what an unlimited rate is cut from."""
        return float(max(self._window[1], self._last_window, 2 * SLOWEST))
