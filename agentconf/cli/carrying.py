"""Carrying an order out: check, ask, enrol, run or hand over to workers, and say how it ended."""

from __future__ import annotations

import os
import secrets
import shlex
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.ledger.merging import WITHDRAWN
from agentconf.calls.run import RunOptions, Summary, run_campaign
from agentconf.calls.spool import Spool
from agentconf.calls.turn import Phase
from agentconf.cli.asking import confirm, report_bad, show_preview
from agentconf.cli.calling import connect_calls
from agentconf.cli.campaigns import prepare
from agentconf.cli.dialling import following
from agentconf.cli.ledgers import WORKERS, Ledgers, ledgers
from agentconf.cli.naming import command
from agentconf.cli.numbers import spelled
from agentconf.cli.readiness import refuse_unready
from agentconf.cli.signals import stop_on_interrupt
from agentconf.errors import ExitCode, UsageError
from agentconf.remote.calling import Outcome

if TYPE_CHECKING:
    from agentconf.calls.campaign import Campaign
    from agentconf.calls.contact import Contact
    from agentconf.calls.turn import Counts, Standing
    from agentconf.cli.numbers import Written
    from agentconf.cli.options import Session
    from agentconf.cli.order import Order, Ways
    from agentconf.project.definition import Project

LISTED = 100
"""Contacts that --json lists one by one at most; a report lists all."""


async def carry_out(session: Session, project: Project, order: Order, ways: Ways) -> int:
    """Carry an order out.

    Returns:
        The exit code.

    Raises:
        AgentconfError: nobody was called; saying why.

    """
    opened = ledgers(session, Path(project.root), ways.workers)
    refuse_contradictions(opened, ways)
    with Spool() as spool:
        prepared = await prepare(session, project, order, ways, opened, spool)
        if report_bad(session, order, prepared, ways):
            return ExitCode.FINDINGS
        refuse_unready(prepared.objections)
        calls = sum(1 for _ in prepared.waiting(spool))
        if ways.dry_run:
            show_preview(session, prepared, spool, opened, ways)
            return ExitCode.OK
        if not ways.auto_approve:
            confirm(session, prepared, calls, ways)
        with opened.open() as ledger:
            ledger.enrol(prepared.campaign, spool, at=prepared.now, create_only=ways.create_only)
            if ways.redial_unknown:
                ledger.redial_unknown(prepared.campaign.id, at=prepared.now)
    if calls == 0 and prepared.standing is not None and not session.json:
        anew = "--name NAME" if order.file is None else "--run LABEL"
        session.output.info(f"Nobody is left to call; {anew} calls everybody anew")
    return await carry_on(session, project, prepared.campaign, opened, ways, calls=calls)


async def carry_on(
    session: Session,
    project: Project,
    campaign: Campaign,
    opened: Ledgers,
    ways: Ways,
    *,
    calls: int,
) -> int:
    """Go on with a campaign that is in the ledger, here or by the workers.

    Args:
        session: the invocation.
        project: resolved for the environment.
        campaign: as the ledger has it.
        opened: the ledger.
        ways: how.
        calls: contacts that are to be called.

    Returns:
        The exit code.

    """
    if opened.url is not None and not ways.single:
        from agentconf.cli.remotely import hand_over  # noqa: PLC0415 - an extra

        return await hand_over(session, campaign, opened, ways, calls=calls)
    total = calls if ways.limit is None else min(calls, ways.limit)
    async with connect_calls(
        session, project, campaign.target.platform, bulk=campaign.pacing.bulk
    ) as platform:
        with (
            following(session, campaign.id, total) as listener,
            stop_on_interrupt(session.output) as stop,
        ):
            summary = await run_campaign(
                campaign.id,
                opened.open,
                platform,
                RunOptions(worker_name(), limit=ways.limit, until="ended" if ways.wait else "dispatched"),
                listener=listener,
                stop=stop,
            )
    finish(session, campaign, summary, opened, ways)
    if not ways.single:
        return exit_code(summary, limit=ways.limit)
    if summary.counts.states.get(State.PLANNED, 0):
        with opened.open() as ledger:  # or somebody would be called whenever it is resumed
            ledger.control(campaign.id, Phase.CANCELED, reason=summary.reason)
    return single_code(summary)


def worker_name() -> str:
    """Make the name of this process in a ledger, which no other has."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"


def finish(session: Session, campaign: Campaign, summary: Summary, opened: Ledgers, ways: Ways) -> None:
    """Say how a run ended."""
    from agentconf.report import campaign_json, campaign_text  # noqa: PLC0415

    output = session.output
    if session.json:
        with opened.open() as ledger:
            few = summary.counts.total <= LISTED
            contacts = ledger.contacts(campaign.id) if few else None
            number = spelled(ledger, plainly=ways.show_numbers)
            output.result(campaign_json.render(campaign, summary, contacts=contacts, number=number))
    elif ways.single:
        with opened.open() as ledger:
            (contact,) = ledger.contacts(campaign.id)
            number = spelled(ledger, plainly=ways.show_numbers)
            _finish_call(session, campaign, summary, contact, number)
    else:
        output.result(
            campaign_text.render(
                campaign,
                summary,
                resume=command("resume", campaign.id),
                report=command("report", campaign.id),
                colour=output.colour(),
                width=output.width,
            )
        )


def _finish_call(
    session: Session, campaign: Campaign, summary: Summary, contact: Contact, number: Written
) -> None:
    """Say what became of one call, and how more is learnt about it."""
    from agentconf.report import calls_text  # noqa: PLC0415

    output = session.output
    if contact.state is State.PLANNED:
        output.error(f"error: nobody was called: {summary.reason or contact.reason or 'interrupted'}")
        return
    output.result(calls_text.placed(contact, number=number, colour=output.colour(), width=output.width))
    if contact.call_id is not None and contact.outcome is None:
        target, where = campaign.target, f"-e {shlex.quote(campaign.environment)}"
        whose = f"{target.id} {contact.call_id} --platform {target.platform}"
        if target.platform == "slng":
            whose = f"{campaign.agent} {contact.call_id}"
        output.info(f"Next: agentconf calls get {whose} {where}")


def exit_code(summary: Summary, *, limit: int | None = None) -> int:
    """Say how a run ended, as an exit code (docs/exit-codes.md).

    Args:
        summary: the run.
        limit: contacts that it was to call at most; those that it left for later are no failure.

    """
    if summary.interrupted:
        return ExitCode.INTERRUPTED
    if summary.denied:
        return ExitCode.DENIED
    placed = summary.counts.states.get(State.PLACED, 0)
    if summary.phase is Phase.HALTED:
        return ExitCode.PARTIAL if placed else ExitCode.FAILED
    return ExitCode.OK if through(summary.counts, limit=limit) else ExitCode.PARTIAL


def single_code(summary: Summary) -> int:
    """Say how one call ended, as an exit code: 3 when it was refused, 4 when nobody knows or answered."""
    code = exit_code(summary)
    refused = bool(summary.counts.states.get(State.FAILED, 0))
    unanswered = sum(summary.counts.outcomes.values()) - sum(
        summary.counts.outcomes.get(outcome, 0) for outcome in ("", Outcome.COMPLETED)
    )
    if code == ExitCode.PARTIAL and refused:
        return ExitCode.FAILED
    return ExitCode.PARTIAL if code == ExitCode.OK and unanswered else code


def through(counts: Counts, *, limit: int | None = None) -> bool:
    """Tell whether everybody was called who was to be called: nobody failed, was called off or is left.

    Who was taken out of the contacts is no longer to be called.
    """
    missed = [State.FAILED, State.UNKNOWN, State.CANCELED, State.SENDING]
    missed += [] if limit is not None else [State.PLANNED]
    return sum(counts.states.get(state, 0) for state in missed) == counts.reasons.get(WITHDRAWN, 0)


def refuse_contradictions(opened: Ledgers, ways: Ways) -> None:
    """Refuse ways that make no sense with where the ledger is.

    Raises:
        UsageError: naming them.

    """
    if ways.single:
        return
    if ways.detach and opened.url is None:
        raise UsageError(
            "--detach leaves the campaign to workers, and there are none",
            help=f"add --workers URL, or set {WORKERS}",
        )
    if ways.limit is not None and opened.url is not None:
        raise UsageError(
            "--max bounds one run, and workers take part in many", help="call here, or shorten the contacts"
        )


def standing_of(standing: Standing, started_at: float, placed_before: int) -> Summary:
    """Sum a campaign up that others carry out.

    Args:
        standing: where it stands.
        started_at: when this command began to look, in seconds since the epoch.
        placed_before: contacts whose calls had been placed by then.

    """
    return Summary(
        counts=standing.counts,
        phase=standing.phase,
        reason=standing.reason,
        interrupted=False,
        denied=False,
        started_at=started_at,
        ended_at=time.time(),
        placed_here=standing.counts.states.get(State.PLACED, 0) - placed_before,
    )
