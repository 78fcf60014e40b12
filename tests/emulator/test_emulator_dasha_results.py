"""Searching what became of Dasha's calls."""

from __future__ import annotations

from typing import Any

import pytest
from dasha_client import NUMBER, Dasha, dasha
from emulator_client import Json

from agentconf.emulator.options import DEFAULT_ORGANISATION

ENOUGH = 70


def over(line: Dasha, **body: Any) -> str:
    """Make a call and let it end."""
    call_id = line.scheduled(**body)
    line.client.clock.advance(ENOUGH)
    return call_id


def test_a_result_tells_what_became_of_a_call() -> None:
    with dasha() as line:
        call_id = over(line, additionalData={"name": "Ada"})
        (result,) = line.search()["results"]
        assert result == {
            "callId": call_id,
            "agentId": "agent-1",
            "orgId": DEFAULT_ORGANISATION,
            "callAdditionalData": {"name": "Ada"},
            "callStatus": "Completed",
            "callType": "Unknown",
            "completedTime": result["completedTime"],
            "createdTime": "2026-01-01T00:00:00.000000Z",
            "durationSeconds": 60,
            "endpoint": NUMBER,
            "sip": None,
            "result": None,
            "transcription": [],
            "serverJobId": None,
            "errorMessage": None,
            "inspectorUrl": None,
            "recordingUrl": None,
            "score": None,
            "highlights": {},
        }
        assert "2026-01-01T00:01:04" <= result["completedTime"] <= "2026-01-01T00:01:11"


def test_a_call_that_nobody_answered_says_why() -> None:
    with dasha(call_failure_rate=1.0) as line:
        over(line)
        (result,) = line.search()["results"]
        assert (result["callStatus"], result["durationSeconds"]) == ("Failed", 0)
        assert result["errorMessage"] in ("No answer", "Busy", "Declined")


def test_a_canceled_call_is_a_result_too() -> None:
    with dasha() as line:
        line.cancel(line.scheduled())
        line.scheduled(callDeadline="2025-01-01T00:00:00Z")
        found = line.search(sortField="createdTime", sortDirection="Ascending")["results"]
        assert [(call["callStatus"], call["errorMessage"], call["durationSeconds"]) for call in found] == [
            ("Canceled", "The call was canceled", 0),
            ("Canceled", "The deadline has passed", 0),
        ]


def test_a_call_that_is_not_over_is_no_result() -> None:
    with dasha() as line:
        line.scheduled()
        assert line.search() == {
            "results": [],
            "totalCount": 0,
            "page": 0,
            "size": 20,
            "totalPages": 0,
            "executionTimeMs": 0,
            "aggregations": None,
        }


def test_a_running_call_that_is_shown_here_is_not_completed_yet() -> None:
    with dasha(running_in="both") as line:
        line.scheduled()
        line.client.clock.advance(3)
        (result,) = line.search()["results"]
        assert [result[name] for name in ("callStatus", "completedTime", "durationSeconds")] == [
            "Running",
            None,
            0,
        ]


def test_results_come_in_pages_the_latest_first() -> None:
    with dasha() as line:
        ids = [over(line) for _ in range(5)]
        pages = [line.search(page=page, size=2) for page in range(4)]
        assert [call["callId"] for page in pages for call in page["results"]] == ids[::-1]
        assert [pages[3][name] for name in ("totalCount", "page", "size", "totalPages")] == [5, 3, 2, 3]


def test_results_are_sorted_as_asked_for() -> None:
    with dasha() as line:
        ids = [over(line, endpoint=f"+1415555010{digit}") for digit in (2, 0, 1)]
        assert line.found(sortField="endpoint", sortDirection="Ascending") == [ids[1], ids[2], ids[0]]
        assert line.found(sortField="endpoint", sortDirection="Descending") == [ids[0], ids[2], ids[1]]
        assert line.found(sortField="createdTime") == ids[::-1]
        assert [len(line.found(sortField=field)) for field in ("durationSeconds", "callStatus")] == [3, 3]


def test_results_are_narrowed_to_what_is_asked_for() -> None:
    with dasha() as line:
        first = over(line, additionalData={"campaign": "c-1", "who": "Ada"})
        second = over(line, agent="agent-2", endpoint="+14155550101", additionalData={"campaign": "c-2"})
        third = line.scheduled(additionalData={"campaign": "c-1"})
        line.cancel(third)
        found = [
            line.found(sortField="createdTime", sortDirection="Ascending", **body)
            for body in (
                {"agentIds": ["agent-2", "agent-3"]},
                {"callIds": [first, third]},
                {"callStatuses": ["Canceled"]},
                {"endpoint": "+14155550101"},
                {"searchText": "Ada"},
                {"searchText": "0101"},
                {"additionalDataFilters": {"callAdditionalData.campaign": "c-1"}},
                {
                    "additionalDataFilters": {
                        "callAdditionalData.campaign": "c-1",
                        "callAdditionalData.who": "Ada",
                    }
                },
                {"fromDate": "2026-01-01T00:01:10Z"},
                {"toDate": "2026-01-01T00:01:11Z"},
                {"fromDate": "2026-01-01T00:02:20Z", "toDate": "2026-01-01T00:02:20Z"},
            )
        ]
        assert found == [
            [second],
            [first, third],
            [third],
            [second],
            [first],
            [second],
            [first, third],
            [first],
            [second, third],
            [first],
            [third],
        ]


@pytest.mark.parametrize("name", ['a"b', "a.b", "$", "é", "a' OR 1=1 --", "[0]"])
def test_data_may_have_any_name(name: str) -> None:
    with dasha() as line:
        wanted = over(line, additionalData={name: "x"})
        over(line, additionalData={"other": "x"})
        assert line.found(additionalDataFilters={f"callAdditionalData.{name}": "x"}) == [wanted]


def test_what_is_found_is_counted_when_asked_for() -> None:
    with dasha() as line:
        over(line)
        over(line, agent="agent-2")
        line.client.clock.advance(86_400)
        line.cancel(line.scheduled(endpoint="+14155550101"))
        assert line.search(includeAggregations=True, size=1)["aggregations"] == {
            "statusCounts": {"Canceled": 1, "Completed": 2},
            "agentCounts": {"agent-1": 2, "agent-2": 1},
            "endpointCounts": {NUMBER: 2, "+14155550101": 1},
            "dateHistogram": [
                {"date": "2026-01-01T00:00:00.000000Z", "count": 2},
                {"date": "2026-01-02T00:00:00.000000Z", "count": 1},
            ],
            "customAggregations": {},
        }


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"page": -1}, "page"),
        ({"size": 0}, "size"),
        ({"size": 101}, "size"),
        ({"size": "20"}, "size"),
        ({"agentIds": "a"}, "agentIds"),
        ({"callIds": [1]}, "callIds"),
        ({"callStatuses": ["Done"]}, "callStatuses"),
        ({"fromDate": "x"}, "fromDate"),
        ({"sortField": "mood"}, "sortField"),
        ({"sortDirection": "up"}, "sortDirection"),
        ({"includeAggregations": 1}, "includeAggregations"),
        ({"additionalDataFilters": {"campaign": "c"}}, "additionalDataFilters"),
        ({"additionalDataFilters": {"callAdditionalData.": "c"}}, "additionalDataFilters"),
        ({"additionalDataFilters": {"callAdditionalData.n": 1}}, "additionalDataFilters"),
        ({"additionalDataFilters": []}, "additionalDataFilters"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(body: Json, place: str) -> None:
    with dasha() as line:
        answer = line.client.send("POST", "/api/v1/callresults/search", body)
        assert (answer.status, list(answer.json["errors"])) == (400, [place])


def test_a_search_that_is_no_object_is_refused() -> None:
    with dasha() as line:
        answer = line.client.send("POST", "/api/v1/callresults/search", [1])
        assert (answer.status, answer.json["errors"]) == (400, {"$": ["The JSON value should be an object."]})
