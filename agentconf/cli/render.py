"""`agentconf render`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from agentconf.cli.arguments import argument_option, parse_arguments
from agentconf.cli.options import Session, common
from agentconf.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from agentconf.lint.rehearsal import Rehearsal
    from agentconf.model.agent import Agent


VERSION: Final = 1
"""Version of the format of --json (schemas/render.schema.json)."""


@click.command("render")
@click.argument("agent")
@argument_option
@click.option("--example", metavar="NAME", help="Begin with the arguments of this example of the agent.")
@common("text", "json")
def command(session: Session, agent: str, arguments: tuple[str, ...], example: str | None) -> int:
    """Show the prompt, greetings and tool fields of AGENT as a call would see them, offline.

    Exits with 1 when the call would not start, or a tool would fail.
    """
    from agentconf.cli.project import find_definition, load_intact, sound_agent  # noqa: PLC0415 - keeps --help light
    from agentconf.lint.rehearsal import rehearse  # noqa: PLC0415

    project = load_intact(session)
    sound = sound_agent(find_definition(project, agent))
    given = _example(sound, example) | parse_arguments(sound, arguments)
    rehearsal = rehearse(sound, given)
    if session.json:
        session.output.result(_json(agent, project.environment.name, rehearsal))
    else:
        session.output.result(_text(rehearsal, colour=session.output.colour()))
    return ExitCode.FINDINGS if rehearsal.faults else ExitCode.OK


def _example(agent: Agent, name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    examples = {one.name: one for one in agent.examples if one is not None}
    if name not in examples:
        there = ", ".join(repr(one) for one in examples) or "none"
        raise UsageError(f"the agent has no example {name!r}", help=f"there are: {there}")
    return dict(examples[name].arguments)


def _json(agent: str, environment: str, rehearsal: Rehearsal) -> str:
    document = {
        "format_version": VERSION,
        "agent": agent,
        "environment": environment,
        "fields": dict(rehearsal.fields),
        "faults": list(rehearsal.faults),
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _text(rehearsal: Rehearsal, *, colour: bool) -> str:
    from agentconf.report.visible import visible  # noqa: PLC0415

    sections = {name: visible(text, lines=True).splitlines() for name, text in rehearsal.fields.items()}
    if rehearsal.faults:
        sections["would go wrong"] = [visible(fault) for fault in rehearsal.faults]
    bold, reset = ("\x1b[1m", "\x1b[0m") if colour else ("", "")
    blocks = []
    for title, lines in sections.items():
        blocks.append("\n".join([f"{bold}{title}{reset}", *(f"  {line}".rstrip() for line in lines)]))
    return "\n\n".join(blocks)
