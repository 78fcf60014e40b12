"""`agentconf apply`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.draining import drain_options
from agentconf.cli.options import Session, common
from agentconf.cli.plan import render, scope_options
from agentconf.errors import (
    AuthenticationError,
    BlockedError,
    ConfigurationError,
    ExitCode,
    StaleError,
    UsageError,
)

if TYPE_CHECKING:
    from agentconf.apply.outcome import Report
    from agentconf.cli.planning import Scope
    from agentconf.plan.plan import Blocker, Plan
    from agentconf.project.definition import Project
    from agentconf.remote.platform import AgentPlatform


@click.command("apply")
@click.argument(
    "saved_plan", required=False, metavar="[PLAN]", type=click.Path(dir_okay=False, path_type=Path)
)
@click.option(
    "--agent", "agents", multiple=True, metavar="AGENT", help="Limit to an agent, by key (repeatable)."
)
@click.option("--auto-approve", is_flag=True, help="Do not ask; needed where there is no terminal.")
@click.option("--fail-fast", is_flag=True, help="Start nothing more after the first failure.")
@drain_options
@click.option("--concurrency", type=click.IntRange(1, 32), metavar="N", help="Requests in flight at once.")
@scope_options
@common("text", "json")
def command(session: Session, saved_plan: Path | None, agents: tuple[str, ...], **options: Any) -> int:
    """Make the live agents what the files say.

    With PLAN, a file written by `agentconf plan -o`, exactly that is done, or nothing: it is refused when the
    live agents or the files moved since. Without it, a plan is made, shown and confirmed.
    """
    from agentconf.cli.planning import Scope  # noqa: PLC0415 - keeps --help light

    run = {
        name: options.pop(name)
        for name in ("auto_approve", "fail_fast", "concurrency", "drain", "ignore_calls")
    }
    if saved_plan is not None and (agents or any(options.values())):
        raise UsageError(
            "a saved plan is applied as it is", help="give the other options to `agentconf plan -o`"
        )
    if saved_plan is not None and not saved_plan.exists():
        raise UsageError(f"there is no plan file {saved_plan}", help="`agentconf plan -o FILE` writes one")
    scope = Scope(agents=agents, **options)
    return asyncio.run(execute(session, scope, saved_plan=saved_plan, **run))


async def execute(
    session: Session,
    scope: Scope,
    *,
    saved_plan: Path | None = None,
    auto_approve: bool,
    fail_fast: bool = False,
    concurrency: int | None = None,
    drain: float | None = None,
    ignore_calls: bool = False,
) -> int:
    """Plan, or read a plan; check the guards; ask; do it; say how it ended.

    Returns:
        The exit code.

    """
    from agentconf.cli.connect import connect  # noqa: PLC0415
    from agentconf.cli.draining import wait_for_calls  # noqa: PLC0415
    from agentconf.cli.project import load_sound  # noqa: PLC0415

    stored = _read(saved_plan) if saved_plan else None
    if stored is not None:
        session = _same_environment(session, stored)
    project = load_sound(session, keys=scope.destroy)
    async with connect(session, project) as platform:
        plan = await _planned(project, platform, scope, stored)
        if stored is None and not session.json:
            session.output.result(render(session, plan, next_command=None))
        refuse(plan.blockers)
        secrets = _secrets(session, plan)
        asked = bool(plan.operations) and not auto_approve
        if asked:
            _confirm(session, plan)
        waited = await wait_for_calls(session, project, plan, drain=drain, ignore=ignore_calls)
        if asked or waited:
            await _still(platform, plan)
        report = await _run(
            session, project, platform, plan, secrets, fail_fast=fail_fast, concurrency=concurrency
        )
    return _finish(session, plan, report)


def _read(path: Path) -> Plan:
    from agentconf.plan import saved  # noqa: PLC0415

    try:
        return saved.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"cannot read {path}", help="`agentconf plan -o FILE` writes a plan"
        ) from error


def _same_environment(session: Session, plan: Plan) -> Session:
    from dataclasses import replace  # noqa: PLC0415

    if session.environment not in {None, plan.environment}:
        raise UsageError(
            f"the plan was made for {plan.environment!r}, not for {session.environment!r}",
            help=f"leave -e out, or plan again with `agentconf plan -e {session.environment} -o FILE`",
        )
    return replace(session, environment=plan.environment)


async def _planned(project: Project, platform: AgentPlatform, scope: Scope, stored: Plan | None) -> Plan:
    from agentconf.cli.planning import inputs_of, make  # noqa: PLC0415
    from agentconf.cli.policing import policed  # noqa: PLC0415
    from agentconf.plan.stale import verify  # noqa: PLC0415

    if stored is None:
        return await make(project, platform, scope)
    again = "plan again: agentconf plan -o FILE"
    if inputs_of(project) != stored.inputs:
        raise StaleError("the files are not the ones that the plan was made from", help=again)
    moved = verify(stored, await platform.list_agents())
    if moved:
        raise StaleError("the live agents moved since the plan was made: " + "; ".join(moved), help=again)
    return policed(project, stored)


async def _still(platform: AgentPlatform, plan: Plan) -> None:
    from agentconf.plan.stale import verify  # noqa: PLC0415

    moved = verify(plan, await platform.list_agents())
    if moved:
        raise StaleError(
            "the live agents moved while the question stood: " + "; ".join(moved),
            help="run `agentconf apply` again",
        )


def refuse(blockers: tuple[Blocker, ...]) -> None:
    """Stop before the first write when a guard objects, with every objection.

    Raises:
        AuthenticationError: it is the wrong organisation.
        BlockedError: any other guard.

    """
    if not blockers:
        return
    message = "; ".join(blocker.message for blocker in blockers)
    helps = dict.fromkeys(blocker.help for blocker in blockers if blocker.help)
    kind = (
        AuthenticationError if any(blocker.guard == "organisation" for blocker in blockers) else BlockedError
    )
    raise kind(f"refused, nothing was written: {message}", help="; ".join(helps) or None)


def _secrets(session: Session, plan: Plan) -> dict[str, str]:
    from agentconf.apply.executor import secret_refs  # noqa: PLC0415
    from agentconf.project.secrets import resolve_secrets  # noqa: PLC0415

    values, missing = resolve_secrets(secret_refs(plan), session.environ)
    session.output.protect(values.values())
    if missing:
        raise ConfigurationError(
            f"not set, and would have to be sent: {', '.join(missing)}; nothing was written",
            help="export them, then apply again",
        )
    return values


def _confirm(session: Session, plan: Plan) -> None:
    if not session.output.terminal():
        raise UsageError(
            "there is no terminal to ask on", help="add --auto-approve, or apply a saved plan with it"
        )
    where = plan.environment + (f" (organisation {plan.organisation})" if plan.organisation else "")
    count = len(plan.operations)
    question = f"Apply {count} {'operation' if count == 1 else 'operations'} to {where}? Only 'yes' goes on"
    if click.prompt(question, default="no", show_default=False, err=True) != "yes":
        raise BlockedError("not confirmed; nothing was written")


async def _run(
    session: Session,
    project: Project,
    platform: AgentPlatform,
    plan: Plan,
    secrets: dict[str, str],
    *,
    fail_fast: bool,
    concurrency: int | None,
) -> Report:
    from agentconf.apply.executor import ApplyOptions, apply_plan  # noqa: PLC0415
    from agentconf.cli.progress import progress  # noqa: PLC0415
    from agentconf.cli.signals import stop_on_interrupt  # noqa: PLC0415

    options = ApplyOptions(
        concurrency=concurrency or project.environment.settings.concurrency,
        fail_fast=fail_fast,
        expect_organisation=project.environment.settings.organisation,
    )
    with (
        progress(session.output, len(plan.operations)) as listener,
        stop_on_interrupt(session.output) as stop,
    ):
        return await apply_plan(plan, platform, secrets, options, listener, stop=stop)


def _finish(session: Session, plan: Plan, report: Report) -> int:
    from agentconf.report import outcome_json, outcome_text  # noqa: PLC0415

    if session.json:
        session.output.result(outcome_json.render(report, plan))
    elif plan.operations:
        output = session.output
        output.result(outcome_text.render(report, plan, colour=output.colour(), width=output.width))
    return ExitCode(report.exit_code())
