"""Moments and spans of time, as people read them and as programs do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

_MILLISECONDS = 1000
_SPANS = (("day", "days", 86_400), ("h", "h", 3600), ("min", "min", 60), ("s", "s", 1))
_TENTHS_BELOW = 10
"""Seconds below which a tenth is worth showing."""

NEVER = "-"
"""What stands where there is no moment."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def duration(seconds: float) -> str:
    """Say how long something takes, in its two greatest units: `450 ms`, `1 h 23 min`, `2 days`.

    Args:
        seconds: how long; what is negative, as after a clock was set back, counts as nothing.

    """
    if seconds <= 0:
        return "0 s"
    if seconds < 1:
        return f"{max(round(seconds * _MILLISECONDS), 1)} ms"
    if seconds < _TENTHS_BELOW:
        return f"{round(seconds, 1):g} s"
    rest, parts = round(seconds), list[str]()
    for one, many, size in _SPANS:
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number:,} {one if number == 1 else many}")
        elif parts:
            break
    return " ".join(parts[:2])


def moment(at: float | None, zone: tzinfo, *, weekday: bool = False, seconds: bool = False) -> str:
    """Say when something is, by a place's wall clock: `Wed 2024-11-20 18:39 CET`.

    Args:
        at: seconds since the epoch; None: never.
        zone: the place.
        weekday: whether to name the day of the week.
        seconds: whether to show them.

    """
    if at is None:
        return NEVER
    local = read(at).astimezone(zone)
    shape = f"{'%a ' if weekday else ''}%Y-%m-%d %H:%M{':%S' if seconds else ''}"
    return f"{local.strftime(shape)} {_zone_name(local)}"


def clock(at: float, zone: tzinfo) -> str:
    """Say what a place's clock shows: `18:39`."""
    return read(at).astimezone(zone).strftime("%H:%M")


def utc(at: float | None) -> str | None:
    """Write a moment for programs, as ISO 8601 in UTC: `2024-11-20T17:39:00.250Z`.

    Args:
        at: seconds since the epoch; None: never.

    """
    return None if at is None else _iso(read(at))


def iso(when: datetime | None) -> str | None:
    """Write a moment that knows its zone as `utc` does."""
    return None if when is None else _iso(when.astimezone(UTC))


def read(at: float) -> datetime:
    """Turn seconds since the epoch into a moment in UTC; beyond the calendar it is the calendar's end."""
    try:
        return _EPOCH + timedelta(seconds=at)
    except (OverflowError, ValueError):
        return datetime(9999, 12, 31, tzinfo=UTC) if at > 0 else _EPOCH


def _iso(when: datetime) -> str:
    """Write a moment that is in UTC."""
    return f"{when.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def _zone_name(local: datetime) -> str:
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in {"+", "-"} else name
