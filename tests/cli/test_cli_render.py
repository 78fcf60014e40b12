"""`render`: an agent as a call would see it."""

from __future__ import annotations

import pytest
from cli_inside import fits, inside
from conftest import Project


@pytest.fixture
def project(project: Project) -> Project:
    """One agent whose texts and tools use variables."""
    project.agent("router", extra="examples: [{name: in Madrid, arguments: {practice_name: Sol, id: '7'}}]\n")
    project.replace("agents/router.yaml", "crm.example.com/lookup", "crm.example.com/{{id}}")
    return project


def test_texts_and_tool_fields_are_filled_in(project: Project) -> None:
    ended = inside(project.root, "render", "router", "--arg", "id=A 17")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "system_prompt\n  You are the assistant of Greenfield. Be brief.\n\n"
        "greeting\n  Hello, this is Greenfield.\n\n"
        "tools.lookup.url\n  https://crm.example.com/A%2017\n"
    )


def test_json_fits_its_schema(project: Project) -> None:
    document = inside(project.root, "render", "router", "--arg", "id=7", "--json").json
    assert fits(document, "render")
    assert document == {
        "format_version": 1,
        "agent": "router",
        "environment": "local",
        "fields": {
            "system_prompt": "You are the assistant of Greenfield. Be brief.",
            "greeting": "Hello, this is Greenfield.",
            "tools.lookup.url": "https://crm.example.com/7",
        },
        "faults": [],
    }


def test_a_value_may_hold_equals_signs_and_be_empty(project: Project) -> None:
    arguments = ["--arg", "practice_name=a=b", "--arg", "id=1"]
    fields = inside(project.root, "render", "router", *arguments, "--json").json["fields"]
    assert fields["greeting"] == "Hello, this is a=b."
    arguments = ["--arg", "practice_name=", "--arg", "id=1"]
    fields = inside(project.root, "render", "router", *arguments, "--json").json["fields"]
    assert fields["greeting"] == "Hello, this is ."


def test_arguments_are_added_to_those_of_an_example(project: Project) -> None:
    arguments = ["--example", "in Madrid", "--arg", "practice_name=Luna"]
    fields = inside(project.root, "render", "router", *arguments, "--json").json["fields"]
    assert (fields["greeting"], fields["tools.lookup.url"]) == (
        "Hello, this is Luna.",
        "https://crm.example.com/7",
    )


def test_a_missing_variable_of_a_tool_ends_in_1_and_the_rest_is_shown(project: Project) -> None:
    ended = inside(project.root, "render", "router")
    assert ended.code == 1
    assert ended.out.endswith(
        "would go wrong\n  tools.lookup.url: no value for {{id}}; the tool would fail\n"
    )
    as_json = inside(project.root, "render", "router", "--json")
    assert (as_json.code, fits(as_json.json, "render")) == (1, True)
    assert as_json.json["faults"] == ["tools.lookup.url: no value for {{id}}; the tool would fail"]
    assert "tools.lookup.url" not in as_json.json["fields"]


def test_a_missing_variable_of_a_greeting_would_not_let_the_call_start(project: Project) -> None:
    project.replace("agents/router.yaml", "{practice_name: Greenfield}", "{}")
    ended = inside(project.root, "render", "router", "--arg", "id=1")
    assert ended.code == 1
    assert "greeting: no value for {{practice_name}}; the call would not start" in ended.out


@pytest.mark.parametrize(
    ("argument", "error", "help_line"),
    [
        ("practice_nam=x", "the agent uses no variable 'practice_nam'", "did you mean 'practice_name'?"),
        ("zzz=x", "the agent uses no variable 'zzz'", "it uses: id, practice_name"),
        ("practice_name", "--arg 'practice_name' is not NAME=VALUE", ""),
    ],
)
def test_an_argument_that_makes_no_sense_is_wrong_usage(
    project: Project, argument: str, error: str, help_line: str
) -> None:
    ended = inside(project.root, "render", "router", "--arg", argument)
    assert (ended.code, ended.out) == (64, "")
    assert error in ended.err
    assert help_line in ended.err


def test_an_agent_without_variables_says_so(project: Project) -> None:
    text = (project.root / "agents/router.yaml").read_text(encoding="utf-8")
    project.agent(
        "plain", text.replace("{{practice_name}}", "us").replace("{{id}}", "x").split("template_")[0]
    )
    assert "it uses: none" in inside(project.root, "render", "plain", "--arg", "x=1").err


def test_an_unknown_example_is_wrong_usage_and_lists_those_that_are_there(project: Project) -> None:
    ended = inside(project.root, "render", "router", "--example", "in Paris")
    assert ended.code == 64
    assert "the agent has no example 'in Paris'" in ended.err
    assert "there are: 'in Madrid'" in ended.err


def test_an_unsound_agent_ends_in_1_with_its_place(project: Project) -> None:
    project.replace("agents/router.yaml", "greeting: Hello", "greeting: [Hello]\nx: Hello")
    ended = inside(project.root, "render", "router")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("agents/router.yaml:5:11: error: `greeting` must be text, but is a list\n")


def test_text_that_would_steer_a_terminal_is_made_visible_and_lines_stay_lines(project: Project) -> None:
    ended = inside(
        project.root, "render", "router", "--arg", "practice_name=\x1b[31mred\nsecond", "--arg", "id=1"
    )
    assert "\\x1b[31mred\n  second." in ended.out
    assert "\x1b" not in ended.out


def test_titles_are_bold_where_colours_are_taken(project: Project) -> None:
    ended = inside(project.root, "render", "router", "--arg", "id=1", environ={"FORCE_COLOR": "1"})
    assert ended.out.startswith("\x1b[1msystem_prompt\x1b[0m\n")
