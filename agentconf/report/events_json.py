"""What happens in a campaign, for programs: a line of JSON each (NDJSON).

The lines are described by schemas/campaign-event.schema.json.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, assert_never

from agentconf.calls.contact import State
from agentconf.calls.event import Moved, Slowed, Stopped, Waiting
from agentconf.report.campaign_numbers import counted
from agentconf.report.campaign_time import utc

if TYPE_CHECKING:
    from agentconf.calls.event import Event
    from agentconf.calls.turn import Counts

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def line(event: Event, campaign: str) -> str:
    """Write an event as one line.

    Args:
        event: what happened; it holds pseudonyms, no numbers.
        campaign: the campaign's name.

    Returns:
        The line, without its line feed.

    """
    return _line(_name(event), event.at, campaign, _content(event))


def progress(campaign: str, counts: Counts, *, at: float, rate: float | None) -> str:
    """Write how far a campaign is as one line.

    Args:
        campaign: its name.
        counts: how far it is.
        at: seconds since the epoch.
        rate: calls a second that are placed at present; None: not known yet.

    Returns:
        The line, without its line feed.

    """
    left = counts.states.get(State.PLANNED, 0) + counts.states.get(State.SENDING, 0)
    pace = None if rate is None else round(rate, 3)
    return _line("progress", at, campaign, {"open": left, "per_second": pace, **counted(counts)})


def _line(name: str, at: float, campaign: str, content: dict[str, Any]) -> str:
    head = {"format_version": VERSION, "event": name, "at": utc(at), "campaign": campaign}
    return json.dumps(head | content)


def _name(event: Event) -> str:
    return type(event).__name__.lower()


def _content(event: Event) -> dict[str, Any]:
    match event:
        case Moved():
            return {
                "line": event.line,
                "number": event.number,
                "state": event.state.value,
                "reason": event.reason,
                "call_id": event.call_id,
                "outcome": event.outcome,
            }
        case Slowed():
            return {"seconds": event.seconds}
        case Waiting():
            return {"until": utc(event.until), "why": event.why}
        case Stopped():
            return {"phase": str(event.phase), "reason": event.reason}
        case _:
            assert_never(event)
