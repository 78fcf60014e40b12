"""`agentconf plan`."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError, ExitCode, UsageError
from agentconf.files import put
from agentconf.model.impact import Impact

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.cli.planning import Scope
    from agentconf.plan.plan import Plan

IMPACTS = tuple(impact.value for impact in Impact)
FLAGS = (
    "prune",
    "prune_unmanaged",
    "send_secrets",
    "send_defaults",
    "accept_organisation",
    "ours",
    "theirs",
)
"""Switches of a plan that an apply of the same has to be given too."""


def scope_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that plan and apply share."""
    for option in reversed(
        [
            click.option(
                "--prune",
                is_flag=True,
                help="Also delete what was applied from here and has no file any more.",
            ),
            click.option(
                "--prune-unmanaged", is_flag=True, help="Also delete every live agent that no file claims."
            ),
            click.option(
                "--max-deletes", type=click.IntRange(min=0), metavar="N", help="Allow up to N deletions."
            ),
            click.option(
                "--allow",
                type=click.Choice(IMPACTS),
                multiple=True,
                help="Approve an impact class (repeatable).",
            ),
            click.option("--ours", is_flag=True, help="Settle every conflict with the file's value."),
            click.option("--theirs", is_flag=True, help="Settle every conflict with the live value."),
            click.option(
                "--resolve",
                multiple=True,
                metavar="AGENT:PATH=SIDE",
                help="Settle one conflict: ours or theirs (repeatable).",
            ),
            click.option("--send-secrets", is_flag=True, help="Send every declared secret again."),
            click.option(
                "--send-secret",
                multiple=True,
                metavar="AGENT:PATH",
                help="Send one secret again: slng_api_key or tools.NAME (repeatable).",
            ),
            click.option(
                "--send-defaults",
                is_flag=True,
                help="Send the defaults again that only tools use (never shown).",
            ),
            click.option(
                "--accept-organisation",
                is_flag=True,
                help="Go on when no live agent tells whose organisation this is.",
            ),
        ]
    ):
        command = option(command)
    return command


@click.command("plan")
@click.argument("agents", nargs=-1, metavar="[AGENT]...")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Save the plan, for `agentconf apply FILE`.",
)
@click.option(
    "--sign",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="KEY",
    help="With -o: sign the plan with a private key, into FILE.sig.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@scope_options
@common("text", "json", "markdown")
def command(
    session: Session,
    agents: tuple[str, ...],
    out: Path | None,
    sign: Path | None,
    detailed_exitcode: bool,
    **scope: Any,
) -> int:
    """Show what would change for callers; change nothing.

    AGENT limits the plan to some agents, by key.
    """
    from agentconf.cli.planning import Scope  # noqa: PLC0415 - keeps --help light

    wanted = Scope(agents=agents, **scope)
    check(wanted)
    if sign is not None and out is None:
        raise UsageError("--sign is for a plan that is saved", help="add -o FILE")
    plan = asyncio.run(_plan(session, wanted))
    if out is not None:
        save(plan, out)
        if sign is not None:
            _sign(session, plan, out, sign)
    session.output.result(render(session, plan, next_command=_next(session, plan, out, wanted)))
    if out is not None:
        session.output.info(f"Saved to {out}.")
    return ExitCode.CHANGES if detailed_exitcode and not plan.empty else ExitCode.OK


def check(scope: Scope) -> None:
    """Refuse options that contradict each other, before anything is read.

    Raises:
        UsageError: they do, or a resolution is none.

    """
    if scope.ours and scope.theirs:
        raise UsageError(
            "--ours and --theirs contradict each other", help="settle single paths with --resolve"
        )
    _ = scope.resolutions


async def _plan(session: Session, scope: Scope) -> Plan:
    from agentconf.cli.connect import connect  # noqa: PLC0415
    from agentconf.cli.memory import recall  # noqa: PLC0415
    from agentconf.cli.planning import make  # noqa: PLC0415
    from agentconf.cli.project import load_sound  # noqa: PLC0415

    project = load_sound(session)
    state = recall(session, project)
    async with connect(session, project) as platform:
        return make(session, project, await platform.list_agents(), scope, state).plan


def render(session: Session, plan: Plan, *, next_command: str | None) -> str:
    """Render a plan in the session's format."""
    match session.format:
        case "json":
            from agentconf.report import plan_json  # noqa: PLC0415

            return plan_json.render(plan)
        case "markdown":
            from agentconf.report import plan_markdown  # noqa: PLC0415

            return plan_markdown.render(plan)
        case _:
            from agentconf.report import plan_text  # noqa: PLC0415

            output = session.output
            return plan_text.render(
                plan,
                colour=output.colour(),
                width=output.width,
                next_command=next_command,
                verbose=output.verbose,
            )


def save(plan: Plan, path: Path) -> None:
    """Write a plan so that a killed process leaves the old file or the new one, never half of it."""
    from agentconf.plan import saved  # noqa: PLC0415

    _put(path, saved.dump(plan))


def _put(path: Path, text: str) -> None:
    try:
        put(path, text.encode())
    except OSError as error:
        raise ConfigurationError(
            f"cannot write {path}: {error.strerror}", help="name another file with -o"
        ) from error


def _sign(session: Session, plan: Plan, out: Path, key: Path) -> None:
    from agentconf.apply.signature import beside, plan_signature, signing_key  # noqa: PLC0415
    from agentconf.plan import saved  # noqa: PLC0415

    signature = plan_signature(signing_key(key, session.environ), saved.document(plan)["hash"])
    _put(beside(out), signature)


def _next(session: Session, plan: Plan, out: Path | None, scope: Scope) -> str | None:
    """Name the command that carries out what is shown: with the flags that the plan was made with."""
    if plan.empty or plan.blockers:
        return None
    if out is not None:
        return shlex.join(["agentconf", "apply", str(out)])
    words = ["agentconf", "apply", *(["-e", plan.environment] if session.environment else [])]
    words += [word for agent in scope.agents for word in ("--agent", agent)]
    words += [f"--{name.replace('_', '-')}" for name in FLAGS if getattr(scope, name)]
    words += [] if scope.max_deletes is None else ["--max-deletes", str(scope.max_deletes)]
    words += [word for impact in scope.allow for word in ("--allow", impact)]
    words += [word for text in scope.resolve for word in ("--resolve", text)]
    words += [word for text in scope.send_secret for word in ("--send-secret", text)]
    return shlex.join(words)
