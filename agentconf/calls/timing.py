"""Where the time of a campaign comes from, and how one waits for what happens first."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.calls.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Timing:
    """Where time and chance come from; tests bring their own.

    Waiting is always the event loop's: a test that lets days pass brings a loop whose time jumps.

    Args:
        now: seconds since the epoch, by this machine's clock.
        monotonic: seconds that never go back.
        chance: a number from 0 to 1, for jitter.
        glance: seconds after which the ledger is looked at again although nothing is due, so that what other
            processes do with the campaign is seen.

    """

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    glance: float = 5.0


class Clock:
    """One time for all who work on a ledger: its server's where it has one, else this machine's.

    Args:
        timing: this machine's time.

    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._ahead: float | None = None

    def read(self, ledger: Ledger) -> float:
        """Ask a ledger for the time; in the ledger's thread."""
        told = ledger.now()
        self._ahead = None if told is None else told - self._timing.monotonic()
        return self.now()

    def now(self) -> float:
        """Return the time in seconds since the epoch, going on from the last reading."""
        if self._ahead is None:
            return self._timing.now()
        return self._timing.monotonic() + self._ahead


class Stopwatch:
    """Tells for how long something has gone on, also over a sleep of the machine.

    A monotonic clock stands still while a machine is suspended; the wall clock may be set back. The longer
    of the two is what counts.

    Args:
        timing: this machine's time.

    """

    __slots__ = ("_monotonic", "_timing", "_wall")

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._monotonic = timing.monotonic()
        self._wall = timing.now()

    @property
    def seconds(self) -> float:
        """Seconds since it was made."""
        return max(self._timing.monotonic() - self._monotonic, self._timing.now() - self._wall)


class Bell:
    """Wakes the one who waits for it, in the same event loop."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake who waits, or who is going to."""
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Wait until it rings or so many seconds have passed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()
