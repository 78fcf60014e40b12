"""`campaign`: declared campaigns, run, followed, paused, resumed, canceled and reported on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from cli_calls_world import NUMBERS, World, settle, world
from cli_inside import fits
from conftest import Project

from agentconf.emulator.dasha.options import DashaOptions
from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import Running, running

GO = ("--auto-approve",)
SURVEY = """\
platform: dasha
agent_id: agent-1
contacts: ../contacts.csv
"""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def staging(project: Project, emulator: Running) -> World:
    return settle(project, emulator)


@pytest.mark.parametrize("named", ["campaigns/recall.yaml", "recall"])
def test_a_campaign_is_run_by_its_file_or_its_name(
    staging: World, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    staging.campaign()
    monkeypatch.chdir(staging.project.root)
    ended = staging.run("campaign", "run", named, *GO)
    assert (ended.code, ended.err, sorted(staging.called())) == (0, "", list(NUMBERS[:3]))
    assert ended.out.startswith("recall · staging · outreach on SLNG\nDone: 3 calls placed in ")


def test_run_again_it_calls_those_who_are_new(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO)
    again = staging.run("campaign", "run", "recall", *GO)
    staging.people(4)
    assert again.err == "Nobody is left to call; --run LABEL calls everybody anew\n"
    assert staging.run("campaign", "run", "recall", *GO).code == 0
    assert sorted(staging.called()) == list(NUMBERS[:4])


def test_a_new_label_calls_everybody_anew(staging: World) -> None:
    staging.campaign("run: june\n", contacts=1)
    for label in ((), (), ("--run", "july")):
        staging.run("campaign", "run", "recall", *GO, *label)
    listed = staging.run("campaign", "status", "--json").json["campaigns"]
    assert staging.called() == [NUMBERS[0]] * 2
    assert [one["campaign"] for one in listed] == ["staging/recall@june", "staging/recall@july"]


def test_a_file_that_says_its_run_means_that_run(staging: World) -> None:
    staging.campaign("run: june\n", contacts=1)
    staging.run("campaign", "run", "recall", *GO)
    staging.run("campaign", "run", "recall", *GO, "--run", "july")
    titles = [
        staging.run("campaign", "status", "recall", *label).out.partition(" ·")[0]
        for label in ((), ("--run", "july"), ("--run", "june"))
    ]
    assert titles == ["recall@june", "recall@july", "recall@june"]


def test_several_runs_want_a_label(staging: World) -> None:
    staging.campaign(contacts=1)
    for label in ("may", "june"):
        staging.run("campaign", "run", "recall", *GO, "--run", label)
    ended = staging.run("campaign", "status", "recall")
    assert (ended.code, ended.err) == (
        3,
        "error: recall has several runs\n  help: name one with --run: june, may\n",
    )


def test_the_only_run_needs_no_label(staging: World) -> None:
    staging.campaign(contacts=1)
    staging.run("campaign", "run", "recall", *GO, "--run", "may")
    assert staging.run("campaign", "status", "recall").out.startswith("recall@may · staging")


@pytest.mark.parametrize(
    ("arguments", "message", "help_"),
    [
        (("recal",), "the ledger has no campaign 'recal' of staging", "did you mean 'recall'?"),
        (("nothing-like-it",), "no campaign 'nothing-like-it' of staging", "there are: recall"),
        (("gone.yaml",), "no campaign 'gone' of staging", "there are: recall"),
        (("recall", "--run", "x"), "no campaign 'recall@x' of staging", "it was not run yet"),
        (("recall", "--test"), "no campaign 'recall' of staging in test mode", "it was not run in test mode"),
        (("second",), "no campaign 'second'", "agentconf campaign run campaigns/second.yaml -e staging"),
    ],
)
def test_a_campaign_that_is_not_in_the_ledger_is_told_from_one_that_was_not_run(
    staging: World, arguments: tuple[str, ...], message: str, help_: str
) -> None:
    staging.campaign(name="second")
    staging.campaign(contacts=1)
    staging.run("campaign", "run", "recall", *GO)
    ended = staging.run("campaign", "status", *arguments)
    assert (ended.code, ended.out) == (3, "")
    assert message in ended.err
    assert help_ in ended.err


def test_a_run_in_another_environment_or_in_test_mode_is_pointed_at(staging: World) -> None:
    staging.campaign(contacts=1)
    staging.run("campaign", "run", "recall", *GO, "--to-instead", NUMBERS[9])
    assert "in test mode only: add --test" in staging.run("campaign", "status", "recall").err
    elsewhere = staging.run("campaign", "status", "recall", "--test", where="local").err
    assert "it was run in staging: name that with -e" in elsewhere


def test_the_very_first_campaign_is_said_to_be_the_first(staging: World) -> None:
    ended = staging.run("campaign", "pause", "recall")
    assert "there is none yet; `agentconf campaign run` begins one" in ended.err


@pytest.mark.parametrize(
    ("name", "help_"), [("recal", "did you mean"), ("zzz", "there are: campaigns/recall.yaml")]
)
def test_a_file_that_is_not_there_is_not_run(staging: World, name: str, help_: str) -> None:
    staging.campaign()
    ended = staging.run("campaign", "run", name, *GO)
    assert (ended.code, f"there is no campaign file `{name}`" in ended.err) == (3, True)
    assert help_ in ended.err


def test_everything_wrong_with_a_file_is_told_at_once(staging: World) -> None:
    staging.campaign("concurency: 5\ntimezone: Berlin\n")
    ended = staging.run("campaign", "run", "recall", *GO)
    assert (ended.code, ended.out, staging.calls()) == (1, "", [])
    assert "campaigns/recall.yaml:4:1" in ended.err
    assert "campaigns/recall.yaml:5:11" in ended.err
    assert "2 errors in campaigns/recall.yaml; nobody was called" in ended.err


def test_a_value_for_a_variable_that_the_agent_does_not_use_names_the_file(staging: World) -> None:
    staging.campaign("arguments: {nam: Maria}\n")
    ended = staging.run("campaign", "run", "recall", *GO)
    assert (ended.code, staging.calls()) == (3, [])
    assert ended.err.startswith("campaigns/recall.yaml: error: the agent has no variable `nam`")


def test_bad_rows_are_named_from_the_projects_folder(staging: World) -> None:
    staging.campaign()
    staging.contacts("nobody,A")
    ended = staging.run("campaign", "run", "recall", *GO)
    assert (ended.code, ended.out.startswith("contacts.csv:2: `to`:")) == (1, True)


def test_a_campaign_without_a_terminal_needs_approval(staging: World) -> None:
    staging.campaign("deadline: 2d\n")
    ended = staging.run("campaign", "run", "recall")
    assert (ended.code, staging.calls()) == (64, [])
    assert re.search(r"  deadline  .*, in 2 (d|days); what is not placed by then is canceled", ended.err)


def test_a_paused_campaign_is_not_run_until_it_is_resumed(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO, "--max", "1")
    paused = staging.run("campaign", "pause", "recall")
    refused = staging.run("campaign", "run", "recall", *GO)
    assert (paused.code, paused.out.startswith("Paused recall in staging: ")) == (0, True)
    assert (refused.code, len(staging.calls())) == (6, 1)
    assert "help: agentconf campaign resume recall -e staging\n" in refused.err
    assert staging.run("campaign", "status", "recall").out.splitlines()[1].startswith("Paused;")
    resumed = staging.run("campaign", "resume", "recall", "--json")
    assert (resumed.code, fits(resumed.json, "campaign-run")) == (0, True)
    assert sorted(staging.called()) == list(NUMBERS[:3])


def test_a_resume_can_be_bounded_too(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO, "--max", "1")
    assert staging.run("campaign", "resume", "recall", "--max", "1").code == 0
    assert len(staging.calls()) == 2


def test_an_agent_that_has_changed_is_not_resumed_with(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO, "--max", "1")
    staging.project.replace("agents/outreach.yaml", "Hello, this", "Hi, this")
    assert (staging.run("campaign", "resume", "recall").code, len(staging.calls())) == (6, 1)
    assert staging.run("campaign", "resume", "recall", "--allow-drift").code == 0


def test_a_canceled_campaign_stays_canceled(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO, "--max", "1")
    ended = staging.run("campaign", "cancel", "recall")
    assert (ended.code, ended.out.startswith("Canceled recall in staging: ")) == (0, True)
    assert ended.err == "1 call was placed before; SLNG offers no way to take a call back\n"
    for verb in (("run", *GO), ("resume",), ("pause",)):
        again = staging.run("campaign", verb[0], "recall", *verb[1:])
        assert (again.code, "recall was canceled in staging" in again.err) == (6, True)
    assert (staging.run("campaign", "cancel", "recall").code, len(staging.calls())) == (0, 1)


def test_canceling_takes_calls_back_that_wait_at_dasha(project: Project) -> None:
    with world(project, EmulatorOptions(dasha=DashaOptions(concurrency=1))) as staging:
        staging.project.write("campaigns/survey.yaml", SURVEY)
        staging.people(3)
        staging.run("campaign", "run", "survey", *GO)
        staging.emulator.clock.advance(3)
        ended = staging.run("campaign", "cancel", "survey")
        waiting = staging.run("calls", "list", "agent-1", "--platform", "dasha", "--json").json["calls"]
        report = staging.run("campaign", "status", "survey", "--json").json["campaigns"][0]
    assert (ended.code, ended.out.splitlines()[1]) == (0, "Took 2 calls back from Dasha")
    assert ended.err == "1 call had begun, or had ended (-v says which)\n"
    assert sorted(call["status"] for call in waiting) == ["Canceled", "Canceled", "Running"]
    assert report["counts"]["outcomes"]["canceled"] == 2


def test_a_campaign_of_dasha_says_whom_the_calls_come_from(staging: World) -> None:
    caller = 'outbound: {phone_number: "+14155550190", display_name: Fernhill}\nbulk: 2\n'
    staging.project.write("campaigns/survey.yaml", SURVEY + caller)
    staging.people(3)
    assert staging.run("campaign", "run", "survey", *GO, "-q").code == 0
    (bulk,) = (body for body in staging.calls() if isinstance(body, list))
    expected = {"phoneNumber": "+14155550190", "displayName": "Fernhill"}
    assert [call["overrideOutboundConfig"] for call in bulk] == [expected] * 2


def test_window_and_retries_of_a_file_are_told_before_anybody_is_asked(staging: World) -> None:
    hours = 'window: {days: [mon, tue, wed], from: "09:00", to: "18:00"}\ntimezone: Europe/Berlin\n'
    staging.campaign(hours + "retry: {on: [busy], times: 2, after: 2h}\n")
    told = staging.run("campaign", "run", "recall").err
    assert "  when     Mon-Wed 09:00-18:00 where they are\n" in told
    assert "  retries  busy: up to 2 more calls, each 2 h later\n" in told


def test_canceling_at_a_platform_that_is_out_of_reach_says_so(project: Project) -> None:
    with world(project) as staging:
        staging.project.write("campaigns/survey.yaml", SURVEY)
        staging.people(2)
        staging.run("campaign", "run", "survey", *GO)
    ended = staging.run("campaign", "cancel", "survey", environ={"AGENTCONF_BUDGET": "0.1"})
    assert (ended.code, "refuses connections" in ended.err) == (3, True)


def test_status_lists_the_campaigns_of_the_environment(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO)
    ended = staging.run("campaign", "status", "--json")
    assert fits(ended.json, "campaign-status")
    assert [one["campaign"] for one in ended.json["campaigns"]] == ["staging/recall"]
    assert "recall" in staging.run("campaign", "status").out
    assert staging.run("campaign", "status", where="local").out == "No campaigns yet.\n"


def test_a_report_is_text_json_csv_or_a_page(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO)
    text, document = (staging.run("campaign", "report", "recall", *form) for form in ((), ("--json",)))
    table = staging.run("campaign", "report", "recall", "--csv", "-")
    page = staging.run("campaign", "report", "recall", "--html", "-")
    assert "placed  3" in text.out
    assert fits(document.json, "campaign-report")
    rows = list(csv.DictReader(io.StringIO(table.out)))
    assert [(row["line"], row["state"]) for row in rows] == [
        ("2", "placed"),
        ("3", "placed"),
        ("4", "placed"),
    ]
    assert page.out.lower().startswith("<!doctype html>")


def test_a_report_shows_numbers_on_request(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO)
    ended = staging.run("campaign", "report", "recall", "--csv", "-", "--show-numbers", numbers=True)
    assert [row["number"] for row in csv.DictReader(io.StringIO(ended.out))] == list(NUMBERS[:3])


def test_reports_are_written_to_files_whole_or_not_at_all(staging: World) -> None:
    staging.campaign()
    staging.run("campaign", "run", "recall", *GO)
    root = staging.project.root
    files = ("--csv", str(root / "r.csv"), "--html", str(root / "r.html"))
    ended = staging.run("campaign", "report", "recall", *files, "--json")
    assert (ended.err, fits(ended.json, "campaign-report")) == (
        f"Wrote {root / 'r.csv'}\nWrote {root / 'r.html'}\n",
        True,
    )
    assert (root / "r.csv").read_bytes().count(b"\r\n") == 4
    refused = staging.run("campaign", "report", "recall", "--csv", str(root / "gone" / "r.csv"))
    assert (refused.code, "No such file or directory" in refused.err) == (3, True)
    assert {path.name for path in root.glob("*r.*")} == {"r.csv", "r.html"}


def test_stdout_takes_one_report(staging: World) -> None:
    for both in (("--csv", "-", "--json"), ("--csv", "-", "--html", "-")):
        ended = staging.run("campaign", "report", "recall", *both)
        assert (ended.code, "stdout takes one document" in ended.err) == (64, True)


def test_a_campaign_of_sipgate_is_not_waited_for(staging: World) -> None:
    staging.project.write(
        "campaigns/tables.yaml",
        "platform: sipgate\nflow: flow-1\nbilling_device: e2\ncontacts: ../contacts.csv\n",
    )
    staging.contacts(NUMBERS[0], header="to")
    assert staging.run("campaign", "run", "tables", *GO, "--wait").code == 64
    assert staging.run("campaign", "run", "tables", *GO).code == 0
    ended = staging.run("campaign", "resume", "tables", "--wait")
    assert (ended.code, "sipgate AI Flow does not tell how a call goes" in ended.err) == (64, True)
