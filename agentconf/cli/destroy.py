"""`agentconf destroy`."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from agentconf.cli.apply import run_options
from agentconf.cli.options import Session, common
from agentconf.cli.plan import IMPACTS


@click.command("destroy")
@click.argument("agents", nargs=-1, required=True, metavar="AGENT...")
@run_options
@click.option("--max-deletes", type=click.IntRange(min=0), metavar="N", help="Allow up to N deletions.")
@click.option(
    "--allow", type=click.Choice(IMPACTS), multiple=True, help="Approve an impact class (repeatable)."
)
@common("text", "json")
def command(
    session: Session,
    agents: tuple[str, ...],
    max_deletes: int | None,
    allow: tuple[str, ...],
    **run: Any,
) -> int:
    """Delete the live agents of these keys; the files stay.

    Refused for an agent with `lifecycle.prevent_destroy`, and above the threshold of deletions.
    """
    from agentconf.cli.applying import Run, execute  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.planning import Scope  # noqa: PLC0415

    scope = Scope(agents=agents, destroy=agents, max_deletes=max_deletes, allow=allow)
    return asyncio.run(execute(session, scope, Run(**run)))
