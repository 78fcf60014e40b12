"""Who is called next: the campaign's limits, its window, and nobody twice at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from agentconf.calls.ledger.rows import contact_of, id_of
from agentconf.calls.window import next_opening

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconf.calls.campaign import Window
    from agentconf.calls.contact import Contact
    from agentconf.calls.ledger.database import Database, Query, Row

DEADLINE = "deadline"
"""Why a contact is not called whose time has run out."""

SHUT = "the window never opens"
"""Why a contact is not called whose time zones have no open hour in common."""

SPARE = 32
"""Contacts that are looked at beyond those wanted, because some may be on the line already."""

ENGAGED = 1.0
"""Seconds that a contact waits whose number is in another request; also how long to wait for a free place."""

FORGOTTEN = 3600.0
"""Seconds after which a request engages nobody's number any more, though nothing is known of it: it has long
been over, and the campaign that it belongs to may never be resumed; ours."""

GLANCE = 0.1
"""Seconds until more contacts are looked at, after some were found engaged."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A campaign's planned contacts of one priority and one set of time zones.

    Args:
        number: its own.
        priority: of its contacts.
        zones: of its contacts.
        due_at: when the first one is due; None: none is planned.
        deadline: the first of their deadlines; None: there is none.

    """

    number: int
    priority: int
    zones: tuple[str, ...]
    due_at: float | None
    deadline: float | None


_LANES = """
SELECT number, priority, zones,
  (SELECT MIN(due_at) FROM agentconf.contact WHERE contact.lane = lane.number AND state = 'planned'),
  (SELECT MIN(deadline) FROM agentconf.contact
    WHERE contact.lane = lane.number AND state = 'planned' AND deadline IS NOT NULL)
FROM agentconf.lane WHERE campaign = :campaign ORDER BY priority DESC, number
"""

_EXPIRE = """
UPDATE agentconf.contact SET state = CASE WHEN calls > 0 THEN 'placed' ELSE 'canceled' END,
  reason = CASE WHEN calls > 0 THEN reason ELSE :reason END
WHERE lane = :lane AND state = 'planned' AND deadline IS NOT NULL AND deadline <= :until
"""

_SHUT = """
UPDATE agentconf.contact SET state = CASE WHEN calls > 0 THEN 'placed' ELSE 'canceled' END,
  reason = CASE WHEN calls > 0 THEN reason ELSE :reason END
WHERE lane = :lane AND state = 'planned'
"""

_DUE = """
SELECT id, number, due_at, solo FROM agentconf.contact
WHERE lane = :lane AND state = 'planned' AND due_at <= :now ORDER BY due_at, id LIMIT :limit
"""

_ENGAGED = """
SELECT number FROM agentconf.contact
WHERE state = 'sending' AND number = ANY (:names) AND sent_at > :since
"""

_POSTPONE = "UPDATE agentconf.contact SET due_at = :until WHERE id = ANY (:ids)"

_SEND = """
UPDATE agentconf.contact SET state = 'sending', reason = NULL, sent_at = :now, look_at = NULL,
  settle_at = NULL, attempt = attempt + 1, request = COALESCE(CAST(:request AS BIGINT), id)
WHERE id = ANY (:ids)
"""

_REQUESTS = """
INSERT INTO agentconf.attempt (contact, attempt, campaign, number, worker, sent_at)
SELECT id, attempt, campaign, number, :worker, sent_at FROM agentconf.contact WHERE id = ANY (:ids)
"""

_SENT = "SELECT * FROM agentconf.contact_whole WHERE id = ANY (:ids)"


def lanes_query(campaign: int) -> Query:
    """Return the query for a campaign's lanes, those of the highest priority first."""
    return _LANES, {"campaign": campaign}


def lane_of(row: Row) -> Lane:
    """Read a lane from a row of `lanes_query`."""
    number, priority, zones, due_at, deadline = row
    return Lane(number, priority, tuple(json.loads(zones)), due_at, deadline)


def read_lanes(database: Database, campaign: int) -> list[Lane]:
    """Read a campaign's lanes, those of the highest priority first."""
    return [lane_of(row) for row in database.select(*lanes_query(campaign))]


def expire(database: Database, lane: Lane, until: float) -> int:
    """Call off the contacts of a lane that are not called by their deadline; return how many there were."""
    if lane.deadline is None or lane.deadline > until:
        return 0
    return database.count_changes(_EXPIRE, {"lane": lane.number, "until": until, "reason": DEADLINE})


def waiting_lanes(
    database: Database, campaign: int, lanes: Sequence[Lane], window: Window | None, now: float
) -> list[tuple[float, Lane]]:
    """Return the lanes that have planned contacts, each with the moment when its next one may be called.

    Contacts that cannot be called any more, because their deadline is before that moment or the window never
    opens, are called off.

    Args:
        database: in a transaction that holds the campaign.
        campaign: its number.
        lanes: all of the campaign's.
        window: when people may be called; None: at any time.
        now: seconds since the epoch.

    """
    while True:
        waiting = [
            (next_opening(window, lane.zones, max(now, lane.due_at)), lane)
            for lane in lanes
            if lane.due_at is not None
        ]
        if not sum(_call_off(database, lane, opens) for opens, lane in waiting):
            return [(opens, lane) for opens, lane in waiting if opens is not None]
        lanes = read_lanes(database, campaign)


def _call_off(database: Database, lane: Lane, opens: float | None) -> int:
    if opens is None:
        return database.count_changes(_SHUT, {"lane": lane.number, "reason": SHUT})
    return expire(database, lane, opens)


@dataclass(frozen=True, slots=True)
class Claim:
    """Contacts that are to be called now.

    Args:
        contacts: as they are in the ledger from now on.
        requests: that they go into.
        engaged: whether others were passed over because their number is in another request.
        more: whether there are others, surely, that may be called now; they were not even looked at.

    """

    contacts: tuple[Contact, ...]
    requests: int
    engaged: bool
    more: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A contact that may be called.

    Args:
        id: in the ledger.
        number: its own.
        due_at: since when.
        solo: whether it goes into a request of its own.

    """

    id: int
    number: str
    due_at: float
    solo: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be claimed.

    Args:
        contacts: at most, at least 1.
        requests: at most, at least 1.
        bulk: contacts that one request takes.

    """

    contacts: int
    requests: int
    bulk: int = 1

    @property
    def limit(self) -> int:
        """Contacts that fit into so many requests."""
        return min(self.contacts, self.requests * self.bulk)


def divide(due: Sequence[Due], room: Room) -> list[list[int]]:
    """Divide contacts over requests, in their order; those that do not fit are left out.

    Args:
        due: contacts that may be called.
        room: how many requests there may be, and what one takes.

    Returns:
        The ids of the contacts of each request.

    """
    requests: list[list[int]] = []
    together: list[int] | None = None
    for one in due:
        if not one.solo and together is not None and len(together) < room.bulk:
            together.append(one.id)
            continue
        if len(requests) == room.requests:
            continue
        requests.append([one.id])
        together = together if one.solo else requests[-1]
    return requests


def claim(database: Database, lanes: Sequence[Lane], *, now: float, room: Room, worker: str) -> Claim:
    """Take the contacts to call next: those of the highest priority, and of these who has been due longest.

    A contact whose number is in another request, of this campaign or any other of the ledger, is postponed a
    little; so its place in the order may be lost to others.

    Args:
        database: in a transaction that holds the campaign.
        lanes: those that are open and have contacts that are due, the highest priority first.
        now: seconds since the epoch.
        room: how many to take.
        worker: who is going to send the requests.

    """
    free: list[Due] = []
    engaged: list[Due] = []
    more, limit = False, room.limit
    for _, level in groupby(lanes, lambda lane: lane.priority):
        if len(free) < limit:
            due = _due(database, level, now, limit - len(free) + SPARE)
            found, passed = _pick(database, due, limit - len(free), {one.number for one in free}, now)
            more = len(due) > len(found) + len(passed)
            free += found
            engaged += passed
    if engaged:
        database.change(_POSTPONE, {"ids": [one.id for one in engaged], "until": now + ENGAGED})
    requests = divide(free, room)
    more = more or sum(map(len, requests)) < len(free)
    return Claim(_send(database, requests, now, worker, room.bulk), len(requests), bool(engaged), more)


def _send(
    database: Database, requests: list[list[int]], now: float, worker: str, bulk: int
) -> tuple[Contact, ...]:
    """Write that requests are under way from now on; return whose, in their order."""
    ids = [id_ for request in requests for id_ in request]
    if not ids:
        return ()
    if bulk == 1:
        database.change(_SEND, {"ids": ids, "now": now, "request": None})
    for request in requests if bulk > 1 else ():
        database.change(_SEND, {"ids": request, "now": now, "request": request[0]})
    database.change(_REQUESTS, {"ids": ids, "worker": worker})
    sent = {id_of(row): contact_of(row) for row in database.select(_SENT, {"ids": ids})}
    return tuple(sent[id_] for id_ in ids)


def _due(database: Database, lanes: Iterable[Lane], now: float, limit: int) -> list[Due]:
    """Read the contacts of several lanes that have been due longest, in one trip."""
    queries: list[Query] = [(_DUE, {"lane": lane.number, "now": now, "limit": limit}) for lane in lanes]
    due = [Due(*row) for rows in database.select_all(queries) for row in rows]
    return sorted(due, key=lambda one: (one.due_at, one.id))[:limit]


def _pick(
    database: Database, due: Sequence[Due], limit: int, taken: set[str], now: float
) -> tuple[list[Due], list[Due]]:
    """Choose the first whose numbers are in no request; return also those that were passed over."""
    free: list[Due] = []
    engaged: list[Due] = []
    start = 0
    while len(free) < limit and start < len(due):
        looked_at = due[start : start + limit - len(free)]
        start += len(looked_at)
        open_numbers = _not_engaged(database, {one.number for one in looked_at} - taken, now)
        for one in looked_at:
            (free if one.number in open_numbers else engaged).append(one)
            open_numbers.discard(one.number)
            taken.add(one.number)
    return free, engaged


def _not_engaged(database: Database, numbers: set[str], now: float) -> set[str]:
    """Return the numbers that no request is under way to, and that nobody else can claim before we have.

    The locks come first: what they leave to us has been committed when the second query looks.
    """
    asked = sorted(numbers)
    queries: list[Query] = [
        (database.locking, {"names": asked}),
        (_ENGAGED, {"names": asked, "since": now - FORGOTTEN}),
    ]
    ours, engaged = database.select_all(queries)
    return {number for (number,) in ours} - {number for (number,) in engaged}
