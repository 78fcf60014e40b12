"""kill -9 at any point of an apply: the next one converges, without duplicates, and remembers all of it."""

from __future__ import annotations

import json
import random
import time
from collections import Counter

import pytest
from conftest import Project, Run, emulator_process
from processes import start

AGENTS = 24
POINTS = 50
GROUPS = 5
ROUNDS = 20
"""Rounds a group at most: an apply that ended before it could be killed does not count as a point."""


@pytest.mark.parametrize("group", range(GROUPS))
def test_an_apply_killed_at_a_random_point_is_finished_by_the_next_one(
    project: Project, run: Run, group: int
) -> None:
    points = random.Random(group)
    killed = 0
    with emulator_process("--latency", "0.03") as emulator:
        for point in range(ROUNDS):
            if killed == POINTS // GROUPS:
                break
            for file in (project.root / "agents").glob("*.yaml"):
                file.unlink()
            names = [f"round-{point:02}-agent-{number:02}" for number in range(AGENTS)]
            for name in names:
                project.agent(name)
            target = points.randrange(1, AGENTS - 8)
            process = start(project, "apply", "--auto-approve", environ=emulator.environ)
            deadline = time.monotonic() + 60
            while live(emulator, names) < target and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            process.kill()
            killed += process.wait() == -9

            assert run("apply", "--auto-approve", environ=emulator.environ).code == 0
            found = [agent for agent in emulator.agents() if agent["name"] in names]
            assert Counter(agent["name"] for agent in found) == Counter(names)
            remembered = state(project)["agents"]
            assert {agent["name"]: agent["id"] for agent in found} == {
                name: remembered[name]["id"] for name in names
            }
        assert run("plan", "--detailed-exitcode", environ=emulator.environ).code == 0
    assert killed == POINTS // GROUPS, "each point must really have been killed on the way"
    journal = (project.root / ".agentconf" / "state" / "local.journal.ndjson").read_text(encoding="utf-8")
    identifiers = [json.loads(line)["id"] for line in journal.splitlines()]
    assert len(identifiers) == len(set(identifiers))


def live(emulator, names: list[str]) -> int:  # noqa: ANN001
    wanted = set(names)
    return sum(agent["name"] in wanted for agent in emulator.agents())


def state(project: Project):  # noqa: ANN201
    return json.loads((project.root / ".agentconf" / "state" / "local.json").read_text(encoding="utf-8"))
