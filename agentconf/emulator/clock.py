"""The emulator's time: whole microseconds since the epoch, which tests and users may move forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MICROSECONDS = 1_000_000
"""Microseconds in a second."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = int((datetime(9000, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) * MICROSECONDS
"""Timestamps carry four digits of year; nothing may move the clock past them."""


def system_time() -> int:
    """Return the wall clock, in microseconds since the epoch."""
    return time.time_ns() // 1_000


class Clock:
    """A clock that runs with its source and can be moved ahead of it.

    Args:
        source: the time in microseconds since the epoch; a constant function makes a clock that stands still.

    """

    def __init__(self, source: Callable[[], int] = system_time) -> None:
        self._source = source
        self._ahead = 0

    def now(self) -> int:
        """Return the time in microseconds since the epoch."""
        return self._source() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock forward.

        Args:
            seconds: how far; zero or more.

        Raises:
            ValueError: the clock would go back, or leave the years that a timestamp can hold.

        """
        if not 0 <= seconds <= _LATEST / MICROSECONDS:
            raise ValueError("a clock moves forward only, and not past the year 9000")
        ahead = self._ahead + int(seconds * MICROSECONDS)
        if self._source() + ahead > _LATEST:
            raise ValueError("a clock moves forward only, and not past the year 9000")
        self._ahead = ahead


def timestamp(microseconds: int) -> str:
    """Write a time as ISO 8601 in UTC, always with six digits of a second."""
    moment = _EPOCH + timedelta(microseconds=microseconds)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def optional_timestamp(microseconds: int | None) -> str | None:
    """Write a time that may not have come yet."""
    return None if microseconds is None else timestamp(microseconds)
