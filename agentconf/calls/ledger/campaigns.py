"""The campaigns of a ledger: their settings, phase and pace."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentconf.calls.campaign import Campaign
from agentconf.calls.ledger.rows import shorten
from agentconf.calls.pace import Pace
from agentconf.calls.turn import Phase
from agentconf.errors import ConfigurationError
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from agentconf.calls.ledger.database import Database, Row

_MANY = 8
"""Names of campaigns that a message shows at most."""

CANCELED = "campaign canceled"
"""Why contacts of a canceled campaign are not called."""


@dataclass(frozen=True, slots=True)
class Held:
    """A campaign as the ledger holds it.

    Args:
        number: its own in this ledger.
        campaign: its settings.
        phase: what is to happen with it.
        reason: why it is not running.
        created_at: when it was first run, in seconds since the epoch.
        positions: how many places contacts were given.
        pace: how its requests stand.

    """

    number: int
    campaign: Campaign
    phase: Phase
    reason: str | None
    created_at: float
    positions: int
    pace: Pace


_BY_ID = """
SELECT number, settings, phase, reason, created_at, positions, pace FROM agentconf.campaign WHERE id = :id
"""
_BY_ID_LOCKED = _BY_ID + " FOR UPDATE"

_ALL = """
SELECT number, settings, phase, reason, created_at, positions, pace FROM agentconf.campaign ORDER BY number
"""


def find(database: Database, campaign_id: str, *, lock: bool = False) -> Held | None:
    """Find a campaign.

    Args:
        database: the ledger's.
        campaign_id: its name.
        lock: whether nobody else may change anything of it until the transaction ends.

    """
    rows = database.select(_BY_ID_LOCKED if lock else _BY_ID, {"id": campaign_id})
    return _held(rows[0]) if rows else None


def get(database: Database, campaign_id: str, *, lock: bool = False) -> Held:
    """Find a campaign that must be there; as `find`.

    Raises:
        ConfigurationError: there is none of that name.

    """
    held = find(database, campaign_id, lock=lock)
    if held is not None:
        return held
    names = [
        name for (name,) in database.select("SELECT id FROM agentconf.campaign ORDER BY number DESC", {})
    ]
    if not names:
        advice = "run one first; this ledger is empty"
    elif meant := suggest(campaign_id, names):
        advice = f"did you mean {meant}?"
    else:
        more = ", …" if len(names) > _MANY else ""
        advice = f"the ledger has {', '.join(names[:_MANY])}{more}"
    raise ConfigurationError(f"there is no campaign {campaign_id} in the ledger", help=advice)


def all_held(database: Database) -> list[Held]:
    """Return all campaigns, in the order in which they were first run."""
    return [_held(row) for row in database.select(_ALL, {})]


def create(database: Database, campaign: Campaign, at: float) -> bool:
    """Enter a campaign, unless it is there already; return whether it was not."""
    entered = database.count_changes(
        "INSERT INTO agentconf.campaign (id, settings, phase, created_at, positions, pace)"
        " VALUES (:id, :settings, :phase, :at, 0, :pace) ON CONFLICT (id) DO NOTHING",
        {
            "id": campaign.id,
            "settings": json.dumps(campaign.to_data()),
            "phase": Phase.RUNNING,
            "at": at,
            "pace": json.dumps(Pace.new(campaign.pacing, at).to_data()),
        },
    )
    return entered == 1


def save(database: Database, held: Held) -> None:
    """Write the phase and pace of a campaign that is locked."""
    database.change(
        "UPDATE agentconf.campaign SET phase = :phase, reason = :reason, pace = :pace WHERE number = :number",
        {
            "phase": held.phase,
            "reason": shorten(held.reason),
            "pace": json.dumps(held.pace.to_data()),
            "number": held.number,
        },
    )


def adopt(database: Database, held: Held) -> None:
    """Write the settings of a campaign that is locked, and how many places its contacts were given."""
    database.change(
        "UPDATE agentconf.campaign SET settings = :settings, positions = :positions WHERE number = :number",
        {
            "settings": json.dumps(held.campaign.to_data()),
            "positions": held.positions,
            "number": held.number,
        },
    )


def control(database: Database, campaign_id: str, phase: Phase, reason: str | None) -> None:
    """Change a campaign's phase.

    Raises:
        ConfigurationError: there is none of that name, or it was canceled.

    """
    with database.transaction():
        held = get(database, campaign_id, lock=True)
        if held.phase is Phase.CANCELED:
            if phase is Phase.CANCELED:
                return
            raise canceled(campaign_id)
        save(database, replace(held, phase=phase, reason=reason))
        if phase is Phase.CANCELED:
            withdraw_all(database, held.number)


def canceled(campaign_id: str) -> ConfigurationError:
    """Return the error of going on with what was canceled."""
    return ConfigurationError(
        f"the campaign {campaign_id} was canceled and cannot be resumed",
        help="run its contacts as a campaign of another name",
    )


def withdraw_all(database: Database, number: int) -> None:
    """Call off every planned contact of a campaign; what is being sent is settled as it comes."""
    database.change(
        "UPDATE agentconf.contact SET state = CASE WHEN calls > 0 THEN 'placed' ELSE 'canceled' END,"
        " reason = CASE WHEN calls > 0 THEN reason ELSE :reason END"
        " WHERE campaign = :campaign AND state = 'planned'",
        {"campaign": number, "reason": CANCELED},
    )


def _held(row: Row) -> Held:
    number, settings, phase, reason, created_at, positions, pace = row
    return Held(
        number,
        Campaign.from_data(json.loads(settings)),
        Phase(phase),
        reason,
        created_at,
        positions,
        Pace.from_data(json.loads(pace)),
    )
