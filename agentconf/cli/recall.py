"""Taking calls back that wait on the platform, where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.cli.calling import connect_calls
from agentconf.errors import ExitCode, RemoteError

if TYPE_CHECKING:
    from agentconf.cli.ledgers import Ledgers
    from agentconf.cli.options import Session
    from agentconf.project.definition import Project

MOST = 1_000_000
"""Calls that are looked at: all."""


async def take_back(session: Session, project: Project, opened: Ledgers, campaign_id: str) -> int:
    """Cancel the calls of a canceled campaign that the platform has and that have not ended.

    Args:
        session: the invocation.
        project: resolved for the environment.
        opened: the ledger.
        campaign_id: the campaign.

    Returns:
        The exit code: whether all were taken back that could be.

    """
    with opened.open() as ledger:
        campaign = ledger.campaign(campaign_id)
        waiting = ledger.unfinished(campaign_id, limit=MOST)
    async with connect_calls(session, project, campaign.target.platform) as platform:
        name = platform.capabilities.name
        if not waiting:
            return ExitCode.OK
        if not platform.capabilities.cancel:
            session.output.info(
                f"{len(waiting):,} calls were placed before; {name} offers no way to take a call back"
            )
            return ExitCode.OK
        failed = 0
        for contact in waiting:
            assert contact.call_id is not None, "unfinished calls have an id"
            try:
                await platform.cancel_call(campaign.target, contact.call_id)
            except RemoteError as error:
                failed += 1
                session.output.detail(f"call {contact.call_id}: {error.message}")
    done = len(waiting) - failed
    session.output.result(f"Took {done:,} calls back from {name}")
    if failed:
        session.output.info(f"{failed:,} calls had begun, or had ended (-v says which)")
    return ExitCode.OK
