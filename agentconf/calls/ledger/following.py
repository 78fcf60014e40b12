"""What happens after a request: calls in doubt are looked for, and how placed calls went is written down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agentconf.calls.ledger import campaigns, claiming
from agentconf.calls.ledger.rows import contact_of, shorten
from agentconf.calls.turn import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconf.calls.contact import Contact
    from agentconf.calls.ledger.campaigns import Held
    from agentconf.calls.ledger.database import Database
    from agentconf.calls.turn import Ended

_LOOKS = """
SELECT * FROM agentconf.contact_whole WHERE campaign = :campaign AND state = 'sending'
  AND (look_at <= :now OR (look_at IS NULL AND sent_at <= :lapsed))
ORDER BY sent_at, id
"""

_KNOWN = "SELECT call_id FROM agentconf.attempt WHERE number = ANY (:numbers) AND call_id IS NOT NULL"

_UNFINISHED = """
SELECT * FROM agentconf.contact_whole
WHERE campaign = :campaign AND state = 'placed' AND outcome IS NULL AND call_id IS NOT NULL
ORDER BY placed_at, id LIMIT :limit
"""

_ENDED = """
UPDATE agentconf.contact SET outcome = :outcome, reason = :reason, ended_at = :ended_at
WHERE campaign = :campaign AND key = :key AND state = 'placed' AND call_id = :call_id AND outcome IS NULL
"""

_AGAIN = """
UPDATE agentconf.contact SET outcome = :outcome, reason = :reason, ended_at = :ended_at,
  state = 'planned', due_at = :again_at, tries = 0
WHERE campaign = :campaign AND key = :key AND state = 'placed' AND call_id = :call_id AND outcome IS NULL
"""

_ENDED_REQUEST = """
UPDATE agentconf.attempt SET outcome = :outcome, reason = :reason, ended_at = :ended_at
WHERE contact = (SELECT id FROM agentconf.contact WHERE campaign = :campaign AND key = :key)
  AND call_id = :call_id
"""

_REDIAL = """
UPDATE agentconf.contact SET state = 'planned', reason = NULL, due_at = :at
WHERE campaign = :campaign AND state = 'unknown'
"""


def looks(database: Database, held: Held, now: float) -> tuple[Contact, ...]:
    """Return the contacts that the platform is to be asked for now."""
    lease = held.campaign.pacing.lease
    rows = database.select(_LOOKS, {"campaign": held.number, "now": now, "lapsed": now - lease})
    return tuple(_settling(contact_of(row), lease) for row in rows)


def known_calls(database: Database, numbers: Iterable[str]) -> frozenset[str]:
    """Return the ids of all calls to these numbers that the ledger knows."""
    rows = database.select(_KNOWN, {"numbers": sorted(set(numbers))})
    return frozenset(call_id for (call_id,) in rows)


def unfinished(database: Database, campaign: int, limit: int) -> tuple[Contact, ...]:
    """Return placed contacts of which it is not known how the call went."""
    return tuple(map(contact_of, database.select(_UNFINISHED, {"campaign": campaign, "limit": limit})))


def record(database: Database, held: Held, ended: Sequence[Ended]) -> None:
    """Write how calls went; a canceled campaign calls nobody again."""
    told = [
        {
            "campaign": held.number,
            "key": one.key,
            "call_id": one.call_id,
            "outcome": one.outcome,
            "reason": shorten(one.reason),
            "ended_at": one.ended_at,
            "again_at": None if held.phase is Phase.CANCELED else one.again_at,
        }
        for one in ended
    ]
    database.change_each(_ENDED_REQUEST, told)
    database.change_each(_AGAIN, [one for one in told if one["again_at"] is not None])
    database.change_each(_ENDED, [one for one in told if one["again_at"] is None])


def redial_unknown(database: Database, held: Held, at: float) -> int:
    """Plan the contacts again of which nobody knows whether they were called."""
    if held.phase is Phase.CANCELED:
        raise campaigns.canceled(held.campaign.id)
    return database.count_changes(_REDIAL, {"campaign": held.number, "at": at})


def expire(database: Database, campaign: int, now: float) -> int:
    """Call off the planned contacts whose deadline has passed."""
    return sum(claiming.expire(database, lane, now) for lane in claiming.read_lanes(database, campaign))


def _settling(contact: Contact, lease: float) -> Contact:
    """Give an abandoned contact the moment from which on its absence is proof."""
    if contact.settle_at is not None or contact.sent_at is None:
        return contact
    return replace(contact, settle_at=contact.sent_at + lease)
