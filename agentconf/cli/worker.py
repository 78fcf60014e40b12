"""`agentconf worker`."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import click

from agentconf.cli.ledgers import WORKERS, workers_option
from agentconf.cli.moments import DURATION
from agentconf.cli.options import Session, common
from agentconf.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from agentconf.calls.campaign import Campaign
    from agentconf.calls.queue.event import WorkEvent, WorkListener
    from agentconf.calls.queue.options import WorkOptions
    from agentconf.project.definition import Project
    from agentconf.remote.calling import CallPlatform

DRAINING_IDLE = 1.0
"""Most seconds that a lane rests before a worker that drains looks whether it is through; ours."""


@click.command("worker")
@workers_option
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=8, metavar="N", help="Lanes at once (default: 8)."
)
@click.option(
    "--heartbeat", type=DURATION, default="10s", metavar="TIME", help="Sign of life (default: 10s)."
)
@click.option(
    "--stalled",
    type=DURATION,
    default="30s",
    metavar="TIME",
    help="Dead without one for so long (default: 30s).",
)
@click.option("--drain", is_flag=True, help="End when nothing is left to do.")
@common("text")
def command(
    session: Session, workers: str | None, concurrency: int, heartbeat: float, stalled: float, drain: bool
) -> int:
    """Carry out the campaigns of an environment that were handed to workers, until Ctrl-C.

    Any number of workers on any machines share the work; the limits are each campaign's over all of
    them. A worker that dies loses nothing: others take over what it had.
    """
    from agentconf.calls.queue.options import WorkOptions  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.carrying import worker_name  # noqa: PLC0415
    from agentconf.cli.ledgers import ledgers  # noqa: PLC0415
    from agentconf.cli.project import load  # noqa: PLC0415

    project = load(session)
    url = ledgers(session, Path(project.root), workers).url
    if url is None:
        raise UsageError("which database do the workers share?", help=f"--workers URL, or {WORKERS}")
    options = WorkOptions(worker_name(), concurrency, heartbeat=heartbeat, stalled=stalled, drain=drain)
    if drain:
        options = replace(options, idle=DRAINING_IDLE)
    asyncio.run(_work(session, project, url, options))
    return 0


async def _work(session: Session, project: Project, url: str, options: WorkOptions) -> None:
    from agentconf.calls.queue.worker import work  # noqa: PLC0415
    from agentconf.cli.calling import connect_calls  # noqa: PLC0415
    from agentconf.cli.signals import stop_on_interrupt  # noqa: PLC0415

    @asynccontextmanager
    async def open_platform(campaign: Campaign) -> AsyncIterator[CallPlatform]:
        async with connect_calls(
            session, project, campaign.target.platform, bulk=campaign.pacing.bulk
        ) as platform:
            yield platform

    with stop_on_interrupt(session.output) as stop:
        await work(
            url, project.environment.name, open_platform, options, listener=_teller(session), stop=stop
        )


def _teller(session: Session) -> WorkListener:
    def tell(event: WorkEvent) -> None:
        text, detail = _said(event)
        (session.output.detail if detail else session.output.info)(text)

    return tell


def _said(event: WorkEvent) -> tuple[str, bool]:
    """Put an event into words, and tell whether only those who asked for more want to read it."""
    from agentconf.calls.queue.event import Disconnected, Failed, Progress, Ready, Revived, Took  # noqa: PLC0415

    match event:
        case Ready():
            return (
                f"{'Back: waiting' if event.again else 'Waiting'} for the campaigns of {event.environment}",
                False,
            )
        case Took():
            return f"{event.campaign_id}: {_lane(event.lane)}", True
        case Progress():
            return f"{event.campaign_id}: {_progress(event)}", True
        case Failed():
            then = "the campaign is halted" if event.halted else f"tried again in {event.again_in:g} s"
            return f"{event.campaign_id}: {_lane(event.lane)} failed: {event.message}; {then}", False
        case Revived():
            return f"took over from a worker that died: {', '.join(event.lanes)}", False
        case Disconnected():
            return (
                f"the database is out of reach: {event.message}; tried again in {event.again_in:g} s",
                False,
            )
        case _:
            assert_never(event)


def _lane(number: int | None) -> str:
    return "the watch over calls" if number is None else f"lane {number}"


def _progress(event: object) -> str:
    from agentconf.calls.event import Moved, Slowed  # noqa: PLC0415

    happened = getattr(event, "event", None)
    match happened:
        case Moved():
            why = f" ({happened.reason})" if happened.reason else ""
            return f"line {happened.line}, {happened.number}: {happened.outcome or happened.state}{why}"
        case Slowed():
            return f"slowed down for {happened.seconds:g} s"
        case _:
            return type(happened).__name__.lower()
