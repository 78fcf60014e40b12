"""`agentconf calls`: looking at calls that were placed."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.ledgers import workers_option
from agentconf.cli.numbers import numbers_option
from agentconf.cli.options import Session, common
from agentconf.cli.sections import InOrder
from agentconf.cli.who import platform_option
from agentconf.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from agentconf.cli.numbers import Written
    from agentconf.project.definition import Project
    from agentconf.remote.calling import CallPlatform, CallRecord, Target


@click.group("calls", cls=InOrder)
def command() -> None:
    """Look at the calls of an agent."""


_AGENT = click.argument("agent")
_CALL = click.argument("call_id", metavar="CALL")
_PLATFORM = platform_option("slng", "dasha")


@command.command("list", short_help="List calls, newest first.")
@_AGENT
@click.option("--status", metavar="STATUS", help="Only those that the platform says stand there.")
@click.option("--page", type=click.IntRange(min=1), default=1, metavar="N", help="Default: 1, the newest.")
@click.option("--page-size", type=click.IntRange(1, 1000), default=50, metavar="N", help="Default: 50.")
@_PLATFORM
@numbers_option
@workers_option
@common("text", "json")
def list_calls(session: Session, agent: str, **options: Any) -> int:
    """List calls, newest first. AGENT is an agent's handle; with --platform dasha, Dasha's id of it."""

    async def run() -> None:
        async with _looking(session, agent, options) as (platform, target, number):
            page = await platform.list_calls(
                target, status=options["status"], page=options["page"], page_size=options["page_size"]
            )
            _show_page(session, page, number)

    asyncio.run(run())
    return 0


@command.command("get", short_help="Show one call: how it went, its events and tools.")
@_AGENT
@_CALL
@_PLATFORM
@numbers_option
@workers_option
@common("text", "json")
def get_call(session: Session, agent: str, call_id: str, **options: Any) -> int:
    """Show one call: how it went, its events and tool executions; with -v the prompt as it was."""

    async def run() -> None:
        async with _looking(session, agent, options) as (platform, target, number):
            call = await platform.get_call(target, call_id)
            if call is None:
                where = f"`agentconf calls list {agent} --platform {target.platform}` lists them"
                raise ConfigurationError(f"there is no call {call_id} of {agent}", help=where)
            _show_call(session, call, number)

    asyncio.run(run())
    return 0


@command.command("cancel", short_help="Take a call back that has not started.")
@_AGENT
@_CALL
@_PLATFORM
@common("text")
def cancel_call(session: Session, agent: str, call_id: str, **options: Any) -> int:
    """Take a call back that has not started. Dasha can do that; SLNG and sipgate cannot."""

    async def run() -> None:
        async with _looking(session, agent, options) as (platform, target, _):
            await platform.cancel_call(target, call_id)

    asyncio.run(run())
    session.output.result(f"Canceled call {call_id}")
    return 0


@command.command("tool-exec", short_help="Record a tool execution against a call.")
@_AGENT
@_CALL
@click.argument("file", metavar="FILE|-", type=click.File("r", encoding="utf-8"))
@common("text")
def record_execution(session: Session, agent: str, call_id: str, file: Any) -> int:
    """Record a tool execution against a call of SLNG.

    FILE holds one JSON object: tool_name, tool_kind, invocation_source, started_at, finished_at,
    duration_ms, outcome, and what else the API takes.
    """
    body = _read_execution(file)

    async def run() -> None:
        async with _looking(session, agent, {"platform": "slng"}) as (platform, target, _):
            from agentconf.remote.slng.calls import SlngCalls  # noqa: PLC0415

            assert isinstance(platform, SlngCalls)
            await platform.record_execution(target.id, call_id, body)

    asyncio.run(run())
    session.output.result(f"Recorded {body.get('tool_name')} against call {call_id}")
    return 0


def _read_execution(file: Any) -> dict[str, Any]:
    name = getattr(file, "name", "stdin").strip("<>")
    try:
        body = json.load(file)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{name} is not JSON: {error}", help="write one JSON object") from error
    if not isinstance(body, dict):
        raise ConfigurationError(f"{name} holds no JSON object", help="write one, in braces")
    return body


@asynccontextmanager
async def _looking(
    session: Session, agent: str, options: dict[str, Any]
) -> AsyncIterator[tuple[CallPlatform, Target, Written]]:
    """Open the platform, find the agent on it, and say how numbers are written."""
    from agentconf.cli.calling import connect_calls  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.ledgers import ledgers  # noqa: PLC0415
    from agentconf.cli.numbers import written  # noqa: PLC0415
    from agentconf.cli.project import load  # noqa: PLC0415
    from agentconf.remote.calling import Target  # noqa: PLC0415

    project = load(session)
    name = options["platform"]
    target = Target(name, agent if name == "dasha" else await _id_of(session, project, agent))
    plainly = bool(options.get("show_numbers")) or "show_numbers" not in options
    opened = ledgers(session, Path(project.root), options.get("workers"))
    with written(opened, plainly=plainly) as number:
        async with connect_calls(session, project, name) as platform:
            yield platform, target, number


async def _id_of(session: Session, project: Project, key: str) -> str:
    """Find the platform's id of an agent of the project, whatever state it is in."""
    from agentconf.cli.connect import connect  # noqa: PLC0415
    from agentconf.cli.project import find_definition  # noqa: PLC0415

    name = find_definition(project, key).data.get("name")
    async with connect(session, project) as platform:
        for live in await platform.list_agents():
            if live.name == name:
                return live.id
    raise UsageError(
        f"{key} is not deployed in {project.environment.name}, so it has no calls there",
        help=f"agentconf plan -e {project.environment.name}",
    )


def _show_page(session: Session, page: Any, number: Written) -> None:
    from agentconf.report import calls_json, calls_text  # noqa: PLC0415

    output = session.output
    if session.json:
        output.result(calls_json.render(page, number=number))
        return
    output.result(
        calls_text.render(page, number=number, zone=output.zone, colour=output.colour(), width=output.width)
    )


def _show_call(session: Session, call: CallRecord, number: Written) -> None:
    from agentconf.report import calls_json, calls_one_text  # noqa: PLC0415

    output = session.output
    if session.json:
        output.result(calls_json.one(call, number=number))
        return
    text = calls_one_text.render(
        call,
        number=number,
        zone=output.zone,
        verbose=output.verbose,
        colour=output.colour(),
        width=output.width,
    )
    output.result(text)
