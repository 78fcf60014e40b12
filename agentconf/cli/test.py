"""`agentconf test`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from agentconf.cli.options import Session, common
from agentconf.errors import ExitCode, FindingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.lint.rehearsal import Coverage
    from agentconf.project.definition import Definition, Project

VERSION: Final = 1
"""Version of the format of --json (schemas/test.schema.json)."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One example and what was wrong with it."""

    agent: str
    example: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsound:
    """An agent that cannot be tried before it is mended, and the first thing to mend."""

    agent: str
    error: FindingsError


@dataclass(frozen=True, slots=True)
class Trials:
    """Everything that was tried.

    Args:
        environment: name of the environment that the agents were resolved for.
        tried: one an example.
        without: keys of agents without examples.
        unsound: agents that could not be tried.
        coverage: what the examples of each agent exercise, by its key.

    """

    environment: str
    tried: tuple[Tried, ...]
    without: tuple[str, ...]
    unsound: tuple[Unsound, ...]
    coverage: tuple[tuple[str, Coverage], ...] = ()

    @property
    def failed(self) -> int:
        """How many examples failed."""
        return sum(bool(one.faults) for one in self.tried)

    @property
    def passed(self) -> int:
        """How many examples are as they should be."""
        return len(self.tried) - self.failed


@click.command("test")
@click.argument("agents", nargs=-1, metavar="[AGENT]...")
@click.option("--coverage", is_flag=True, help="Say which variables and tools no example exercises.")
@common("text", "json", "junit")
def command(session: Session, agents: tuple[str, ...], *, coverage: bool) -> int:
    """Render each example of each agent and check it, offline.

    Checked are the variables that a call needs to start, the bounds of runtime arguments, URLs, phone numbers
    and time zones as they come out, and what the example expects; an example with a matrix is tried with each
    combination. Exits with 1 when one fails, or when an agent has errors and cannot be tried.
    """
    from agentconf.cli.project import find_definition, load_intact  # noqa: PLC0415 - keeps --help light
    from agentconf.lint.schema import is_tombstone  # noqa: PLC0415

    project = load_intact(session)
    chosen = [find_definition(project, key) for key in dict.fromkeys(agents)]
    trials = try_examples(project, chosen or [one for one in project.definitions if not is_tombstone(one)])
    session.output.result(_render(session, trials, coverage=coverage))
    return ExitCode.FINDINGS if trials.failed or trials.unsound else ExitCode.OK


def try_examples(project: Project, definitions: Iterable[Definition]) -> Trials:
    """Try every example of some agents.

    Args:
        project: theirs.
        definitions: the agents, sound or not.

    """
    from agentconf.cli.project import sound_agent  # noqa: PLC0415
    from agentconf.lint.rehearsal import cases, check_example, coverage  # noqa: PLC0415

    tried, without, unsound, covered = [], [], [], []
    for definition in definitions:
        key = definition.key
        try:
            agent = sound_agent(definition)
        except FindingsError as error:
            unsound.append(Unsound(key, error))
            continue
        examples = [one for one in agent.examples if one is not None]
        tried += [
            Tried(key, case.name, check_example(agent, case.example))
            for one in examples
            for case in cases(one)
        ]
        covered.append((key, coverage(agent)))
        if not examples:
            without.append(key)
    return Trials(project.environment.name, tuple(tried), tuple(without), tuple(unsound), tuple(covered))


def _render(session: Session, trials: Trials, *, coverage: bool) -> str:
    if session.json:
        return _json(trials)
    if session.format == "junit":
        return _junit(trials)
    text = _text(trials, colour=session.output.colour())
    return f"{text}\n\n{_coverage(trials)}" if coverage else text


def _junit(trials: Trials) -> str:
    from agentconf.report.junit import Case, render  # noqa: PLC0415

    cases = [
        Case(one.agent, one.example, "\n".join(one.faults) if one.faults else None) for one in trials.tried
    ]
    cases += [
        Case(one.agent, "is sound", f"{one.error.where}: {one.error.message}", "error")
        for one in trials.unsound
    ]
    return render("agentconf test", cases)


def _coverage(trials: Trials) -> str:
    """Say what no example exercises, agent by agent."""
    lines = []
    for key, one in trials.coverage:
        variables = f"{len(one.variables) - len(one.never_given)} of {len(one.variables)} variables given"
        tools = f"{len(one.tools) - len(one.never_expected)} of {len(one.tools)} tools expected of"
        lines.append(f"{key}: {variables}, {tools}")
        lines += [f"    never given: {', '.join(one.never_given)}"] if one.never_given else []
        lines += [f"    never expected of: {', '.join(one.never_expected)}"] if one.never_expected else []
    return "\n".join(lines)


def _json(trials: Trials) -> str:
    document = {
        "format_version": VERSION,
        "environment": trials.environment,
        "results": [
            {"agent": one.agent, "example": one.example, "faults": list(one.faults)} for one in trials.tried
        ],
        "without_examples": list(trials.without),
        "unsound": [
            {"agent": one.agent, "message": one.error.message, "where": one.error.where}
            for one in trials.unsound
        ],
        "coverage": [
            {
                "agent": key,
                "variables": list(one.variables),
                "never_given": list(one.never_given),
                "tools": list(one.tools),
                "never_expected": list(one.never_expected),
            }
            for key, one in trials.coverage
        ],
        "summary": {"passed": trials.passed, "failed": trials.failed, "unsound": len(trials.unsound)},
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _text(trials: Trials, *, colour: bool) -> str:
    from agentconf.report.visible import visible  # noqa: PLC0415

    red, green, reset = ("\x1b[31;1m", "\x1b[32m", "\x1b[0m") if colour else ("", "", "")
    lines = []
    for one in trials.tried:
        mark = f"{red}FAIL{reset}" if one.faults else f"{green}ok{reset}  "
        lines.append(f"{mark}  {visible(f'{one.agent}: {one.example}')}")
        lines += [f"        {visible(fault)}" for fault in one.faults]
    for agent in trials.unsound:
        lines.append(f"{red}FAIL{reset}  {agent.agent}: has errors and cannot be tried")
        lines.append(f"        {agent.error.where}: {visible(agent.error.message)}")
    if trials.without:
        lines.append(f"no examples: {', '.join(trials.without)}")
    lines.append(_summary(trials))
    return "\n".join(lines)


def _summary(trials: Trials) -> str:
    examples = "1 example" if len(trials.tried) == 1 else f"{len(trials.tried)} examples"
    summary = f"{examples}: {trials.passed} passed, {trials.failed} failed."
    if trials.unsound:
        agents = "1 agent has" if len(trials.unsound) == 1 else f"{len(trials.unsound)} agents have"
        summary += f" {agents} errors: `agentconf lint` shows all."
    return summary
