"""`dispatch`: everybody in a file, each of them once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cli_calls_world import DASHA, NUMBERS, SIPGATE, World, events, settle, world
from cli_inside import fits
from conftest import Project

from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import Running, running

GO = ("--auto-approve", "--interval", "0s")


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def staging(project: Project, emulator: Running) -> World:
    return settle(project, emulator)


def test_everybody_in_a_csv_is_called_once(staging: World) -> None:
    ended = staging.run("dispatch", "outreach", staging.people(3), *GO)
    assert (ended.code, ended.err, sorted(staging.called())) == (0, "", list(NUMBERS[:3]))
    assert ended.out.startswith(
        "dispatch-outreach-contacts · staging · outreach on SLNG\nDone: 3 calls placed in "
    )
    assert {call["arguments"]["name"] for call in staging.calls()} == {"Person 0", "Person 1", "Person 2"}


def test_with_json_there_is_one_document_and_an_event_a_line(staging: World) -> None:
    ended = staging.run("dispatch", "outreach", staging.people(3), *GO, "--json")
    assert fits(ended.json, "campaign-run")
    assert [fits(event, "campaign-event") for event in events(ended)] == [True] * 3
    assert [one["line"] for one in ended.json["contacts"]] == [2, 3, 4]


def test_quiet_says_nothing_beside_the_result(staging: World) -> None:
    ended = staging.run("dispatch", "outreach", staging.people(1), *GO, "--json", "-q")
    assert (ended.err, ended.json["complete"]) == ("", True)


def test_jsonl_and_stdin_are_taken(staging: World) -> None:
    rows = b'{"to": "%s", "name": "Maria"}\n' % NUMBERS[0].encode()
    ended = staging.run("dispatch", "outreach", "-", *GO, stdin=rows)
    assert (ended.code, staging.called()) == (0, [NUMBERS[0]])
    assert "dispatch-outreach-stdin" in ended.out


def test_columns_are_mapped_and_delimiters_named(staging: World) -> None:
    path = staging.contacts(f"{NUMBERS[0]}#Maria#x", header="Phone number#Who#Remarks")
    columns = ("--map", "Phone number=to", "--map", "Who=name", "--map", "Remarks=-")
    ended = staging.run("dispatch", "outreach", path, *GO, *columns, "--delimiter", "#")
    assert (ended.code, staging.calls()) == (
        0,
        [{"phone_number": NUMBERS[0], "arguments": {"name": "Maria"}}],
    )


def test_a_value_for_everybody_gives_way_to_that_of_a_row(staging: World) -> None:
    path = staging.contacts(f"{NUMBERS[0]},", f"{NUMBERS[1]},Jo")
    staging.run("dispatch", "outreach", path, *GO, "--arg", "name=friend")
    named = {call["phone_number"]: call["arguments"]["name"] for call in staging.calls()}
    assert named == {NUMBERS[0]: "friend", NUMBERS[1]: "Jo"}


def test_max_bounds_a_run_and_resume_goes_on(staging: World) -> None:
    path = staging.people(3)
    first = staging.run("dispatch", "outreach", path, *GO, "--max", "2")
    assert (first.code, staging.called()) == (0, list(NUMBERS[:2]))
    assert "Next: agentconf campaign resume dispatch-outreach-contacts -e staging goes on" in first.out
    again = staging.run("dispatch", "outreach", path, *GO)
    assert (again.code, len(staging.calls())) == (6, 2)
    assert "dispatch-outreach-contacts is in the ledger of staging already" in again.err
    assert "--resume goes on with those that are left; --name NAME calls everybody anew" in again.err
    assert staging.run("dispatch", "outreach", path, *GO, "--resume").code == 0
    assert staging.called() == list(NUMBERS[:3])


def test_a_resumed_dispatch_with_nobody_left_says_so(staging: World) -> None:
    path = staging.people(1)
    staging.run("dispatch", "outreach", path, *GO)
    ended = staging.run("dispatch", "outreach", path, *GO, "--resume")
    assert (ended.code, len(staging.calls())) == (0, 1)
    assert ended.err == "Nobody is left to call; --name NAME calls everybody anew\n"


def test_another_name_calls_everybody_anew(staging: World) -> None:
    path = staging.people(1)
    staging.run("dispatch", "outreach", path, *GO)
    assert staging.run("dispatch", "outreach", path, *GO, "--name", "again").code == 0
    assert staging.called() == [NUMBERS[0]] * 2


def test_the_name_of_a_file_makes_a_name_that_needs_no_quotes(staging: World) -> None:
    staging.people(1)
    (staging.project.root / "contacts.csv").rename(staging.project.root / "May's list (2).csv")
    path = str(staging.project.root / "May's list (2).csv")
    assert staging.run("dispatch", "outreach", path, *GO).out.startswith("dispatch-outreach-May-s-list-2 ·")


def test_who_was_taken_out_of_the_contacts_is_not_called_and_nothing_is_amiss(staging: World) -> None:
    staging.run("dispatch", "outreach", staging.people(3), *GO, "--max", "1")
    ended = staging.run("dispatch", "outreach", staging.people(2), *GO, "--resume", "--json")
    assert (ended.code, staging.called()) == (0, list(NUMBERS[:2]))
    assert ended.json["counts"]["states"]["canceled"] == 1


def test_a_dry_run_tells_who_would_be_called_when(staging: World) -> None:
    path = staging.people(3)
    text = staging.run("dispatch", "outreach", path, "--dry-run")
    shown = staging.run("dispatch", "outreach", path, "--dry-run", "--json", "--show-numbers", numbers=True)
    assert (text.code, "Dry run: 3 contacts would be called" in text.out) == (0, True)
    assert fits(shown.json, "campaign-preview")
    assert [one["number"] for one in shown.json["first"]] == list(NUMBERS[:3])
    assert (staging.calls(), staging.run("campaign", "status").out) == ([], "No campaigns yet.\n")


def test_without_a_terminal_nobody_is_asked_and_nobody_called(staging: World) -> None:
    ended = staging.run("dispatch", "outreach", staging.people(2))
    assert (ended.code, ended.out, staging.calls()) == (64, "", [])
    assert "  calls    2 contacts\n" in ended.err
    assert ended.err.endswith("error: there is no terminal to ask on\n  help: add --auto-approve\n")
    assert staging.run("campaign", "status").out == "No campaigns yet.\n"


def test_what_would_be_asked_tells_the_deadline_and_who_is_left_out(staging: World) -> None:
    exclusions = staging.project.write("dnc.csv", f"{NUMBERS[2]}\n")
    options = ("--deadline", "2d", "--do-not-call", str(exclusions))
    ended = staging.run("dispatch", "outreach", staging.people(3), *options)
    assert "calls     2 contacts (not called: 1 on the do-not-call list)" in ended.err
    assert ", in 2 days" in ended.err or ", in 2 d" in ended.err


def test_in_test_mode_one_number_is_called_for_everybody(staging: World) -> None:
    path = staging.people(2)
    for _ in range(2):
        ended = staging.run("dispatch", "outreach", path, *GO, "--to-instead", NUMBERS[9], "--resume")
        assert ended.code == 0
    assert staging.called() == [NUMBERS[9]] * 2
    assert staging.run("dispatch", "outreach", path, *GO).code == 0, "a test is not the real thing"
    assert sorted(staging.called()) == [*NUMBERS[:2], NUMBERS[9], NUMBERS[9]]


def test_another_test_number_wants_another_name(staging: World) -> None:
    path = staging.people(1)
    staging.run("dispatch", "outreach", path, *GO, "--to-instead", NUMBERS[9])
    ended = staging.run("dispatch", "outreach", path, *GO, "--to-instead", NUMBERS[8], "--resume")
    assert (ended.code, staging.called()) == (3, [NUMBERS[9]])


def test_the_closed_window_is_waited_for_and_not_dialled_in(staging: World) -> None:
    hours = ("--window", "mon-fri 09:00-18:00", "--timezone", "Europe/Berlin", "--deadline", "14d")
    ended = staging.run("dispatch", "outreach", staging.people(2), *hours, "--dry-run", "--json")
    assert (ended.code, ended.json["calls"], staging.calls()) == (0, 2, [])
    assert ended.json["first"][0]["zones"] == ["America/Los_Angeles"]


def test_numbers_of_other_countries_are_bad_rows(staging: World) -> None:
    path = staging.contacts(f"{NUMBERS[0]},A", "+493023125000,B")
    ended = staging.run("dispatch", "outreach", path, *GO, "--region", "de", "--skip-invalid", numbers=True)
    assert (ended.code, staging.called()) == (0, ["+493023125000"])
    assert all(words in ended.err for words in (f"{path}:2:", f"`{NUMBERS[0]}` is of US"))


def test_who_is_on_the_do_not_call_list_is_not_called(staging: World) -> None:
    exclusions = staging.project.write("dnc.csv", f"to,reason\n{NUMBERS[0]},asked\n")
    ended = staging.run("dispatch", "outreach", staging.people(2), *GO, "--do-not-call", str(exclusions))
    assert (ended.code, staging.called()) == (0, [NUMBERS[1]])
    assert "1  do not call" in ended.out


def test_a_bad_line_of_the_do_not_call_list_stops_everything(staging: World) -> None:
    exclusions = staging.project.write("dnc.csv", f"{NUMBERS[0]}\n0800 123\n")
    ended = staging.run("dispatch", "outreach", staging.people(1), *GO, "--do-not-call", str(exclusions))
    assert (ended.code, staging.calls()) == (3, [])
    assert "dnc.csv:2" in ended.err


def test_premium_numbers_need_a_word(staging: World) -> None:
    path = staging.contacts("+19005550100,A")
    assert staging.run("dispatch", "outreach", path, *GO).code == 1
    assert staging.run("dispatch", "outreach", path, *GO, "--allow", "premium").code == 0


def test_every_bad_row_is_named_before_the_first_call(staging: World) -> None:
    path = staging.contacts(f"{NUMBERS[0]},A", "4155550101,B", f"{NUMBERS[2]},", f"{NUMBERS[0]},D")
    ended = staging.run("dispatch", "outreach", path, *GO, numbers=True)
    assert (ended.code, staging.calls()) == (1, [])
    named = [line.removeprefix(f"{path}:")[0] for line in ended.out.splitlines() if line.startswith(path)]
    assert named == ["3", "4", "5"]
    assert ended.out.endswith("Checked 4 rows: 1 good, 3 bad.\n")
    assert ended.err == "Nobody was called; --skip-invalid calls the others.\n"


def test_bad_rows_as_json_fit_their_schema(staging: World) -> None:
    path = staging.contacts("nobody,A")
    ended = staging.run("dispatch", "outreach", path, *GO, "--json")
    assert (ended.code, fits(ended.json, "contacts")) == (1, True)


def test_nothing_is_said_of_others_where_there_are_none(staging: World) -> None:
    ended = staging.run("dispatch", "outreach", staging.contacts("nobody,A"), *GO)
    assert ended.err == "Nobody was called.\n"


def test_bad_rows_can_be_skipped(staging: World) -> None:
    path = staging.contacts(f"{NUMBERS[0]},A", "nobody,B")
    ended = staging.run("dispatch", "outreach", path, *GO, "--skip-invalid", "--json")
    assert (ended.code, staging.called(), fits(ended.json, "campaign-run")) == (0, [NUMBERS[0]], True)
    assert ended.json["counts"]["states"]["skipped"] == 1


def test_an_unknown_column_stops_even_those_who_skip(staging: World) -> None:
    path = staging.contacts(f"{NUMBERS[0]},A", header="to,nane")
    ended = staging.run("dispatch", "outreach", path, *GO, "--skip-invalid")
    assert (ended.code, staging.calls()) == (1, [])
    assert "did you mean `name`?" in ended.out


def test_all_that_objects_is_told_together(staging: World) -> None:
    staging.project.replace("agents/outreach.yaml", "Hello, this", "Hi, this")
    ended = staging.run("dispatch", "outreach", staging.contacts("nobody,A"), *GO)
    assert (ended.code, "`nobody` is not" in ended.out) == (1, True)
    assert "outreach is not what its files say in staging" in ended.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "whom to call, and with whom?"),
        (("outreach",), "whom to call, and with whom?"),
        (("outreach", "a", "b"), "whom to call, and with whom?"),
        (("outreach", "PATH", "--delimiter", "ab"), "--delimiter 'ab' is not one character"),
        (("outreach", "PATH", "--map", "to"), "--map 'to' is not HEADER=FIELD"),
        (("outreach", "PATH", "--name", "a b"), "'a b' is no name"),
        (("outreach", "PATH", "--region", "UK"), "'UK' is the code of no country"),
        (("outreach", "PATH", "--timezone", "Berlin"), "--timezone"),
        (("outreach", "PATH", "--window", "9-5"), "--window"),
        (("outreach", "PATH", "--window", "18:00-09:00"), "ends before it begins"),
        (("outreach", "PATH", "--window", "fri-mon 09:00-10:00"), "'fri-mon' are no days"),
        (("outreach", "PATH", "--window", "always"), "is no window"),
        (("outreach", "PATH", "--deadline", "2020-01-01T00:00Z"), "is over"),
        (("outreach", "PATH", "--interval", "2h"), "'2h' is more than 1h"),
        (("outreach", "PATH", "--arg", "nam=x"), "did you mean 'name'?"),
        (("outreach", "PATH", "--detach"), "--detach leaves the campaign to workers"),
        ((*DASHA, "PATH", "--window", "09:00-10:00"), "Dasha calls by its agent's own schedule"),
        ((*SIPGATE, "PATH", "--arg", "a=b"), "sipgate AI Flow takes no values for variables"),
        ((*SIPGATE, "PATH", "--wait"), "there is nothing to wait for"),
    ],
)
def test_wrong_usage_is_told_and_nobody_is_called(
    staging: World, arguments: tuple[str, ...], message: str
) -> None:
    path = staging.people(1)
    ended = staging.run("dispatch", *(path if one == "PATH" else one for one in arguments), "--auto-approve")
    assert (ended.code, ended.out, staging.calls()) == (64, "", [])
    assert message in ended.err


@pytest.mark.parametrize(
    ("name", "message"), [("gone.csv", "there is no file"), ("agents", "is a directory")]
)
def test_contacts_that_cannot_be_read_are_named(staging: World, name: str, message: str) -> None:
    path = str(staging.project.root / name)
    ended = staging.run("dispatch", "outreach", path, *GO)
    assert (ended.code, message in ended.err) == (3, True)


def test_without_credit_it_halts_and_the_others_stay_as_they_are(project: Project) -> None:
    with world(project, EmulatorOptions(credit=2)) as staging:
        path = staging.people(5)
        ended = staging.run("dispatch", "outreach", path, *GO, "--concurrency", "1", "--json")
    states = ended.json["counts"]["states"]
    assert (ended.code, ended.json["phase"], states["placed"], states["planned"]) == (4, "halted", 2, 3)
    assert fits(ended.json, "campaign-run")
    assert "top up the credit" in ended.json["reason"]


def test_why_it_halted_is_said_once(project: Project) -> None:
    with world(project, EmulatorOptions(credit=0)) as staging:
        ended = staging.run("dispatch", "outreach", staging.people(2), *GO)
        status = staging.run("campaign", "status", "dispatch-outreach-contacts")
    assert (ended.code, ended.err) == (3, "")
    assert ended.out.count("Insufficient credit balance") == 1
    assert "Halted: Insufficient credit balance" in status.out


@pytest.mark.parametrize("token", ["another", "canary-of-sipgate"])
def test_a_refused_credential_halts_with_everybody_left(project: Project, token: str) -> None:
    tokens = {"canary-of-the-platform": "an-organisation", token: None}
    with world(project, EmulatorOptions(tokens=tokens)) as staging:
        path = staging.contacts(*NUMBERS[:3], header="to")
        ended = staging.run("dispatch", *SIPGATE, path, *GO, "--json")
    assert (ended.code, ended.json["denied"]) == (7, True)
    assert ended.json["counts"]["states"]["planned"] == 3


def test_whoever_may_have_been_called_is_called_again_on_request_only(project: Project) -> None:
    with world(project, EmulatorOptions(script=("POST /v3/* reset-after",))) as staging:
        path = staging.contacts(NUMBERS[0], header="to")
        lost = staging.run("dispatch", *SIPGATE, path, *GO)
        resumed = staging.run("dispatch", *SIPGATE, path, *GO, "--resume")
        assert (lost.code, resumed.code, len(staging.calls())) == (4, 4, 1)
        advised = "agentconf campaign resume dispatch-flow-1-contacts -e staging\n--redial-unknown"
        assert advised in lost.out
        assert staging.run("campaign", "resume", "dispatch-flow-1-contacts", "--redial-unknown").code == 0
        assert len(staging.calls()) == 2


def test_redial_unknown_is_also_an_option_of_the_dispatch(project: Project) -> None:
    with world(project, EmulatorOptions(script=("POST /v3/* reset-after",))) as staging:
        path = staging.contacts(NUMBERS[0], header="to")
        staging.run("dispatch", *SIPGATE, path, *GO)
        ended = staging.run("dispatch", *SIPGATE, path, *GO, "--resume", "--redial-unknown")
        assert (ended.code, len(staging.calls())) == (0, 2)


def test_a_request_that_was_lost_on_its_way_is_sent_again(project: Project) -> None:
    with world(project, EmulatorOptions(script=("POST /v1/agents/*/calls 503",))) as staging:
        ended = staging.run("dispatch", "outreach", staging.people(2), *GO)
        assert (ended.code, sorted(set(staging.called()))) == (0, list(NUMBERS[:2]))


def test_too_many_requests_slow_it_down_and_that_is_told(project: Project) -> None:
    options = EmulatorOptions(script=("POST /v1/agents/*/calls 429",), retry_after=0)
    with world(project, options) as staging:
        ended = staging.run("dispatch", "outreach", staging.people(2), *GO)
    assert (ended.code, "The platform asks to slow down" in ended.err) == (0, True)


def test_dasha_takes_many_calls_in_one_request(staging: World) -> None:
    path = staging.contacts(*(f"{number},A" for number in NUMBERS[:4]), header="to,anything")
    ended = staging.run("dispatch", *DASHA, path, *GO)
    (bulk,) = staging.calls()
    assert (ended.code, len(bulk)) == (0, 4)


def test_the_ledger_is_nobody_elses_to_read(staging: World) -> None:
    staging.run("dispatch", "outreach", staging.people(1), *GO)
    ledger = staging.project.root / ".agentconf" / "calls.sqlite"
    assert ledger.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be taken for one" * 20, b"x"])
def test_a_ledger_that_is_none_is_left_alone(staging: World, content: bytes) -> None:
    ledger = staging.project.root / ".agentconf" / "calls.sqlite"
    ledger.parent.mkdir(exist_ok=True)
    ledger.write_bytes(content)
    for command in (("dispatch", "outreach", staging.people(1), *GO), ("campaign", "status")):
        ended = staging.run(*command)
        assert (ended.code, "calls.sqlite" in ended.err, "Traceback" in ended.err) == (3, True, False)
    assert (ledger.read_bytes(), staging.calls()) == (content, [])


def test_a_ledger_of_a_newer_version_is_left_alone(staging: World) -> None:
    staging.run("dispatch", "outreach", staging.people(1), *GO)
    with closing(sqlite3.connect(staging.project.root / ".agentconf" / "calls.sqlite")) as ledger:
        ledger.execute("PRAGMA user_version = 99")
    ended = staging.run("dispatch", "outreach", staging.people(2), *GO, "--resume")
    assert (ended.code, "newer" in ended.err, len(staging.calls())) == (3, True, 1)


def test_a_folder_that_cannot_hold_a_ledger_is_named(staging: World) -> None:
    (staging.project.root / ".agentconf" / "calls.sqlite").mkdir()
    ended = staging.run("dispatch", "outreach", staging.people(1), *GO)
    assert (ended.code, ".agentconf" in ended.err, staging.calls()) == (3, True, [])


def test_numbers_and_values_stand_in_no_event(staging: World) -> None:
    path = staging.contacts(f"{NUMBERS[0]},a-secret-of-maria")
    ended = staging.run("dispatch", "outreach", path, *GO, "--json", "-v")
    assert "a-secret-of-maria" not in ended.out + ended.err
    assert json.loads(ended.err.splitlines()[0])["number"].startswith("n-")


def test_the_scaffold_keeps_ledgers_and_contacts_out_of_git(tmp_path: Path, staging: World) -> None:
    made = World(Project(tmp_path / "new"), staging.emulator)
    made.project.root.mkdir()
    assert made.run("init", where="local").code == 0
    ignored = (made.project.root / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {".agentconf/", "contacts/"} <= set(ignored)
