"""With --json, exactly one document on stdout, of a shape that ships as a schema."""

from __future__ import annotations

import pytest
from cli_inside import fits, inside
from conftest import Ended, Project


@pytest.fixture
def project(project: Project) -> Project:
    """A passing and a failing example, a fault in a tool, a warning of the linter."""
    project.agent("router", extra="examples: [{name: one}, {name: two, expect: {greeting: x}}]\n")
    project.agent("second")
    project.replace("agents/second.yaml", "crm.example.com/lookup", "crm.example.com/{{id}}")
    return project


@pytest.mark.parametrize(
    ("arguments", "schema", "code"),
    [
        (("lint", "--json"), "findings", 0),
        (("test", "--json"), "test", 1),
        (("render", "second", "--json"), "render", 1),
        (("show", "router", "--json"), "agent", 0),
        (("show", "router", "--provenance", "--json"), "provenance", 0),
        (("plan", "--json"), "plan", 0),
        (("plan", "--output-format", "json", "--detailed-exitcode"), "plan", 2),
        (("apply", "--auto-approve", "--json"), "apply", 0),
        (("destroy", "router", "--auto-approve", "--json"), "apply", 0),
    ],
)
def test_the_result_fits_its_schema(
    project: Project, arguments: tuple[str, ...], schema: str, code: int
) -> None:
    ended = inside(project.root, *arguments)
    assert (ended.code, fits(ended.json, schema)) == (code, True)


def test_a_plan_of_nothing_and_an_apply_of_nothing_fit_too(project: Project) -> None:
    inside(project.root, "apply", "--auto-approve")
    plan, apply = (
        inside(project.root, "plan", "--json"),
        inside(project.root, "apply", "--json", "--auto-approve"),
    )
    assert (fits(plan.json, "plan"), fits(apply.json, "apply")) == (True, True)
    assert (plan.json["operations"], apply.json["results"]) == ([], [])


def error(ended: Ended) -> dict[str, object]:
    assert fits(ended.json, "error")
    document: dict[str, object] = ended.json["error"]
    return document


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", "--json", "--nonsense"), 64),
        (("plan", "--nonsense", "--output-format", "json"), 64),
        (("plan", "--output-format=json", "--nonsense"), 64),
        (("show", "--json", "nobody"), 64),
        (("show", "--json", "router", "-e", "nowhere"), 3),
        (("show", "--json", "router", "--live"), 3),
        (("apply", "--json"), 64),
        (("apply", "gone.plan", "--json"), 64),
        (("lint", "gone.yaml", "--json"), 64),
        (("init", "--json"), 64),
        (("call", "router", "--json"), 64),
        (("call", "router", "--to", "+14155550100", "--json"), 6),
        (("dispatch", "router", "--json"), 64),
        (("dispatch", "router", "gone.csv", "--auto-approve", "--json"), 3),
        (("campaign", "status", "nobody", "--json"), 3),
        (("campaign", "run", "nobody", "--json"), 3),
        (("campaign", "pause", "nobody", "--json"), 64),
        (("calls", "list", "nobody", "--json"), 64),
        (("calls", "cancel", "router", "x", "--output-format=json"), 64),
        (("session", "nobody", "--json"), 64),
        (("worker", "--json"), 64),
    ],
)
def test_an_error_fits_its_schema_and_tells_the_exit_code(
    project: Project, arguments: tuple[str, ...], code: int
) -> None:
    ended = inside(project.root, *arguments)
    found = error(ended)
    assert (ended.code, found["exit_code"]) == (code, code)
    assert str(found["message"]) in ended.err


def test_an_error_with_a_place_and_a_next_action_tells_them(project: Project) -> None:
    project.replace("agents/router.yaml", "Hello, this is", "${var:nobody_set}")
    assert error(inside(project.root, "show", "router", "--json")) == {
        "message": "the variable `nobody_set` is not set in the environment `local`",
        "exit_code": 3,
        "help": "set it under `vars` of `local`",
        "where": "agents/router.yaml:5:11",
    }


def test_lint_errors_on_the_way_to_a_plan_are_one_error(project: Project) -> None:
    project.replace("agents/router.yaml", "eu-central", "nowhere")
    ended = inside(project.root, "plan", "--json")
    assert (error(ended)["exit_code"], "error[AC401]" in ended.err) == (1, True)


def test_a_guard_that_refuses_is_an_error(project: Project) -> None:
    inside(project.root, "apply", "--auto-approve")
    project.write("environments/local.yaml", "require_approval: [speech]\n")
    project.replace("agents/router.yaml", "Hello", "Welcome")
    assert error(inside(project.root, "apply", "--json", "--auto-approve"))["exit_code"] == 6


def test_a_missing_credential_is_an_error(project: Project) -> None:
    project.write("environments/staging.yaml", 'api_key: "${env:STAGING_KEY}"\n')
    assert error(inside(project.root, "plan", "--json", "-e", "staging"))["exit_code"] == 7


def test_a_bug_of_ours_is_an_error_that_quotes_no_value(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(str(project.root))

    monkeypatch.setattr("agentconf.lint.engine.lint_project", broken)
    ended = inside(project.root, "lint", "--json")
    assert error(ended)["message"] == "agentconf has a bug (ZeroDivisionError)"
    assert (ended.code, str(project.root) in ended.out + ended.err) == (70, False)
    assert "in broken" in ended.err


def test_an_interruption_is_an_error(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("agentconf.lint.engine.lint_project", interrupted)
    ended = inside(project.root, "lint", "--json")
    assert (ended.code, error(ended)["message"]) == (130, "interrupted")
