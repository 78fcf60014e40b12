"""Dasha's two lists, read while calls move from one to the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from remote_calls import DASHA, Answers, ask, client, inside
from remote_world import API_KEY, FakeTime, answer

from agentconf.emulator.dasha.options import DashaOptions
from agentconf.errors import RemoteError
from agentconf.remote.calling import CallRequest, Outcome
from agentconf.remote.connection import ConnectionSettings

MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)


def when(seconds: float) -> str:
    return (MIDNIGHT + timedelta(seconds=seconds)).isoformat()


@dataclass
class Moving:
    """A platform whose calls move while its lists are read."""

    queue: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    largest: int = 1000
    step: Callable[[Moving], None] = lambda _: None
    requests: list[str] = field(default_factory=list)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url.path)
        response = self._queue(request) if request.method == "GET" else self._results(request)
        self.step(self)
        return response

    def _queue(self, request: httpx.Request) -> httpx.Response:
        skip, take = int(request.url.params["skip"]), int(request.url.params["take"])
        part = self.queue[skip : skip + min(take, self.largest)]
        items = [{"callId": one, "createdTime": when(1), "status": "Queued"} for one in part]
        return answer(200, {"calls": items, "total": len(self.queue)})

    def _results(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        size = min(body["size"], self.largest)
        ordered = self.results if body["sortDirection"] == "Ascending" else self.results[::-1]
        part = ordered[body["page"] * size :][:size]
        items = [{"callId": one, "createdTime": when(1), "callStatus": "Completed"} for one in part]
        return answer(200, {"results": items, "totalCount": len(self.results)})

    def ask(self, question: Any) -> Any:
        settings = ConnectionSettings("https://api.example.com", API_KEY, timing=FakeTime().timing())
        return ask(client("dasha", settings, httpx.MockTransport(self._handle)), question)

    def since(self) -> list[str]:
        found = self.ask(lambda one: one.calls_since(DASHA, MIDNIGHT))
        ids = [call.id for call in found]
        assert len(ids) == len(set(ids))
        return sorted(ids)


def names(count: int, start: int = 0) -> list[str]:
    return [f"c-{index:05}" for index in range(start, start + count)]


def test_the_queue_and_the_results_are_read_as_documented() -> None:
    platform = Answers(
        "dasha", answer(200, {"calls": [], "total": 0}), answer(200, {"results": [], "totalCount": 0})
    )
    assert platform.ask(lambda one: one.calls_since(DASHA, MIDNIGHT + timedelta(milliseconds=500))) == ()
    queue, results = platform.requests
    assert (queue.method, queue.url.path) == ("GET", "/api/v1/calls/queue/list")
    assert dict(queue.url.params) == {
        "agentId": "agent-7",
        "skip": "0",
        "take": "1000",
        "fromDate": "2025-12-31T23:59:59Z",
    }
    assert (results.method, results.url.path) == ("POST", "/api/v1/callresults/search")
    assert json.loads(results.content) == {
        "agentIds": ["agent-7"],
        "page": 0,
        "size": 100,
        "sortField": "completedTime",
        "sortDirection": "Ascending",
        "fromDate": "2025-12-31T23:59:59Z",
    }


def test_long_lists_are_read_whole() -> None:
    platform = Moving(names(2_345), names(456, 10_000))
    assert platform.since() == sorted(names(2_345) + names(456, 10_000))


@pytest.mark.parametrize("largest", [1, 7, 50])
def test_a_platform_that_gives_smaller_parts_than_asked_for_is_read_whole(largest: int) -> None:
    platform = Moving(names(60), names(33, 100), largest=largest)
    assert platform.since() == sorted(names(60) + names(33, 100))


def test_calls_that_end_while_the_queue_is_read_are_not_missed() -> None:
    def end_some(platform: Moving) -> None:
        platform.results += platform.queue[:40]
        del platform.queue[:40]

    assert Moving(names(3_000), step=end_some).since() == names(3_000)


def test_a_queue_that_loses_more_than_its_parts_share_is_read_anew() -> None:
    def end_many_once(platform: Moving) -> None:
        if len(platform.requests) == 1:
            del platform.queue[:900]

    platform = Moving(names(3_000), step=end_many_once)
    assert set(names(2_100, 900)) <= set(platform.since())


def test_a_queue_that_moves_faster_than_it_can_be_read_proves_nothing() -> None:
    def fill_and_drain(platform: Moving) -> None:
        platform.queue = names(3_000, 10_000 * len(platform.requests))

    with pytest.raises(RemoteError, match="moves faster than it can be read"):
        Moving(names(3_000), step=fill_and_drain).since()


def test_a_queue_that_is_empty_by_the_second_part_is_read_anew() -> None:
    def drain(platform: Moving) -> None:
        platform.results += platform.queue
        platform.queue = []

    assert Moving(names(1_500), step=drain).since() == names(1_500)


def test_results_that_come_in_meanwhile_are_read_too() -> None:
    def more(platform: Moving) -> None:
        if len(platform.requests) < 4:
            platform.results += names(30, 1_000 * len(platform.requests))

    assert set(names(150)) <= set(Moving(results=names(150), step=more).since())


def test_a_platform_that_ignores_the_page_is_not_believed() -> None:
    item = {"callId": "c-1", "createdTime": when(1), "callStatus": "Completed"}
    platform = Answers(
        "dasha",
        answer(200, {"calls": [], "total": 0}),
        answer(200, {"results": [item], "totalCount": 3}),
    )
    with pytest.raises(RemoteError, match="page 1 holds those of the page before"):
        platform.ask(lambda one: one.calls_since(DASHA, MIDNIGHT))


def test_a_call_in_both_lists_is_told_once_as_it_ended() -> None:
    (call,) = Moving(["c-1"], ["c-1"]).ask(lambda one: one.calls_since(DASHA, MIDNIGHT))
    assert call.outcome is Outcome.COMPLETED


def test_only_calls_that_were_made_since_are_told() -> None:
    platform = Moving(["c-1"], ["c-2"])
    assert platform.ask(lambda one: one.calls_since(DASHA, MIDNIGHT + timedelta(seconds=1))) != ()
    assert platform.ask(lambda one: one.calls_since(DASHA, MIDNIGHT + timedelta(seconds=1.5))) == ()


@pytest.mark.parametrize("running_in", ["queue", "results", "both"])
def test_a_call_is_told_of_in_every_state(running_in: Any) -> None:
    with inside(dasha=DashaOptions(running_in=running_in)) as here:
        here.ask("dasha", lambda one: one.place(DASHA, [CallRequest("k", "+14155550100")], timeout=5))
        seen = []
        for _ in range(40):
            (call,) = here.ask("dasha", lambda one: one.calls_since(DASHA, MIDNIGHT))
            seen.append(call.status)
            here.clock.advance(10)
        assert set(seen) == {"Created", "Running", "Completed"}


def test_lists_are_repeated_through_faults_also_the_one_that_is_posted() -> None:
    platform = Answers(
        "dasha",
        answer(502),
        answer(200, {"calls": [], "total": 0}),
        httpx.ReadError("x"),
        answer(200, {"results": [], "totalCount": 0}),
    )
    assert platform.ask(lambda one: one.calls_since(DASHA, MIDNIGHT)) == ()
    assert [request.method for request in platform.requests] == ["GET", "GET", "POST", "POST"]


@pytest.mark.parametrize("data", [[], {}, {"calls": [], "total": None}, {"calls": {}, "total": 0}])
def test_what_is_no_list_is_an_error(data: Any) -> None:
    with pytest.raises(RemoteError, match="is not a list of calls"):
        Answers("dasha", answer(200, data)).ask(lambda one: one.calls_since(DASHA, MIDNIGHT))


def test_a_list_that_is_not_json_is_an_error() -> None:
    platform = Answers("dasha", answer(200, {"calls": [], "total": 0}), httpx.Response(200, text="ok"))
    with pytest.raises(RemoteError, match="search the results of calls: the platform's answer is not JSON"):
        platform.ask(lambda one: one.calls_since(DASHA, MIDNIGHT))


def test_a_listed_call_without_an_id_is_an_error() -> None:
    platform = Answers("dasha", answer(200, {"Calls": [{"endpoint": "x"}], "TOTAL": 1}))
    with pytest.raises(RemoteError, match="a call without an id"):
        platform.ask(lambda one: one.calls_since(DASHA, MIDNIGHT))


def test_pages_run_through_the_queue_and_then_the_results() -> None:
    platform = Moving(names(7), names(13, 100))
    told = [
        platform.ask(lambda one, page=page: one.list_calls(DASHA, page=page, page_size=5))
        for page in range(1, 6)
    ]
    assert [(one.page, one.pages, one.total) for one in told[:4]] == [(n, 4, 20) for n in range(1, 5)]
    ids = [call.id for one in told for call in one.calls]
    assert ids == names(7) + names(13, 100)[::-1]
    assert told[4].calls == ()


def test_a_page_is_no_larger_than_a_search_may_be() -> None:
    told = Moving(names(150), names(150, 1000)).ask(lambda one: one.list_calls(DASHA, page=2, page_size=1000))
    assert (len(told.calls), told.pages) == (100, 3)


@pytest.mark.parametrize("status", ["Queued", "queued"])
def test_calls_are_listed_by_status_in_any_case(status: str) -> None:
    platform = Answers(
        "dasha", answer(200, {"calls": [], "total": 0}), answer(200, {"results": [], "totalCount": 0})
    )
    page = platform.ask(lambda one: one.list_calls(DASHA, status=status))
    assert (page.calls, page.pages, page.total) == ((), 0, 0)
    assert platform.requests[0].url.params.get_list("status") == ["Queued"]
    assert json.loads(platform.requests[1].content)["callStatuses"] == ["Queued"]


def test_all_calls_are_those_that_wait_or_run_and_the_results() -> None:
    platform = Answers(
        "dasha", answer(200, {"calls": [], "total": 0}), answer(200, {"results": [], "totalCount": 0})
    )
    platform.ask(lambda one: one.list_calls(DASHA))
    waiting = ["Created", "Pending", "Queued", "Running"]
    assert platform.requests[0].url.params.get_list("status") == waiting
    assert "callStatuses" not in json.loads(platform.requests[1].content)


def test_a_page_of_the_emulator_has_every_call_once() -> None:
    with inside() as here:
        requests = [CallRequest(f"k{index}", f"+141555501{index:02}") for index in range(9)]
        here.ask("dasha", lambda one: one.place(DASHA, requests, timeout=5))
        here.clock.advance(60)
        page = here.ask("dasha", lambda one: one.list_calls(DASHA, page_size=20))
        assert sorted(call.mark for call in page.calls) == [f"k{index}" for index in range(9)]
        assert page.total == 9
