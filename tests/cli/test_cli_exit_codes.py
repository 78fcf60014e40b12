"""One whole process a row of docs/exit-codes.md, with and without --json."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from conftest import Emulator, Project, Run, clean_environ, emulator_process

BUG = """
import sys
import agentconf.lint.engine
def broken(*arguments, **options):
    raise ZeroDivisionError("a value of the user")
agentconf.lint.engine.lint_project = broken
from agentconf.cli.main import main
main(sys.argv[1:])
"""


def test_0_when_there_is_nothing_to_report(project: Project, run: Run) -> None:
    project.agent("router")
    assert run("lint").code == 0


def test_1_for_lint_errors(project: Project, run: Run) -> None:
    project.agent("router")
    project.replace("agents/router.yaml", "eu-central", "eu-west")
    ended = run("lint")
    assert (ended.code, ended.err) == (1, "")
    assert "error[AC401]" in ended.out


def test_1_for_a_failed_example(project: Project, run: Run) -> None:
    project.agent("router", extra="examples: [{name: wrong, expect: {greeting: Goodbye}}]\n")
    assert run("test").code == 1


def test_1_for_contacts_with_bad_rows(project: Project, run: Run) -> None:
    callable_project(project, run)
    contacts = project.write("contacts.csv", "to\n+14155550100\nnobody\n")
    ended = run("dispatch", "router", str(contacts), "--auto-approve")
    told = all(words in ended.out for words in (f"{contacts}:3:", "`nobody` is not an E.164 number"))
    assert (ended.code, told) == (1, True)


def test_2_for_changes_when_asked_for(project: Project, run: Run) -> None:
    project.agent("router")
    assert [run("plan").code, run("plan", "--detailed-exitcode").code] == [0, 2]


def test_3_for_a_platform_that_cannot_be_reached(project: Project, run: Run) -> None:
    project.agent("router")
    ended = run(
        "plan",
        environ={
            "AGENTCONF_BASE_URL": "http://127.0.0.1:9",
            "AGENTCONF_API_KEY": "a-key",
            "AGENTCONF_BUDGET": "1",
        },
    )
    assert ended.code == 3
    assert "127.0.0.1:9" in ended.err
    assert "Traceback" not in ended.err


def test_3_for_an_environment_that_does_not_exist(project: Project, run: Run) -> None:
    project.agent("router")
    ended = run("plan", "-e", "lcoal")
    assert ended.code == 3
    assert "did you mean `local`?" in ended.err


def test_3_for_a_campaign_file_that_is_not_there(project: Project, run: Run) -> None:
    project.agent("router")
    assert run("campaign", "run", "gone").code == 3


def test_4_when_somebody_was_not_called(project: Project, run: Run) -> None:
    with emulator_process("--credit", "1") as emulator:
        callable_project(project, run, emulator.environ)
        contacts = project.write("contacts.csv", "to\n+14155550100\n+14155550101\n")
        options = ("--auto-approve", "--interval", "0s", "--concurrency", "1")
        ended = run("dispatch", "router", str(contacts), *options, environ=emulator.environ)
    assert (ended.code, "402" in ended.out) == (4, True)


def callable_project(project: Project, run: Run, environ: dict[str, str] | None = None) -> None:
    """Deploy an agent that can call out."""
    project.agent("router", extra="sip_outbound_trunk_id: 475f59bf-2718-431c-806a-f50953cb684f\n")
    assert run("apply", "--auto-approve", environ=environ).code == 0


def test_4_when_some_operations_fail(project: Project, run: Run) -> None:
    for key in ("one", "two", "three"):
        project.agent(key)
    project.agent("four", extra="an_unknown_field: 1\n")
    with emulator_process() as emulator:
        ended = run("apply", "--auto-approve", environ=emulator.environ)
        assert ended.code == 4
        assert sorted(agent["name"] for agent in emulator.agents()) == ["one", "three", "two"]
    assert "Applied: 3 done, 1 failed" in ended.out


def test_5_when_the_live_agents_moved_since_the_plan(project: Project, run: Run, emulator: Emulator) -> None:
    project.agent("router")
    run("apply", "--auto-approve", environ=emulator.environ)
    project.replace("agents/router.yaml", "Be brief", "Be very brief")
    run("plan", "-o", "saved.plan", environ=emulator.environ)
    emulator.patch("router", greeting="Changed by hand")
    ended = run("apply", "saved.plan", "--auto-approve", environ=emulator.environ)
    assert ended.code == 5
    assert "router" in ended.err
    assert emulator.agent("router")["greeting"] == "Changed by hand"


def test_6_when_a_guard_refuses(project: Project, run: Run, emulator: Emulator) -> None:
    project.agent("router", extra="lifecycle: {prevent_destroy: true}\n")
    run("apply", "--auto-approve", environ=emulator.environ)
    ended = run("destroy", "router", "--auto-approve", environ=emulator.environ)
    assert ended.code == 6
    assert "prevent_destroy" in ended.err
    assert len(emulator.agents()) == 1


def test_6_for_a_call_with_an_agent_that_is_not_deployed(project: Project, run: Run) -> None:
    project.agent("router")
    ended = run("call", "router", "--to", "+14155550100")
    assert (ended.code, "router is not deployed in local" in ended.err) == (6, True)


def test_7_without_the_credential_of_another_platform(project: Project, run: Run) -> None:
    project.agent("router")
    project.write("environments/staging.yaml", 'api_key: "${env:STAGING_KEY}"\n')
    platform = ("--platform", "sipgate", "--flow", "a-flow", "--billing-device", "e2")
    ended = run("call", *platform, "--to", "+14155550100", "-e", "staging")
    assert (ended.code, "SIPGATE_TOKEN is not set" in ended.err) == (7, True)


def test_7_without_a_credential(project: Project, run: Run) -> None:
    project.write("environments/staging.yaml", 'api_key: "${env:STAGING_KEY}"\n')
    project.agent("router")
    ended = run("plan", "-e", "staging")
    assert ended.code == 7
    assert "STAGING_KEY is not set" in ended.err


def test_7_for_the_wrong_organisation(project: Project, run: Run, emulator: Emulator) -> None:
    project.agent("router")
    run("apply", "--auto-approve", environ=emulator.environ)
    writes = len(emulator.writes())
    project.write("environments/local.yaml", "organisation: 00000000-0000-4000-8000-00000000dead\n")
    project.agent("second")
    ended = run("apply", "--auto-approve", environ=emulator.environ)
    assert ended.code == 7
    assert len(emulator.writes()) == writes


@pytest.mark.parametrize(
    "arguments",
    [("plan", "--nonsense"), ("plna",), ("apply",), ("show", "nobody"), ("lint", "missing.yaml"), ("call",)],
)
def test_64_for_wrong_usage(project: Project, run: Run, arguments: tuple[str, ...]) -> None:
    project.agent("router")
    assert run(*arguments).code == 64


def test_70_for_a_bug_of_ours_with_a_report_that_quotes_no_value(project: Project) -> None:
    project.agent("router")
    ended = subprocess.run(
        [sys.executable, "-c", BUG, "lint"],
        cwd=project.root,
        env=clean_environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 70
    assert "ZeroDivisionError" in ended.stderr
    assert "a value of the user" not in ended.stderr


def test_130_when_interrupted_with_what_was_done_reported(project: Project) -> None:
    for number in range(30):
        project.agent(f"agent-{number}")
    with emulator_process("--latency", "0.3") as emulator:
        process = subprocess.Popen(
            [sys.executable, "-m", "agentconf", "apply", "--auto-approve", "--concurrency", "2"],
            cwd=project.root,
            env=clean_environ(emulator.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 30
        while len(emulator.agents()) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        live = len(emulator.agents())
    assert process.returncode == 130, err
    assert f"{live} done" in out
    assert f"{30 - live} not attempted" in out
    assert live < 30


def test_json_errors_are_one_document(project: Project, run: Run) -> None:
    project.agent("router")
    ended = run("plan", "--json", "-e", "nowhere")
    assert ended.code == 3
    assert json.loads(ended.out)["error"]["exit_code"] == 3
