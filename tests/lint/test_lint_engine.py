"""The engine: what is checked once, what is reported once, in which order, under which settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from samples import SOUND, define, extend, lint, project

from agentconf.lint.engine import AGENT_RULES, PROJECT_RULES, check_definition, lint_project
from agentconf.lint.finding import Finding, Severity
from agentconf.lint.rule import Context, Cursor, declare, rule
from agentconf.lint.rules import ALL, find
from agentconf.model.project import LintSettings
from agentconf.source.compose import compose
from agentconf.source.document import Label, Location, Problem, Span

if TYPE_CHECKING:
    from agentconf.lint.result import LintResult
    from agentconf.project.definition import Definition, Project


def codes(result: LintResult) -> list[str]:
    return [finding.code for finding in result.findings if finding.severity is not Severity.INFO]


def context_of(definition: Definition) -> Context:
    return Context(project(definition), ("us-east",), "keyed")


def test_a_sound_project_has_neither_error_nor_warning() -> None:
    assert codes(lint(define(SOUND))) == []


def test_codes_and_names_of_rules_are_unique() -> None:
    assert len({one.code for one in ALL}) == len(ALL)
    assert len({one.name for one in ALL}) == len(ALL)


def test_rules_stand_in_code_order() -> None:
    assert [one.code for one in ALL] == sorted(one.code for one in ALL)


@pytest.mark.parametrize("name", ["AC101", "unknown-field"])
def test_a_rule_is_found_by_code_and_by_name(name: str) -> None:
    found = find(name)
    assert found is not None
    assert (found.code, found.name) == ("AC101", "unknown-field")


def test_an_unknown_rule_is_not_found() -> None:
    assert find("AC999") is None


def test_only_rules_with_a_function_of_their_own_are_called() -> None:
    assert {one.scope for one in AGENT_RULES} == {"agent"}
    assert {one.scope for one in PROJECT_RULES} <= {"project"}


def test_a_declared_rule_has_a_page_and_finds_nothing_itself() -> None:
    @declare("AC999", "example", Severity.INFO)
    def example() -> None:
        """The page."""

    assert (example.scope, example.page, list(example.check())) == ("elsewhere", "The page.", [])


def test_the_scope_of_a_rule_is_the_type_of_its_first_parameter() -> None:
    @rule("AC999", "example", Severity.INFO)
    def of_agent(agent: Agent, here: Cursor) -> Any:  # type: ignore[name-defined]  # noqa: F821
        """The page."""

    @rule("AC999", "example", Severity.INFO)
    def of_project(project: Project, here: Any) -> Any:
        """The page."""

    assert (of_agent.scope, of_project.scope) == ("agent", "project")


def test_findings_are_ordered_by_path_position_and_code() -> None:
    first = extend("zone: 1\nlanguage: no\narea: 2\n", "a")
    second = extend("zone: 1\n", "b")
    found = [(one.location.path, one.location.start.line, one.code) for one in lint(second, first).findings]
    assert found == sorted(found)
    assert {path for path, _, _ in found} == {"agents/a.yaml", "agents/b.yaml"}


def test_counts_are_of_findings_and_of_agents() -> None:
    settings = LintSettings(select=["AC1"])
    first = extend("zone: 1\ncreated_at: now\n", "a")
    result = lint(first, define(SOUND, "b"), define(SOUND, "c"), settings=settings)
    assert (result.errors, result.warnings, result.infos, result.agents, result.agents_with_findings) == (
        1,
        1,
        0,
        3,
        1,
    )


def test_fixable_findings_are_counted() -> None:
    assert lint(extend("language: no\nzone: 1\n")).fixable == 1


@pytest.mark.parametrize("shared", [True, False])
def test_a_finding_of_two_environments_is_reported_once(shared: bool) -> None:
    environments = [project(extend("zone: 1"), environment=name) for name in ("local", "staging")]
    if shared:
        environments[1] = replace(environments[1], definitions=environments[0].definitions)
    result = lint_project(environments, LintSettings())
    assert (codes(result), result.agents) == (["AC101"], 1)


def test_agents_that_differ_between_environments_are_both_checked() -> None:
    environments = [
        project(extend("zone: 1"), environment="local"),
        project(extend("area: 1"), environment="staging"),
    ]
    messages = {
        one.message for one in lint_project(environments, LintSettings()).findings if one.code == "AC101"
    }
    assert messages == {"unknown field `zone`", "unknown field `area`"}


def test_a_finding_in_a_shared_file_is_reported_once_and_counts_for_each_agent() -> None:
    shared = compose("type: template\ntemplate: hangup\nzone: 1\n", "tools/hangup.yaml").tree
    assert shared is not None
    agents = []
    for key in ("a", "b"):
        definition = extend("tools: [{}]", key)
        definition.tree.value["tools"].value[0] = shared
        agents.append(replace(definition, data=definition.tree.data()))
    result = lint(*agents)
    found = [(one.location.path, one.agent) for one in result.findings if one.code == "AC101"]
    assert (found, result.agents_with_findings) == ([("tools/hangup.yaml", "a")], 2)


def test_a_problem_of_reading_becomes_a_finding_with_all_its_places() -> None:
    definition = define(SOUND)
    place = Location(definition.document, Span(0, 4))
    problem = Problem(
        "AC002", "the key `name` is there twice", place, "remove one", (Label(place, "the first"),)
    )
    (finding,) = check_definition(replace(definition, problems=(problem,)), context_of(definition), ())
    assert finding == Finding(
        "AC002",
        "duplicate-key",
        Severity.ERROR,
        "the key `name` is there twice",
        place,
        help="remove one",
        labels=(Label(place, "the first"),),
        agent="example",
    )


def test_a_problem_of_the_project_s_own_files_belongs_to_no_agent() -> None:
    document = compose("version: 1\n", "agentconf.yaml").document
    problem = Problem("AC001", "not YAML", Location(document, Span(0, 0)))
    result = lint_project([replace(project(), problems=(problem,))], LintSettings())
    assert [(one.code, one.agent) for one in result.findings] == [("AC001", None)]
    assert result.agents_with_findings == 0


def test_a_file_that_could_not_be_read_is_not_judged() -> None:
    definition = define("name: Reception\n")
    problem = Problem("AC001", "not YAML", definition.tree.location)
    unreadable = replace(definition, problems=(problem,), readable=False)
    assert [one.code for one in check_definition(unreadable, context_of(unreadable))] == ["AC001"]


def test_a_problem_with_a_code_that_no_rule_has_is_a_bug() -> None:
    definition = define(SOUND)
    problem = Problem("AC999", "what?", definition.tree.location)
    with pytest.raises(AssertionError, match="AC999"):
        list(check_definition(replace(definition, problems=(problem,)), context_of(definition)))


def test_rules_see_the_contract_of_the_environment() -> None:
    with_key = define(SOUND)
    one = project(with_key, contract="managed")
    settings = one.environment.settings.model_copy(update={"contract": "keyed"})
    keyed = replace(one, environment=replace(one.environment, settings=settings))
    assert codes(lint_project([one], LintSettings())) == ["AC108"]
    assert codes(lint_project([keyed], LintSettings())) == []


def test_a_cursor_reads_what_stands_at_its_place() -> None:
    definition = extend("template_defaults: {a: b}")
    here = Cursor(definition, ALL[0], context_of(definition)).at("template_defaults")
    assert (here.declared(), here.raw(), here.at("c").declared(), here.at("c").raw()) == (
        True,
        {"a": "b"},
        False,
        None,
    )


def test_a_cursor_underlines_a_stretch_of_a_text_and_further_places() -> None:
    definition = define(SOUND)
    here = Cursor(definition, ALL[0], context_of(definition))
    finding = here.at("greeting").finding("no", text=(0, 5), labels=[(here.at("name"), "the name")])
    span = finding.location.span
    assert definition.document.text[span.start : span.end] == "Hello"
    assert [(label.text, label.location.start.line) for label in finding.labels] == [("the name", 1)]


def in_environment(name: str, *definitions: Definition) -> Project:
    return replace(project(*definitions, environment=name), environment_names=("a", "b", "c"))


def test_a_finding_says_in_which_environments_it_holds() -> None:
    good, mars = extend("region: us-east"), extend("region: mars")
    everywhere = extend("region: us-east\nlanguage: x", "other")
    projects = [
        in_environment("a", good, everywhere),
        in_environment("b", mars, everywhere),
        in_environment("c", extend("region: mars"), everywhere),
    ]
    found = lint_project(projects, LintSettings(select=["AC401", "AC402"])).findings
    assert [(one.code, one.environments) for one in found] == [("AC401", ("b", "c")), ("AC402", None)]
    one_of_them = lint_project(projects[1:2], LintSettings(select=["AC401"])).findings
    assert [one.environments for one in one_of_them] == [None]


def test_a_shared_place_that_is_wrong_for_one_agent_or_another_everywhere_is_wrong_everywhere() -> None:
    one, other = extend("region: mars"), extend("region: us-east")
    shared = replace(one, key="other")
    projects = [in_environment("a", one, replace(other, key="other")), in_environment("b", other, shared)]
    (finding,) = lint_project(projects, LintSettings(select=["AC401"])).findings
    assert finding.environments is None
