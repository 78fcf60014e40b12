"""Runs the rules over projects: reading problems, schema issues, agent rules, project rules, suppressions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agentconf.lint.ambiguous import ambiguous_scalars
from agentconf.lint.catalogue import catalogue
from agentconf.lint.finding import Finding
from agentconf.lint.notices import orphan_notices, setting_notices, suppression_notices
from agentconf.lint.result import LintResult
from agentconf.lint.rule import Context, Cursor, ProjectCursor, Rule
from agentconf.lint.rules import ALL, find
from agentconf.lint.rules.models import CATALOGUED
from agentconf.lint.rules.project import ORPHAN_FILE
from agentconf.lint.schema import is_tombstone, soundness
from agentconf.lint.settings import Selection, select
from agentconf.lint.suppress import Raised, suppressions, unsuppressed
from agentconf.lint.walk import key_documents, walk
from agentconf.model.agent import REGIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from agentconf.lint.finding import Edit
    from agentconf.lint.issue import SchemaIssue
    from agentconf.model.project import LintSettings
    from agentconf.project.definition import Definition, Project
    from agentconf.source.document import Document, Location, Problem

AGENT_RULES = tuple(rule for rule in ALL if rule.scope == "agent")
PROJECT_RULES = tuple(rule for rule in ALL if rule.scope == "project")


def lint_project(projects: Iterable[Project], settings: LintSettings) -> LintResult:
    """Lint a project, resolved once for each environment.

    Args:
        projects: one an environment, read by one loader.
        settings: which rules report, and how bad their findings are.

    Returns:
        The findings: each once, however many environments and agents it holds for.

    """
    projects = tuple(projects)
    selection = select(settings, ALL)
    raised = [one for one in _check_all(projects, selection) if one.finding.code in selection.codes]
    comments = [comment for document in _documents(projects) for comment in suppressions(document)]
    kept, used = unsuppressed(raised, comments)
    kept += (Raised(finding, None) for finding in setting_notices(projects, selection))
    if _covers_all_environments(projects):
        notices = suppression_notices((comment for comment in comments if comment not in used), selection)
        kept += (Raised(notice, None) for notice in notices if notice.code in selection.codes)
        if ORPHAN_FILE.code in selection.codes:
            kept += (Raised(notice, None) for notice in orphan_notices(projects))
    findings = _distinct(((_graded(one.finding, selection), one.environments) for one in kept), projects)
    return LintResult(
        findings=tuple(sorted(findings, key=_order)),
        agents=len({definition.key for project in projects for definition in project.definitions}),
        agents_with_findings=len({one.finding.agent for one in kept if one.finding.agent is not None}),
        not_run=_not_run(selection),
    )


def _not_run(selection: Selection) -> tuple[str, ...]:
    asked = [rule.code for rule in CATALOGUED if rule.code in selection.codes]
    return tuple(asked) if asked and catalogue() is None else ()


def check_definition(
    definition: Definition, context: Context, rules: Sequence[Rule] = AGENT_RULES
) -> Iterator[Finding]:
    """Check one agent: what went wrong while it was read, its schema, and the rules over its sound parts.

    Args:
        definition: the agent, resolved.
        context: what rules may look at beside the agent.
        rules: the agent rules to run.

    """
    for problem in definition.problems:
        yield finding_of(problem, definition.key)
    if not definition.readable:
        return
    unresolved = [node for node in walk(definition.tree) if node.unresolved] if definition.problems else []
    for finding in _look(definition, context, rules):
        if not any(_inside(finding.location, node.location) for node in unresolved):
            yield finding


def _inside(place: Location, other: Location) -> bool:
    """Tell whether a place lies in another: of a value that is not what was meant, nothing else is said."""
    return (
        place.document is other.document
        and other.span.start <= place.span.start
        and place.span.end <= other.span.end
    )


def _look(definition: Definition, context: Context, rules: Sequence[Rule]) -> Iterator[Finding]:
    agent, issues = soundness(definition)
    findings = [_issue(issue, definition, context) for issue in issues]
    yield from findings
    if any(issue.code == "AC107" for issue in issues):
        return
    wrong = {finding.location for finding in findings}
    for problem, edit in ambiguous_scalars(definition.tree):
        if problem.location not in wrong:
            yield finding_of(problem, definition.key, fix=(edit,))
    raised: list[Finding] = []
    for rule in () if is_tombstone(definition) else rules:
        raised += rule.check(agent, Cursor(definition, rule, context))
    yield from raised


def finding_of(problem: Problem, agent: str | None, fix: tuple[Edit, ...] = ()) -> Finding:
    """Turn what reading a file found into a finding of the rule that it belongs to.

    Args:
        problem: what is wrong.
        agent: the handle of the agent that it concerns; None: none, or all.
        fix: edits that mend it.

    """
    rule = _named(problem.code)
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        message=problem.message,
        location=problem.location,
        help=problem.help,
        labels=problem.labels,
        agent=agent,
        fix=fix,
    )


def _issue(issue: SchemaIssue, definition: Definition, context: Context) -> Finding:
    here = Cursor(definition, _named(issue.code), context, issue.path)
    return here.finding(
        issue.message,
        why=issue.why,
        help=issue.help,
        key=issue.key,
        severity=issue.severity,
        fix=issue.fix,
        unsafe=issue.unsafe,
    )


def _named(code: str) -> Rule:
    rule = find(code)
    assert rule is not None, f"no rule has the code {code}"
    return rule


def _check_all(projects: Iterable[Project], selection: Selection) -> Iterator[Raised]:
    """Check each project; a definition that is the same in several environments is checked once."""
    agent_rules = tuple(rule for rule in AGENT_RULES if rule.code in selection.codes)
    project_rules = tuple(rule for rule in PROJECT_RULES if rule.code in selection.codes)
    checked: dict[tuple[str, str], list[tuple[Definition, set[str]]]] = {}
    for project in projects:
        context = _context(project)
        here = {project.environment.name}
        for problem in (*project.problems, *project.policies.problems):
            yield Raised(finding_of(problem, None), None, here)
        for definition in project.definitions:
            alike = checked.setdefault((definition.key, context.contract), [])
            known = next((names for other, names in alike if _same(definition, other)), None)
            if known is not None:
                known |= here
                continue
            # Grows with every environment that turns out to be the same.
            names = set(here)
            alike.append((definition, names))
            for finding in check_definition(definition, context, agent_rules):
                yield Raised(finding, definition, names)
        for rule in project_rules:
            for finding in rule.check(project, ProjectCursor(rule, context)):
                yield Raised(finding, None, here)


def _context(project: Project) -> Context:
    return Context(
        project=project,
        regions=(*REGIONS, *project.settings.platform.regions),
        contract=project.environment.settings.contract or project.settings.contract,
    )


def _same(one: Definition, other: Definition) -> bool:
    """Tell whether two environments resolve an agent to the same values from the same places."""
    return one.data == other.data and one.problems == other.problems and one.tree == other.tree


def _documents(projects: Iterable[Project]) -> tuple[Document, ...]:
    """Return the YAML and JSON documents that were read, each path once."""
    found: dict[str, Document] = {}
    for project in projects:
        # What one file alone takes part in has all its keys there: no need to walk.
        trees = [definition.tree for definition in project.definitions if len(definition.files) != 1]
        documents = {definition.document for definition in project.definitions}
        documents.update(tree.document for tree in project.environment_trees.values())
        documents.update(document for tree in trees for document in key_documents(tree))
        if project.document is not None:
            documents.add(project.document)
        found |= {document.path: document for document in documents}
    return tuple(found.values())


def _covers_all_environments(projects: Sequence[Project]) -> bool:
    """Tell whether an ignore that nothing needed is needless: a finding may be one environment's alone."""
    looked_at = {project.environment.name for project in projects}
    return all(looked_at.issuperset(project.environment_names) for project in projects)


def _graded(finding: Finding, selection: Selection) -> Finding:
    severity = selection.grade(finding)
    return finding if severity is finding.severity else replace(finding, severity=severity)


def _distinct(
    findings: Iterable[tuple[Finding, AbstractSet[str]]], projects: Sequence[Project]
) -> Iterator[Finding]:
    """Leave out what was said before: of a shared tool by each agent, of an agent in each environment.

    What does not hold in all environments says in which it does.
    """
    first: dict[Any, Finding] = {}
    where: dict[Any, set[str]] = {}
    for finding, environments in findings:
        identity = _identity(finding)
        first.setdefault(identity, finding)
        where.setdefault(identity, set()).update(environments)
    for identity, finding in first.items():
        names = where[identity]
        elsewhere = names and any(project.environment.name not in names for project in projects)
        yield replace(finding, environments=tuple(sorted(names))) if elsewhere else finding


def _identity(finding: Finding) -> Any:
    place = finding.location
    return finding.code, place.path, place.span, finding.message, finding.severity, finding.why, finding.help


def _order(finding: Finding) -> Any:
    return finding.location.path, finding.location.span, finding.code, finding.message
