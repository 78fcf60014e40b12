"""A campaign that workers carry out: handed over, and followed from here."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.queue.deferring import enqueue
from agentconf.calls.turn import Phase
from agentconf.cli.carrying import exit_code, finish, standing_of
from agentconf.cli.signals import stop_on_interrupt
from agentconf.errors import ExitCode

if TYPE_CHECKING:
    from agentconf.calls.campaign import Campaign
    from agentconf.calls.turn import Standing
    from agentconf.cli.ledgers import Ledgers
    from agentconf.cli.options import Session
    from agentconf.cli.order import Ways
    from agentconf.stop import Stop

LOOK_SECONDS = 1.0
"""Between two looks at how far the workers are."""

TELL_SECONDS = 5.0
"""Between two lines about it."""


async def hand_over(session: Session, campaign: Campaign, opened: Ledgers, ways: Ways, *, calls: int) -> int:
    """Put a campaign before the workers, and follow it until it is through.

    Ctrl-C ends the following, not the campaign.

    Args:
        session: the invocation.
        campaign: as the ledger has it.
        opened: the ledger that the workers share.
        ways: how.
        calls: contacts that are to be called.

    Returns:
        The exit code.

    """
    assert opened.url is not None, "there are workers"
    output, began = session.output, time.time()
    before = _look(opened, campaign.id).counts.states.get(State.PLACED, 0)
    await enqueue(opened.url, campaign)
    name = campaign.id.partition("/")[2]
    output.info(f"Handed {calls:,} calls to the workers of {campaign.environment}")
    if ways.detach:
        output.info(
            f"Follow it with `agentconf campaign status {name} -e {campaign.environment} --workers …`"
        )
        if session.json:
            _finish(session, campaign, opened, ways, began, before)
        return ExitCode.OK
    with stop_on_interrupt(output, _LEAVING) as stop:
        await _follow(session, campaign, opened, ways, stop)
    if stop.requested:
        output.info("The workers go on; `agentconf campaign pause` stops them")
        return ExitCode.INTERRUPTED
    return _finish(session, campaign, opened, ways, began, before)


_LEAVING = ("No longer following.", "No longer following.")


async def _follow(session: Session, campaign: Campaign, opened: Ledgers, ways: Ways, stop: Stop) -> None:
    told = time.monotonic()
    while not stop.requested:
        standing = await asyncio.to_thread(_look, opened, campaign.id)
        if _is_over(standing, to_end=ways.wait or campaign.retry is not None):
            return
        if time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            session.output.info(_told(session, standing))
        await asyncio.sleep(LOOK_SECONDS)


def _look(opened: Ledgers, campaign_id: str) -> Standing:
    with opened.open() as ledger:
        return ledger.standing(campaign_id)


def _is_over(standing: Standing, *, to_end: bool) -> bool:
    states = standing.counts.states
    if standing.phase is not Phase.RUNNING:
        return not states.get(State.SENDING, 0)
    left = states.get(State.PLANNED, 0) + states.get(State.SENDING, 0)
    return not left and not (to_end and standing.counts.outcomes.get("", 0))


def _told(session: Session, standing: Standing) -> str:
    if session.json:
        from agentconf.report.events_json import progress  # noqa: PLC0415

        return progress(standing.id, standing.counts, at=time.time(), rate=None)
    states = standing.counts.states
    words = ", ".join(f"{states[state]:,} {state}" for state in State if states.get(state, 0))
    return f"{words} of {standing.counts.total:,}"


def _finish(
    session: Session, campaign: Campaign, opened: Ledgers, ways: Ways, began: float, before: int
) -> int:
    summary = standing_of(_look(opened, campaign.id), began, before)
    finish(session, campaign, summary, opened, ways)
    return exit_code(summary)
