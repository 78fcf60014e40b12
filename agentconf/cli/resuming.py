"""Going on with a campaign that is in the ledger, with the contacts that it has."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.turn import Phase
from agentconf.cli.calling import connect_calls
from agentconf.cli.carrying import carry_on, refuse_contradictions
from agentconf.cli.lookup import refuse_phase
from agentconf.cli.readiness import refuse_unready, speaker
from agentconf.cli.unkept import refuse_waiting

if TYPE_CHECKING:
    from agentconf.calls.campaign import Campaign
    from agentconf.calls.turn import Standing
    from agentconf.cli.ledgers import Ledgers
    from agentconf.cli.options import Session
    from agentconf.cli.order import Ways
    from agentconf.project.definition import Project


async def resume(session: Session, project: Project, opened: Ledgers, standing: Standing, ways: Ways) -> int:
    """Go on with a campaign, here or by the workers.

    Args:
        session: the invocation.
        project: resolved for the environment.
        opened: the ledger.
        standing: the campaign, as it was found there.
        ways: how.

    Returns:
        The exit code.

    Raises:
        BlockedError: it was canceled, or its agent may no longer be dialled with.

    """
    refuse_contradictions(opened, ways)
    refuse_phase(standing)
    with opened.open() as ledger:
        campaign = ledger.campaign(standing.id)
    if ways.wait:
        async with connect_calls(session, project, campaign.target.platform) as platform:
            refuse_waiting(platform.capabilities)
    await _refuse_unready(session, project, campaign, allow_drift=ways.allow_drift)
    with opened.open() as ledger:
        ledger.control(campaign.id, Phase.RUNNING)
        if ways.redial_unknown:
            ledger.redial_unknown(campaign.id, at=ledger.now() or time.time())
        states = ledger.counts(campaign.id).states
    left = states.get(State.PLANNED, 0) + states.get(State.SENDING, 0)
    return await carry_on(session, project, campaign, opened, ways, calls=left)


async def _refuse_unready(
    session: Session, project: Project, campaign: Campaign, *, allow_drift: bool
) -> None:
    """Refuse to go on with an agent that may no longer be dialled with."""
    if campaign.target.platform == "slng":
        found = await speaker(session, project, campaign.agent, allow_drift=allow_drift)
        refuse_unready(found.objections)
