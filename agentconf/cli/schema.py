"""`agentconf schema`."""

from __future__ import annotations

import click

from agentconf.cli.options import Session, common
from agentconf.errors import UsageError


@click.command("schema")
@click.argument("name", required=False, metavar="[NAME]")
@common("text")
def command(session: Session, name: str | None) -> int:
    """Print a JSON Schema; without NAME, list them.

    `agentconf schema agent > schemas/agent.schema.json` gives editors completion and checks.
    """
    from agentconf.resources import schema_names, schema_text  # noqa: PLC0415 - keeps --help light
    from agentconf.source.suggest import suggest  # noqa: PLC0415

    names = schema_names()
    if name is None:
        session.output.result("\n".join(names))
    elif name in names:
        session.output.result(schema_text(name))
    else:
        guess = suggest(name, names)
        raise UsageError(
            f"there is no schema {name!r}",
            help=f"did you mean {guess!r}?" if guess else f"there are: {', '.join(names)}",
        )
    return 0
