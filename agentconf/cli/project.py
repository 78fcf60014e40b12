"""Reading the project for a command: where it is, which environment, and whether it is sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentconf.cli.protect import secret_values
from agentconf.errors import ConfigurationError, FindingsError, UsageError
from agentconf.lint.engine import lint_project
from agentconf.lint.finding import Finding, Severity
from agentconf.project.discover import AGENTS, PROJECT_FILE, find_root
from agentconf.project.load import Loader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.cli.options import Session
    from agentconf.lint.result import LintResult
    from agentconf.model.agent import Agent
    from agentconf.model.project import LintSettings
    from agentconf.project.definition import Definition, Project
    from agentconf.source.document import Problem


ALWAYS = ("AC0", "AC1", "AC320", "AC324", "AC504", "AC509", "AC510")
"""Prefixes of the rules that no setting takes away from plan and apply.

Files that cannot be read, bodies that the platform cannot take, secrets in the open, settings that are none.
"""


def open_loader(session: Session, *, drafts: bool = False) -> Loader:
    """Find the project at or above the session's directory.

    Args:
        session: the invocation.
        drafts: go on without a project: files are named that are agents of their own.

    Raises:
        ConfigurationError: there is no project.

    """
    root = find_root(session.directory)
    if not drafts and not (root / PROJECT_FILE).exists() and not (root / AGENTS).exists():
        raise ConfigurationError(
            f"there is no project in {session.directory}: neither {PROJECT_FILE} nor {AGENTS}/",
            help="name its folder with -C, or begin one with `agentconf init`",
        )
    return Loader(root, session.environ)


def resolve(session: Session, loader: Loader, environment: str | None) -> Project:
    """Resolve the project for an environment, and keep its secrets out of all output from here on."""
    project = loader.project(environment)
    session.output.protect(secret_values(project, session.environ))
    return project


def load(session: Session) -> Project:
    """Read the project for the session's environment."""
    return resolve(session, open_loader(session), session.environment)


def load_intact(session: Session) -> Project:
    """Read the project and refuse it while its own files have errors: every agent could come out wrong.

    Raises:
        ConfigurationError: naming the first one.

    """
    from agentconf.lint.rules import find  # noqa: PLC0415 - the engine has it by now

    project = load(session)
    for problem in project.problems:
        rule = find(problem.code)
        if rule is None or rule.severity is Severity.ERROR:
            raise ConfigurationError(problem.message, help=_more(problem), where=str(problem.location))
    return project


def load_sound(session: Session, *, keys: Iterable[str] = ()) -> Project:
    """Read the project and refuse it while the linter finds errors in it.

    Args:
        session: the invocation.
        keys: agents that have to be there, before anything else is said.

    Raises:
        UsageError: there is no agent of a key.
        FindingsError: naming how many; the findings themselves have been written to stderr.

    """
    project = load(session)
    for key in keys:
        find_definition(project, key)
    require_sound(session, project)
    return project


def news(result: LintResult, project: Project, baseline: Path | None = None) -> tuple[LintResult, int]:
    """Take what the baseline knows away from a run of the linter.

    Args:
        result: the run.
        project: whose `lint.baseline` counts.
        baseline: another one.

    Returns:
        The rest, and how many entries of the baseline nothing needs any more.

    Raises:
        ConfigurationError: the baseline is not there, or is none.

    """
    named = project.settings.lint.baseline
    if baseline is None and named is None:
        return result, 0
    from agentconf.lint.baseline import load as load_baseline  # noqa: PLC0415 - few projects have one

    file = baseline if baseline is not None else Path(project.root) / str(named)
    return load_baseline(file, str(baseline or named)).news(result)


def require_sound(session: Session, project: Project) -> None:
    """Refuse a project while the linter finds errors in it.

    Raises:
        FindingsError: naming how many; the findings themselves have been written to stderr.

    """
    result, _ = news(lint_project([project], _gate(project.settings.lint)), project)
    errors = [finding for finding in result.findings if finding.severity is Severity.ERROR]
    if errors:
        show_errors(session, errors)
        count = f"{len(errors)} lint {'error' if len(errors) == 1 else 'errors'}"
        raise FindingsError(
            f"{count} in what would be sent; nothing was", help="mend them, then run `agentconf lint`"
        )


def _gate(settings: LintSettings) -> LintSettings:
    """Tell by which rules a plan is refused: the team's choice, but for what the platform itself refuses.

    What a run of the linter is narrowed to (`select`) does not narrow this.
    """
    from agentconf.lint.rules import ALL  # noqa: PLC0415 - the engine has it by now
    from agentconf.lint.settings import select  # noqa: PLC0415

    always = {rule.code for rule in ALL if rule.code.startswith(ALWAYS)}
    chosen = select(settings.model_copy(update={"select": []}), ALL)
    severity = {code: grade.value for code, grade in chosen.severities.items() if code not in always}
    # What can only warn stops nothing, and is for `lint` to say; unless warnings are errors.
    codes = {
        rule.code for rule in ALL if settings.strict or rule.may_fail or severity.get(rule.code) == "error"
    }
    codes &= chosen.codes | always
    return settings.model_copy(update={"select": sorted(codes), "ignore": [], "severity": severity})


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
        raise FindingsError(first.message, help=_more(first), where=str(first.location))
    agent, issues = soundness(definition)
    if issues:
        where = str(definition.locate(issues[0].path))
        raise FindingsError(issues[0].message, help="`agentconf lint` shows all", where=where)
    return agent


def refuse_unresolved(definition: Definition) -> None:
    """Refuse a definition that could not be resolved.

    Raises:
        ConfigurationError: naming the first thing that went wrong.

    """
    if definition.problems:
        first = definition.problems[0]
        raise ConfigurationError(first.message, help=_more(first), where=str(first.location))


def _more(problem: Problem) -> str:
    return problem.help or "`agentconf lint` shows all"
