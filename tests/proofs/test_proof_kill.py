"""kill -9 at any point of an apply: the next one converges, without duplicates."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter

import pytest
from conftest import Project, Run, clean_environ, emulator_process

AGENTS = 50
POINTS = 20


@pytest.mark.parametrize("half", [0, 1])
def test_an_apply_killed_at_a_random_point_is_finished_by_the_next_one(
    project: Project, run: Run, half: int
) -> None:
    points = random.Random(half)
    killed = 0
    with emulator_process("--latency", "0.03") as emulator:
        for point in range(POINTS // 2):
            for file in (project.root / "agents").glob("*.yaml"):
                file.unlink()
            names = [f"round-{point:02}-agent-{number:02}" for number in range(AGENTS)]
            for name in names:
                project.agent(name)
            target = points.randrange(1, AGENTS)
            process = subprocess.Popen(
                [sys.executable, "-m", "agentconf", "apply", "--auto-approve"],
                cwd=project.root,
                env=clean_environ(emulator.environ),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            deadline = time.monotonic() + 60
            while live(emulator, names) < target and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            process.kill()
            killed += process.wait() == -9

            assert run("apply", "--auto-approve", environ=emulator.environ).code == 0
            assert Counter(agent["name"] for agent in emulator.agents() if agent["name"] in names) == Counter(
                names
            )
            assert run("plan", "--detailed-exitcode", environ=emulator.environ).code == 0
    assert killed >= POINTS // 2 - 2, "most rounds must really have been killed on the way"


def live(emulator, names: list[str]) -> int:  # noqa: ANN001
    wanted = set(names)
    return sum(agent["name"] in wanted for agent in emulator.agents())
