"""Scheduling calls with Dasha: what is taken, what is refused, and how it is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dasha_client import CALLS, NUMBER, dasha
from emulator_client import Json

from agentconf.emulator.dasha.fields import read_moment
from agentconf.emulator.dasha.options import DashaOptions
from agentconf.emulator.options import DEFAULT_ORGANISATION
from agentconf.errors import UsageError

UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"
DEADLINE = "2026-01-01T08:00:00Z"


def test_a_call_is_answered_as_it_was_taken() -> None:
    with dasha() as line:
        answer = line.schedule()
        assert answer.status == 200
        assert answer.json == {
            "endpoint": NUMBER,
            "callId": answer.json["callId"],
            "orgId": DEFAULT_ORGANISATION,
            "agentId": "agent-1",
            "createdTime": "2026-01-01T00:00:00.000000Z",
            "status": "Created",
            "nextScheduleTime": "2026-01-01T00:00:00.000000Z",
            "additionalData": {},
            "priority": 1,
            "callDeadline": "2026-01-02T00:00:00.000000Z",
            "timezone": None,
        }


def test_all_that_is_said_about_a_call_comes_back() -> None:
    said = {
        "priority": -3,
        "callDeadline": "2026-01-01T10:00:00+02:00",
        "timezone": "Europe/Berlin",
        "additionalData": {"name": "Ada", "deep": {"list": [1, None]}},
        "overrideOutboundConfig": {"phoneNumber": "+14155550199", "credentialsId": None, "surprise": 1},
    }
    with dasha() as line:
        answer = line.schedule(**said).json
        assert {name: answer[name] for name in said} == said | {
            "callDeadline": "2026-01-01T08:00:00.000000Z",
            "overrideOutboundConfig": {
                "phoneNumber": "+14155550199",
                "credentialsId": None,
                "displayName": None,
            },
        }


def test_nulls_mean_the_same_as_nothing() -> None:
    with dasha() as line:
        nothing = dict.fromkeys(
            ("priority", "callDeadline", "timezone", "additionalData", "overrideOutboundConfig")
        )
        answers = [line.schedule(**body).json for body in ({}, nothing)]
        assert [{**answer, "callId": ""} for answer in answers] == [{**answers[0], "callId": ""}] * 2


def test_a_bulk_is_a_bare_array_and_answered_in_its_order() -> None:
    with dasha() as line:
        answer = line.bulk([{"endpoint": f"+1415555010{number}", "priority": number} for number in range(3)])
        assert answer.status == 200
        assert [(call["endpoint"], call["priority"]) for call in answer.json] == [
            ("+14155550100", 0),
            ("+14155550101", 1),
            ("+14155550102", 2),
        ]
        assert len({call["callId"] for call in answer.json}) == 3


def test_an_empty_bulk_schedules_nothing() -> None:
    with dasha() as line:
        assert (line.bulk([]).json, line.queue()["total"]) == ([], 0)


@pytest.mark.parametrize("body", [{}, {"calls": []}, "x", 1, None])
def test_a_bulk_that_is_no_array_is_refused(body: Any) -> None:
    with dasha() as line:
        answer = line.client.send("POST", f"{CALLS}/bulk?agentId=a", content=json.dumps(body))
        assert (answer.status, answer.json["errors"]) == (400, {"$": ["The JSON value should be an array."]})


def test_one_bad_call_of_a_bulk_stops_all_of_it_and_every_reason_is_named() -> None:
    bulk = [{"endpoint": NUMBER}, {"endpoint": ""}, 5, {"endpoint": NUMBER, "priority": "1"}]
    with dasha() as line:
        answer = line.bulk(bulk)
        assert answer.status == 400
        assert sorted(answer.json["errors"]) == ["[1].endpoint", "[2]", "[2].endpoint", "[3].priority"]
        assert line.queue()["total"] == 0


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"endpoint": None}, "endpoint"),
        ({"endpoint": "  "}, "endpoint"),
        ({"endpoint": 14155550100}, "endpoint"),
        ({"priority": 1.5}, "priority"),
        ({"priority": True}, "priority"),
        ({"priority": 2**31}, "priority"),
        ({"priority": -(2**31) - 1}, "priority"),
        ({"callDeadline": "tomorrow"}, "callDeadline"),
        ({"callDeadline": "2026-02-30T00:00:00Z"}, "callDeadline"),
        ({"callDeadline": "20260101"}, "callDeadline"),
        ({"callDeadline": 5}, "callDeadline"),
        ({"callDeadLine": "tomorrow"}, "callDeadLine"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"timezone": 2}, "timezone"),
        ({"additionalData": []}, "additionalData"),
        ({"additionalData": "x"}, "additionalData"),
        ({"overrideOutboundConfig": "x"}, "overrideOutboundConfig"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_without_repeating_it(changes: Json, place: str) -> None:
    with dasha() as line:
        answer = line.schedule(**changes)
        assert (answer.status, list(answer.json["errors"])) == (400, [place])
        assert {name: answer.json[name] for name in ("type", "title", "status")} == {
            "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
            "title": "One or more validation errors occurred.",
            "status": 400,
        }
        assert answer.headers["content-type"] == "application/problem+json"
        assert not any(str(value) in answer.text for value in ("4155550100", "tomorrow", "Mars"))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01", 0),
        ("1970-01-01t00:00z", 0),
        ("1970-01-01T01:00:00.1234567+01:00", 123_456),
        ("1970-01-01T00:00:01", 1_000_000),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("1970-01-01 00:00:00Z", None),
        ("1970-W01-1", None),
        ("", None),
    ],
)
def test_a_date_time_is_read_as_iso_8601_and_utc_where_it_does_not_say(text: str, moment: int | None) -> None:
    assert read_moment(text) == moment


def test_the_first_and_the_last_year_come_back_as_they_were_sent() -> None:
    with dasha() as line:
        texts = ["0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.000000Z"]
        assert [line.schedule(callDeadline=text).json["callDeadline"] for text in texts] == texts


@pytest.mark.parametrize("content", ["{", "", '{"endpoint": NaN}'])
@pytest.mark.parametrize(
    "path", [f"{CALLS}?agentId=a", f"{CALLS}/bulk?agentId=a", "/api/v1/callresults/search"]
)
def test_a_body_that_is_not_json_is_refused(path: str, content: str) -> None:
    with dasha() as line:
        answer = line.client.send("POST", path, content=content)
        assert (answer.status, len(answer.json["errors"])) == (400, 1)


def test_a_body_of_another_type_is_refused() -> None:
    with dasha() as line:
        answer = line.client.send(
            "POST", f"{CALLS}?agentId=a", content="x", headers={"Content-Type": "text/x"}
        )
        assert (answer.status, answer.json["title"]) == (415, "Unsupported Media Type")


@pytest.mark.parametrize("query", ["", "?agentId=", "?agent=x"])
def test_without_an_agent_nothing_is_scheduled(query: str) -> None:
    with dasha() as line:
        answers = [
            line.client.send("POST", f"{CALLS}{query}", {"endpoint": NUMBER}),
            line.client.send("POST", f"{CALLS}/bulk{query}", [{"endpoint": NUMBER}]),
        ]
        errors = {"agentId": ["The agentId field is required."]}
        assert [(answer.status, answer.json["errors"]) for answer in answers] == [(400, errors)] * 2


def test_configured_agents_are_the_only_ones_and_must_be_enabled() -> None:
    with dasha(agents={"good": True, "asleep": False}) as line:
        answers = [line.schedule(agent=agent) for agent in ("good", "asleep", "gone")]
        assert [answer.status for answer in answers] == [200, 400, 404]
        assert [answer.json["detail"] for answer in answers[1:]] == [
            "The agent is disabled.",
            "The agent was not found.",
        ]


@pytest.mark.parametrize(
    ("spelling", "honoured"),
    [("any", [True, True]), ("callDeadline", [True, False]), ("callDeadLine", [False, True])],
)
def test_a_deadline_in_another_spelling_is_ignored_in_silence(spelling: Any, honoured: list[bool]) -> None:
    with dasha(deadline=spelling) as line:
        answers = [line.schedule(**{name: DEADLINE}) for name in ("callDeadline", "callDeadLine")]
        assert [answer.status for answer in answers] == [200, 200]
        assert [answer.json["callDeadline"][:13] == DEADLINE[:13] for answer in answers] == honoured


def test_an_ignored_spelling_is_not_even_checked() -> None:
    with dasha(deadline="callDeadline") as line:
        assert line.schedule(callDeadLine="whenever").status == 200


def test_a_bulk_may_have_a_maximum() -> None:
    with dasha(bulk_max=2) as line:
        answers = [line.bulk([{"endpoint": NUMBER}] * count) for count in (2, 3)]
        assert [answer.status for answer in answers] == [200, 400]
        assert answers[1].json["errors"] == {"": ["A request holds at most 2 calls."]}
        assert line.queue()["total"] == 2


def test_a_bulk_beyond_the_credit_is_refused_whole_and_costs_nothing() -> None:
    with dasha(credit=3) as line:
        statuses = [line.bulk([{"endpoint": NUMBER}] * count).status for count in (2, 2, 1)]
        assert (statuses, line.queue()["total"]) == ([200, 402, 200], 3)


@pytest.mark.parametrize(
    ("option", "status"), [({"created": 201}, [201, 201, 204]), ({"deleted": 200}, [200, 200, 200])]
)
def test_the_statuses_of_success_can_be_chosen(option: Json, status: list[int]) -> None:
    with dasha(**option) as line:
        one, many = line.schedule(), line.bulk([{"endpoint": NUMBER}])
        gone = line.cancel(one.json["callId"])
        assert ([one.status, many.status, gone.status], gone.text) == (status, "")


def test_a_call_alone_is_shown_in_another_shape() -> None:
    with dasha() as line:
        call_id = line.scheduled(additionalData={"name": "Ada"})
        assert line.get(call_id).json == {
            "callId": call_id,
            "orgId": DEFAULT_ORGANISATION,
            "agentId": "agent-1",
            "endpoint": NUMBER,
            "status": "Created",
            "recordId": None,
            "completedTime": None,
            "inspectorUrl": None,
        }


def test_organisations_see_nothing_of_each_other() -> None:
    with dasha(tokens={"t": "one", "u": "other"}) as line:
        call_id = line.scheduled()

        def other(method: str, path: str, body: Any = None) -> Any:
            return line.client.send(method, path, body, token="u")

        assert [other(method, f"{CALLS}/{call_id}").status for method in ("GET", "DELETE")] == [404, 404]
        assert other("GET", f"{CALLS}/queue/list").json == {"calls": [], "total": 0}
        assert other("GET", f"{CALLS}/statistics/statuses").json == {"statuses": {}}
        assert line.queued() == [call_id]


def test_a_call_that_is_not_there_is_not_found() -> None:
    with dasha() as line:
        answers = [line.get(UNKNOWN), line.cancel(UNKNOWN)]
        assert [(answer.status, answer.json["title"]) for answer in answers] == [(404, "Not Found")] * 2


@pytest.mark.parametrize(
    "options",
    [
        {"created": 202},
        {"deleted": 202},
        {"not_canceled": 418},
        {"deadline": "deadline"},
        {"running_in": "neither"},
        {"concurrency": -1},
        {"bulk_max": 0},
    ],
)
def test_options_of_dasha_that_make_no_sense_are_refused(options: Any) -> None:
    with pytest.raises(UsageError) as caught:
        DashaOptions(**options)
    assert caught.value.help is not None
