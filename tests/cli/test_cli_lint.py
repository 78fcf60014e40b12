"""The linter as a command: paths, standard input, formats."""

from __future__ import annotations

import pytest
from conftest import AGENT, Project, Run

BROKEN = AGENT.format(name="router").replace("eu-central", "mars")


def test_one_agent_comes_in_on_standard_input(project: Project, run: Run) -> None:
    ended = run("lint", "-", "--output-format", "concise", input=BROKEN)
    assert (ended.code, ended.out.splitlines()[0]) == (
        1,
        "stdin.yaml:2:9: error AC401 `mars` is not a region",
    )


def test_standard_input_stands_for_a_file_of_the_project(project: Project, run: Run) -> None:
    project.agent("router")
    ended = run(
        "lint", "-", "--stdin-filename", "agents/router.yaml", "--output-format", "concise", input=BROKEN
    )
    assert ended.out.startswith("agents/router.yaml:2:9: error AC401")
    assert run("lint").code == 0


def test_standard_input_in_another_encoding_is_wrong_usage(project: Project, run: Run) -> None:
    assert run("lint", "-", input="name: é".encode("latin-1")).code == 64


def test_the_name_of_standard_input_goes_with_it_only(project: Project, run: Run) -> None:
    project.agent("router")
    assert run("lint", "--stdin-filename", "agents/router.yaml").code == 64


def test_a_path_limits_findings_to_what_it_takes_part_in(project: Project, run: Run) -> None:
    project.agent("broken", BROKEN)
    project.agent("sound")
    assert run("lint", "agents/sound.yaml").code == 0
    assert run("lint", "agents").code == 1
    assert run("lint", ".").code == 1


def test_a_shared_tool_is_checked_through_the_agents_that_use_it(project: Project, run: Run) -> None:
    project.write("tools/transfer.yaml", "type: human_transfer\nname: transfer\nphone_number: '123'\n")
    project.agent("router", extra="  - $ref: ../tools/transfer.yaml\n")
    project.agent("other")
    ended = run("lint", "tools/transfer.yaml", "--output-format", "concise")
    assert "tools/transfer.yaml:3:15: error AC309" in ended.out
    assert run("lint", "agents/other.yaml").code == 0
    project.agent("zebra", extra="  - $ref: ../tools/transfer.yaml\n")
    assert run("lint", "agents/router.yaml").code == 1
    assert run("lint", "agents/zebra.yaml").code == 1


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 0),
        (("--strict",), 1),
        (("--strict", "--ignore", "AC101"), 0),
        (("--strict", "--select", "AC3"), 0),
    ],
)
def test_warnings_count_when_strict_unless_they_are_left_out(
    project: Project, run: Run, options: tuple[str, ...], code: int
) -> None:
    project.agent("router", extra="a_field_of_tomorrow: 1\n")
    assert run("lint", *options).code == code


def test_infos_are_shown_on_request(project: Project, run: Run) -> None:
    project.agent("router")
    assert ("AC303" in run("lint").out, "AC303" in run("lint", "-v").out) == (False, True)


def test_github_gets_workflow_commands_and_nothing_else(project: Project, run: Run) -> None:
    project.agent("router", BROKEN)
    lines = run("lint", "--output-format", "github").out.splitlines()
    assert lines
    assert all(line.startswith("::error file=agents/router.yaml,line=") for line in lines)


def test_every_environment_is_linted_unless_one_is_named(project: Project, run: Run) -> None:
    project.write("environments/a.yaml", "vars: {where: eu-central}\nemulator: true\n")
    project.write("environments/b.yaml", "vars: {where: mars}\nemulator: true\n")
    project.agent("router", AGENT.format(name="router").replace("eu-central", "${var:where}"))
    both = run("lint")
    assert (both.code, "only: in environment b" in both.out) == (1, True)
    assert run("lint", "-e", "a").code == 0
