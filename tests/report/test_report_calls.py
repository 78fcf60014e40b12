from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from golden import check
from report_schemas import faults
from sample_campaigns import BERLIN, HOSTILE, START, contact, number

from agentconf.calls.contact import Contact, State
from agentconf.remote.calling import CallPage, CallRecord, Outcome
from agentconf.remote.slng.session import WebSession
from agentconf.report import calls_json, calls_one_text, calls_session_json, calls_session_text, calls_text
from agentconf.report.calls_detail import hidden
from agentconf.report.ink import cells

AT = datetime.fromtimestamp(START, UTC)
TOOL = {
    "tool_name": "check_order_status",
    "tool_kind": "webhook",
    "invocation_source": "contextual",
    "started_at": "2024-11-18T08:00:05.500Z",
    "finished_at": "2024-11-18T08:00:05.900Z",
    "duration_ms": 400,
    "outcome": "succeeded",
    "http_status": 200,
}
DETAIL: dict[str, Any] = {
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "phone_number": "+14155550100",
    "arguments": {"patient_name": "Maria"},
    "livekit_room_name": "call-14155550100",
    "livekit_session_report": {"callee": ["+14155550100"]},
    "rendered_prompt": "You call Maria at +14155550100.\nBe kind.",
    "error_message": None,
    "call_events": [
        {"v": 1, "created_at": START + 1.25, "event": "call_started", "level": "info"},
        {
            "v": 1,
            "created_at": (START + 2) * 1000,
            "event": "model_failover",
            "level": "warning",
            "component": "tts",
            "from_model": "slng/deepgram/aura:2-en",
            "to_model": "slng/rime/arcana:3",
            "reason": "timeout",
            "timeout_s": 5,
        },
    ],
    "tool_executions": [
        TOOL,
        {
            **TOOL,
            "tool_name": "hangup",
            "tool_kind": "built_in",
            "outcome": "timed_out",
            "http_status": None,
            "error_type": "TimeoutError",
            "error_code": "E_TIME",
        },
    ],
}
CALL = CallRecord(
    DETAIL["id"],
    "+14155550100",
    "completed",
    Outcome.COMPLETED,
    AT,
    "participant_disconnected",
    AT + timedelta(seconds=42),
    42.3,
    {"patient_name": "Maria", "phone": "+14155550100"},
    detail=DETAIL,
)
PAGE = CallPage(
    (
        CALL,
        replace(CALL, status="in_progress", outcome=None, reason=None, duration=None),
        replace(CALL, outcome=Outcome.NO_ANSWER, reason="no_answer", duration=None),
        replace(CALL, status="failed", outcome=Outcome.FAILED, reason="sip 503 from 14155550100"),
        replace(CALL, to="", direction="web", outcome=None, reason="ringing"),
    ),
    1,
    3,
    120,
)
BARE = CallRecord("c", "", "queued", None, AT)
SESSION = WebSession("c-1", "room-1", "wss://example.livekit.cloud", "eyJhbGciOi.made.up", 900)


def listed(page: CallPage = PAGE, *, width: int = 140) -> str:
    return calls_text.render(page, number=number, zone=BERLIN, colour=False, width=width)


def shown(call: CallRecord = CALL, *, verbose: bool = False, width: int = 100, open_: bool = False) -> str:
    return calls_one_text.render(
        call, number=str if open_ else number, zone=BERLIN, verbose=verbose, colour=False, width=width
    )


def placed(given: Contact) -> str:
    return calls_text.placed(given, number=number, colour=False, width=100)


def test_a_page_of_calls_reads_as_agreed() -> None:
    check("calls.txt", listed())


def test_one_call_reads_as_agreed() -> None:
    check("call.txt", shown())


def test_one_call_reads_as_agreed_with_all_that_is_told() -> None:
    check("call_verbose.txt", shown(verbose=True))


def test_a_session_reads_as_agreed() -> None:
    check("session.txt", calls_session_text.render(SESSION, colour=False, width=80))


def test_the_prompt_is_only_shown_on_request() -> None:
    assert "Be kind." not in shown()
    assert "Be kind." in shown(verbose=True)


def test_a_call_of_which_little_is_told_shows_little() -> None:
    assert shown(BARE, verbose=True).splitlines() == [
        "Call c",
        "  direction  outbound",
        "  status     queued",
        "  created    2024-11-18 09:00:00 CET",
    ]


def test_a_mark_is_shown_where_the_platform_carries_one() -> None:
    assert "  mark       k-1\n" in shown(replace(BARE, mark="k-1"))


@pytest.mark.parametrize("width", [100, 80])
def test_the_id_of_a_call_is_never_cut(width: int) -> None:
    assert listed(width=width).count(CALL.id) == 5


def test_a_narrow_page_leaves_out_what_matters_least() -> None:
    assert listed(width=90).splitlines()[0].split() == ["id", "created", "number", "status"]


def test_the_last_page_names_no_next_one() -> None:
    last = listed(replace(PAGE, page=3))
    assert last.endswith("Page 3 of 3 · 120 calls · times are of Europe/Berlin.\n")


def test_a_zone_without_a_name_is_told_by_the_clocks_abbreviation() -> None:
    text = calls_text.render(PAGE, number=number, zone=UTC, colour=False, width=140)
    assert "times are of UTC" in text


def test_pages_without_calls_say_so() -> None:
    assert listed(CallPage((), 1, 0, 0)) == "No calls.\n"
    assert listed(CallPage((), 9, 3, 120)) == "No calls on page 9 of 3.\n"


@pytest.mark.parametrize(
    "text",
    [
        listed(),
        shown(verbose=True),
        calls_json.render(PAGE, number=number),
        calls_json.one(CALL, number=number),
    ],
)
def test_the_number_is_nowhere_in_a_report(text: str) -> None:
    assert "4155550100" not in text
    assert "n-034bbc8d94" in text


def test_the_number_is_shown_when_it_is_asked_for() -> None:
    assert "+14155550100" in shown(open_=True)
    assert json.loads(calls_json.one(CALL, number=str))["more"]["phone_number"] == "+14155550100"


def test_the_number_is_replaced_in_names_and_deep_within() -> None:
    given = {"+14155550100": [{"a": ("x14155550100", 1, None, True)}]}
    assert hidden(given, "+14155550100", "n-1") == {"n-1": [{"a": ["xn-1", 1, None, True]}]}


def test_a_short_number_is_not_looked_for_everywhere() -> None:
    assert hidden({"a": [("call 110",), 1]}, "110", "n-1") == {"a": [["call 110"], 1]}


@pytest.mark.parametrize(
    "detail",
    [
        {"call_events": None, "tool_executions": {}, "rendered_prompt": 1},
        {"call_events": [1, {}], "tool_executions": ["x", {}], "rendered_prompt": ""},
        {"call_events": [{"created_at": "soon", "timeout_s": "x"}, {"created_at": "2024-11-18T08:00:00"}]},
        {"tool_executions": [{"duration_ms": "long", "started_at": None}]},
    ],
)
def test_a_platform_may_tell_something_else_than_documented(detail: dict[str, Any]) -> None:
    call = replace(BARE, detail=detail)
    assert shown(call, verbose=True).startswith("Call c\n")
    assert faults("call", json.loads(calls_json.one(call, number=number))) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            contact(
                2, State.PLACED, call_id="c-1", outcome="completed", placed_at=START, ended_at=START + 42
            ),
            ["Placed: n-034bbc8d96, call c-1.", "  Answered, over 42 s after it was placed."],
        ),
        (
            contact(2, State.PLACED, outcome="busy", reason="486"),
            ["Placed: n-034bbc8d96.", "  Busy: 486."],
        ),
        (contact(2, State.PLACED), ["Placed: n-034bbc8d96."]),
        (contact(2, State.FAILED, reason="no trunk"), ["Failed: n-034bbc8d96.", "  no trunk"]),
    ],
)
def test_what_became_of_a_single_call_is_said_in_a_line_or_two(given: Contact, said: list[str]) -> None:
    assert said == placed(given).splitlines()


@pytest.mark.parametrize("page", [PAGE, CallPage((), 1, 0, 0), CallPage((BARE,), 1, 1, 1)])
def test_a_page_of_calls_is_as_its_schema_says(page: CallPage) -> None:
    assert faults("calls", json.loads(calls_json.render(page, number=number))) == []


def test_a_page_of_calls_leaves_the_values_of_variables_out() -> None:
    assert "Maria" not in calls_json.render(PAGE, number=number)


def test_one_call_is_as_its_schema_says() -> None:
    document = json.loads(calls_json.one(CALL, number=number))
    assert faults("call", document) == []
    assert (document["outcome"], document["duration_seconds"]) == ("completed", 42.3)
    assert [one["event"] for one in document["events"]] == ["call_started", "model_failover"]
    assert document["arguments"] == {"patient_name": "Maria", "phone": "n-034bbc8d94"}


def test_a_session_is_as_its_schema_says() -> None:
    document = json.loads(calls_session_json.render(SESSION))
    assert faults("session", document) == []
    assert document["livekit_token"] == "eyJhbGciOi.made.up"


@pytest.mark.parametrize("width", [60, 100])
def test_no_line_of_one_call_is_wider_than_the_terminal(width: int) -> None:
    assert max(cells(line) for line in shown(verbose=True, width=width).splitlines()) <= width


def test_nothing_that_others_wrote_reaches_the_terminal_as_a_command() -> None:
    detail = {
        "call_events": [dict.fromkeys(DETAIL["call_events"][1], HOSTILE)],
        "tool_executions": [dict.fromkeys(TOOL, HOSTILE)],
        "rendered_prompt": HOSTILE,
        HOSTILE: HOSTILE,
    }
    call = CallRecord(
        HOSTILE,
        HOSTILE,
        HOSTILE,
        Outcome.BUSY,
        AT,
        HOSTILE,
        None,
        None,
        {HOSTILE: HOSTILE},
        HOSTILE,
        HOSTILE,
        detail,
    )
    pages = [
        calls_text.render(CallPage((call,), 1, 1, 1), number=str, zone=UTC, colour=False, width=400),
        calls_one_text.render(call, number=str, zone=UTC, verbose=True, colour=False, width=100),
        calls_session_text.render(
            WebSession(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 60), colour=False, width=100
        ),
        calls_text.placed(
            contact(2, State.FAILED, reason=HOSTILE, call_id=HOSTILE), number=str, colour=False, width=90
        ),
    ]
    assert [char for page in pages for char in page if not char.isprintable() and char != "\n"] == []
