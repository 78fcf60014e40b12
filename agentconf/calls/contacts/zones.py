"""Where a contact is, as time zones go."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from agentconf.calls.contacts.numbers import number_zones
from agentconf.calls.window import next_opening
from agentconf.lint.timezone import TimezoneFault, check_timezone

if TYPE_CHECKING:
    from agentconf.calls.campaign import Window
    from agentconf.calls.contacts.numbers import Number


class ZoneFault(NamedTuple):
    """Why no time zone is known for a contact.

    Args:
        message: one sentence.
        help: the next action.

    """

    message: str
    help: str


def contact_zones(
    number: Number, campaign: str | None, window: Window | None, now: float
) -> tuple[str, ...] | ZoneFault:
    """Name the zones of a contact whose row names none.

    The number says where the callee may be. Where it says nothing, or so much that the window is never open
    everywhere at once, the campaign's own zone is taken.

    Args:
        number: whom to call.
        campaign: IANA name of the campaign's zone; None: it has none.
        window: when people may be called; None: at any time.
        now: seconds since the epoch.

    Returns:
        IANA names, sorted, at least one; or why there is none.

    """
    zones = tuple(sorted(number_zones(number)))
    if zones and (len(zones) == 1 or next_opening(window, zones, now) is not None):
        return zones
    if campaign is not None:
        return (campaign,)
    help_ = "give it in a column `timezone`, or give the campaign a `timezone`"
    if not zones:
        return ZoneFault(f"`{number.text}` does not tell its time zone", help_)
    message = f"`{number.text}` may be in any of {len(zones)} time zones, which are never open together"
    return ZoneFault(message, help_)


@lru_cache(maxsize=4096)
def check_zone(name: str) -> TimezoneFault | None:
    """Hold a name against the IANA database, once for all rows that have it."""
    return check_timezone(name)
