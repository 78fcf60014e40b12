"""Scales of plots: stretches of time that begin with the hour or the day, and round figures."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from agentconf.report.campaign_time import read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

DAY: Final = 86_400
_HOUR: Final = 3600

WIDTHS: Final = (1, 5, 15, 60, 300, 900, _HOUR, DAY, 7 * DAY, 28 * DAY, 364 * DAY)
"""Seconds of the stretches in which calls are counted; each holds whole ones of the one before."""

_STEPS: Final = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800),
    *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 84 * DAY, 364 * DAY, 10 * 364 * DAY),
)
"""Seconds from one tick of a time axis to the next."""


def floor(at: float, width: int, zone: tzinfo) -> float:
    """Return where the stretch begins in which a moment lies, by a place's wall clock.

    When clocks are put back, the hour that comes twice makes two stretches; a day has 23 to 25 hours then.

    Args:
        at: seconds since the epoch.
        width: seconds of a stretch: a part of a day, or whole days.
        zone: the place.

    """
    local = read(at).astimezone(zone)
    if width < DAY:
        since = (local.hour * 60 + local.minute) * 60 + local.second
        begin = since // width * width
        hour, rest = divmod(begin, _HOUR)
        start = local.replace(hour=hour, minute=rest // 60, second=rest % 60, microsecond=0)
    else:
        days = width // DAY
        # Day 1 of the calendar was a Monday, so that weeks begin with one.
        first = (local.toordinal() - 1) // days * days + 1
        start = datetime.fromordinal(first).replace(tzinfo=zone)
    return start.timestamp()


def following(start: float, width: int, zone: tzinfo) -> float:
    """Return where the next stretch begins."""
    return floor(start + width * 1.5, width, zone)


def time_ticks(begin: float, end: float, zone: tzinfo, *, most: int) -> Iterator[tuple[float, str]]:
    """Choose ticks of a time axis, at round moments of a place's wall clock.

    Args:
        begin: of the axis.
        end: of the axis.
        zone: the place.
        most: about how many.

    Yields:
        Moment and label; where a day begins, the label is its date.

    """
    step = next((step for step in _STEPS if (end - begin) / step <= most), _STEPS[-1])
    at = floor(begin, step, zone)
    if at < begin:
        at = following(at, step, zone)
    while at <= end:
        yield at, _label(read(at).astimezone(zone), step, end - begin)
        at = following(at, step, zone)


def ceiling(greatest: float, *, whole: bool) -> tuple[float, float]:
    """Choose the top of an axis of figures, and the step of its ticks: 1, 2 or 5 times a power of ten.

    Args:
        greatest: what has to fit.
        whole: whether figures are whole numbers.

    """
    rough = max(greatest, 1 if whole else 1e-6) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    if whole:
        step = max(step, 1.0)
    return step * math.ceil(max(greatest, step) / step - 1e-9), step


def _label(local: datetime, step: int, span: float) -> str:
    if step >= DAY or (span > DAY and (local - timedelta(seconds=step)).date() != local.date()):
        return local.strftime("%a %d %b" if step < 28 * DAY else "%d %b %Y").replace(" 0", " ")
    return local.strftime("%H:%M:%S" if step < 60 else "%H:%M")  # noqa: PLR2004 - seconds of a minute
