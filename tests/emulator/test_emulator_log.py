"""The log of requests: what can be measured from it, how to read a part of it, and that it stays cheap."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest
from emulator_client import Client, emulated

from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.requestlog import LoggedRequest
from agentconf.emulator.server import running
from agentconf.emulator.store import Store

AUTHORIZED = {"Authorization": "Bearer t"}


def now() -> int:
    return time.time_ns() // 1_000


def log(client: Client, query: str = "") -> list[Any]:
    entries: list[Any] = client.send("GET", f"/_emulator/requests?{query}", token=None).json
    return entries


def entry(number: int) -> LoggedRequest:
    body = {"phone_number": "+14155550100", "arguments": {"name": f'"é{number}'}}
    return LoggedRequest("", "POST", f"/v1/agents/{number}", "", 200, None, body, number, number)


def test_each_entry_has_a_number_that_clearing_does_not_set_back() -> None:
    with emulated() as client:
        client.send("GET", "/v1/agents")
        client.send("GET", "/v1/agents")
        assert [found["seq"] for found in log(client)] == [1, 2]
        client.send("DELETE", "/_emulator/requests", token=None)
        client.send("GET", "/v1/agents")
        assert [found["seq"] for found in log(client)] == [3]


def test_the_log_can_be_read_from_a_number_on() -> None:
    with emulated() as client:
        for number in range(4):
            client.send("GET", f"/v1/agents/{number}")
        assert [found["path"] for found in log(client, "after=2")] == ["/v1/agents/2", "/v1/agents/3"]


def test_the_log_can_be_read_by_method_and_the_beginning_of_the_path() -> None:
    with emulated() as client:
        client.send("GET", "/v1/agents/a")
        client.send("POST", "/v1/agents/a/calls", {})
        client.send("POST", "/v3/ai-flows/f/call", {})
        found = {
            query: [found["path"] for found in log(client, query)]
            for query in ("method=POST", "path_prefix=/v1/", "method=POST&path_prefix=/v1/", "method=PUT")
        }
        assert found == {
            "method=POST": ["/v1/agents/a/calls", "/v3/ai-flows/f/call"],
            "path_prefix=/v1/": ["/v1/agents/a", "/v1/agents/a/calls"],
            "method=POST&path_prefix=/v1/": ["/v1/agents/a/calls"],
            "method=PUT": [],
        }


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 30])
def test_a_number_that_is_none_is_refused(after: str) -> None:
    with emulated() as client:
        answer = client.send("GET", f"/_emulator/requests?after={after}", token=None)
        assert (answer.status, answer.places) == (422, ["query.after"])


def test_an_entry_begins_when_the_request_comes_and_ends_with_its_answer() -> None:
    with emulated() as client:
        before = now()
        client.send("GET", "/v1/agents")
        after = now()
        (found,) = log(client)
        assert before <= found["began_at"] <= found["ended_at"] <= after


def test_the_latency_is_part_of_an_entry() -> None:
    with running(EmulatorOptions(latency=0.05)) as server:
        httpx.get(f"{server.url}/v1/agents", headers=AUTHORIZED)
        (found,) = server.store.requests()
        assert found.ended_at - found.began_at >= 50_000


def test_a_slow_answer_ends_with_its_last_piece() -> None:
    options = EmulatorOptions(script=("GET /v1/agents/x slow",), slow_delay=0.01)
    with running(options) as server:
        httpx.get(f"{server.url}/v1/agents/x", headers=AUTHORIZED)
        (found,) = server.store.requests()
        assert (found.status, found.ended_at - found.began_at >= 50_000) == (404, True)


def test_a_connection_that_is_cut_ends_its_entry() -> None:
    with running(EmulatorOptions(script=("GET * reset-before",))) as server:
        before = now()
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.url}/v1/agents", headers=AUTHORIZED)
        (found,) = server.store.requests()
        assert before <= found.began_at <= found.ended_at <= now()


def test_requests_at_the_same_time_overlap_in_the_log() -> None:
    together = Barrier(3)
    with running(EmulatorOptions(latency=0.2)) as server:

        def get(number: int) -> None:
            together.wait()
            httpx.get(f"{server.url}/v1/agents/{number}", headers=AUTHORIZED)

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(get, range(3)))
        found = server.store.requests()
        assert max(entry.began_at for entry in found) < min(entry.ended_at for entry in found)


def test_one_request_after_another_does_not_overlap_in_the_log() -> None:
    with running() as server, httpx.Client(base_url=server.url, headers=AUTHORIZED) as client:
        for _ in range(20):
            client.get("/v1/agents")
        found = server.store.requests()
        assert all(one.ended_at <= other.began_at for one, other in itertools.pairwise(found))


def test_a_log_without_room_keeps_nothing() -> None:
    with emulated(log_limit=0) as client:
        client.send("GET", "/v1/agents")
        assert log(client) == []


def test_what_is_logged_survives_being_written_as_json() -> None:
    with emulated() as client:
        client.store.log.record(entry(7))
        assert log(client)[0]["body"] == entry(7).body


def steps(store: Store, work: Any) -> int:
    """Count what SQLite does, in thousands of its instructions and tens of them."""
    count = [0]

    def tick() -> int:
        count[0] += 1
        return 0

    connection = store.database._connection
    connection.set_progress_handler(tick, 10)
    work()
    connection.set_progress_handler(None, 10)
    return count[0]


def test_an_entry_costs_the_same_in_a_long_log_also_when_the_oldest_goes() -> None:
    store = Store(log_limit=2_000)
    first = steps(store, lambda: [store.log.record(entry(number)) for number in range(100)])
    with store.transaction():
        for number in range(3_000):
            store.log.record(entry(number))
    later = steps(store, lambda: [store.log.record(entry(number)) for number in range(100)])
    assert len(store.requests()) == 2_000
    assert later < 3 * first
    store.close()
