"""Deadlines: lengths of time, moments, and moments by the clock of the callee."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from agentconf.model.clock import is_date, parse_moment
from agentconf.model.duration import DurationFault, parse_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

Deadline = float | datetime
"""Seconds from a beginning, or a moment; one without a zone is by the clock of the callee."""


class MomentFault(NamedTuple):
    """Why a text is no deadline.

    Args:
        message: one sentence.
        help: the next action.

    """

    message: str
    help: str


def parse_deadline(text: str) -> Deadline | MomentFault:
    """Read a deadline: `2d`, `2026-07-01T18:00`, or with a zone `2026-07-01T18:00+02:00`."""
    if text[4:5] != "-":
        seconds = parse_duration(text)
        if not isinstance(seconds, DurationFault):
            return seconds
        return MomentFault(seconds.message, f"{seconds.help}; or give a moment, like 2026-07-01T18:00")
    if is_date(text):
        return MomentFault(f"`{text}` has no time of day", f"write it like {text}T18:00")
    moment = parse_moment(text)
    if moment is not None:
        return moment
    return MomentFault(f"`{text[:40]}` is no moment", "write it like 2026-07-01T18:00, or 2d")


def is_local(deadline: Deadline | None) -> bool:
    """Tell whether a deadline is by the clock of the callee."""
    return isinstance(deadline, datetime) and deadline.tzinfo is None


def deadline_at(deadline: Deadline, zones: Sequence[str], began: float) -> float:
    """Return a deadline in seconds since the epoch.

    Args:
        deadline: by the clock of the callee, it is the earliest of all zones.
        zones: IANA names of where the callee may be; at least one when it is by that clock.
        began: what lengths of time count from, in seconds since the epoch.

    """
    if not isinstance(deadline, datetime):
        return began + deadline
    if deadline.tzinfo is not None:
        return deadline.timestamp()
    return min(deadline.replace(tzinfo=ZoneInfo(zone)).timestamp() for zone in zones)


def shown(at: float, zones: Sequence[str]) -> str:
    """Write a moment by the clock of the callee, to the minute.

    Args:
        at: seconds since the epoch; what is before it is shown as the epoch.
        zones: IANA names of where the callee may be; of several, the first one's clock; none: UTC.

    """
    zone = zones[0] if zones else "UTC"
    return f"{datetime.fromtimestamp(max(at, 0.0), ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"
