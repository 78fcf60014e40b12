"""`calls`: what the platform knows of calls that were placed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cli_calls_world import DASHA, NUMBERS, World, world
from cli_inside import fits
from conftest import Project

from agentconf.emulator.dasha.options import DashaOptions
from agentconf.emulator.options import EmulatorOptions

EXECUTION = {
    "tool_name": "lookup",
    "tool_kind": "webhook",
    "invocation_source": "contextual",
    "started_at": "2026-01-01T00:00:00Z",
    "finished_at": "2026-01-01T00:00:01Z",
    "duration_ms": 1000,
    "outcome": "succeeded",
}


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, list[str]]]:
    """Three calls of one agent, placed one after the other and long over; newest first."""
    project = Project(tmp_path_factory.mktemp("calls"))
    project.write("agentconf.yaml", "version: 1\n")
    with world(project) as made:
        pace = ("--concurrency", "1", "--interval", "0s")
        made.run("dispatch", "outreach", made.people(3), "--auto-approve", *pace)
        made.emulator.clock.advance(1000)
        yield made, [one["id"] for one in listed(made, "--page-size", "9")["calls"]]


def listed(staging: World, *arguments: str) -> dict[str, Any]:
    ended = staging.run("calls", "list", "outreach", *arguments, "--json")
    assert fits(ended.json, "calls")
    document: dict[str, Any] = ended.json
    return document


def test_calls_are_listed_in_pages(placed: tuple[World, list[str]]) -> None:
    staging, ids = placed
    first, second = (listed(staging, "--page-size", "2", "--page", page) for page in ("1", "2"))
    assert [call["id"] for call in (*first["calls"], *second["calls"])] == ids
    assert (first["total"], first["pages"]) == (3, 2)


def test_as_text_a_page_says_how_to_see_the_next_one(placed: tuple[World, list[str]]) -> None:
    ended = placed[0].run("calls", "list", "outreach", "--page-size", "2")
    assert (ended.code, ended.out.rstrip().endswith("Next: --page 2")) == (0, True)


def test_a_status_narrows_them_down(placed: tuple[World, list[str]]) -> None:
    staging, ids = placed
    assert len(listed(staging, "--status", "completed")["calls"]) == len(ids)
    assert listed(staging, "--status", "queued")["calls"] == []


def test_numbers_are_the_ledgers_pseudonyms_unless_asked_for(placed: tuple[World, list[str]]) -> None:
    staging, _ = placed
    table = staging.run("campaign", "report", "dispatch-outreach-contacts", "--csv", "-").out
    assert all(call["number"] in table for call in listed(staging)["calls"])
    shown = staging.run("calls", "list", "outreach", "--show-numbers", "--json", numbers=True)
    assert {call["number"] for call in shown.json["calls"]} == set(NUMBERS[:3])


def test_a_call_is_shown_with_its_events(placed: tuple[World, list[str]]) -> None:
    staging, ids = placed
    text, document = (staging.run("calls", "get", "outreach", ids[0], *form) for form in ((), ("--json",)))
    assert fits(document.json, "call")
    assert (document.json["id"], document.json["arguments"]) == (ids[0], {"name": "Person 2"})
    assert ("call_completed" in text.out, "Prompt" in text.out) == (True, False)
    assert "You speak with Person 2." in staging.run("calls", "get", "outreach", ids[0], "-v").out


def test_a_call_that_is_none_is_told_with_what_lists_them(placed: tuple[World, list[str]]) -> None:
    ended = placed[0].run("calls", "get", "outreach", "nonsense")
    assert (ended.code, ended.out) == (3, "")
    assert "there is no call nonsense of outreach" in ended.err
    assert "agentconf calls list outreach" in ended.err


def test_slng_takes_no_call_back(placed: tuple[World, list[str]]) -> None:
    staging, ids = placed
    ended = staging.run("calls", "cancel", "outreach", ids[0])
    assert (ended.code, "SLNG offers no cancellation" in ended.err) == (3, True)


def test_a_tool_execution_is_recorded_from_a_file_or_stdin(placed: tuple[World, list[str]]) -> None:
    staging, ids = placed
    path = str(staging.project.write("execution.json", json.dumps(EXECUTION)))
    piped = json.dumps(EXECUTION | {"tool_name": "piped"}).encode()
    assert staging.run("calls", "tool-exec", "outreach", ids[1], path).code == 0
    ended = staging.run("calls", "tool-exec", "outreach", ids[1], "-", stdin=piped)
    assert (ended.code, ended.out) == (0, f"Recorded piped against call {ids[1]}\n")
    shown = staging.run("calls", "get", "outreach", ids[1], "--json").json["tool_executions"]
    assert [one["tool_name"] for one in shown] == ["lookup", "piped"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"nope", "is not JSON"),
        (b"[]", "holds no JSON object"),
        (b"\xff\xfe", "is not JSON"),
        (b"{}", "422"),
        (b"[" * 100_000, "is not JSON"),
    ],
)
def test_an_execution_that_is_none_is_refused(
    placed: tuple[World, list[str]], content: bytes, message: str
) -> None:
    staging, ids = placed
    ended = staging.run("calls", "tool-exec", "outreach", ids[2], "-", stdin=content)
    assert (ended.code, ended.out) == (3, "")
    assert message in ended.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("list", "outraech"), 64, "did you mean 'outreach'?"),
        (("list", "second"), 64, "second is not deployed in staging, so it has no calls there"),
        (("list", "outreach", "--page", "0"), 64, "--page"),
        (("list", "outreach", "--platform", "sipgate"), 64, "'sipgate' is not one of"),
        (("list",), 64, "Missing argument 'AGENT'"),
        (("lst", "outreach"), 64, "No such command 'lst'"),
    ],
)
def test_wrong_usage_is_told(
    placed: tuple[World, list[str]], arguments: tuple[str, ...], code: int, message: str
) -> None:
    staging, _ = placed
    staging.project.agent("second")
    ended = staging.run("calls", *arguments)
    assert (ended.code, message in ended.err) == (code, True)


def test_dasha_lists_shows_and_takes_back(project: Project) -> None:
    with world(project, EmulatorOptions(dasha=DashaOptions(concurrency=1))) as staging:
        for number in NUMBERS[:2]:
            staging.run("call", *DASHA, "--to", number, "--arg", "a=b")
        staging.emulator.clock.advance(3)
        calls = staging.run("calls", "list", "agent-1", "--platform", "dasha", "--json").json["calls"]
        running, waiting = sorted(calls, key=lambda call: call["status"] != "Running")
        canceled = staging.run("calls", "cancel", "agent-1", waiting["id"], "--platform", "dasha")
        refused = staging.run("calls", "cancel", "agent-1", running["id"], "--platform", "dasha")
        shown = staging.run("calls", "get", "agent-1", waiting["id"], "--platform", "dasha", "--json")
    assert (canceled.code, canceled.out) == (0, f"Canceled call {waiting['id']}\n")
    assert (refused.code, "only calls that have not started can be canceled" in refused.err) == (3, True)
    assert (shown.json["status"], shown.json["outcome"], fits(shown.json, "call")) == (
        "Canceled",
        "canceled",
        True,
    )
