"""Many at once: twenty applies to one state, in each kind of store, and one apply of a thousand agents."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import AGENT, Project, Run, emulator_process
from processes import start
from store_fixtures import Place, git

APPLY = ("apply", "--auto-approve")
CROWD = 20
MANY = 1_000


@pytest.fixture(params=["file", "git-remote", "s3", "postgres"])
def setting(request: pytest.FixtureRequest) -> tuple[str | None, dict[str, str], Place | None]:
    """The setting `state`, the variables that it needs, and a repository where it needs one."""
    match request.param:
        case "file":
            return None, {}, None
        case "git-remote":
            remote: Place = request.getfixturevalue("remote")
            return "git", {}, remote
        case "s3":
            bucket: Place = request.getfixturevalue("s3")
            return bucket.setting, bucket.environ, None
        case _:
            return request.getfixturevalue("postgres_url"), {}, None


@pytest.mark.parametrize("patience", ["0s", "120s"])
def test_twenty_processes_that_apply_at_once_to_one_state(
    setting: tuple[str | None, dict[str, str], Place | None], tmp_path: Path, patience: str
) -> None:
    state, environ, remote = setting
    projects = []
    for number in range(CROWD if remote is not None else 1):
        root = tmp_path / f"project-{number}"
        if remote is not None:
            git(tmp_path, "clone", "--quiet", git(remote.root, "remote", "get-url", "origin"), str(root))
        project = Project(root)
        project.write("agentconf.yaml", "version: 1\n")
        project.write(
            "environments/local.yaml", f"emulator: true\nstate: {state}\n" if state else "emulator: true\n"
        )
        for name in ("one", "two", "three"):
            project.write(f"agents/{name}.yaml", AGENT.format(name=name))
        projects.append(project)
    with emulator_process("--latency", "0.02") as emulator:
        crowd = [
            start(
                projects[number % len(projects)],
                *APPLY,
                "--lock-timeout",
                patience,
                environ=emulator.environ | environ,
            )
            for number in range(CROWD)
        ]
        codes = Counter(process.wait(180) for process in crowd)
        assert set(codes) <= ({0} if patience != "0s" else {0, 6}), codes
        assert codes[0] >= 1
        assert Counter(agent["name"] for agent in emulator.agents()) == Counter(["one", "two", "three"])
        after = start(projects[0], "plan", "--detailed-exitcode", environ=emulator.environ | environ)
        assert after.wait(60) == 0
        listed = start(projects[0], "state", "list", environ=emulator.environ | environ)
        assert listed.wait(60) == 0
    log = (projects[0].root / "stderr.log").read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert log.rstrip().count("\n") > 3


def test_a_thousand_agents_are_applied_remembered_and_unchanged(project: Project, run: Run) -> None:
    for number in range(MANY):
        project.agent(f"agent-{number:04}")
    with emulator_process() as emulator:
        begun = time.monotonic()
        assert run(*APPLY, "--quiet", environ=emulator.environ).code == 0
        assert time.monotonic() - begun < 120
        assert len(emulator.agents()) == MANY
        state: dict[str, Any] = json.loads(
            (project.root / ".agentconf" / "state" / "local.json").read_text(encoding="utf-8")
        )
        assert {one["id"] for one in state["agents"].values()} == {one["id"] for one in emulator.agents()}
        assert run("plan", "--detailed-exitcode", environ=emulator.environ).code == 0
        writes = len(emulator.writes())
        assert run(*APPLY, environ=emulator.environ).code == 0
        assert len(emulator.writes()) == writes
