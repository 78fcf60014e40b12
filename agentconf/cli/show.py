"""`agentconf show`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ConfigurationError, UsageError
from agentconf.model.redact import redact
from agentconf.model.secret import SecretRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconf.model.live import LiveAgent
    from agentconf.project.definition import Definition, Project
    from agentconf.source.document import Location
    from agentconf.source.tree import Path

VERSION: Final = 1
"""Version of the format of --provenance --json (schemas/provenance.schema.json)."""

_VARIABLE = re.compile(r"\$\{var:([^}:]+)")

VALUE_WIDTH = 44
"""Columns of a value in the table of --provenance; longer ones are cut."""


@click.command("show")
@click.argument("agent")
@click.option("--provenance", is_flag=True, help="Say of every value which file and line it came from.")
@click.option("--live", is_flag=True, help="Show the live agent instead, in the shape of a definition.")
@common("text", "json")
def command(session: Session, agent: str, provenance: bool, live: bool) -> int:
    """Show AGENT with defaults, includes, overrides and variables resolved; secrets stay references."""
    from agentconf.cli.project import find_definition, load_intact, refuse_unresolved  # noqa: PLC0415 - keeps --help light

    if provenance and live:
        raise UsageError(
            "--provenance and --live contradict each other", help="a live agent comes from no file"
        )
    project = load_intact(session)
    definition = find_definition(project, agent)
    if live:
        import asyncio  # noqa: PLC0415 - 30 ms, for this option only

        body = asyncio.run(_live(session, project, definition)).body
        session.output.result(_document(session, redact(body)))
        return 0
    refuse_unresolved(definition)
    if provenance:
        session.output.result(_provenance(session, project, definition))
    else:
        session.output.result(_document(session, redact(definition.body)))
    return 0


def _document(session: Session, body: Any) -> str:
    if session.json:
        return _json(body)
    from agentconf.source.emit import to_yaml  # noqa: PLC0415

    return to_yaml(body)


def _json(document: Any) -> str:
    try:
        return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    except ValueError as error:
        raise ConfigurationError(
            "the agent holds a number that JSON cannot carry (.inf or .nan)",
            help="`agentconf lint` shows where",
        ) from error


def _provenance(session: Session, project: Project, definition: Definition) -> str:
    from agentconf.project.provenance import origins  # noqa: PLC0415

    rows = [(path, _shown(path, value), *rest) for path, value, *rest in origins(definition)]
    variables = {name: tree.location for name, tree in project.environment.trees.items()}
    if not session.json:
        return _table(rows, variables)
    document = {
        "format_version": VERSION,
        "agent": definition.key,
        "environment": project.environment.name,
        "values": [_entry(variables, *row) for row in rows],
    }
    return _json(document)


def _shown(path: Path, value: Any) -> Any:
    """Let references to secrets through, and nothing else that stands where a secret belongs."""
    if isinstance(value, str) and SecretRef.parse(value):
        return value
    return redact(value, path)


def _behind(reference: str | None, variables: Mapping[str, Location]) -> Iterator[tuple[str, Location]]:
    """Yield the variables of a reference, with the place where each has its value."""
    for name in dict.fromkeys(_VARIABLE.findall(reference or "")):
        if name in variables:
            yield name, variables[name]


def _entry(
    variables: Mapping[str, Location], path: Path, value: Any, location: Location, reference: str | None
) -> dict[str, Any]:
    return {
        "path": list(path),
        "value": value,
        "file": location.path,
        "line": location.start.line,
        "column": location.start.column,
        "reference": reference,
        "variables": [
            {"name": name, "file": place.path, "line": place.start.line, "column": place.start.column}
            for name, place in _behind(reference, variables)
        ],
    }


def _table(rows: list[Any], variables: Mapping[str, Location]) -> str:
    from agentconf.report.visible import visible  # noqa: PLC0415
    from agentconf.source.tree import dotted  # noqa: PLC0415

    width = max((len(dotted(path)) for path, *_ in rows), default=0)
    lines = []
    for path, value, location, reference in rows:
        came = str(location) if reference is None or reference == value else f"{location}  ({reference})"
        came += "".join(f", {name} at {place}" for name, place in _behind(reference, variables))
        text = visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        short = text if len(text) <= VALUE_WIDTH else text[: VALUE_WIDTH - 1] + "…"
        lines.append(f"{visible(dotted(path)):<{width}}  {short:<{VALUE_WIDTH}}  {visible(came)}")
    return "\n".join(lines)


async def _live(session: Session, project: Project, definition: Definition) -> LiveAgent:
    from agentconf.cli.connect import connect  # noqa: PLC0415

    name = definition.data.get("name")
    if not isinstance(name, str):
        raise ConfigurationError(
            f"the agent {definition.key!r} has no name to look for", help="give it a `name`"
        )
    async with connect(session, project) as platform:
        agents = await platform.list_agents()
    for agent in agents:
        if agent.name == name:
            return agent
    raise ConfigurationError(
        f"no live agent is named {name!r} in environment {project.environment.name!r}",
        help=f"agentconf plan -e {project.environment.name}",
    )
