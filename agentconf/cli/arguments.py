"""`--arg NAME=VALUE`: values of an agent's variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agentconf.errors import UsageError

if TYPE_CHECKING:
    from agentconf.model.agent import Agent

argument_option = click.option(
    "--arg", "arguments", multiple=True, metavar="NAME=VALUE", help="A runtime argument (repeatable)."
)


def split_arguments(arguments: tuple[str, ...]) -> dict[str, str]:
    """Read `NAME=VALUE` texts.

    Raises:
        UsageError: one is something else, or a name comes twice.

    """
    parsed: dict[str, str] = {}
    for argument in arguments:
        name, separator, value = argument.partition("=")
        if not separator or not name:
            raise UsageError(f"--arg {argument!r} is not NAME=VALUE")
        if name in parsed:
            raise UsageError(f"--arg {name} is given twice")
        parsed[name] = value
    return parsed


def parse_arguments(agent: Agent, arguments: tuple[str, ...]) -> dict[str, str]:
    """Read `NAME=VALUE` texts for an agent.

    Raises:
        UsageError: as for `split_arguments`, or the agent uses no such variable.

    """
    from agentconf.lint.rehearsal import known_variables  # noqa: PLC0415 - keeps --help light
    from agentconf.source.suggest import suggest  # noqa: PLC0415

    parsed = split_arguments(arguments)
    known = known_variables(agent)
    for name in parsed:
        if name not in known:
            guess = suggest(name, known)
            hint = f"did you mean {guess!r}?" if guess else f"it uses: {', '.join(sorted(known)) or 'none'}"
            raise UsageError(f"the agent uses no variable {name!r}", help=hint)
    return parsed
