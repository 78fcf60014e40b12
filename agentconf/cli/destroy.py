"""`agentconf destroy`."""

from __future__ import annotations

import asyncio

import click

from agentconf.cli.draining import drain_options
from agentconf.cli.options import Session, common
from agentconf.cli.plan import IMPACTS


@click.command("destroy")
@click.argument("agents", nargs=-1, required=True, metavar="AGENT...")
@drain_options
@click.option("--auto-approve", is_flag=True, help="Do not ask; needed where there is no terminal.")
@click.option("--max-deletes", type=click.IntRange(min=0), metavar="N", help="Allow up to N deletions.")
@click.option(
    "--allow", type=click.Choice(IMPACTS), multiple=True, help="Approve an impact class (repeatable)."
)
@common("text", "json")
def command(
    session: Session,
    agents: tuple[str, ...],
    auto_approve: bool,
    max_deletes: int | None,
    allow: tuple[str, ...],
    drain: float | None,
    ignore_calls: bool,
) -> int:
    """Delete the live agents of these keys; the files stay.

    Refused for an agent with `lifecycle.prevent_destroy`, and above the threshold of deletions.
    """
    from agentconf.cli.apply import execute  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.planning import Scope  # noqa: PLC0415

    scope = Scope(agents=agents, destroy=agents, max_deletes=max_deletes, allow=allow)
    return asyncio.run(
        execute(session, scope, auto_approve=auto_approve, drain=drain, ignore_calls=ignore_calls)
    )
