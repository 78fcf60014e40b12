"""Plan and apply as processes, against the emulator as a process: what users rely on."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time

import pytest
from conftest import Emulator, Project, Run, clean_environ, emulator_process


@pytest.fixture
def applied(project: Project, run: Run, emulator: Emulator) -> Emulator:
    """One agent that lives as its file says."""
    project.agent("router")
    ended = run("apply", "--auto-approve", environ=emulator.environ)
    assert ended.code == 0, ended.err
    return emulator


def test_apply_then_plan_is_empty(applied: Emulator, run: Run) -> None:
    ended = run("plan", "--detailed-exitcode", environ=applied.environ)
    assert (ended.code, "No changes" in ended.out) == (0, True)


def test_a_second_apply_writes_nothing(applied: Emulator, run: Run) -> None:
    before = applied.writes()
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    assert applied.writes() == before


def test_an_edit_in_the_dashboard_is_shown_and_put_back(applied: Emulator, run: Run) -> None:
    applied.patch("router", greeting="Changed by hand")
    shown = run("plan", environ=applied.environ)
    assert "greeting" in shown.out
    run("apply", "--auto-approve", environ=applied.environ)
    assert applied.agent("router")["greeting"] == "Hello, this is {{practice_name}}."


def test_an_update_sends_only_the_fields_that_change(applied: Emulator, project: Project, run: Run) -> None:
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    run("apply", "--auto-approve", environ=applied.environ)
    last = applied.writes()[-1]
    assert (last["method"], list(last["body"])) == ("PATCH", ["system_prompt"])


def test_a_changed_tool_is_sent_without_its_secret_and_keeps_it(
    applied: Emulator, project: Project, run: Run
) -> None:
    project.replace("agents/router.yaml", "Look something up", "Look up anything")
    ended = run("apply", "--auto-approve", environ=applied.environ)
    assert ended.code == 0, ended.err
    tool = next(tool for tool in applied.writes()[-1]["body"]["tools"] if tool["type"] == "webhook")
    assert tool["auth"] == {"type": "bearer"}
    assert applied.agent("router")["tools"][1]["auth_type"] == "bearer"


def test_trunks_attached_in_the_dashboard_are_left_alone_and_said(applied: Emulator, run: Run) -> None:
    applied.patch("router", sip_inbound_trunk_id="3f0c8f6e-6e3f-4a57-9a77-000000000001")
    ended = run("plan", "--detailed-exitcode", environ=applied.environ)
    assert ended.code == 0
    assert "sip_inbound_trunk_id" in ended.out


def test_null_detaches_a_trunk(applied: Emulator, project: Project, run: Run) -> None:
    applied.patch("router", sip_inbound_trunk_id="3f0c8f6e-6e3f-4a57-9a77-000000000001")
    project.agent("router", extra="sip_inbound_trunk_id: null\n")
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    assert applied.agent("router")["sip_inbound_trunk_id"] is None


def test_a_change_of_name_is_an_update_with_renamed_from(
    applied: Emulator, project: Project, run: Run
) -> None:
    before = applied.agent("router")["id"]
    project.agent("router", name="front desk", extra="lifecycle: {renamed_from: router}\n")
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    assert [(agent["id"], agent["name"]) for agent in applied.agents()] == [(before, "front desk")]


def test_a_change_of_name_without_it_is_said_to_look_like_a_rename(
    applied: Emulator, project: Project, run: Run
) -> None:
    project.agent("router", name="front desk")
    forgetful = {**applied.environ, "AGENTCONF_STATE": "none"}
    assert "renamed_from" in run("plan", environ=forgetful).out


def test_a_change_of_name_of_a_remembered_agent_is_an_update(
    applied: Emulator, project: Project, run: Run
) -> None:
    before = applied.agent("router")["id"]
    project.agent("router", name="front desk")
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    assert [(agent["id"], agent["name"]) for agent in applied.agents()] == [(before, "front desk")]


def test_two_files_that_claim_one_live_agent_are_refused(
    applied: Emulator, project: Project, run: Run
) -> None:
    project.agent("second", name="another", extra="lifecycle: {renamed_from: router}\n")
    ended = run("plan", environ=applied.environ)
    assert (ended.code, ended.out) == (1, "")
    assert "error[AC506]" in ended.err
    assert "agents/second.yaml" in ended.err


def test_a_tombstone_deletes_its_agent(applied: Emulator, project: Project, run: Run) -> None:
    project.agent("router", "name: router\nlifecycle: {state: absent}\n")
    assert "1 to delete" in run("plan", environ=applied.environ).out
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    assert applied.agents() == []
    assert run("plan", "--detailed-exitcode", environ=applied.environ).code == 0


def test_a_removed_file_deletes_nothing_unless_pruning(applied: Emulator, project: Project, run: Run) -> None:
    project.agent("second")
    (project.root / "agents/router.yaml").unlink()
    kept = run("apply", "--auto-approve", environ=applied.environ)
    assert kept.code == 0
    assert sorted(agent["name"] for agent in applied.agents()) == ["router", "second"]
    assert run("apply", "--auto-approve", "--prune", environ=applied.environ).code == 0
    assert [agent["name"] for agent in applied.agents()] == ["second"]


def test_pruning_is_refused_above_the_threshold_and_for_an_empty_project(
    project: Project, run: Run, emulator: Emulator
) -> None:
    for number in range(6):
        project.agent(f"agent-{number}")
    run("apply", "--auto-approve", environ=emulator.environ)
    for number in range(1, 6):
        (project.root / f"agents/agent-{number}.yaml").unlink()
    assert run("apply", "--auto-approve", "--prune-unmanaged", environ=emulator.environ).code == 6
    (project.root / "agents/agent-0.yaml").unlink()
    assert (
        run(
            "apply", "--auto-approve", "--prune-unmanaged", "--max-deletes", "99", environ=emulator.environ
        ).code
        == 6
    )
    assert len(emulator.agents()) == 6


def test_a_saved_plan_is_applied_exactly(applied: Emulator, project: Project, run: Run) -> None:
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    assert run("plan", "-o", "reviewed.plan", environ=applied.environ).code == 0
    ended = run("apply", "reviewed.plan", "--auto-approve", environ=applied.environ)
    assert ended.code == 0, ended.err
    assert applied.agent("router")["system_prompt"].endswith("Be very brief.")


def test_a_saved_plan_is_refused_when_the_files_moved(applied: Emulator, project: Project, run: Run) -> None:
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    run("plan", "-o", "reviewed.plan", environ=applied.environ)
    project.replace("agents/router.yaml", "Be very brief.", "Shout.")
    assert run("apply", "reviewed.plan", "--auto-approve", environ=applied.environ).code == 5


@pytest.mark.parametrize("text", ["", "not json", "{}", '{"format_version": 999}'])
def test_a_damaged_plan_file_is_refused_kindly(
    applied: Emulator, project: Project, run: Run, text: str
) -> None:
    project.write("damaged.plan", text)
    ended = run("apply", "damaged.plan", "--auto-approve", environ=applied.environ)
    assert ended.code == 3
    assert "Traceback" not in ended.err


def test_a_tampered_plan_file_is_refused(applied: Emulator, project: Project, run: Run) -> None:
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    run("plan", "-o", "reviewed.plan", environ=applied.environ)
    project.replace("reviewed.plan", "Be very brief.", "Be a different agent.")
    ended = run("apply", "reviewed.plan", "--auto-approve", environ=applied.environ)
    assert ended.code == 3
    assert applied.agent("router")["system_prompt"].endswith("Be brief.")


def test_a_secret_that_is_not_set_stops_an_apply_before_its_first_write(
    project: Project, run: Run, emulator: Emulator
) -> None:
    project.agent("one")
    project.agent("two")
    assert run("plan", environ=emulator.environ | {"CRM_TOKEN": ""}).code == 0
    ended = run("apply", "--auto-approve", environ=emulator.environ | {"CRM_TOKEN": ""})
    assert ended.code == 3
    assert "CRM_TOKEN" in ended.err
    assert emulator.writes() == []


def test_a_secret_that_got_lost_is_sent_again(project: Project, run: Run, applied: Emulator) -> None:
    tools = applied.agent("router")["tools"]
    bare = [
        {key: value for key, value in tool.items() if key != "auth_type" and value is not None}
        for tool in tools
    ]
    applied.patch("router", tools=bare)
    shown = run("plan", environ=applied.environ)
    assert "lost" in shown.out
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    assert applied.agent("router")["tools"][1]["auth_type"] == "bearer"


def test_what_the_platform_does_not_keep_fails_by_name(project: Project, run: Run) -> None:
    project.agent("router", extra="a_field_of_tomorrow: true\n")
    with emulator_process("--unknown-fields", "drop") as emulator:
        ended = run("apply", "--auto-approve", environ=emulator.environ)
    assert ended.code == 4
    assert "a_field_of_tomorrow" in ended.out


def test_fail_fast_starts_nothing_more(project: Project, run: Run) -> None:
    project.agent("a-first", extra="an_unknown_field: 1\n")
    for number in range(5):
        project.agent(f"b-{number}")
    with emulator_process() as emulator:
        ended = run(
            "apply", "--auto-approve", "--fail-fast", "--concurrency", "1", "--json", environ=emulator.environ
        )
        assert emulator.agents() == []
    assert ended.code == 4
    assert [result["outcome"] for result in ended.json["results"]] == ["failed", *["not-attempted"] * 5]


def test_approval_is_asked_for_impact_classes(applied: Emulator, project: Project, run: Run) -> None:
    project.write("environments/local.yaml", "require_approval: [speech]\n")
    project.replace("agents/router.yaml", "Hello, this is", "Welcome to")
    refused = run("apply", "--auto-approve", environ=applied.environ)
    assert (refused.code, "--allow speech" in refused.err) == (6, True)
    assert run("apply", "--auto-approve", "--allow", "speech", environ=applied.environ).code == 0


def test_an_organisation_that_no_agent_tells_needs_a_word(
    project: Project, run: Run, emulator: Emulator
) -> None:
    organisation = "00000000-0000-4000-8000-00000000beef"
    project.write("environments/local.yaml", f"organisation: {organisation}\n")
    project.agent("one")
    project.agent("two")
    assert run("apply", "--auto-approve", environ=emulator.environ).code == 6
    assert emulator.writes() == []
    ended = run("apply", "--auto-approve", "--accept-organisation", environ=emulator.environ)
    assert ended.code == 7, "the first answer tells another organisation"
    assert len(emulator.writes()) == 1


def test_without_a_terminal_apply_never_asks(applied: Emulator, project: Project, run: Run) -> None:
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    ended = run("apply", environ=applied.environ)
    assert (ended.code, "--auto-approve" in ended.err) == (64, True)


@pytest.mark.parametrize(
    ("answer", "code", "changed"), [("yes\n", 0, True), ("y\n", 6, False), ("\n", 6, False)]
)
def test_on_a_terminal_only_yes_applies(
    applied: Emulator, project: Project, answer: str, code: int, *, changed: bool
) -> None:
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    ended, text = converse(["apply"], project, applied, "Only 'yes' goes on", answer)
    assert ended == code, text
    assert applied.agent("router")["system_prompt"].endswith("Be very brief.") is changed


def test_an_agent_that_moves_while_the_question_stands_is_stale(applied: Emulator, project: Project) -> None:
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    ended, text = converse(
        ["apply"],
        project,
        applied,
        "Only 'yes' goes on",
        "yes\n",
        meanwhile=lambda: applied.patch("router", greeting="By hand"),
    )
    assert ended == 5, text


def converse(arguments, project, emulator, question, answer, meanwhile=lambda: None):  # noqa: ANN001, ANN201
    """Run a command on a pseudo-terminal and answer its question."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "agentconf", *arguments],
        cwd=project.root,
        env=clean_environ(emulator.environ),
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    )
    os.close(follower)
    text, answered, deadline = "", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([leader], [], [], 0.2)[0]:
            try:
                chunk = os.read(leader, 65536)
            except OSError:
                break
            if not chunk:
                break
            text += chunk.decode(errors="replace")
        if question in text and not answered:
            meanwhile()
            os.write(leader, answer.encode())
            answered = True
    os.close(leader)
    return process.wait(timeout=30), text


def test_destroy_deletes_and_leaves_the_file(applied: Emulator, project: Project, run: Run) -> None:
    assert run("destroy", "router", "--auto-approve", environ=applied.environ).code == 0
    assert applied.agents() == []
    assert (project.root / "agents/router.yaml").exists()


def test_lint_errors_stop_a_plan_with_frames(applied: Emulator, project: Project, run: Run) -> None:
    project.replace("agents/router.yaml", "https://crm", "https://{{tenant}}.crm")
    ended = run("plan", environ=applied.environ)
    assert (ended.code, ended.out) == (1, "")
    assert "error[AC306]" in ended.err


def test_plan_limited_to_an_agent_leaves_the_others(applied: Emulator, project: Project, run: Run) -> None:
    project.agent("second")
    project.replace("agents/router.yaml", "Be brief.", "Be very brief.")
    ended = run("plan", "second", "--json", environ=applied.environ)
    assert [(one["key"], one["action"]) for one in ended.json["operations"]] == [("second", "create")]


def test_a_reader_that_goes_away_does_not_stop_an_apply(project: Project, emulator: Emulator) -> None:
    for number in range(10):
        project.agent(f"agent-{number}")
    command = f"{sys.executable} -m agentconf apply --auto-approve | head -1"
    ended = subprocess.run(
        command,
        shell=True,
        cwd=project.root,
        env=clean_environ(emulator.environ),
        capture_output=True,
        check=False,
    )
    assert len(emulator.agents()) == 10
    assert b"Traceback" not in ended.stderr
    assert b"BrokenPipe" not in ended.stderr


def test_json_outputs_are_one_document_each(applied: Emulator, run: Run) -> None:
    for arguments in (
        ["plan", "--json"],
        ["apply", "--auto-approve", "--json"],
        ["lint", "--json"],
        ["show", "router", "--json"],
    ):
        assert json.loads(run(*arguments, environ=applied.environ).out) is not None


def test_a_default_that_only_tools_use_is_compared_with_what_was_sent_last(
    applied: Emulator, project: Project, run: Run
) -> None:
    project.replace("agents/router.yaml", "crm.example.com/lookup", "crm.example.com/{{store}}/lookup")
    project.replace(
        "agents/router.yaml", "practice_name: Greenfield", "practice_name: Greenfield, store: one"
    )
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    project.replace("agents/router.yaml", "store: one", "store: two")
    assert run("plan", "--detailed-exitcode", environ=applied.environ).code == 2
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    assert run("plan", "--detailed-exitcode", environ=applied.environ).code == 0
    last = applied.writes()[-1]["body"]
    assert last == {"template_defaults": {"practice_name": "Greenfield", "store": "two"}}


def test_without_memory_it_is_said_to_be_uncovered_and_can_be_sent_again(
    applied: Emulator, project: Project, run: Run
) -> None:
    project.replace("agents/router.yaml", "crm.example.com/lookup", "crm.example.com/{{store}}/lookup")
    project.replace(
        "agents/router.yaml", "practice_name: Greenfield", "practice_name: Greenfield, store: one"
    )
    assert run("apply", "--auto-approve", environ=applied.environ).code == 0
    project.replace("agents/router.yaml", "store: one", "store: two")
    forgetful = {**applied.environ, "AGENTCONF_STATE": "none"}
    unseen = run("plan", "--detailed-exitcode", environ=forgetful)
    assert (unseen.code, "default of `store`" in unseen.out) == (0, True)
    assert run("apply", "--auto-approve", "--send-defaults", environ=forgetful).code == 0
    last = applied.writes()[-1]["body"]
    assert last == {"template_defaults": {"practice_name": "Greenfield", "store": "two"}}
