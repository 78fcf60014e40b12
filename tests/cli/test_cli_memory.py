"""The memory of applies, as whole processes see it: drift, conflicts, rotation, deletions, faults."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli_inside import fits
from conftest import Emulator, Project, Run


@pytest.fixture
def applied(emulator: Emulator, project: Project, run: Run) -> Emulator:
    """An emulator with one agent that was applied from the project."""
    project.agent("router")
    assert run("apply", "--auto-approve", environ=emulator.environ).code == 0
    return emulator


def state(project: Project) -> Any:
    return json.loads((project.root / ".agentconf" / "state" / "local.json").read_text(encoding="utf-8"))


def test_an_apply_is_remembered_without_any_secret(applied: Emulator, project: Project, run: Run) -> None:
    found = state(project)
    remembered = found["agents"]["router"]
    assert (found["serial"] >= 1, remembered["id"]) == (True, applied.agent("router")["id"])
    assert sorted(place.split("/")[0] for place in remembered["fingerprints"]) == ["slng_api_key", "tools"]
    text = json.dumps(found)
    assert [
        secret for secret in ("key-of-the-agents-runtime", "token-of-the-crm-webhook") if secret in text
    ] == []
    assert run("plan", "--detailed-exitcode", environ=applied.environ).code == 0


def test_an_apply_that_finds_nothing_to_do_leaves_the_state_as_it_is(
    applied: Emulator, project: Project, run: Run
) -> None:
    before = state(project)
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    assert state(project) == before


def test_an_edit_in_the_dashboard_is_drift_and_put_back(
    applied: Emulator, project: Project, run: Run
) -> None:
    applied.patch("router", greeting="Hello from the dashboard.")
    plan = run("plan", environ=applied.environ)
    assert ("! router" in plan.out, "changed in the dashboard; apply puts it back" in plan.out) == (
        True,
        True,
    )
    drift = run("drift", environ=applied.environ)
    assert (drift.code, "Drift: 1 changed, 0 deleted." in drift.out) == (2, True)
    assert "Hello, this is {{practice_name}}. → Hello from the dashboard." in drift.out
    document = run("drift", "--json", environ=applied.environ)
    assert (document.code, fits(document.json, "drift")) == (2, True)
    assert [(one["key"], one["changes"][0]["origin"]) for one in document.json["agents"]] == [
        ("router", "theirs")
    ]
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    assert applied.agent("router")["greeting"] == "Hello, this is {{practice_name}}."
    assert run("drift", environ=applied.environ).code == 0


def test_an_edit_in_the_file_is_no_drift(applied: Emulator, project: Project, run: Run) -> None:
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    assert run("drift", environ=applied.environ).code == 0
    assert run("plan", "--detailed-exitcode", environ=applied.environ).code == 2


def test_a_conflict_is_refused_until_it_is_settled(applied: Emulator, project: Project, run: Run) -> None:
    applied.patch("router", greeting="Hello from the dashboard.")
    project.replace("agents/router.yaml", "Hello, this is", "Hello from git, this is")
    plan = run("plan", environ=applied.environ)
    assert "conflict: changed here and in the dashboard" in plan.out
    assert [side in plan.out for side in ("yours", "theirs")] == [True, True]
    refused = run("apply", "--auto-approve", environ=applied.environ)
    assert (refused.code, "--resolve router:greeting=ours" in refused.err) == (6, True)
    assert applied.agent("router")["greeting"] == "Hello from the dashboard."
    theirs = run("apply", "--auto-approve", "--theirs", environ=applied.environ)
    assert (theirs.code, applied.agent("router")["greeting"]) == (0, "Hello from the dashboard.")
    assert run("apply", "--auto-approve", environ=applied.environ).code == 6
    ours = run("apply", "--auto-approve", "--resolve", "router:greeting=ours", environ=applied.environ)
    assert (ours.code, applied.agent("router")["greeting"]) == (
        0,
        "Hello from git, this is {{practice_name}}.",
    )
    assert run("plan", "--detailed-exitcode", environ=applied.environ).code == 0


def test_a_saved_plan_remembers_how_its_conflicts_were_settled(
    applied: Emulator, project: Project, run: Run
) -> None:
    applied.patch("router", greeting="Hello from the dashboard.")
    project.replace("agents/router.yaml", "Hello, this is", "Hello from git, this is")
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    assert run("plan", "--theirs", "-o", "reviewed.plan", environ=applied.environ).code == 0
    assert run("apply", "reviewed.plan", "--auto-approve", environ=applied.environ).code == 0
    assert applied.agent("router")["greeting"] == "Hello from the dashboard."
    assert run("apply", "--auto-approve", environ=applied.environ).code == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ours", "--theirs"), "contradict"),
        (("--resolve", "greeting"), "--resolve takes AGENT:PATH"),
    ],
)
def test_flags_that_settle_nothing_are_wrong_usage(
    project: Project, run: Run, arguments: tuple[str, ...], message: str
) -> None:
    project.agent("router")
    ended = run("plan", *arguments)
    assert (ended.code, ended.out, message in ended.err) == (64, "", True)


def test_a_rotated_secret_is_sent_once(applied: Emulator, project: Project, run: Run) -> None:
    rotated = {**applied.environ, "CRM_TOKEN": "another-token-of-the-crm"}
    plan = run("plan", "--json", environ=rotated)
    assert [change["note"] for one in plan.json["operations"] for change in one["changes"]] == ["rotated"]
    assert "another-token-of-the-crm" not in plan.out + plan.err
    assert run("apply", "--auto-approve", environ=rotated).code == 0
    sent = [tool.get("auth") for tool in applied.writes()[-1]["body"]["tools"]]
    assert len([auth for auth in sent if auth and auth.get("token")]) == 1
    assert run("plan", "--detailed-exitcode", environ=rotated).code == 0
    assert run("plan", "--detailed-exitcode", environ=applied.environ).code == 2


def test_a_plan_needs_no_secret(applied: Emulator, project: Project, run: Run) -> None:
    ended = run(
        "plan", "--detailed-exitcode", environ={**applied.environ, "CRM_TOKEN": "", "SLNG_API_KEY": ""}
    )
    assert (ended.code, "Checked at apply: CRM_TOKEN, SLNG_API_KEY" in ended.out) == (0, True)


def test_a_secret_that_is_not_set_stops_an_apply_before_its_first_write(
    applied: Emulator, project: Project, run: Run
) -> None:
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    before = len(applied.writes())
    ended = run("apply", "--auto-approve", environ={**applied.environ, "CRM_TOKEN": ""})
    assert (ended.code, "CRM_TOKEN" in ended.err, len(applied.writes())) == (3, True, before)


def test_protection_outlives_its_file(applied: Emulator, project: Project, run: Run) -> None:
    project.agent("desk", extra="lifecycle: {prevent_destroy: true}\n")
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    (project.root / "agents" / "desk.yaml").unlink()
    assert "Without a file" in run("plan", environ=applied.environ).out
    ended = run("apply", "--auto-approve", "--prune", environ=applied.environ)
    assert (ended.code, "agentconf state rm desk" in ended.err, len(applied.agents())) == (6, True, 2)


def test_an_agent_that_was_deleted_outside_is_drift_and_made_anew(
    applied: Emulator, project: Project, run: Run
) -> None:
    applied.request("DELETE", f"/v1/agents/{applied.agent('router')['id']}")
    drift = run("drift", environ=applied.environ)
    assert (drift.code, "was deleted outside" in drift.out) == (2, True)
    assert "was deleted outside" in run("plan", environ=applied.environ).out
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    assert state(project)["agents"]["router"]["id"] == applied.agent("router")["id"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is corrupt: it is not JSON"),
        ('{"version": 4, "terraform_version": "1.11.4"}', "is no state of agentconf"),
        ('{"kind": "agentconf-state", "format_version": 99, "tool_version": "9.9"}', "has format 99"),
    ],
)
def test_a_state_that_cannot_be_read_is_never_written_over(
    applied: Emulator, project: Project, run: Run, content: str, message: str
) -> None:
    path = project.write(".agentconf/state/local.json", content)
    for arguments in (("plan",), ("apply", "--auto-approve"), ("drift",)):
        ended = run(*arguments, environ=applied.environ)
        assert (ended.code, ended.out, message in ended.err) == (3, "", True)
    assert path.read_text(encoding="utf-8") == content


def test_a_lost_state_is_remembered_anew(applied: Emulator, project: Project, run: Run) -> None:
    before = state(project)["agents"]["router"]
    (project.root / ".agentconf" / "state" / "local.json").unlink()
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    after = state(project)["agents"]["router"]
    assert (after["id"], after["base"], after["fingerprints"]) == (before["id"], before["base"], {})


def test_the_state_of_another_organisation_is_refused(applied: Emulator, project: Project, run: Run) -> None:
    found = state(project)
    project.write(".agentconf/state/local.json", json.dumps({**found, "organisation_id": "another"}))
    ended = run("apply", "--auto-approve", environ=applied.environ)
    assert (ended.code, "of the organisation another" in ended.err) == (7, True)


def test_what_moved_of_a_saved_plan_is_left_out_on_request(
    applied: Emulator, project: Project, run: Run
) -> None:
    project.agent("desk")
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    assert run("plan", "-o", "reviewed.plan", environ=applied.environ).code == 0
    applied.patch("router", greeting="Hello from the dashboard.")
    assert run("apply", "reviewed.plan", "--auto-approve", environ=applied.environ).code == 5
    ended = run("apply", "reviewed.plan", "--auto-approve", "--skip-stale", environ=applied.environ)
    assert (ended.code, "Left out: the agent `router`" in ended.err) == (0, True)
    assert applied.agent("router")["greeting"] == "Hello from the dashboard."
    assert sorted(agent["name"] for agent in applied.agents()) == ["desk", "router"]
