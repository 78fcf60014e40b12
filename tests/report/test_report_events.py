from __future__ import annotations

import json

import pytest
from report_schemas import faults, validator
from sample_campaigns import HOSTILE, START, counts, few

from agentconf.calls.contact import State
from agentconf.calls.event import Event, Moved, Slowed, Stopped, Waiting
from agentconf.report import events_json

EVENTS: list[Event] = [
    Moved(START, "n-0123456789", 2, State.PLACED, call_id="c-1"),
    Moved(START, "n-0123456789", 2, State.FAILED, reason=HOSTILE),
    Slowed(START, 2.5),
    Waiting(START, START + 60, "window"),
    Waiting(START, None, "paused"),
    Stopped(START, "halted", "no credit"),
    Stopped(START, "paused", None),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_is_one_line_as_the_schema_says(event: Event) -> None:
    line = events_json.line(event, "recall")
    assert line.splitlines() == [line]
    assert faults("campaign-event", json.loads(line)) == []


def test_a_contact_that_moved_is_told_by_its_pseudonym() -> None:
    assert json.loads(events_json.line(EVENTS[0], "recall")) == {
        "format_version": 1,
        "event": "moved",
        "at": "2024-11-18T08:00:00.000Z",
        "campaign": "recall",
        "line": 2,
        "number": "n-0123456789",
        "state": "placed",
        "reason": None,
        "call_id": "c-1",
        "outcome": None,
    }


def test_waiting_tells_until_when() -> None:
    assert json.loads(events_json.line(EVENTS[3], "recall"))["until"] == "2024-11-18T08:01:00.000Z"


def test_progress_is_one_line_as_the_schema_says() -> None:
    line = events_json.progress("recall", counts(few().contacts), at=START, rate=1.23456)
    document = json.loads(line)
    assert "\n" not in line
    assert faults("campaign-event", document) == []
    assert (document["total"], document["open"], document["per_second"]) == (3, 1, 1.235)


def test_a_rate_may_not_be_known_yet() -> None:
    line = events_json.progress("recall", counts([]), at=START, rate=None)
    assert json.loads(line)["per_second"] is None
    assert faults("campaign-event", json.loads(line)) == []


def test_the_schema_refuses_other_events() -> None:
    document = json.loads(events_json.line(EVENTS[0], "recall"))
    assert not validator("campaign-event").is_valid(document | {"event": "slowed"})
    assert not validator("campaign-event").is_valid(document | {"number": 1})
