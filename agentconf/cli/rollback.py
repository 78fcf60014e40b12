"""`agentconf rollback`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.apply import run_options
from agentconf.cli.options import Session, common
from agentconf.cli.plan import IMPACTS
from agentconf.errors import BlockedError, ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.apply.history import RunRecord
    from agentconf.plan.options import Desired
    from agentconf.project.definition import Project


@click.command("rollback")
@click.argument("run", required=False, metavar="[RUN]")
@click.option("--with-later", is_flag=True, help="Also undo what later runs did to the same agents.")
@click.option("--max-deletes", type=click.IntRange(min=0), metavar="N", help="Allow up to N deletions.")
@click.option(
    "--allow", type=click.Choice(IMPACTS), multiple=True, help="Approve an impact class (repeatable)."
)
@click.option("--ours", is_flag=True, help="Overwrite what was changed in the dashboard since.")
@run_options
@common("text", "json")
def command(
    session: Session,
    run: str | None,
    with_later: bool,
    max_deletes: int | None,
    allow: tuple[str, ...],
    ours: bool,
    **options: Any,
) -> int:
    """Put the agents that RUN touched back to what they were before it: the last run, if none is named.

    It is a plan like any other: shown, held against guards and policies, confirmed. Files are not changed, so
    the next plan shows what they say otherwise.
    """
    from agentconf.cli.applying import Run, execute  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.planning import Scope  # noqa: PLC0415
    from agentconf.cli.project import load_sound  # noqa: PLC0415
    from agentconf.cli.records import records_of  # noqa: PLC0415

    project = load_sound(session)
    record = _chosen(records_of(session, project), run, with_later=with_later)
    desired = asyncio.run(_undone(session, project, record))
    scope = Scope(max_deletes=max_deletes, allow=allow, ours=ours, desired=tuple(desired))
    carried = Run(command="rollback", undoes=record.id, **options)
    code = asyncio.run(execute(session, scope, carried))
    _go_on(session, record)
    return code


def _chosen(records: Sequence[RunRecord], run: str | None, *, with_later: bool) -> RunRecord:
    """Return the run that is undone.

    Raises:
        UsageError: nothing was ever done.
        ConfigurationError: there is no such run, or it did nothing.
        BlockedError: later runs touched the same agents.

    """
    from agentconf.apply.history import SHORT, find  # noqa: PLC0415

    wrote = [one for one in records if one.wrote]
    if run is None and not wrote:
        raise UsageError("there is no run to roll back", help="`agentconf history` lists the runs")
    record = wrote[-1] if run is None else find(records, run)
    if not record.wrote:
        raise ConfigurationError(f"the run {record.id[:SHORT]} changed nothing")
    touched = {step.key for step in record.steps if step.wrote}
    later = [
        one
        for one in wrote[wrote.index(record) + 1 :]
        if touched & {step.key for step in one.steps if step.wrote}
    ]
    if later and not with_later:
        names = ", ".join(one.id[:SHORT] for one in later)
        raise BlockedError(
            f"later runs touched the same agents: {names}; nothing was written",
            help="--with-later undoes what they did to these agents too",
        )
    return record


async def _undone(session: Session, project: Project, record: RunRecord) -> list[Desired]:
    """Return the agents that a run touched as they were before it."""
    from agentconf.cli.connect import connect  # noqa: PLC0415
    from agentconf.cli.planning import desired_of_project  # noqa: PLC0415
    from agentconf.plan.order import SUFFIX  # noqa: PLC0415
    from agentconf.plan.undo import undone  # noqa: PLC0415

    declared = {one.key: one for one in desired_of_project(project)}
    async with connect(session, project) as platform:
        live = {agent.id: agent for agent in await platform.list_agents()}
    found = []
    for step in record.steps:
        if not step.wrote or step.key.endswith(SUFFIX):
            continue
        now = live.get(step.agent_id or "")
        body = None if now is None else now.body
        if step.before is None and now is None:
            continue  # it was made, and is gone by now
        found.append(undone(step.key, step.before, declared.get(step.key), body))
    return found


def _go_on(session: Session, record: RunRecord) -> None:
    commit = record.provenance.get("commit")
    how = f"`git revert {commit[:12]}`" if commit else "take the change back there"
    session.output.info(f"The files still say what was rolled back: {how}, or the next apply does it again.")
