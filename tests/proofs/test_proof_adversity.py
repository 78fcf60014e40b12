"""The world does not hold still: whatever happens between a look and a write ends in a defined way."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Emulator, Project, Run, emulator_process
from processes import start

from agentconf.errors import BlockedError
from agentconf.state import holder
from agentconf.state.holder import LEASE, holder_of
from agentconf.state.lease import SKEW, Leases

APPLY = ("apply", "--auto-approve")


@pytest.fixture
def applied(emulator: Emulator, project: Project, run: Run) -> Emulator:
    project.agent("router")
    project.agent("desk")
    assert run(*APPLY, environ=emulator.environ).code == 0
    return emulator


def path(project: Project) -> Path:
    return project.root / ".agentconf" / "state" / "local.json"


def state(project: Project) -> Any:
    return json.loads(path(project).read_text(encoding="utf-8"))


def test_of_two_people_who_apply_at_once_one_waits_or_is_told_who_is_at_it(
    project: Project, run: Run
) -> None:
    for number in range(16):
        project.agent(f"agent-{number:02}")
    with emulator_process("--latency", "0.3") as slow:
        first = start(project, *APPLY, environ=slow.environ)
        deadline = time.monotonic() + 60
        while not (project.root / ".agentconf" / "state" / "local.holder.json").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        refused = run(*APPLY, environ=slow.environ)
        assert (refused.code, f"(process {first.pid}, apply)" in refused.err) == (6, True)
        waited = run(*APPLY, "--lock-timeout", "60s", environ=slow.environ)
        assert (first.wait(60), waited.code) == (0, 0)
        assert len(slow.agents()) == 16
        assert len([entry for entry in slow.writes() if entry["method"] == "POST"]) == 16


def test_an_edit_between_plan_and_apply_makes_the_plan_stale(
    applied: Emulator, project: Project, run: Run
) -> None:
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    assert run("plan", "-o", "reviewed.plan", environ=applied.environ).code == 0
    applied.patch("router", language="de")
    assert run("apply", "reviewed.plan", "--auto-approve", environ=applied.environ).code == 5
    assert "Be very brief." not in applied.agent("router")["system_prompt"]


def test_an_edit_between_read_and_write_survives_and_is_drift_afterwards(project: Project, run: Run) -> None:
    """An update sends what changes and nothing else: what somebody edits meanwhile is not undone unseen."""
    project.agent("router")
    with emulator_process("--latency", "0.5") as slow:
        assert run(*APPLY, environ=slow.environ).code == 0
        project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
        before = len(slow.request("GET", "/_emulator/requests", token=None))
        process = start(project, *APPLY, environ=slow.environ)
        deadline = time.monotonic() + 60
        while len(slow.request("GET", "/_emulator/requests", token=None)) == before:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        identifier = state(project)["agents"]["router"]["id"]
        slow.request("PATCH", f"/v1/agents/{identifier}", {"greeting": "Edited meanwhile."})
        assert process.wait(60) == 0
        live = slow.agent("router")
        assert (live["greeting"], "Be very brief." in live["system_prompt"]) == ("Edited meanwhile.", True)
        drift = run("drift", "--json", environ=slow.environ)
        assert [change["path"] for one in drift.json["agents"] for change in one["changes"]] == [["greeting"]]


def test_an_edit_after_the_apply_is_drift(applied: Emulator, project: Project, run: Run) -> None:
    applied.patch("router", greeting="Edited afterwards.")
    assert run("drift", environ=applied.environ).code == 2
    assert run(*APPLY, environ=applied.environ).code == 0
    assert run("drift", environ=applied.environ).code == 0


def test_a_state_from_an_old_copy_converges_without_damage(
    applied: Emulator, project: Project, run: Run
) -> None:
    old = path(project).read_text(encoding="utf-8")
    project.replace("agents/router.yaml", "Hello, this is", "Welcome to")
    project.agent("third")
    assert run(*APPLY, environ=applied.environ).code == 0
    identifiers = {agent["name"]: agent["id"] for agent in applied.agents()}
    path(project).write_text(old, encoding="utf-8")
    assert run("plan", "--detailed-exitcode", environ=applied.environ).code == 0
    assert run(*APPLY, environ=applied.environ).code == 0
    assert {agent["name"]: agent["id"] for agent in applied.agents()} == identifiers
    assert {key: one["id"] for key, one in state(project)["agents"].items()} == identifiers


def test_what_an_old_copy_does_not_know_is_a_conflict_rather_than_a_guess(
    applied: Emulator, project: Project, run: Run
) -> None:
    old = path(project).read_text(encoding="utf-8")
    project.replace("agents/router.yaml", "Hello, this is", "Welcome to")
    assert run(*APPLY, environ=applied.environ).code == 0
    path(project).write_text(old, encoding="utf-8")
    project.replace("agents/router.yaml", "Welcome to", "Good day from")
    assert run(*APPLY, environ=applied.environ).code == 6
    assert run(*APPLY, "--ours", environ=applied.environ).code == 0


def test_a_lost_state_is_told_and_remembered_anew(applied: Emulator, project: Project, run: Run) -> None:
    path(project).unlink()
    applied.patch("router", greeting="Edited outside.")
    plan = run("plan", environ=applied.environ)
    assert "cannot be told before the first apply" in plan.out
    assert run(*APPLY, environ=applied.environ).code == 0
    assert sorted(state(project)["agents"]) == ["desk", "router"]
    assert len(applied.agents()) == 2


def test_a_name_that_another_agent_took_meanwhile_is_told(
    applied: Emulator, project: Project, run: Run
) -> None:
    was = applied.agent("router")
    applied.request("DELETE", f"/v1/agents/{was['id']}")
    body = {name: was[name] for name in ("system_prompt", "greeting", "language", "region", "models")}
    taken = applied.request(
        "POST", "/v1/agents", {**body, "name": "router", "slng_api_key": "a-key-of-somebody"}
    )
    plan = run("plan", environ=applied.environ)
    assert (was["id"] in plan.out, taken["id"] in plan.out) == (True, True)
    assert run(*APPLY, environ=applied.environ).code == 0
    assert state(project)["agents"]["router"]["id"] == taken["id"]
    assert len(applied.agents()) == 2


class Slot:
    """A lock's place in memory."""

    def __init__(self, content: bytes | None) -> None:
        self.content = content

    def get(self) -> tuple[bytes, str] | None:
        return None if self.content is None else (self.content, self.content.decode())

    def put(self, content: bytes, expected: str | None) -> str:
        assert expected == (None if self.content is None else self.content.decode())
        self.content = content
        return content.decode()

    def clear(self, expected: str) -> None:
        assert self.content is not None
        self.content = None


@pytest.mark.parametrize(
    ("ago", "free"),
    [
        (timedelta(0), False),
        (LEASE, False),
        (LEASE + SKEW - timedelta(seconds=30), False),
        (LEASE + SKEW + timedelta(seconds=1), True),
        (-timedelta(hours=1), False),
    ],
)
def test_a_lock_counts_as_expired_only_beyond_what_clocks_differ(ago: timedelta, free: bool) -> None:
    other = holder_of("apply", {}, now=datetime.now(UTC) - ago)
    leases = Leases(Slot(holder.dump(other).encode()), address="there", environment="local", environ={})
    if free:
        with leases.hold("apply", patience=0) as mine:
            assert mine.id != other.id
    else:
        with pytest.raises(BlockedError, match="is held by"), leases.hold("apply", patience=0):
            pass
