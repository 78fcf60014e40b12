"""`test`: every example of every agent, and no agent that hides the others."""

from __future__ import annotations

import pytest
from cli_inside import fits, inside
from conftest import Project, Run

EXAMPLES = """\
examples:
  - {name: defaults, expect: {greeting: "Hello, this is Greenfield."}}
  - {name: in Madrid, arguments: {practice_name: Sol}, expect: {greeting: "*Luna*"}}
"""


@pytest.fixture
def mixed(project: Project) -> Project:
    """A passing and a failing example, an agent without any, a broken one and one to be deleted."""
    project.agent("a-router", extra=EXAMPLES)
    project.agent("b-bare")
    project.agent("c-unresolved", extra="examples: [{name: never tried}]\n")
    project.replace("agents/c-unresolved.yaml", "Hello, this is", "${var:nobody_set}")
    project.agent("d-unsound", extra="examples: [{name: never tried}]\n")
    project.replace("agents/d-unsound.yaml", "greeting: Hello", "greeting: [Hello]\nx: Hello")
    project.agent("e-gone", "name: Gone\nlifecycle: {state: absent, prevent_destroy: false}\n")
    project.agent("f-router", extra=EXAMPLES.replace("Luna", "Sol"))
    return project


def test_all_that_pass_end_in_0(project: Project) -> None:
    project.agent("router", extra=EXAMPLES.replace("Luna", "Sol"))
    ended = inside(project.root, "test")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "ok    router: defaults\nok    router: in Madrid\n2 examples: 2 passed, 0 failed.\n"


def test_a_failing_expectation_shows_what_was_rendered_and_ends_in_1(project: Project, run: Run) -> None:
    project.agent("router", extra=EXAMPLES)
    ended = run("test")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == (
        "ok    router: defaults\n"
        "FAIL  router: in Madrid\n"
        "        greeting: expected '*Luna*', rendered 'Hello, this is Sol.'\n"
        "2 examples: 1 passed, 1 failed.\n"
    )


def test_agents_with_errors_fail_and_do_not_hide_the_others(mixed: Project) -> None:
    ended = inside(mixed.root, "test")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == (
        "ok    a-router: defaults\n"
        "FAIL  a-router: in Madrid\n"
        "        greeting: expected '*Luna*', rendered 'Hello, this is Sol.'\n"
        "ok    f-router: defaults\n"
        "ok    f-router: in Madrid\n"
        "FAIL  c-unresolved: has errors and cannot be tried\n"
        "        agents/c-unresolved.yaml:5:11: the variable `nobody_set` is not set in the environment `local`\n"
        "FAIL  d-unsound: has errors and cannot be tried\n"
        "        agents/d-unsound.yaml:5:11: `greeting` must be text, but is a list\n"
        "no examples: b-bare\n"
        "4 examples: 3 passed, 1 failed. 2 agents have errors: `agentconf lint` shows all.\n"
    )


def test_json_says_the_same_and_fits_its_schema(mixed: Project) -> None:
    ended = inside(mixed.root, "test", "--json")
    assert (ended.code, fits(ended.json, "test")) == (1, True)
    covered = [(one["agent"], one["never_given"]) for one in ended.json["coverage"]]
    assert covered == [("a-router", []), ("b-bare", ["practice_name"]), ("f-router", [])]
    assert {name: part for name, part in ended.json.items() if name != "coverage"} == {
        "format_version": 1,
        "environment": "local",
        "results": [
            {"agent": "a-router", "example": "defaults", "faults": []},
            {
                "agent": "a-router",
                "example": "in Madrid",
                "faults": ["greeting: expected '*Luna*', rendered 'Hello, this is Sol.'"],
            },
            {"agent": "f-router", "example": "defaults", "faults": []},
            {"agent": "f-router", "example": "in Madrid", "faults": []},
        ],
        "without_examples": ["b-bare"],
        "unsound": [
            {
                "agent": "c-unresolved",
                "message": "the variable `nobody_set` is not set in the environment `local`",
                "where": "agents/c-unresolved.yaml:5:11",
            },
            {
                "agent": "d-unsound",
                "message": "`greeting` must be text, but is a list",
                "where": "agents/d-unsound.yaml:5:11",
            },
        ],
        "summary": {"passed": 3, "failed": 1, "unsound": 2},
    }


def test_one_agent_with_errors_fails_without_any_failing_example(project: Project) -> None:
    project.agent("router", "- a list\n")
    ended = inside(project.root, "test")
    assert ended.code == 1
    assert ended.out.endswith(
        "0 examples: 0 passed, 0 failed. 1 agent has errors: `agentconf lint` shows all.\n"
    )


def test_only_the_agents_that_are_named_are_tried_each_once(mixed: Project) -> None:
    ended = inside(mixed.root, "test", "f-router", "b-bare", "f-router", "--json")
    assert ended.code == 0
    assert ended.json["summary"] == {"passed": 2, "failed": 0, "unsound": 0}
    assert ended.json["without_examples"] == ["b-bare"]


def test_an_unknown_agent_is_wrong_usage(mixed: Project) -> None:
    ended = inside(mixed.root, "test", "f-routre")
    assert (ended.code, ended.out) == (64, "")
    assert "did you mean 'f-router'?" in ended.err


def test_the_environment_decides_what_is_tried(project: Project) -> None:
    project.agent("router", extra="examples: [{name: one, expect: {greeting: 'Hello, this is Staging.'}}]\n")
    project.write(
        "environments/staging.yaml", "agents: {router: {template_defaults: {practice_name: Staging}}}\n"
    )
    assert inside(project.root, "test").code == 1
    staging = inside(project.root, "test", "-e", "staging", "--json")
    assert (staging.code, staging.json["environment"]) == (0, "staging")


def test_one_example_is_singular(project: Project) -> None:
    project.agent("router", extra="examples: [{name: one}]\n")
    assert inside(project.root, "test").out.endswith("1 example: 1 passed, 0 failed.\n")


def test_a_broken_project_file_stops_it(project: Project) -> None:
    project.agent("router", extra=EXAMPLES)
    project.write("environments/local.yaml", "emulator: perhaps\n")
    ended = inside(project.root, "test")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("environments/local.yaml:1:11: error: `emulator` takes true or false\n")


def test_verdicts_have_colours_where_they_are_taken(project: Project) -> None:
    project.agent("router", extra=EXAMPLES)
    out = inside(project.root, "test", environ={"FORCE_COLOR": "1"}).out
    assert "\x1b[32mok\x1b[0m    router: defaults\n\x1b[31;1mFAIL\x1b[0m  router: in Madrid\n" in out


def test_a_name_that_would_steer_a_terminal_is_made_visible(project: Project) -> None:
    project.agent("router", extra='examples: [{name: "\\e[2Jgone"}]\n')
    assert "router: \\x1b[2Jgone" in inside(project.root, "test").out


MATRIX = """\
examples:
  - name: towns
    arguments: {practice_name: Sol}
    matrix: {town: [Ulm, "Köln"], hour: ["9", "10"]}
    expect:
      greeting: "exact: Hello, this is Sol."
      inbound_greeting: "regex: ^Sol in (Ulm|Köln), (9|10)$"
inbound_greeting: "{{practice_name}} in {{town}}, {{hour}}"
"""


def test_a_matrix_is_tried_with_each_combination(project: Project) -> None:
    project.agent("router", extra=MATRIX)
    ended = inside(project.root, "test")
    assert ended.out == (
        "ok    router: towns [town=Ulm, hour=9]\n"
        "ok    router: towns [town=Ulm, hour=10]\n"
        "ok    router: towns [town=Köln, hour=9]\n"
        "ok    router: towns [town=Köln, hour=10]\n"
        "4 examples: 4 passed, 0 failed.\n"
    )
    assert inside(project.root, "lint").code == 0


def test_of_a_matrix_only_the_combinations_that_fail_are_told(project: Project) -> None:
    project.agent("router", extra=MATRIX.replace("(Ulm|Köln)", "Ulm"))
    ended = inside(project.root, "test", "--json")
    assert ended.code == 1
    failed = [one["example"] for one in ended.json["results"] if one["faults"]]
    assert failed == ["towns [town=Köln, hour=9]", "towns [town=Köln, hour=10]"]


@pytest.mark.parametrize(
    ("pattern", "passes"),
    [
        ("Hello, this is Greenfield.", True),
        ("*this*", True),
        ("exact: Hello, this is Greenfield.", True),
        ("exact: *this*", False),
        ("exact:Hello, this is Greenfield.", True),
        ("regex: ^Hello, .*field\\.$", True),
        ("regex: this", True),
        ("regex: ^this", False),
    ],
)
def test_expectations_are_globs_texts_or_regular_expressions(
    project: Project, pattern: str, passes: bool
) -> None:
    project.agent("router", extra=f"examples: [{{name: a, expect: {{greeting: '{pattern}'}}}}]\n")
    assert inside(project.root, "test").code == (0 if passes else 1)


def test_a_regular_expression_that_is_none_is_a_fault_and_a_finding(project: Project) -> None:
    project.agent(
        "router", extra="examples: [{name: a, expect: {greeting: 'regex: (', system_prompt: '*'}}]\n"
    )
    ended = inside(project.root, "test")
    assert (ended.code, "is no regular expression" in ended.out) == (1, True)
    assert "AC218" in {one["code"] for one in inside(project.root, "lint", "--json").json["findings"]}


def test_junit_tells_each_example(mixed: Project) -> None:
    import xmlschema  # noqa: PLC0415
    from conftest import ROOT  # noqa: PLC0415

    ended = inside(mixed.root, "test", "--output-format", "junit")
    xmlschema.validate(ended.out, str(ROOT / "tests" / "data" / "schemas" / "junit-10.xsd"))
    assert ended.code == 1
    assert '<testsuites tests="6" failures="3">' in ended.out
    assert 'classname="a-router" name="in Madrid"' in ended.out


def test_coverage_names_what_no_example_exercises(project: Project) -> None:
    tools = (
        "tools:\n"
        "  - {type: webhook, name: one, description: a, url: 'https://h.io/{{id}}', parameters: {type: object}}\n"
        "  - {type: webhook, name: two, description: a, url: 'https://h.io/{{zone}}', parameters: {type: object}}\n"
        "  - {type: webhook, name: three, description: a, url: 'https://h.io/', parameters: {type: object}}\n"
        "template_defaults: {practice_name: Greenfield, zone: a, id: b}\n"
    )
    example = "examples: [{name: a, arguments: {id: '7'}, expect: {tools.one.url: '*/7'}}]\n"
    project.agent("router", extra="")
    text = (project.root / "agents" / "router.yaml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith("template_defaults:")]
    head = "".join(kept).split("tools:")[0]
    project.write("agents/router.yaml", head + tools + example)
    ended = inside(project.root, "test", "--coverage", "--json")
    assert fits(ended.json, "test")
    (covered,) = ended.json["coverage"]
    assert (covered["tools"], covered["never_expected"]) == (["one", "two"], ["two"])
    assert ("zone" in covered["never_given"], "id" in covered["never_given"]) == (True, False)
    shown = inside(project.root, "test", "--coverage").out
    assert "1 of 2 tools expected of\n" in shown
    assert "    never expected of: two\n" in shown
