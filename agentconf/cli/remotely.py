"""A campaign that workers carry out: handed over, and followed from here."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.queue.deferring import enqueue
from agentconf.calls.turn import Phase
from agentconf.cli.carrying import exit_code, finish, standing_of
from agentconf.cli.ledgers import WORKERS
from agentconf.cli.naming import command
from agentconf.cli.signals import stop_on_interrupt
from agentconf.errors import ExitCode
from agentconf.report.wording import count

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
    if not session.json:
        output.info(f"Handed {count(calls, 'call')} to the workers of {campaign.environment}")
    if ways.detach:
        if session.json:
            _finish(session, campaign, opened, ways, began, before)
        else:
            output.info(f"`{command('status', campaign.id)}` says how far they are; {_BESIDE}")
        return ExitCode.OK
    leaving = f"No longer following: the workers go on. `{command('pause', campaign.id)}` stops them"
    with stop_on_interrupt(output, (leaving, leaving)) as stop:
        await _follow(session, campaign, opened, ways, stop)
    if stop.requested and not session.json:
        return ExitCode.INTERRUPTED
    code = _finish(session, campaign, opened, ways, began, before, interrupted=stop.requested)
    return ExitCode.INTERRUPTED if stop.requested else code


_BESIDE = f"it needs --workers, or {WORKERS}, too"


async def _follow(session: Session, campaign: Campaign, opened: Ledgers, ways: Ways, stop: Stop) -> None:
    told, first, wake = time.monotonic(), None, asyncio.Event()
    forget = stop.tell(wake.set)
    # Nobody else finds out how calls end when the campaign itself was not begun to be followed.
    to_end = ways.wait if campaign.follow else campaign.retry is not None
    try:
        while not stop.requested:
            standing = await asyncio.to_thread(_look, opened, campaign.id)
            if _is_over(standing, to_end=to_end):
                return
            first = first or standing.counts
            if time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                session.output.info(_told(session, standing, idle=standing.counts == first))
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), LOOK_SECONDS)
    finally:
        forget()


def _look(opened: Ledgers, campaign_id: str) -> Standing:
    with opened.open() as ledger:
        return ledger.standing(campaign_id)


def _is_over(standing: Standing, *, to_end: bool) -> bool:
    states = standing.counts.states
    if standing.phase is not Phase.RUNNING:
        return not states.get(State.SENDING, 0)
    left = states.get(State.PLANNED, 0) + states.get(State.SENDING, 0)
    return not left and not (to_end and standing.counts.outcomes.get("", 0))


def _told(session: Session, standing: Standing, *, idle: bool) -> str:
    if session.json:
        from agentconf.report.events_json import progress  # noqa: PLC0415

        return progress(standing.id, standing.counts, at=time.time(), rate=None)
    states = standing.counts.states
    words = ", ".join(f"{states[state]:,} {state}" for state in State if states.get(state, 0))
    hint = f"; is there an `agentconf worker -e {standing.environment}`?" if idle else ""
    return f"{words} of {standing.counts.total:,}{hint}"


def _finish(
    session: Session,
    campaign: Campaign,
    opened: Ledgers,
    ways: Ways,
    began: float,
    before: int,
    *,
    interrupted: bool = False,
) -> int:
    summary = standing_of(_look(opened, campaign.id), began, before)
    summary = replace(summary, interrupted=interrupted)
    finish(session, campaign, summary, opened, ways)
    return exit_code(summary)
