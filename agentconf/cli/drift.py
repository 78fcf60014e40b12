"""`agentconf drift`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ExitCode

if TYPE_CHECKING:
    from agentconf.plan.drift import Drift


@click.command("drift")
@click.argument("agents", nargs=-1, metavar="[AGENT]...")
@common("text", "json")
def command(session: Session, agents: tuple[str, ...]) -> int:
    """Show what was changed outside since the last apply; change nothing.

    Exits with 2 when there is something.

    AGENT limits it to some agents, by key.
    """
    drift = asyncio.run(_drift(session, agents))
    session.output.result(_render(session, drift))
    return ExitCode.CHANGES if drift.agents else ExitCode.OK


async def _drift(session: Session, agents: tuple[str, ...]) -> Drift:
    from agentconf.cli.connect import connect  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.memory import recall  # noqa: PLC0415
    from agentconf.cli.planning import Scope, compare  # noqa: PLC0415
    from agentconf.cli.project import load_sound  # noqa: PLC0415
    from agentconf.plan.drift import drift_of  # noqa: PLC0415

    project = load_sound(session)
    state = recall(session, project)
    async with connect(session, project) as platform:
        live = await platform.list_agents()
    return drift_of(compare(session, project, live, Scope(agents=agents), state))


def _render(session: Session, drift: Drift) -> str:
    from agentconf.report import drift_json, drift_text  # noqa: PLC0415 - one of them

    if session.json:
        return drift_json.render(drift)
    output = session.output
    return drift_text.render(drift, colour=output.colour(), width=output.width, verbose=output.verbose)
