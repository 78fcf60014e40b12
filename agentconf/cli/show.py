"""`agentconf show`."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError, UsageError
from agentconf.model.redact import redact
from agentconf.model.secret import SecretRef

if TYPE_CHECKING:
    from agentconf.model.live import LiveAgent
    from agentconf.project.definition import Definition, Project


VALUE_WIDTH = 44
"""Columns of a value in the table of --provenance; longer ones are cut."""


@click.command("show")
@click.argument("agent")
@click.option("--provenance", is_flag=True, help="Say of every value which file and line it came from.")
@click.option("--live", is_flag=True, help="Show the live agent instead, in the shape of a definition.")
@common("text", "json")
def command(session: Session, agent: str, provenance: bool, live: bool) -> int:
    """Show AGENT with defaults, includes, overrides and variables resolved; secrets stay references."""
    from agentconf.cli.project import find_definition, load  # noqa: PLC0415 - keeps --help light

    if provenance and live:
        raise UsageError(
            "--provenance and --live contradict each other", help="a live agent comes from no file"
        )
    project = load(session)
    definition = find_definition(project, agent)
    if live:
        body = asyncio.run(_live(session, project, definition)).body
        session.output.result(_document(session, redact(body)))
        return 0
    _refuse_unresolved(definition)
    if provenance:
        session.output.result(_provenance(session, definition))
    else:
        session.output.result(_document(session, redact(definition.body)))
    return 0


def _refuse_unresolved(definition: Definition) -> None:
    if definition.problems:
        first = definition.problems[0]
        raise ConfigurationError(
            first.message, help=first.help or "`agentconf lint` shows all", where=str(first.location)
        )


def _document(session: Session, body: Any) -> str:
    if session.json:
        return json.dumps(body, ensure_ascii=False, indent=2)
    from agentconf.source.emit import to_yaml  # noqa: PLC0415

    return to_yaml(body)


def _provenance(session: Session, definition: Definition) -> str:
    from agentconf.project.provenance import origins  # noqa: PLC0415

    rows = list(origins(definition))
    if session.json:
        entries = [
            {
                "path": dotted(path),
                "value": redact(value, path),
                "file": location.path,
                "line": location.start.line,
                "column": location.start.column,
                "reference": reference,
            }
            for path, value, location, reference in rows
        ]
        return json.dumps(entries, ensure_ascii=False, indent=2)
    width = max((len(dotted(path)) for path, *_ in rows), default=0)
    lines = []
    for path, value, location, reference in rows:
        came = f"{location}" + (f"  ({reference})" if reference and not isinstance(value, SecretRef) else "")
        lines.append(f"{dotted(path):<{width}}  {_short(redact(value, path)):<{VALUE_WIDTH}}  {came}")
    return "\n".join(lines)


def dotted(path: tuple[str | int, ...]) -> str:
    """Write a path as people do: `tools[0].auth.token`."""
    text = ""
    for segment in path:
        text += f"[{segment}]" if isinstance(segment, int) else f".{segment}" if text else segment
    return text


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = json.dumps(text, ensure_ascii=False)[1:-1]
    return text if len(text) <= VALUE_WIDTH else text[: VALUE_WIDTH - 1] + "…"


async def _live(session: Session, project: Project, definition: Definition) -> LiveAgent:
    from agentconf.cli.connect import connect  # noqa: PLC0415

    name = definition.data.get("name")
    async with connect(session, project) as platform:
        for agent in await platform.list_agents():
            if agent.name == name:
                return agent
    raise ConfigurationError(
        f"no live agent is named {name!r} in environment {project.environment.name!r}",
        help=f"agentconf plan -e {project.environment.name}",
    )
