"""`call`: one call, checked, placed, followed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cli_calls_world import DASHA, NUMBERS, SIPGATE, World, events, settle, world
from cli_inside import fits
from conftest import Project

from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import Running, running
from agentconf.emulator.sipgate.options import SipgateOptions

NAME = ("--arg", "name=Maria")
TO = ("--to", NUMBERS[0])


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def staging(project: Project, emulator: Running) -> World:
    return settle(project, emulator)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask more often how calls go."""
    monkeypatch.setattr("agentconf.calls.watcher.FOLLOW_EVERY", 0.1)


def test_a_call_is_placed_and_named_with_what_tells_more(staging: World) -> None:
    ended = staging.run("call", "outreach", *TO, *NAME)
    assert (ended.code, staging.calls()) == (
        0,
        [{"phone_number": NUMBERS[0], "arguments": {"name": "Maria"}}],
    )
    placed, call = ended.out.removesuffix(".\n").split(", call ")
    assert placed.startswith("Placed: n-")
    assert ended.err == f"Next: agentconf calls get outreach {call} -e staging\n"
    assert staging.run("calls", "get", "outreach", call).code == 0


def test_with_show_numbers_the_number_is_written(staging: World) -> None:
    ended = staging.run("call", "outreach", *TO, *NAME, "--show-numbers", numbers=True)
    assert ended.out.startswith(f"Placed: {NUMBERS[0]}, call ")


def test_with_json_there_is_one_document_and_the_events_are_lines(staging: World) -> None:
    ended = staging.run("call", "outreach", *TO, *NAME, "--json")
    assert fits(ended.json, "campaign-run")
    assert [fits(event, "campaign-event") for event in events(ended)] == [True]
    (contact,) = ended.json["contacts"]
    assert (contact["state"], ended.json["complete"]) == ("placed", True)


def test_a_dry_run_checks_and_calls_nobody(staging: World) -> None:
    ended = staging.run("call", "outreach", *TO, *NAME, "--dry-run", "--json")
    assert (ended.code, fits(ended.json, "campaign-preview"), ended.json["calls"]) == (0, True, 1)
    assert (staging.calls(), staging.run("campaign", "status").out) == ([], "No campaigns yet.\n")


@pytest.mark.usefixtures("impatient")
def test_wait_follows_a_call_to_its_end(project: Project) -> None:
    with world(project, speed=200) as staging:
        ended = staging.run("call", "outreach", *TO, *NAME, "--wait")
    assert ended.code == 0
    assert "\n  Answered: " in ended.out
    assert ended.err == "Nothing is left to begin; waiting for calls and requests that are under way\n"


@pytest.mark.usefixtures("impatient")
def test_a_call_that_nobody_answers_is_only_half_a_success(project: Project) -> None:
    with world(project, EmulatorOptions(call_failure_rate=1.0), speed=200) as staging:
        assert staging.run("call", "outreach", *TO, *NAME, "--wait", "-q").code == 4


def test_sipgate_places_a_call_and_tells_no_id(staging: World) -> None:
    ended = staging.run("call", *SIPGATE, *TO)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Placed: n-")
    assert "call" not in ended.out
    assert staging.calls() == [{"billingDevice": "e2", "toPhoneNumber": NUMBERS[0]}]


def test_dasha_is_told_when_to_call(staging: World) -> None:
    when = ("--deadline", "2h", "--timezone", "Europe/Berlin", "--priority", "4")
    ended = staging.run("call", *DASHA, *TO, *NAME, *when)
    (call,) = staging.calls()
    assert ended.code == 0
    assert (call["priority"], call["timezone"]) == (4, "Europe/Berlin")
    call_id = ended.out.removesuffix(".\n").rpartition(" ")[2]
    expected = f"Next: agentconf calls get agent-1 {call_id} --platform dasha -e staging\n"
    assert ended.err == expected


@pytest.mark.parametrize(
    ("arguments", "message", "help_"),
    [
        (("--to", "4155550100", *NAME), "--to: `4155550100` is not an E.164 number", "write `+4155550100`"),
        (("--to", "+1 (202) 555-0100", *NAME), "is not an E.164 number", "write `+12025550100`"),
        (("--to", "+19005550100", *NAME), "premium-rate", "--allow premium"),
        (("--to", "", *NAME), "--to: the phone number is empty", "write it as + country code number"),
        (("--to", "911"), "--to: `911` is not an E.164 number; name: no value", "--arg name=…"),
        (TO, "name: no value, which system_prompt needs", "--arg name=…"),
        ((*TO, "--arg", "nam=Maria"), "the agent uses no variable 'nam'", "did you mean 'name'?"),
        ((*TO, "--arg", "Maria"), "--arg 'Maria' is not NAME=VALUE", ""),
        ((*TO, *NAME, *NAME), "--arg name is given twice", ""),
        ((*TO, "--arg", f"name={'x' * 1025}"), "argument name: 1025 characters", ""),
        ((*TO, *NAME, "--to-instead", "12"), "--to-instead: `12` is not an E.164 number", ""),
        ((*TO, *NAME, "--priority", "1"), "--priority is for --platform dasha, and this is slng", ""),
        ((*TO, *NAME, "--deadline", "2h"), "--deadline is for --platform dasha", ""),
        ((*TO, *NAME, "--flow", "f"), "--flow is for --platform sipgate, and this is slng", ""),
        ((*TO, *NAME, "--timeout", "1ms"), "'1ms' is less than 1s", ""),
        ((*TO, *NAME, "--timeout", "1"), "`1` is no length of time", ""),
        ((*NAME,), "Missing option '--to'", "agentconf call --help"),
    ],
)
def test_what_is_wrong_with_a_call_is_wrong_usage_and_nobody_is_called(
    staging: World, arguments: tuple[str, ...], message: str, help_: str
) -> None:
    ended = staging.run("call", "outreach", *arguments)
    assert (ended.code, ended.out, staging.calls()) == (64, "", [])
    assert message in ended.err
    assert help_ in ended.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--platform", "sipgate", "--flow", "f"), "--platform sipgate needs --billing-device"),
        (("--platform", "dasha"), "--platform dasha needs --agent-id"),
        (("outreach", *DASHA), "'outreach' is an agent of the project, and those live on SLNG"),
        ((), "who is to speak?"),
        (("outraech",), "did you mean 'outreach'?"),
        ((*SIPGATE, *NAME), "sipgate AI Flow takes no values for variables"),
        ((*SIPGATE, "--wait"), "sipgate AI Flow does not tell how a call goes"),
        ((*DASHA, "--timezone", "Berlin"), "did you mean"),
        ((*DASHA, "--deadline", "soon"), "--deadline: "),
        ((*DASHA, "--deadline", "2020-01-01T00:00Z"), "is over"),
    ],
)
def test_who_speaks_has_to_be_clear(staging: World, arguments: tuple[str, ...], message: str) -> None:
    ended = staging.run("call", *arguments, *TO)
    assert (ended.code, ended.out, staging.calls()) == (64, "", [])
    assert message in ended.err


def test_an_agent_that_is_not_deployed_is_not_dialled_with(staging: World) -> None:
    staging.project.agent("second")
    ended = staging.run("call", "second", *TO)
    assert (ended.code, "agentconf apply -e staging --agent second" in ended.err) == (6, True)
    assert staging.calls() == []


def test_an_agent_without_a_trunk_cannot_call_anybody(staging: World) -> None:
    ended = staging.run("call", "receptionist", *TO)
    assert (ended.code, "receptionist has no outbound trunk in staging" in ended.err) == (6, True)


def test_an_agent_that_is_not_what_its_files_say_needs_a_word(staging: World) -> None:
    staging.project.replace("agents/outreach.yaml", "Hello, this", "Hi, this")
    refused = staging.run("call", "outreach", *TO, *NAME)
    assert (refused.code, staging.calls()) == (6, [])
    assert "outreach is not what its files say in staging: greeting; nobody was called" in refused.err
    assert staging.run("call", "outreach", *TO, *NAME, "--allow-drift").code == 0


def test_the_wrong_organisation_is_not_called_with(staging: World) -> None:
    path = "environments/staging.yaml"
    text = (staging.project.root / path).read_text(encoding="utf-8")
    staging.project.write(path, text + "organisation: 00000000-0000-4000-8000-00000000dead\n")
    assert (staging.run("call", "outreach", *TO, *NAME).code, staging.calls()) == (7, [])


def test_without_credit_nobody_is_called_and_nothing_is_left_pending(project: Project) -> None:
    with world(project, EmulatorOptions(credit=0)) as staging:
        ended = staging.run("call", "outreach", *TO, *NAME)
        standing = staging.run("campaign", "status", "--json").json["campaigns"][0]
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("error: nobody was called: Insufficient credit balance.")
    assert "top up the credit" in ended.err
    assert (standing["phase"], standing["counts"]["states"]["canceled"]) == ("canceled", 1)


def test_without_credit_the_document_says_so(project: Project) -> None:
    with world(project, EmulatorOptions(credit=0)) as staging:
        ended = staging.run("call", "outreach", *TO, *NAME, "--json")
    assert fits(ended.json, "campaign-run")
    assert (ended.code, ended.json["phase"], ended.json["complete"]) == (3, "halted", False)


def test_a_call_that_the_platform_refuses_has_failed(project: Project) -> None:
    options = EmulatorOptions(sipgate=SipgateOptions(flows={"another": "+493023125000"}))
    with world(project, options) as staging:
        ended = staging.run("call", *SIPGATE, *TO)
    assert (ended.code, "check the id of the AI flow" in ended.out + ended.err) == (3, True)


def test_a_credential_that_is_refused_is_denied(project: Project) -> None:
    with world(project, EmulatorOptions(tokens={"canary-of-the-platform": "an-organisation"})) as staging:
        ended = staging.run("call", *SIPGATE, *TO)
    assert (ended.code, "check sipgate's token" in ended.err) == (7, True)


def test_a_credential_that_is_not_set_is_named(staging: World) -> None:
    ended = staging.run("call", *SIPGATE, *TO, environ={"STAGING_SIPGATE": ""})
    assert (ended.code, staging.calls()) == (7, [])
    assert "STAGING_SIPGATE is not set; it holds the credential of sipgate AI Flow" in ended.err


def test_a_lost_answer_is_looked_up_and_the_call_is_not_placed_twice(project: Project) -> None:
    with world(project, EmulatorOptions(script=("POST /v1/agents/*/calls reset-after",))) as staging:
        ended = staging.run("call", "outreach", *TO, *NAME)
        assert (ended.code, staging.called()) == (0, [NUMBERS[0]])
    assert ended.out.startswith("Placed: n-")


def test_a_lost_answer_of_sipgate_stays_unknown(project: Project) -> None:
    with world(project, EmulatorOptions(script=("POST /v3/* reset-after",))) as staging:
        ended = staging.run("call", *SIPGATE, *TO)
    assert (ended.code, ended.out.startswith("Unknown: n-")) == (4, True)


def test_in_test_mode_the_other_number_is_called(staging: World) -> None:
    ended = staging.run("call", "outreach", *TO, *NAME, "--to-instead", NUMBERS[9])
    assert (ended.code, staging.called()) == (0, [NUMBERS[9]])


def test_the_embedded_emulator_takes_calls_too(staging: World) -> None:
    assert staging.run("apply", "--auto-approve", where="local").code == 0
    assert staging.run("call", "outreach", *TO, *NAME, where="local").code == 0
    assert staging.calls() == []
