"""Bringing contacts into the ledger: new ones, changed ones, and those that are gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.ledger import campaigns
from agentconf.calls.ledger.merging import merge
from agentconf.calls.ledger.rows import incoming_of
from agentconf.calls.ledger.telling import counts
from agentconf.calls.turn import Phase
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.calls.campaign import Campaign
    from agentconf.calls.contact import NewContact
    from agentconf.calls.ledger.campaigns import Held
    from agentconf.calls.ledger.database import Database
    from agentconf.calls.turn import Enrolment


def enrol(
    database: Database, campaign: Campaign, contacts: Iterable[NewContact], at: float, *, create_only: bool
) -> Enrolment:
    """Bring contacts into the ledger; see `Ledger.enrol`."""
    _check(database, campaigns.find(database, campaign.id), campaign, create_only=create_only)
    rows = (incoming_of(position, contact) for position, contact in enumerate(contacts, 1))
    with database.stage(rows), database.transaction():
        created = campaigns.create(database, campaign, at)
        held = campaigns.get(database, campaign.id, lock=True)
        _check(database, held, campaign, create_only=create_only and not created)
        enrolment, positions = merge(database, held.number, held.positions)
        held = replace(held, campaign=campaign, positions=positions)
        if held.phase is not Phase.PAUSED:
            held = replace(held, phase=Phase.RUNNING, reason=None)
        campaigns.adopt(database, held)
        campaigns.save(database, held)
        return enrolment


def _check(database: Database, held: Held | None, campaign: Campaign, *, create_only: bool) -> None:
    """Refuse to mix two campaigns, to begin one twice, and to go on with a canceled one."""
    if held is None:
        return
    already = f"the campaign {campaign.id} is in the ledger already"
    if difference := _difference(held.campaign, campaign):
        raise ConfigurationError(
            f"{already}, {difference}", help="choose another name for this one, with --name or --run"
        )
    if create_only:
        states = counts(database, held.number).states
        there = ", ".join(f"{states[state]} {state}" for state in State if states.get(state))
        raise ConfigurationError(
            f"{already}: {there or 'without contacts'}",
            help="go on with it with --resume, or choose another name with --name or --run",
        )
    if held.phase is Phase.CANCELED:
        raise campaigns.canceled(campaign.id)


def _difference(one: Campaign, other: Campaign) -> str | None:
    """Say in what two campaigns differ that have the same name; None when they are one."""
    for what, theirs, ours in (
        ("environment", one.environment, other.environment),
        ("platform", one.target.platform, other.target.platform),
        ("agent", one.target.id, other.target.id),
    ):
        if theirs != ours:
            return f"with the {what} {theirs}, not {ours}"
    if one.instead == other.instead:
        return None
    if one.instead is None:
        return "and calls its contacts, not a test number"
    if other.instead is None:
        return "and calls a test number, not its contacts"
    return "and calls another test number"
