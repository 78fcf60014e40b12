"""`agentconf apply`."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from agentconf.cli.draining import drain_options
from agentconf.cli.moments import Duration
from agentconf.cli.options import Session, common
from agentconf.cli.plan import check, scope_options
from agentconf.errors import UsageError


def run_options(command: Any) -> Any:
    """Add the options of how a plan is carried out: those of every command that applies one."""
    for option in (
        click.option(
            "--lock-timeout",
            type=Duration(),
            default="0s",
            metavar="DURATION",
            help="Wait so long for another apply to end (default: 0s).",
        ),
        click.option(
            "--concurrency", type=click.IntRange(1, 32), metavar="N", help="Requests in flight at once."
        ),
        click.option("--fail-fast", is_flag=True, help="Start nothing more after the first failure."),
        click.option(
            "--sign",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="KEY",
            help="Sign the journal's lines with a private key (default: AGENTCONF_SIGNING_KEY).",
        ),
        click.option("--auto-approve", is_flag=True, help="Do not ask; needed where there is no terminal."),
        drain_options,
    ):
        command = option(command)
    return command


@click.command("apply")
@click.argument(
    "saved_plan", required=False, metavar="[PLAN]", type=click.Path(dir_okay=False, path_type=Path)
)
@click.option(
    "--agent", "agents", multiple=True, metavar="AGENT", help="Limit to an agent, by key (repeatable)."
)
@run_options
@click.option("--expect-hash", metavar="HASH", help="Go on only if the plan is the reviewed one.")
@click.option(
    "--require-signature",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    metavar="KEY",
    help="Take a saved plan only if this public key signed it (repeatable: any of them).",
)
@click.option("--skip-stale", is_flag=True, help="Of a saved plan, do what has not moved since.")
@scope_options
@common("text", "json")
def command(session: Session, saved_plan: Path | None, agents: tuple[str, ...], **options: Any) -> int:
    """Make the live agents what the files say.

    With PLAN, a file written by `agentconf plan -o`, exactly that is done, or nothing: it is refused when the
    live agents or the files moved since. Without it, a plan is made, shown and confirmed.
    """
    from agentconf.cli.applying import Run, execute  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.planning import Scope  # noqa: PLC0415

    given = {field.name: options.pop(field.name) for field in fields(Run) if field.name in options}
    run = Run(saved_plan=saved_plan, **given)
    scope = Scope(agents=agents, **options)
    if saved_plan is None and (run.skip_stale or run.require_signature):
        raise UsageError(
            "--skip-stale and --require-signature are for a saved plan",
            help="name the file that `agentconf plan -o` wrote",
        )
    if saved_plan is not None and run.expect_hash is not None:
        raise UsageError("a saved plan is the reviewed one: --expect-hash is for a plan that is made anew")
    if saved_plan is not None and scope != Scope():
        raise UsageError(
            "a saved plan is applied as it is", help="give the other options to `agentconf plan -o`"
        )
    if saved_plan is not None and not saved_plan.exists():
        raise UsageError(f"there is no plan file {saved_plan}", help="`agentconf plan -o FILE` writes one")
    check(scope)
    return asyncio.run(execute(session, scope, run))
