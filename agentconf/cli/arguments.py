"""`--arg NAME=VALUE`: values of an agent's variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agentconf.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        UsageError: as for `split_arguments` and `check_arguments`.

    """
    parsed = split_arguments(arguments)
    check_arguments(agent, parsed)
    return parsed


def check_arguments(agent: Agent, arguments: Mapping[str, str]) -> None:
    """Refuse values of variables that an agent does not use.

    Raises:
        UsageError: naming the first.

    """
    from agentconf.lint.rehearsal import known_variables  # noqa: PLC0415 - keeps --help light
    from agentconf.source.suggest import suggest  # noqa: PLC0415

    known = known_variables(agent)
    for name in arguments:
        if name not in known:
            guess = suggest(name, known)
            hint = f"did you mean {guess!r}?" if guess else f"it uses: {', '.join(sorted(known)) or 'none'}"
            raise UsageError(f"the agent uses no variable {name!r}", help=hint)


def refuse_missing(agent: Agent, arguments: Mapping[str, str]) -> None:
    """Refuse to begin what would not start for want of values, or because they are too long or too many.

    Raises:
        UsageError: naming all.

    """
    from agentconf.lint.rehearsal import argument_faults  # noqa: PLC0415 - keeps --help light
    from agentconf.lint.template import variables  # noqa: PLC0415
    from agentconf.model.agent import START_CRITICAL  # noqa: PLC0415

    faults = list(argument_faults(arguments))
    if faults:
        raise UsageError("; ".join(faults), help="shorten or drop some")
    given = {**agent.template_defaults, **arguments}
    texts = [(name, getattr(agent, name) or "") for name in START_CRITICAL]
    missing = {one: name for name, text in reversed(texts) for one in variables(text) if one not in given}
    if missing:
        needs = "; ".join(f"no value for `{one}`, which {name} needs" for one, name in missing.items())
        raise UsageError(needs, help=" ".join(f"--arg {name}=…" for name in missing))
