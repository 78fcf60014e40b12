"""`agentconf test`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.project.definition import Definition


@dataclass(frozen=True, slots=True)
class Tried:
    """One example and what was wrong with it."""

    agent: str
    example: str
    faults: tuple[str, ...]


@click.command("test")
@click.argument("agents", nargs=-1, metavar="[AGENT]...")
@common("text", "json")
def command(session: Session, agents: tuple[str, ...]) -> int:
    """Render each example of each agent and check it, offline.

    Checked are the variables that a call needs to start, the bounds of runtime arguments, URLs, phone numbers
    and time zones as they come out, and what the example expects. Exits with 1 when one fails.
    """
    from agentconf.cli.project import find_definition, load  # noqa: PLC0415 - keeps --help light

    project = load(session)
    chosen = [find_definition(project, key) for key in agents] or [
        definition
        for definition in project.definitions
        if definition.data.get("lifecycle") != {"state": "absent"}
    ]
    tried = [one for definition in chosen for one in _try(definition)]
    with_examples = {one.agent for one in tried}
    without = [definition.key for definition in chosen if definition.key not in with_examples]
    session.output.result(_document(session, tried, without))
    return ExitCode.FINDINGS if any(one.faults for one in tried) else ExitCode.OK


def _try(definition: Definition) -> Iterator[Tried]:
    from agentconf.cli.project import sound_agent  # noqa: PLC0415
    from agentconf.lint.rehearsal import check_example  # noqa: PLC0415

    agent = sound_agent(definition)
    for example in agent.examples:
        if example is not None:
            yield Tried(definition.key, example.name, check_example(agent, example))


def _document(session: Session, tried: list[Tried], without: list[str]) -> str:
    failed = sum(bool(one.faults) for one in tried)
    if session.json:
        results = [{"agent": one.agent, "example": one.example, "faults": list(one.faults)} for one in tried]
        counts = {"passed": len(tried) - failed, "failed": failed}
        return json.dumps(
            {"format_version": 1, "results": results, "without_examples": without, "summary": counts},
            ensure_ascii=False,
            indent=2,
        )
    red, green, reset = ("\x1b[31;1m", "\x1b[32m", "\x1b[0m") if session.output.colour() else ("", "", "")
    lines = []
    for one in tried:
        lines.append(f"{red}FAIL{reset}  " if one.faults else f"{green}ok{reset}    ")
        lines[-1] += f"{one.agent}: {one.example}"
        lines += [f"        {fault}" for fault in one.faults]
    noun = "example" if len(tried) == 1 else "examples"
    if without:
        lines.append(f"no examples: {', '.join(without)}")
    lines.append(f"{len(tried)} {noun}: {len(tried) - failed} passed, {failed} failed.")
    return "\n".join(lines)
