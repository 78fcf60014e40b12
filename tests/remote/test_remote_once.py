"""Requests that are sent once: at once, whatever the pace of others, and never again."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from remote_calls import AGENT, NUMBER, SIPGATE, SLNG, Answers, client, request_for
from remote_world import API_KEY, answer

from agentconf.remote.calling import Deferred, Doubtful, PlaceAnswer, Placed, Refused
from agentconf.remote.connection import ConnectionSettings
from agentconf.remote.exchange import Exchange
from agentconf.remote.fault import Fate, Fault
from agentconf.remote.message import Answer, Request
from agentconf.remote.slng.calls import SlngCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POST = Request("POST", "/x", b"{}")


def place(url: str, *, timeout: float = 5, name: Any = "slng", **settings: Any) -> PlaceAnswer:
    target = SIPGATE if name == "sipgate" else SLNG

    async def go() -> PlaceAnswer:
        async with client(name, ConnectionSettings(url, API_KEY, **settings)) as platform:
            return await platform.place(target, [request_for(name)], timeout=timeout)

    return asyncio.run(go())


@contextmanager
def listening(*serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that treats its connections as it is told, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            for step in serve:
                connection, _ = server.accept()
                with connection:
                    step(connection)

        thread = threading.Thread(target=run)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(
        next(line.split(b":")[1] for line in head.split(b"\r\n") if b"content-length" in line.lower())
    )
    while len(body) < length:
        body += connection.recv(65536)
    return data


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_platform_that_refuses_connections_was_not_asked() -> None:
    result = place(f"http://127.0.0.1:{closed_port()}")
    assert isinstance(result, Deferred)
    assert result.unreachable
    assert "refuses connections" in result.message


def test_a_platform_that_never_picks_up_was_not_asked_although_the_time_is_over() -> None:
    # Nobody accepts: the first connections fill the queue, and the next one waits for ever.
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port = server.getsockname()[1]
        fillers = [socket.socket() for _ in range(8)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        result = place(f"http://127.0.0.1:{port}", timeout=0.2, connect_timeout=10)
        for filler in fillers:
            filler.close()
    assert result == Deferred(f"no connection to 127.0.0.1:{port} within 0.2 s", unreachable=True)


def test_a_connection_that_is_cut_after_the_request_leaves_it_in_doubt() -> None:
    def cut(connection: socket.socket) -> None:
        read_request(connection)

    with listening(cut) as url:
        assert place(url) == Doubtful("the connection broke before the answer was complete", over=False)


def test_a_server_that_takes_the_request_and_stays_silent_is_left_in_time() -> None:
    over = threading.Event()

    def wait(connection: socket.socket) -> None:
        read_request(connection)
        over.wait(10)

    with listening(wait) as url:
        began = time.monotonic()
        result = place(url, timeout=0.2)
        elapsed = time.monotonic() - began
        over.set()
    assert result == Doubtful("no complete answer within 0.2 s", over=False)
    assert elapsed < 5


def test_a_server_that_trickles_is_left_in_time_and_its_status_counts() -> None:
    over = threading.Event()

    def trickle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 422 No\r\nContent-Length: 1000\r\n\r\n{")
        over.wait(10)

    with listening(trickle) as url:
        result = place(url, timeout=0.3)
        over.set()
    assert result == Refused("the platform answers 422 Unprocessable Entity")


def test_a_caller_with_more_patience_than_reads_have_waits_longer() -> None:
    def late(connection: socket.socket) -> None:
        read_request(connection)
        threading.Event().wait(0.2)
        body = b'{"call_id": "c-1"}'
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    async def go(url: str) -> PlaceAnswer:
        async with SlngCalls(ConnectionSettings(url, API_KEY, timeout=0.01)) as platform:
            return await platform.place(SLNG, [request_for("slng")], timeout=5)

    with listening(late) as url:
        assert asyncio.run(go(url)) == Placed(("c-1",))


def test_a_tunnel_that_a_proxy_refuses_was_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    with listening(refuse) as url:
        monkeypatch.setenv("HTTPS_PROXY", url)
        result = place("https://api.example.com")
    assert result == Deferred("api.example.com cannot be reached", unreachable=True)


def test_a_tunnel_that_breaks_was_no_request_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(connection: socket.socket) -> None:
        connection.recv(65536)

    with listening(cut) as url:
        monkeypatch.setenv("HTTPS_PROXY", url)
        result = place("https://api.example.com")
    assert isinstance(result, Deferred)
    assert result.unreachable


def test_a_pause_of_the_reads_holds_no_call() -> None:
    platform = Answers("slng", answer(200, {"call_id": "c-1"}))

    async def go(one: SlngCalls) -> PlaceAnswer:
        one._exchange.limiter.pause(1000)
        return await one.place(SLNG, [request_for("slng")], timeout=5)

    assert platform.ask(go) == Placed(("c-1",))
    assert platform.time.slept == []


def test_a_rate_for_reads_holds_no_call() -> None:
    platform = Answers("slng", answer(200, {"call_id": "c-1"}))

    async def go(one: SlngCalls) -> list[PlaceAnswer]:
        return [await one.place(SLNG, [request_for("slng")], timeout=5) for _ in range(5)]

    assert platform.ask(go, rate=0.1) == [Placed(("c-1",))] * 5
    assert platform.time.slept == []


def test_reads_that_take_every_place_hold_no_call() -> None:
    placed = asyncio.Event()

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "GET":
                await placed.wait()
                return answer(200, {"items": [], "meta": {"page": 1, "pages": 0, "total": 0}})
            return answer(200, {"call_id": "c-1"})

    async def go() -> PlaceAnswer:
        settings = ConnectionSettings("https://api.example.com", API_KEY, concurrency=1)
        async with SlngCalls(settings, Slow()) as platform:
            reading = asyncio.create_task(platform.list_calls(SLNG))
            await asyncio.sleep(0)
            result = await platform.place(SLNG, [request_for("slng")], timeout=5)
            placed.set()
            await reading
            return result

    assert asyncio.run(go()) == Placed(("c-1",))


def test_more_calls_than_places_are_under_way_on_connections_of_their_own() -> None:
    together = threading.Barrier(4, timeout=10)

    def one(connection: socket.socket) -> None:
        read_request(connection)
        together.wait()
        body = b'{"call_id": "%d"}' % id(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    with socket.create_server(("127.0.0.1", 0)) as server:
        threads = []

        def accept() -> None:
            for _ in range(4):
                connection, _ = server.accept()
                thread = threading.Thread(target=one, args=(connection,))
                threads.append((thread, connection))
                thread.start()

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        settings = ConnectionSettings(f"http://127.0.0.1:{server.getsockname()[1]}", API_KEY, concurrency=1)

        async def go() -> list[PlaceAnswer]:
            async with SlngCalls(settings) as platform:
                placing = (platform.place(SLNG, [request_for("slng")], timeout=8) for _ in range(4))
                return await asyncio.gather(*placing)

        results = asyncio.run(go())
        acceptor.join()
        for thread, connection in threads:
            thread.join()
            connection.close()
    assert [type(result) for result in results] == [Placed] * 4


def test_a_429_to_a_call_slows_the_reads_for_no_longer_than_they_may_be() -> None:
    platform = Answers("slng", answer(429, Retry_After="500"))

    async def go(one: SlngCalls) -> float:
        await one.place(SLNG, [request_for("slng")], timeout=5)
        return one._exchange.limiter.paused_for

    assert platform.ask(go) == 60


def test_a_cancelled_call_stays_cancelled() -> None:
    async def go() -> bool:
        reached = asyncio.Event()

        class Hanging(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                reached.set()
                await asyncio.Event().wait()
                raise AssertionError(request)

        async with SlngCalls(ConnectionSettings("https://api.example.com", API_KEY), Hanging()) as platform:
            placing = asyncio.create_task(platform.place(SLNG, [request_for("slng")], timeout=5))
            await reached.wait()
            placing.cancel()
            await asyncio.wait([placing])
            return placing.cancelled()

    assert asyncio.run(go())


def test_what_is_sent_once_says_so_when_nothing_came_back() -> None:
    async def go() -> Answer:
        settings = ConnectionSettings(f"http://127.0.0.1:{closed_port()}", API_KEY)
        async with Exchange(settings) as exchange:
            return await exchange.send_once(POST, 5)

    with pytest.raises(Fault, match="refuses connections") as caught:
        asyncio.run(go())
    assert (caught.value.fate, caught.value.unanswered) == (Fate.REFUSED, True)
    assert caught.value.__context__ is None


def test_an_id_cannot_lead_to_another_path() -> None:
    platform = Answers("slng", answer(200, {"call_id": "c"}))
    target = SLNG.__class__("slng", "../agents?x=1#y")
    platform.ask(lambda one: one.place(target, [request_for("slng")], timeout=5))
    assert platform.requests[0].url.raw_path == b"/v1/agents/..%2Fagents%3Fx%3D1%23y/calls"


def test_the_number_and_the_agent_are_what_was_asked_for() -> None:
    platform = Answers("slng", answer(200, {"call_id": "c"}))
    platform.place(NUMBER)
    assert platform.requests[0].url.path == f"/v1/agents/{AGENT}/calls"


@pytest.mark.parametrize("name", ["slng", "sipgate", "dasha"])
def test_a_connection_is_not_used_for_a_call_after_a_lull(name: Any) -> None:
    async def expiry() -> float:
        async with (
            client(name, ConnectionSettings("http://127.0.0.1:9", API_KEY)) as platform,
            platform._exchange._clients.lend() as http,
        ):
            return http._transport._pool._keepalive_expiry

    assert asyncio.run(expiry()) == 2
