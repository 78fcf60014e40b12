"""Merging what is staged in `incoming` into the contacts of a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.calls.ledger.tables import CAMPAIGN_SHIFT
from agentconf.calls.turn import Enrolment

if TYPE_CHECKING:
    from agentconf.calls.ledger.database import Database, Value

WITHDRAWN = "no longer among the contacts"
"""Why a contact is not called that was planned once."""

_TWICE = "SELECT COUNT(*) - COUNT(DISTINCT key) FROM pg_temp.incoming"

_SURVEY = """
SELECT COUNT(*), COUNT(incoming.skipped), COALESCE(MAX(incoming.position), 0), COUNT(contact.id),
  COUNT(CASE WHEN contact.id IS NULL AND incoming.skipped IS NOT NULL THEN 1 END),
  COUNT(CASE WHEN contact.state = 'planned' THEN 1 END),
  COUNT(CASE WHEN contact.state IN ('skipped', 'canceled') AND incoming.skipped IS NULL THEN 1 END),
  COUNT(CASE WHEN contact.state = 'planned' AND contact.calls = 0 AND incoming.skipped IS NULL
    AND (contact.number <> incoming.number OR contact.arguments <> incoming.arguments
      OR lane.priority <> incoming.priority OR lane.zones <> incoming.zones
      OR contact.identity <> incoming.identity OR contact.line <> incoming.line
      OR contact.deadline IS DISTINCT FROM incoming.deadline
      OR contact.timezone IS DISTINCT FROM incoming.timezone
      OR incoming.due_at < contact.due_at) THEN 1 END)
FROM pg_temp.incoming
LEFT JOIN agentconf.contact ON contact.campaign = :campaign AND contact.key = incoming.key
LEFT JOIN agentconf.lane ON lane.number = contact.lane
"""

_PLANNED = "SELECT COUNT(*) FROM agentconf.contact WHERE campaign = :campaign AND state = 'planned'"

_LANES = """
INSERT INTO agentconf.lane (campaign, priority, zones)
SELECT DISTINCT CAST(:campaign AS BIGINT), priority, zones FROM pg_temp.incoming WHERE true
ON CONFLICT (campaign, priority, zones) DO NOTHING
"""

_ONCE = """
DELETE FROM pg_temp.incoming WHERE EXISTS (
  SELECT 1 FROM pg_temp.incoming AS earlier
  WHERE earlier.key = incoming.key AND earlier.position < incoming.position)
"""

_CHANGED = """
UPDATE agentconf.contact SET
  line = incoming.line, number = incoming.number, arguments = incoming.arguments, lane = lane.number,
  deadline = incoming.deadline, timezone = incoming.timezone, identity = incoming.identity
FROM pg_temp.incoming JOIN agentconf.lane
  ON lane.campaign = :campaign AND lane.priority = incoming.priority AND lane.zones = incoming.zones
WHERE contact.campaign = :campaign AND contact.key = incoming.key
  AND contact.state = 'planned' AND contact.calls = 0 AND incoming.skipped IS NULL
  AND (contact.number <> incoming.number OR contact.arguments <> incoming.arguments
    OR contact.lane <> lane.number OR contact.identity <> incoming.identity
    OR contact.deadline IS DISTINCT FROM incoming.deadline
    OR contact.timezone IS DISTINCT FROM incoming.timezone)
"""

_MOVED = """
UPDATE agentconf.contact SET line = incoming.line,
  due_at = CASE WHEN tries = 0 AND incoming.due_at < contact.due_at THEN incoming.due_at
    ELSE contact.due_at END
FROM pg_temp.incoming
WHERE contact.campaign = :campaign AND contact.key = incoming.key
  AND contact.state = 'planned' AND contact.calls = 0 AND incoming.skipped IS NULL
  AND (contact.line <> incoming.line OR (tries = 0 AND incoming.due_at < contact.due_at))
"""

_RETURNED = """
UPDATE agentconf.contact SET state = 'planned', reason = NULL,
  line = incoming.line, number = incoming.number, arguments = incoming.arguments, lane = lane.number,
  due_at = incoming.due_at, deadline = incoming.deadline, timezone = incoming.timezone,
  identity = incoming.identity
FROM pg_temp.incoming JOIN agentconf.lane
  ON lane.campaign = :campaign AND lane.priority = incoming.priority AND lane.zones = incoming.zones
WHERE contact.campaign = :campaign AND contact.key = incoming.key AND incoming.skipped IS NULL
  AND contact.state IN ('skipped', 'canceled')
  AND (contact.state = 'skipped' OR contact.reason = :withdrawn)
"""

_EXCLUDED = """
UPDATE agentconf.contact SET state = CASE WHEN calls > 0 THEN 'placed' ELSE 'skipped' END,
  reason = CASE WHEN calls > 0 THEN reason ELSE incoming.skipped END
FROM pg_temp.incoming
WHERE contact.campaign = :campaign AND contact.key = incoming.key
  AND contact.state = 'planned' AND incoming.skipped IS NOT NULL
"""

_WITHDRAWN = """
UPDATE agentconf.contact SET state = CASE WHEN calls > 0 THEN 'placed' ELSE 'canceled' END,
  reason = CASE WHEN calls > 0 THEN reason ELSE :withdrawn END
WHERE campaign = :campaign AND state = 'planned'
  AND NOT EXISTS (SELECT 1 FROM pg_temp.incoming WHERE incoming.key = contact.key)
"""

_NEW = """
INSERT INTO agentconf.contact (id, campaign, key, line, number, arguments, lane, due_at, deadline, timezone,
  identity, state, reason, tries, calls, solo, attempt)
SELECT CAST(:base AS BIGINT) + incoming.position, CAST(:campaign AS BIGINT), incoming.key, incoming.line,
  incoming.number, incoming.arguments, lane.number, incoming.due_at, incoming.deadline, incoming.timezone,
  incoming.identity, CASE WHEN incoming.skipped IS NULL THEN 'planned' ELSE 'skipped' END, incoming.skipped,
  0, 0, 0, 0
FROM pg_temp.incoming JOIN agentconf.lane
  ON lane.campaign = :campaign AND lane.priority = incoming.priority AND lane.zones = incoming.zones
WHERE NOT EXISTS (
  SELECT 1 FROM agentconf.contact AS known WHERE known.campaign = :campaign AND known.key = incoming.key)
ORDER BY incoming.position
"""


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is to merge, so that a million contacts that are as they were cost one look.

    Args:
        total: contacts given, each once.
        bad: those that must not be called.
        last: the highest position.
        known: those that the campaign has already.
        new_bad: those that it has not and that must not be called.
        planned: those that are planned there.
        back: those that were not to be called, and perhaps are now.
        different: planned ones that are not as they were.

    """

    total: int
    bad: int
    last: int
    known: int
    new_bad: int
    planned: int
    back: int
    different: int


def merge(database: Database, campaign: int, positions: int) -> tuple[Enrolment, int]:
    """Bring what is staged into a campaign.

    Args:
        database: in a transaction that holds the campaign.
        campaign: its number.
        positions: how many places its contacts were given.

    Returns:
        What changed, and how many places they have been given then.

    """
    of: dict[str, Value] = {"campaign": campaign}
    ((twice,),) = database.select(_TWICE, {})
    if twice:
        database.change(_ONCE, {})
    survey = Survey(*database.select(_SURVEY, of)[0])
    ((planned,),) = database.select(_PLANNED, of)
    if survey.total > survey.known or survey.different or survey.back:
        database.change(_LANES, of)
    base = (campaign << CAMPAIGN_SHIFT) + positions
    excluded = database.count_changes(_EXCLUDED, of) if survey.bad else 0
    changed = database.count_changes(_CHANGED, of) if survey.different else 0
    if survey.different:
        database.change(_MOVED, of)
    withdrawing: dict[str, Value] = {**of, "withdrawn": WITHDRAWN}
    withdrawn = database.count_changes(_WITHDRAWN, withdrawing) if planned > survey.planned else 0
    returned = database.count_changes(_RETURNED, withdrawing) if survey.back else 0
    new = database.count_changes(_NEW, {**of, "base": base}) if survey.total > survey.known else 0
    added = new - survey.new_bad + returned
    enrolment = Enrolment(
        added=added,
        changed=changed,
        kept=survey.total - survey.bad - added - changed,
        withdrawn=withdrawn + excluded,
        skipped=survey.bad - excluded,
    )
    return enrolment, positions + (survey.last if new else 0)
