"""One step of a campaign: results in, contacts to call next out, in one transaction."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentconf.calls import pace as pacing
from agentconf.calls.ledger import campaigns
from agentconf.calls.ledger.claiming import (
    ENGAGED,
    GLANCE,
    Room,
    claim,
    lane_of,
    lanes_query,
    read_lanes,
    waiting_lanes,
)
from agentconf.calls.ledger.posting import post
from agentconf.calls.turn import Phase, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.calls.contact import Contact
    from agentconf.calls.ledger.campaigns import Held
    from agentconf.calls.ledger.claiming import Lane
    from agentconf.calls.ledger.database import Database
    from agentconf.calls.turn import Halt, Settlement, Slow


@dataclass(frozen=True, slots=True)
class Traffic:
    """A campaign's contacts whose requests are not settled.

    Args:
        under_way: requests that may still be under way; they count towards the concurrency.
        total: all of them, those in doubt too.
        wake_at: when there may be something to find out about one of them; None: there is none.

    """

    under_way: int
    total: int
    wake_at: float | None


_TRAFFIC = """
SELECT COUNT(DISTINCT CASE WHEN look_at IS NULL AND sent_at > :lapsed THEN request END), COUNT(*),
  MIN(CASE WHEN look_at IS NULL THEN sent_at + :lease END), MIN(look_at)
FROM agentconf.contact WHERE campaign = :campaign AND state = 'sending'
"""


def exchange(
    database: Database,
    campaign_id: str,
    settlements: Sequence[Settlement],
    *,
    now: float,
    want: int,
    worker: str,
    slow: Slow | None,
    halt: Halt | None,
) -> Turn:
    """Write results and claim contacts; see `Ledger.exchange`."""
    with database.transaction():
        before = campaigns.get(database, campaign_id, lock=True)
        post(
            database,
            before.number,
            settlements,
            worker=worker,
            lapsed=now - before.campaign.pacing.lease,
            canceled=before.phase is Phase.CANCELED,
            halted=halt is not None,
        )
        held, turn = _turn(database, _hindered(before, slow, halt), now=now, want=want, worker=worker)
        if held != before:
            campaigns.save(database, held)
        return turn


def _hindered(held: Held, slow: Slow | None, halt: Halt | None) -> Held:
    """Take note of what the platform said to the campaign as a whole."""
    if slow is not None:
        held = replace(held, pace=pacing.slow(held.pace, held.campaign.pacing, slow))
    if halt is not None and held.phase is Phase.RUNNING:
        held = replace(held, phase=Phase.HALTED, reason=halt.reason)
    return held


def _turn(database: Database, held: Held, *, now: float, want: int, worker: str) -> tuple[Held, Turn]:
    """Claim what may be called now, if the campaign is running."""
    traffic, lanes = _look(database, held, now)
    if held.phase is not Phase.RUNNING:
        is_open = traffic.total > 0 or any(lane.due_at is not None for lane in lanes)
        return held, Turn((), held.phase, held.reason, traffic.wake_at, is_open, now)
    held, contacts, next_at = _claim(database, held, traffic, lanes, now=now, want=want, worker=worker)
    moments = [next_at, traffic.wake_at, now + held.campaign.pacing.lease if contacts else None]
    wake_at = min((moment for moment in moments if moment is not None), default=None)
    return held, Turn(contacts, held.phase, None, wake_at, wake_at is not None, now)


def _claim(
    database: Database,
    held: Held,
    traffic: Traffic,
    lanes: Sequence[Lane],
    *,
    now: float,
    want: int,
    worker: str,
) -> tuple[Held, tuple[Contact, ...], float | None]:
    """Claim contacts; return them, and when there may be more to claim (None: none is planned)."""
    bounds, window = held.campaign.pacing, held.campaign.window
    waiting = waiting_lanes(database, held.number, lanes, window, now)
    places = max(0, bounds.concurrency - traffic.under_way)
    requests, _ = pacing.admit(held.pace, bounds, now=now, want=min(math.ceil(want / bounds.bulk), places))
    due = [lane for opens, lane in waiting if opens <= now]
    if not due or requests == 0:
        return held, (), _next_at(held, waiting, now, places)
    room = Room(want, requests, bounds.bulk)
    claimed = claim(database, due, now=now, room=room, worker=worker)
    count, pace = pacing.admit(held.pace, bounds, now=now, want=claimed.requests)
    assert count == claimed.requests, "what was admitted a moment ago is admitted now"
    held = replace(held, pace=pace)
    if not claimed.more:
        lanes = read_lanes(database, held.number)
        waiting = waiting_lanes(database, held.number, lanes, window, now)
    return held, claimed.contacts, _next_at(held, waiting, now, places - count, engaged=claimed.engaged)


def _next_at(
    held: Held, waiting: Sequence[tuple[float, Lane]], now: float, places: int, *, engaged: bool = False
) -> float | None:
    """Say when there may be something to claim again; None: nothing is planned.

    Whoever waits for a place, or finds numbers engaged, looks again after a while: nobody tells when another
    process is done.
    """
    if not waiting:
        return None
    opens = min(opens for opens, _ in waiting)
    start = pacing.next_start(held.pace, held.campaign.pacing, now=now)
    pause = ENGAGED if places == 0 else GLANCE if engaged else 0.0
    return max(opens, start, now + pause)


def _look(database: Database, held: Held, now: float) -> tuple[Traffic, list[Lane]]:
    """Read what is under way and what is planned, in one trip."""
    lease = held.campaign.pacing.lease
    asked = {"campaign": held.number, "lapsed": now - lease, "lease": lease}
    ((traffic,), lanes) = database.select_all([(_TRAFFIC, asked), lanes_query(held.number)])
    under_way, total, over_at, look_at = traffic
    moments = [moment for moment in (over_at, look_at) if moment is not None]
    return Traffic(under_way, total, min(moments, default=None)), [lane_of(row) for row in lanes]
