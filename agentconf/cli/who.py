"""The options that say who speaks, and on which platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from agentconf.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconf.cli.order import Who

Command = Any

PLATFORMS = ("slng", "sipgate", "dasha")

_NEEDED = {"slng": (), "sipgate": ("flow", "billing_device"), "dasha": ("agent_id",)}
_OWN = {
    "slng": (),
    "sipgate": ("flow", "billing_device"),
    "dasha": ("agent_id", "caller_number", "caller_credentials", "caller_name"),
}
WHO = tuple(name for names in _OWN.values() for name in names)
"""The options that only one platform has a use for, by their parameters."""


def platform_option(*names: str) -> Callable[[Command], Command]:
    """Add `--platform`.

    Args:
        names: those that a command can do with; all by default.

    """
    return click.option(
        "--platform",
        type=click.Choice(names or PLATFORMS),
        default="slng",
        help="Where calls are placed (default: slng).",
    )


def who_options(command: Command) -> Command:
    """Add the options that say who speaks on sipgate or Dasha."""
    options = [
        platform_option(),
        click.option("--flow", metavar="ID", help="sipgate: the AI flow."),
        click.option(
            "--billing-device", metavar="DEVICE", help="sipgate: the device that is billed, like e2."
        ),
        click.option("--agent-id", metavar="ID", help="Dasha: the agent."),
        click.option("--caller-number", metavar="NUMBER", help="Dasha: whom the call seems to come from."),
        click.option("--caller-credentials", metavar="ID", help="Dasha: the SIP credentials to use."),
        click.option("--caller-name", metavar="NAME", help="Dasha: the caller's name."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def who_of(agent: str | None, platform: str, options: dict[str, str | None]) -> Who:
    """Read who speaks, and take those options away.

    Args:
        agent: the handle of an agent of the project.
        platform: one of `PLATFORMS`.
        options: the command's; what is read is removed.

    Raises:
        UsageError: somebody is missing, or an option belongs to another platform.

    """
    from agentconf.cli.order import Who  # noqa: PLC0415 - keeps --help light
    from agentconf.remote.calling import Outbound  # noqa: PLC0415

    given = {name: options.pop(name) for name in WHO}
    _check(agent, platform, given)
    caller = (given["caller_number"], given["caller_credentials"], given["caller_name"])
    return Who(
        platform,  # type: ignore[arg-type]  # click has checked it
        agent,
        given["flow"] or given["agent_id"],
        given["billing_device"],
        Outbound(*caller) if any(caller) else None,
    )


def refuse_foreign(owner: str, platform: str, given: Mapping[str, Any]) -> None:
    """Refuse options that only another platform has a use for.

    Args:
        owner: whose they are.
        platform: the one at hand.
        given: values by parameter; None where nothing was said.

    Raises:
        UsageError: one was given.

    """
    for name, value in given.items():
        if owner != platform and value is not None:
            raise UsageError(
                f"{_flag(name)} is for --platform {owner}, and this is {platform}", help="leave it out"
            )


def _check(agent: str | None, platform: str, given: dict[str, str | None]) -> None:
    for owner, names in _OWN.items():
        refuse_foreign(owner, platform, {name: given[name] for name in names})
    if platform == "slng" and agent is None:
        raise UsageError("who is to speak?", help="name an agent of the project, or another --platform")
    if platform != "slng" and agent is not None:
        raise UsageError(f"{agent!r} is an agent of the project, and those live on SLNG", help="leave it out")
    missing = [_flag(name) for name in _NEEDED[platform] if given[name] is None]
    if missing:
        raise UsageError(f"--platform {platform} needs {' and '.join(missing)}", help="add it")


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
