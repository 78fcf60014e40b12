"""How a call at SLNG ended, whatever words it says that in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agentconf.errors import RemoteError
from agentconf.remote.calling import Outcome
from agentconf.remote.slng.records import outcome_of, read_call, read_page

STARTED = "2026-01-01T00:00:05Z"
ENDED = "2026-01-01T00:01:00Z"


def call(**changes: Any) -> dict[str, Any]:
    body = {
        "id": "c-1",
        "agent_id": "a-1",
        "phone_number": "+14155550100",
        "call_direction": "outbound",
        "arguments": {"patient": "Ada", "visits": 3},
        "rendered_prompt": "You call Ada.",
        "call_started_at": None,
        "call_ended_at": None,
        "call_duration_ms": None,
        "call_end_reason": None,
        "finalized_at": None,
        "status": "queued",
        "error_message": None,
        "created_at": "2026-01-01T00:00:00.123456Z",
    }
    return body | changes


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"status": "queued"}, None),
        ({"status": "ringing"}, None),
        ({"status": "in_progress", "call_started_at": STARTED}, None),
        ({"status": "In-Progress", "call_ended_at": ENDED}, None),
        (
            {"status": "in_progress", "call_started_at": STARTED, "finalized_at": ENDED},
            Outcome.COMPLETED,
        ),
        ({"status": "completed", "call_started_at": STARTED}, Outcome.COMPLETED),
        (
            {"status": "completed", "call_started_at": STARTED, "call_end_reason": "busy signal"},
            Outcome.COMPLETED,
        ),
        ({"status": "completed"}, Outcome.COMPLETED),
        ({"status": "completed", "call_end_reason": "no_answer"}, Outcome.NO_ANSWER),
        ({"status": "failed"}, Outcome.FAILED),
        ({"status": "failed", "call_started_at": STARTED}, Outcome.FAILED),
        ({"status": "failed", "call_end_reason": "no_answer"}, Outcome.NO_ANSWER),
        ({"status": "failed", "call_end_reason": "No-Answer"}, Outcome.NO_ANSWER),
        ({"status": "failed", "call_end_reason": "no answer"}, Outcome.NO_ANSWER),
        ({"status": "failed", "call_end_reason": "NOANSWER"}, Outcome.NO_ANSWER),
        ({"status": "failed", "call_end_reason": "unanswered"}, Outcome.NO_ANSWER),
        ({"status": "failed", "call_end_reason": "not-answered"}, Outcome.NO_ANSWER),
        ({"status": "failed", "call_end_reason": "no_user_response"}, Outcome.NO_ANSWER),
        ({"status": "failed", "call_end_reason": "USER_UNAVAILABLE"}, Outcome.NO_ANSWER),
        ({"status": "failed", "call_end_reason": "ring_timeout"}, Outcome.NO_ANSWER),
        ({"status": "failed", "error_message": "The call was not answered"}, Outcome.NO_ANSWER),
        ({"status": "failed", "error_message": "Callee didn't answer"}, Outcome.NO_ANSWER),
        ({"status": "failed", "error_message": "480 Temporarily Unavailable"}, Outcome.NO_ANSWER),
        ({"status": "failed", "call_end_reason": "busy"}, Outcome.BUSY),
        ({"status": "failed", "call_end_reason": "user_busy"}, Outcome.BUSY),
        ({"status": "failed", "error_message": "SIP 486: Busy Here"}, Outcome.BUSY),
        (
            {"status": "failed", "call_end_reason": "busy", "error_message": "The call was not answered"},
            Outcome.BUSY,
        ),
        (
            {"status": "failed", "call_end_reason": "sip_error", "error_message": "Busy Here"},
            Outcome.BUSY,
        ),
        ({"status": "failed", "call_end_reason": "rejected"}, Outcome.REJECTED),
        ({"status": "failed", "call_end_reason": "call-rejected"}, Outcome.REJECTED),
        ({"status": "failed", "call_end_reason": "declined"}, Outcome.REJECTED),
        ({"status": "failed", "error_message": "603 Decline"}, Outcome.REJECTED),
        ({"status": "failed", "call_end_reason": "business_error"}, Outcome.FAILED),
        ({"status": "failed", "error_message": "upstream dispatcher unavailable"}, Outcome.FAILED),
        ({"status": "no_answer"}, Outcome.NO_ANSWER),
        ({"status": "No-Answer"}, Outcome.NO_ANSWER),
        ({"status": "busy"}, Outcome.BUSY),
        ({"status": "declined"}, Outcome.REJECTED),
        ({"status": "transferring"}, None),
        ({"status": "transferring", "call_started_at": STARTED, "call_ended_at": ENDED}, Outcome.COMPLETED),
        ({"status": "expired", "call_ended_at": ENDED}, Outcome.FAILED),
        ({"status": "expired", "finalized_at": ENDED, "call_end_reason": "busy"}, Outcome.BUSY),
        ({"status": None}, None),
        ({"status": 5, "call_ended_at": ENDED}, Outcome.FAILED),
    ],
)
def test_the_end_of_a_call_is_read_from_status_reason_and_message(
    changes: Any, outcome: Outcome | None
) -> None:
    assert outcome_of(call(**changes)) is outcome


def test_a_call_is_read() -> None:
    ended = call(
        status="completed",
        call_started_at=STARTED,
        call_ended_at=ENDED,
        call_duration_ms=55_500,
        call_end_reason="user_hangup",
    )
    read = read_call(ended)
    assert (read.id, read.to, read.status, read.outcome) == (
        "c-1",
        "+14155550100",
        "completed",
        Outcome.COMPLETED,
    )
    assert read.created_at == datetime(2026, 1, 1, 0, 0, 0, 123456, UTC)
    assert (read.ended_at, read.duration) == (datetime(2026, 1, 1, 0, 1, tzinfo=UTC), 55.5)
    assert (read.reason, read.direction, read.mark) == ("user_hangup", "outbound", None)
    assert read.arguments == {"patient": "Ada"}


def test_a_call_says_why_it_failed_in_either_place() -> None:
    assert read_call(call(status="failed", error_message="trunk down")).reason == "trunk down"


def test_a_call_that_was_finalized_only_ended_then() -> None:
    assert read_call(call(finalized_at=ENDED)).ended_at == datetime(2026, 1, 1, 0, 1, tzinfo=UTC)


def test_what_is_missing_or_wrong_is_absent() -> None:
    read = read_call({"id": "c-1", "created_at": "2026-01-01T00:00:00", "arguments": [], "status": 5})
    assert (read.to, read.status, read.outcome, read.duration) == ("", "unknown", None, None)
    assert (read.reason, read.ended_at, dict(read.arguments), read.direction) == (None, None, {}, "outbound")
    assert read.created_at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "call",
        {},
        {"id": "c-1"},
        {"id": "", "created_at": ENDED},
        {"id": "c-1", "created_at": "yesterday"},
        {"id": "c-1", "created_at": "0001-01-01T00:00:00+05:00"},
        {"id": "c-1", "created_at": 5},
    ],
)
def test_a_call_without_an_id_or_a_time_is_an_error(answer: Any) -> None:
    with pytest.raises(RemoteError, match="without an id, or without the time"):
        read_call(answer)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {"items": []},
        {"items": {}, "meta": {"page": 1, "pages": 1, "total": 1}},
        {"items": [], "meta": {"page": 1, "pages": None, "total": 0}},
    ],
)
def test_what_is_no_page_is_an_error(answer: Any) -> None:
    with pytest.raises(RemoteError, match="not a page of calls"):
        read_page(answer)


def test_a_representation_holds_nobodys_number() -> None:
    text = repr(read_call(call()))
    assert "+14155550100" not in text
    assert "Ada" not in text


@pytest.mark.parametrize(
    ("word", "direction"),
    [
        ("outbound", "outbound"),
        ("OUTBOUND", "outbound"),
        ("Inbound", "inbound"),
        ("web", "web"),
        ("web_session", "web"),
        ("", "outbound"),
        (None, "outbound"),
    ],
)
def test_a_direction_is_read_in_any_spelling(word: Any, direction: str) -> None:
    assert read_call(call(call_direction=word)).direction == direction
