"""What the ledger tells: how far campaigns are, and their contacts and requests, as many as there are."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.ledger.rows import attempt_of, contact_of, id_of
from agentconf.calls.ledger.tables import CAMPAIGN_SHIFT
from agentconf.calls.turn import Counts, Standing
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.calls.contact import Contact
    from agentconf.calls.ledger.campaigns import Held
    from agentconf.calls.ledger.database import Database
    from agentconf.calls.turn import Attempt

PAGE = 500
"""Rows that are read at a time, so that nothing is held up and a million need no more memory than these."""

_KEY_BYTES = 32

_GIVEN_UP = frozenset({State.FAILED, State.SKIPPED, State.CANCELED, State.UNKNOWN})

_COUNTS = """
SELECT state, outcome, reason, COUNT(*) FROM agentconf.contact WHERE campaign = :campaign
GROUP BY state, outcome, reason
"""

_CONTACT = "SELECT * FROM agentconf.contact_whole WHERE campaign = :campaign AND key = :key"

_CONTACTS = """
SELECT * FROM agentconf.contact_whole WHERE id > :after AND id < :end ORDER BY id LIMIT :limit
"""

_ATTEMPTS = """
SELECT contact.key, attempt.attempt, attempt.worker, attempt.sent_at, attempt.settled_at, attempt.result,
  attempt.message, attempt.call_id, attempt.outcome, attempt.reason, attempt.ended_at, attempt.contact
FROM agentconf.attempt JOIN agentconf.contact ON contact.id = attempt.contact
WHERE attempt.campaign = :campaign
  AND (attempt.sent_at, attempt.contact, attempt.attempt) > (:sent_at, :contact, :attempt)
ORDER BY attempt.sent_at, attempt.contact, attempt.attempt LIMIT :limit
"""


def pseudonym_key(database: Database) -> bytes:
    """Return the ledger's secret key; whoever asks first makes it."""
    database.change(
        "INSERT INTO agentconf.note (name, value) VALUES ('pseudonyms', :key) ON CONFLICT (name) DO NOTHING",
        {"key": secrets.token_hex(_KEY_BYTES)},
    )
    ((key,),) = database.select("SELECT value FROM agentconf.note WHERE name = 'pseudonyms'", {})
    return bytes.fromhex(key)


def standing(database: Database, held: Held) -> Standing:
    """Return where a campaign stands."""
    campaign = held.campaign
    return Standing(
        campaign.id,
        campaign.environment,
        campaign.agent,
        campaign.target.platform,
        held.phase,
        held.reason,
        held.created_at,
        counts(database, held.number),
    )


def counts(database: Database, campaign: int) -> Counts:
    """Count a campaign's contacts."""
    states: Counter[State] = Counter()
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for word, outcome, reason, count in database.select(_COUNTS, {"campaign": campaign}):
        state = State(word)
        states[state] += count
        if state is State.PLACED:
            outcomes[outcome or ""] += count
        elif state in _GIVEN_UP:
            reasons[reason or ""] += count
    return Counts(dict(states), dict(outcomes), dict(reasons))


def contact(database: Database, held: Held, key: str) -> Contact:
    """Return one contact."""
    rows = database.select(_CONTACT, {"campaign": held.number, "key": key})
    if not rows:
        raise ConfigurationError(f"the campaign {held.campaign.id} has no contact {key}")
    return contact_of(rows[0])


def contacts(database: Database, campaign: int) -> Iterator[Contact]:
    """Yield all contacts, page by page: each as it stands when its page is read."""
    after, end = campaign << CAMPAIGN_SHIFT, (campaign + 1) << CAMPAIGN_SHIFT
    while rows := database.select(_CONTACTS, {"after": after, "end": end, "limit": PAGE}):
        yield from map(contact_of, rows)
        after = id_of(rows[-1])


def attempts(database: Database, campaign: int) -> Iterator[Attempt]:
    """Yield all requests, page by page."""
    last = {"sent_at": float("-inf"), "contact": 0, "attempt": 0}
    while rows := database.select(_ATTEMPTS, {**last, "campaign": campaign, "limit": PAGE}):
        yield from (attempt_of(row[:-1]) for row in rows)
        last = {"sent_at": rows[-1][3], "contact": rows[-1][-1], "attempt": rows[-1][1]}
