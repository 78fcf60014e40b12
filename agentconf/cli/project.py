"""Reading the project for a command: where it is, which environment, and whether it is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.errors import FindingsError, UsageError
from agentconf.lint.engine import lint_project
from agentconf.lint.finding import Finding, Severity
from agentconf.project.discover import find_root
from agentconf.project.load import Loader

if TYPE_CHECKING:
    from agentconf.cli.options import Session
    from agentconf.model.agent import Agent
    from agentconf.project.definition import Definition, Project


def open_loader(session: Session) -> Loader:
    """Find the project at or above the session's directory."""
    return Loader(find_root(session.directory), session.environ)


def load(session: Session) -> Project:
    """Read the project for the session's environment."""
    return open_loader(session).project(session.environment)


def load_sound(session: Session) -> Project:
    """Read the project and refuse it while the linter finds errors in it.

    Raises:
        FindingsError: naming how many; the findings themselves have been written to stderr.

    """
    project = load(session)
    result = lint_project([project], project.settings.lint)
    errors = [finding for finding in result.findings if finding.severity is Severity.ERROR]
    if errors:
        show_errors(session, errors)
        count = f"{len(errors)} lint {'error' if len(errors) == 1 else 'errors'}"
        raise FindingsError(
            f"{count} in what would be sent; nothing was", help="mend them, then run `agentconf lint`"
        )
    return project


def show_errors(session: Session, findings: list[Finding]) -> None:
    """Write findings to stderr as frames."""
    from agentconf.report.findings_text import full  # noqa: PLC0415 - only when there is something to show

    colour = session.output.colour(stderr=True)
    session.output.error(full(findings, colour=colour, width=session.output.width) + "\n")


def find_definition(project: Project, key: str) -> Definition:
    """Return one agent by its handle.

    Raises:
        UsageError: naming the nearest handle.

    """
    from agentconf.source.suggest import suggest  # noqa: PLC0415

    definition = project.definition(key)
    if definition is not None:
        return definition
    keys = [one.key for one in project.definitions]
    guess = suggest(key, keys)
    hint = f"did you mean {guess!r}?" if guess else f"there are: {', '.join(keys) or 'none'}"
    raise UsageError(f"there is no agent {key!r} in {project.root}", help=hint)


def sound_agent(definition: Definition) -> Agent:
    """Return a definition as a typed agent.

    Raises:
        FindingsError: it has errors that leave something out; naming the first.

    """
    from agentconf.lint.schema import soundness  # noqa: PLC0415

    if definition.problems:
        first = definition.problems[0]
        raise FindingsError(
            first.message, help=first.help or "`agentconf lint` shows all", where=str(first.location)
        )
    agent, issues = soundness(definition)
    if issues:
        where = str(definition.locate(issues[0].path))
        raise FindingsError(issues[0].message, help="`agentconf lint` shows all", where=where)
    return agent
