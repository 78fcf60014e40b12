"""Names and keys go round, files move, processes die in between: no agent is ever made anew or mixed up."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from conftest import AGENT, Emulator, Project, Run, emulator_process
from processes import kill, start

APPLY = ("apply", "--auto-approve")


def names(emulator: Emulator) -> dict[str, str]:
    """The living agents: name by id."""
    return {agent["id"]: agent["name"] for agent in emulator.agents()}


def writes(emulator: Emulator) -> list[Any]:
    return [
        one for one in emulator.request("GET", "/_emulator/requests", token=None) if one["method"] != "GET"
    ]


def state(project: Project) -> dict[str, str]:
    """What is remembered: id by key."""
    text = (project.root / ".agentconf" / "state" / "local.json").read_text(encoding="utf-8")
    return {key: one["id"] for key, one in json.loads(text)["agents"].items()}


def named(project: Project, **wanted: str) -> None:
    for key, name in wanted.items():
        project.write(f"agents/{key}.yaml", AGENT.format(name=name))


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_a_circle_of_names_that_is_killed_anywhere_is_closed_by_the_next_apply(
    project: Project, run: Run, done: int
) -> None:
    with emulator_process("--latency", "0.25") as emulator:
        named(project, one="First", two="Second", three="Third")
        assert run(*APPLY, environ=emulator.environ).code == 0
        ids = state(project)
        named(project, one="Second", two="Third", three="First")
        before = len(writes(emulator))
        process = start(project, *APPLY, environ=emulator.environ)
        deadline = time.monotonic() + 60
        while len(writes(emulator)) < before + done + 1:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.005)
        kill(process)
        assert process.returncode == -9
        ended = run(*APPLY, environ=emulator.environ)
        assert (ended.code, state(project)) == (0, ids), ended.err
        assert names(emulator) == {ids["one"]: "Second", ids["two"]: "Third", ids["three"]: "First"}
        assert run("plan", "--detailed-exitcode", environ=emulator.environ).code == 0
        assert [one["method"] for one in writes(emulator)[:before]] == ["POST"] * 3
        assert {one["method"] for one in writes(emulator)[before:]} == {"PATCH"}


def test_two_names_are_swapped_and_nobody_is_made_anew(
    project: Project, run: Run, emulator: Emulator
) -> None:
    named(project, one="First", two="Second")
    assert run(*APPLY, environ=emulator.environ).code == 0
    ids = state(project)
    named(project, one="Second", two="First")
    assert run(*APPLY, environ=emulator.environ).code == 0
    assert names(emulator) == {ids["one"]: "Second", ids["two"]: "First"}


def test_a_file_that_moves_keeps_its_agent(project: Project, run: Run, emulator: Emulator) -> None:
    named(project, router="Router", desk="Desk")
    assert run(*APPLY, environ=emulator.environ).code == 0
    ids, before = state(project), len(writes(emulator))
    (project.root / "agents" / "router.yaml").rename(project.root / "agents" / "front.yaml")
    assert run("plan", "--detailed-exitcode", "--prune", environ=emulator.environ).code == 0
    assert run(*APPLY, environ=emulator.environ).code == 0
    assert (state(project), len(writes(emulator))) == ({"front": ids["router"], "desk": ids["desk"]}, before)


def test_a_file_that_moves_and_changes_its_name_says_what_it_was(
    project: Project, run: Run, emulator: Emulator
) -> None:
    named(project, router="Router")
    assert run(*APPLY, environ=emulator.environ).code == 0
    ids = state(project)
    (project.root / "agents" / "router.yaml").unlink()
    named(project, front="Front")
    suggested = run("plan", "--prune", environ=emulator.environ).out
    assert 'lifecycle: {renamed_from: "Router"}' in suggested
    project.write("agents/front.yaml", AGENT.format(name="Front") + "lifecycle: {renamed_from: Router}\n")
    assert run(*APPLY, environ=emulator.environ).code == 0
    assert (state(project), names(emulator)) == ({"front": ids["router"]}, {ids["router"]: "Front"})


def test_a_name_that_changes_is_an_update_of_the_remembered_agent(
    project: Project, run: Run, emulator: Emulator
) -> None:
    named(project, router="Router")
    assert run(*APPLY, environ=emulator.environ).code == 0
    ids = state(project)
    named(project, router="Front")
    assert run(*APPLY, environ=emulator.environ).code == 0
    assert (state(project), names(emulator)) == (ids, {ids["router"]: "Front"})


def test_two_files_that_claim_one_agent_are_refused_by_name(
    project: Project, run: Run, emulator: Emulator
) -> None:
    named(project, router="Router")
    assert run(*APPLY, environ=emulator.environ).code == 0
    named(project, router="Night Router")
    project.write("agents/front.yaml", AGENT.format(name="Front") + "lifecycle: {renamed_from: Router}\n")
    before = len(writes(emulator))
    refused = run(*APPLY, environ=emulator.environ)
    assert (refused.code, len(writes(emulator))) == (3, before)
    assert "agents/router.yaml" in refused.err
    assert "agents/front.yaml" in refused.err
