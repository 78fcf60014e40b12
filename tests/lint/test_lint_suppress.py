"""Comments that wave a finding through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from samples import SOUND, define, lint, project

from agentconf.lint.engine import lint_project
from agentconf.lint.finding import Finding, Severity
from agentconf.lint.suppress import Raised, suppressions, unsuppressed
from agentconf.model.project import LintSettings
from agentconf.source.compose import compose
from agentconf.source.document import Document, Location, Span
from agentconf.source.tree import Tree

if TYPE_CHECKING:
    from agentconf.project.definition import Definition, Project


def found(text: str, settings: LintSettings | None = None) -> list[tuple[int, str]]:
    """Return line and code of the errors and warnings, lines counted from the text after the sound agent."""
    before = SOUND.count("\n")
    return [
        (finding.location.start.line - before, finding.code)
        for finding in lint(define(SOUND + text), settings=settings).findings
        if finding.severity is not Severity.INFO
    ]


def named(text: str, path: str = "a.yaml") -> list[tuple[str, int]]:
    return [(one.rule, one.line) for one in suppressions(Document(path, text))]


@pytest.mark.parametrize("rule", ["AC101", "unknown-field"])
def test_a_comment_at_the_end_of_the_line_ignores(rule: str) -> None:
    assert found(f"zone: 1  # agentconf: ignore[{rule}] the platform takes it\n") == []


def test_a_comment_on_the_line_above_ignores() -> None:
    assert found("# agentconf: ignore[unknown-field] the platform takes it\nzone: 1\n") == []


def test_other_comments_may_stand_between() -> None:
    assert found("# agentconf: ignore[AC101]\n# Zones are new.\nzone: 1\n") == []


def test_a_comment_names_several_rules() -> None:
    assert found("created_at: 1  # agentconf: ignore[unknown-field, read-only-field]\n") == [(1, "AC901")]


def test_a_comment_ignores_only_the_rules_that_it_names() -> None:
    assert found("zone: 1  # agentconf: ignore[AC106]\n") == [(1, "AC101"), (1, "AC901")]


def test_a_comment_ignores_only_its_line() -> None:
    assert found("area: 1  # agentconf: ignore[AC101]\nzone: 1\n") == [(2, "AC101")]


def test_a_comment_that_ignores_nothing_is_a_warning_at_the_rule_s_name() -> None:
    text = f"{SOUND}enable_interruptions: true  # agentconf: ignore[unknown-field] once\n"
    (finding,) = (one for one in lint(define(text)).findings if one.code == "AC901")
    assert finding.severity is Severity.WARNING
    assert finding.message == "nothing here needs ignore[unknown-field]"
    span = finding.location.span
    assert text[span.start : span.end] == "unknown-field"


def test_a_comment_without_a_rule_is_a_warning() -> None:
    assert found("zone: 1  # agentconf: ignore\n") == [(1, "AC101"), (1, "AC901")]
    assert found("zone: 1  # agentconf: ignore[]\n") == [(1, "AC101"), (1, "AC901")]


def test_a_comment_with_an_unknown_rule_is_a_warning() -> None:
    assert found("zone: 1  # agentconf: ignore[unknwon-field]\n") == [(1, "AC101"), (1, "AC902")]


def test_a_rule_of_reading_cannot_be_ignored() -> None:
    text = "template_defaults: {a: no}  # agentconf: ignore[AC005]\n"
    findings = [one for one in lint(define(SOUND + text)).findings if one.code in {"AC005", "AC901"}]
    assert [one.code for one in findings] == ["AC005", "AC901"]
    assert findings[1].message == "AC005 cannot be ignored"


def test_a_comment_for_a_rule_that_does_not_run_is_left_alone() -> None:
    settings = LintSettings(ignore=["AC101"])
    assert found("enable_interruptions: true  # agentconf: ignore[AC101]\n", settings) == []


def test_unused_comments_can_be_ignored_by_the_settings() -> None:
    assert (
        found("enable_interruptions: true  # agentconf: ignore[AC101]\n", LintSettings(ignore=["AC901"]))
        == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "a: 'x # agentconf: ignore[AC101]'\n",
        'a: "x\n  # agentconf: ignore[AC101]"\n',
        "a: |\n  # agentconf: ignore[AC101]\n  b\n",
        "a: >-\n\n  b\n\n  # agentconf: ignore[AC101]\n",
        "a: x#agentconf: ignore[AC101]\n",
        "a: x # agentconf: ignored[AC101]\n",
    ],
)
def test_what_is_part_of_a_text_is_no_comment(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# agentconf: ignore[AC101]\na: 1\n", [("AC101", 2)]),
        ("#agentconf:ignore[AC101]\na: 1\n", [("AC101", 2)]),
        ("a: 1\t# agentconf: ignore [AC101]\n", [("AC101", 1)]),
        ("a: |  # agentconf: ignore[AC101]\n  b\n", [("AC101", 1)]),
        ("a: |\n  b\n# agentconf: ignore[AC101]\nc: 1\n", [("AC101", 4)]),
        ("- 1  # agentconf: ignore[a,b]\r\n", [("a", 1), ("b", 1)]),
        ("a: 1\n# agentconf: ignore[AC101]", [("AC101", 2)]),
        ("a: |", []),
    ],
)
def test_comments_are_found_with_the_line_that_they_are_about(
    text: str, lines: list[tuple[str, int]]
) -> None:
    assert named(text) == lines


def test_a_file_that_is_not_yaml_still_has_its_comments() -> None:
    assert named("a: [  # agentconf: ignore[AC101]\n") == [("AC101", 1)]


def test_json_has_no_comments() -> None:
    assert named('{"a": "x"} # agentconf: ignore[AC101]', "a.json") == []


def in_greeting(definition_text: str, start: int) -> list[str]:
    """Lint a definition with a finding in the middle of its greeting, made by hand."""
    definition = define(definition_text)
    greeting = definition.tree.value["greeting"]
    spot = Location(greeting.document, Span(greeting.span.start + start, greeting.span.start + start + 1))
    return _codes(definition_text, definition, spot)


def _codes(text: str, definition: Definition, spot: Location) -> list[str]:
    finding = Finding("AC212", "any", Severity.WARNING, "an emoji", spot)
    raised = [Raised(finding, definition)]
    kept, used = unsuppressed(raised, suppressions(Document("agents/example.yaml", text)))
    assert bool(kept) is not bool(used)
    return [one.finding.code for one in kept]


def test_a_finding_inside_a_block_scalar_is_ignored_at_its_key() -> None:
    text = "name: a\ngreeting: |  # agentconf: ignore[AC212]\n  Hello\n  there\n"
    assert in_greeting(text, text.index("there") - text.index("|")) == []


def test_a_finding_in_a_text_that_was_pulled_in_is_ignored_where_it_is_pulled_in() -> None:
    text = "name: a\ngreeting: ${file:../prompts/a.md}  # agentconf: ignore[AC212]\n"
    definition = define(text)
    greeting = definition.tree.value["greeting"]
    prompt = Document("prompts/a.md", "Hello there")
    definition.tree.value["greeting"] = Tree("Hello there", prompt, 0, 11).keyed_as(greeting)
    assert _codes(text, definition, Location(prompt, Span(6, 11))) == []


def test_a_comment_that_one_environment_needs_is_used() -> None:
    with_zone = define(f"{SOUND}zone: 1  # agentconf: ignore[AC101]\n")
    without = define(f"{SOUND}zone: 1  # agentconf: ignore[AC101]\n")
    del without.tree.value["zone"]
    without = replace(without, data=without.tree.data())
    names = ("local", "staging")
    environments = [
        replace(project(one, environment=name), environment_names=names)
        for name, one in zip(names, (without, with_zone), strict=True)
    ]
    assert _loud(environments) == []


def test_comments_are_not_called_unused_when_an_environment_was_not_looked_at() -> None:
    definition = define(f"{SOUND}enable_interruptions: true  # agentconf: ignore[AC101]\n")
    one = replace(project(definition), environment_names=("local", "staging"))
    assert _loud([one]) == []


def test_comments_in_the_project_file_and_in_environment_files_are_read() -> None:
    project_file = compose("version: 1  # agentconf: ignore[AC101]\n", "agentconf.yaml")
    environment = compose("vars: {}  # agentconf: ignore[AC102]\n", "environments/local.yaml")
    assert environment.tree is not None
    one = replace(
        project(),
        document=project_file.document,
        tree=project_file.tree,
        environment_trees={"local": environment.tree},
    )
    assert _loud([one]) == [("agentconf.yaml", "AC901"), ("environments/local.yaml", "AC901")]


def _loud(projects: list[Project]) -> list[tuple[str, str]]:
    """Return path and code of the errors and warnings."""
    return [
        (finding.location.path, finding.code)
        for finding in lint_project(projects, LintSettings()).findings
        if finding.severity is not Severity.INFO
    ]
