"""Reading, updating and deleting over real HTTP, and what the client does about faults."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
import zlib
from typing import Any

import httpx
import pytest
from remote_world import SECRETS, Canned, FakeTime, agent_body, answer, ask, live_answer, world

from agentconf import __version__
from agentconf.errors import AuthenticationError, ConfigurationError, RemoteError
from agentconf.remote.platform import UnreachableError, UnresolvedError
from agentconf.remote.slng.client import ConnectionSettings, SlngPlatform

UNKNOWN_ID = "99999999-9999-4999-8999-999999999999"
ONE = "11111111-1111-4111-8111-111111111111"


async def list_all(platform: SlngPlatform) -> Any:
    return await platform.list_agents()


async def get_one(platform: SlngPlatform) -> Any:
    return await platform.get_agent(ONE)


async def update_one(platform: SlngPlatform) -> Any:
    return await platform.update_agent(ONE, {"greeting": "Hi"}, {})


async def delete_one(platform: SlngPlatform) -> Any:
    return await platform.delete_agent(ONE)


async def create_one(platform: SlngPlatform) -> Any:
    return await platform.create_agent(agent_body(), SECRETS)


def test_an_agent_lives_through_create_read_update_and_delete() -> None:
    with world() as here:
        created = here.create()
        assert here.ask(lambda platform: platform.get_agent(created.id)) == created
        update = {"greeting": "Good day from {{brand}}."}
        updated = here.ask(lambda platform: platform.update_agent(created.id, update, {}))
        assert updated.body["greeting"] == "Good day from {{brand}}."
        assert here.ask(list_all) == (updated,)
        here.ask(lambda platform: platform.delete_agent(created.id))
        assert here.ask(lambda platform: platform.get_agent(created.id)) is None
        assert here.ask(list_all) == ()


def test_an_agent_that_is_gone_counts_as_deleted() -> None:
    with world() as here:
        here.ask(lambda platform: platform.delete_agent(UNKNOWN_ID))
        assert here.log() == [("DELETE", 404)]


def test_an_update_of_an_agent_that_is_gone_is_an_error() -> None:
    with world() as here, pytest.raises(RemoteError, match="404") as caught:
        here.ask(lambda platform: platform.update_agent(UNKNOWN_ID, {"greeting": "x"}, {}))
    assert type(caught.value) is RemoteError


def test_deleted_agents_are_not_listed_and_not_found() -> None:
    gone = live_answer(deleted_at="2026-01-03T00:00:00Z")
    assert Canned(answer(200, [gone, live_answer(name="Other")])).ask(list_all)[0].name == "Other"
    assert Canned(answer(200, gone)).ask(get_one) is None


def test_an_id_cannot_lead_to_another_path() -> None:
    canned = Canned(answer(404, {"detail": "Not found"}))
    canned.ask(lambda platform: platform.get_agent("../calls?x=1#y"))
    assert canned.requests[0].url.raw_path == b"/v1/agents/..%2Fcalls%3Fx%3D1%23y"


def test_requests_say_who_asks() -> None:
    canned = Canned(answer(200, []))
    canned.ask(list_all, api_key="key-1")
    headers = canned.requests[0].headers
    assert headers["user-agent"] == f"agentconf/{__version__}"
    assert headers["authorization"] == "Bearer key-1"
    assert headers["accept"] == "application/json"


def test_a_path_in_the_base_url_is_kept() -> None:
    canned = Canned(answer(200, []))
    canned.ask(list_all, base_url="https://proxy.example.com/slng/")
    assert str(canned.requests[0].url) == "https://proxy.example.com/slng/v1/agents"


def test_connections_are_kept_alive() -> None:
    with world() as here:
        connections: set[int] = set()

        async def go(platform: SlngPlatform) -> None:
            for _ in range(5):
                await platform.list_agents()
                async with platform._exchange._clients.lend() as client:
                    pool = client._transport._pool  # type: ignore[attr-defined]
                    connections.update(id(connection) for connection in pool.connections)

        here.ask(go)
        assert len(connections) == 1


def test_each_request_under_way_has_a_client_of_its_own_that_is_used_again() -> None:
    with world() as here:
        sizes: list[int] = []

        async def go(platform: SlngPlatform) -> None:
            for _ in range(3):
                await asyncio.gather(*(platform.list_agents() for _ in range(4)))
                sizes.append(len(platform._exchange._clients))

        here.ask(go)
        assert sizes == [4, 4, 4]


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "reset-before", "reset-after"])
def test_reads_are_repeated_through_any_fault(fault: str) -> None:
    with world(*[f"GET /v1/agents {fault}"] * 3) as here:
        assert here.ask(list_all) == ()
        assert len(here.log("GET")) == 4


def test_an_answer_in_many_pieces_is_one_answer() -> None:
    with world("GET /v1/agents slow", slow_delay=0.001) as here:
        here.create()
        assert len(here.ask(list_all)) == 1
        assert here.log("GET") == [("GET", 200)]


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "reset-before", "reset-after"])
def test_updates_are_repeated_through_any_fault(fault: str) -> None:
    with world(f"PATCH * {fault}", f"PATCH * {fault}") as here:
        made = here.create()
        live = here.ask(lambda platform: platform.update_agent(made.id, {"greeting": "Hi"}, {}))
        assert live.body["greeting"] == "Hi"
        assert len(here.log("PATCH")) == 3


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "reset-before", "reset-after"])
def test_deletions_are_repeated_through_any_fault_and_a_404_then_means_done(fault: str) -> None:
    with world(f"DELETE * {fault}") as here:
        made = here.create()
        here.ask(lambda platform: platform.delete_agent(made.id))
        done_before = fault in ("502", "reset-after")
        assert here.log("DELETE")[-1] == ("DELETE", 404 if done_before else 204)
        assert here.names() == []


def test_pauses_grow_with_jitter_between_half_and_all_and_are_capped() -> None:
    canned = Canned(answer(500))
    with pytest.raises(RemoteError):
        canned.ask(list_all, backoff_cap=4)
    assert canned.time.slept == [0.5, 1, 2, 4, 4, 4, 4]


def test_jitter_halves_the_pauses_at_most() -> None:
    canned = Canned(answer(500))
    with pytest.raises(RemoteError):
        canned.ask(list_all, timing=canned.time.timing(chance=0), tries=4)
    assert canned.time.slept == [0.25, 0.5, 1]


def test_tries_are_counted() -> None:
    canned = Canned(answer(500, {"detail": "Internal server error"}))
    with pytest.raises(RemoteError) as caught:
        canned.ask(list_all, tries=3)
    assert caught.value.message == (
        "could not list the agents: Internal server error (500 Internal Server Error); tried 3 times"
    )


def test_a_single_try_is_not_counted_aloud() -> None:
    with pytest.raises(RemoteError) as caught:
        Canned(answer(500)).ask(list_all, tries=1)
    assert caught.value.message.endswith("the platform answers 500 Internal Server Error")


def test_nothing_is_begun_that_would_end_after_the_budget() -> None:
    canned = Canned(answer(500))
    with pytest.raises(RemoteError):
        canned.ask(list_all, budget=10, tries=100)
    assert canned.time.now <= 1010
    assert sum(canned.time.slept) == 0.5 + 1 + 2 + 4


def test_throttling_is_ended_by_the_budget_alone() -> None:
    canned = Canned(answer(429, {"error": "Too many requests"}, Retry_After="5"))
    with pytest.raises(RemoteError, match="Too many requests") as caught:
        canned.ask(list_all, tries=2)
    assert 20 < len(canned.requests) <= 24
    assert 1100 < canned.time.now <= 1120
    assert not isinstance(caught.value, UnresolvedError)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_kept(status: int) -> None:
    canned = Canned(answer(status, Retry_After="7"), answer(200, []))
    canned.ask(list_all)
    assert sum(canned.time.slept) == 7


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_as_a_date_is_kept(status: int) -> None:
    canned = Canned(answer(status, Retry_After="Thu, 01 Jan 2026 00:00:09 GMT"), answer(200, []))
    canned.ask(list_all)
    assert sum(canned.time.slept) == 9


def test_retry_after_is_capped() -> None:
    canned = Canned(answer(503, Retry_After="3600"), answer(200, []))
    canned.ask(list_all, retry_after_cap=11)
    assert sum(canned.time.slept) == 11


def test_a_bare_429_slows_everybody_down() -> None:
    canned = Canned(answer(429), answer(200, []))
    canned.ask(list_all)
    assert sum(canned.time.slept) >= 1


def test_a_429_to_one_worker_pauses_all_workers() -> None:
    canned = Canned(answer(429, Retry_After="30"), answer(200, []))

    async def go(platform: SlngPlatform) -> None:
        await asyncio.gather(*(platform.list_agents() for _ in range(4)))

    canned.ask(go, concurrency=1)
    assert [begun >= 1030 for begun in canned.begun] == [False, True, True, True, True]


@pytest.mark.parametrize("status", [400, 402, 404, 405, 409, 413, 418, 422, 501, 505])
def test_refusals_are_not_repeated(status: int) -> None:
    canned = Canned(answer(status, {"detail": "no"}))
    with pytest.raises(RemoteError, match=rf"no \({status}"):
        canned.ask(update_one)
    assert len(canned.requests) == 1


def test_a_refused_key_is_not_tried_again() -> None:
    with world(tokens={"another": "22222222-2222-4222-8222-222222222222"}) as here:
        with pytest.raises(AuthenticationError) as caught:
            here.ask(list_all)
        assert len(here.log()) == 1
    assert "401" in caught.value.message


def test_a_user_without_an_organisation_is_told_so() -> None:
    tokens = {"canary-platform-key-4c3d": None}
    with world(tokens=tokens) as here, pytest.raises(AuthenticationError, match="not a member") as caught:
        here.ask(list_all)
    assert "invited" in str(caught.value.help)


def test_a_key_that_is_revoked_during_a_doubtful_update_leaves_it_unknown() -> None:
    canned = Canned(answer(502), answer(401, {"detail": "User not found"}))
    with pytest.raises(UnresolvedError, match="User not found"):
        canned.ask(update_one)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("question", [list_all, update_one, delete_one, create_one])
def test_redirects_are_never_followed(status: int, question: Any) -> None:
    canned = Canned(answer(status, Location="https://evil.example.com/"))
    with pytest.raises(RemoteError, match=r"redirected to evil\.example\.com"):
        canned.ask(question)
    assert len(canned.requests) == 1


@pytest.mark.parametrize("question", [get_one, delete_one])
def test_a_web_page_with_404_does_not_mean_that_an_agent_is_gone(question: Any) -> None:
    page = httpx.Response(404, html="<h1>Not found</h1>")
    with pytest.raises(RemoteError) as caught:
        Canned(page).ask(question)
    assert "base_url" in str(caught.value.help)
    assert "<h1>" not in caught.value.message


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"id": ', b"[NaN]", b"\xff\xfe", b"[" * 200_000, b"[" + b"9" * 5000 + b"]"],
    ids=["empty", "html", "cut", "nan", "bytes", "deep", "huge number"],
)
@pytest.mark.parametrize("question", [list_all, get_one])
def test_a_read_that_is_not_json_is_an_error_at_once(body: bytes, question: Any) -> None:
    canned = Canned(httpx.Response(200, content=body))
    with pytest.raises(RemoteError, match="is not JSON"):
        canned.ask(question)
    assert len(canned.requests) == 1


def test_a_list_that_is_no_list_is_an_error() -> None:
    with pytest.raises(RemoteError, match="not a list"):
        Canned(answer(200, {"agents": []})).ask(list_all)


def test_a_malformed_agent_is_named() -> None:
    with pytest.raises(RemoteError, match=r"agent 'Support Router' .*tools is missing"):
        Canned(answer(200, [live_answer(tools=None)])).ask(list_all)


def test_an_update_whose_answer_cannot_be_read_is_repeated_and_then_unknown() -> None:
    canned = Canned(httpx.Response(200, content=b"{"))
    with pytest.raises(UnresolvedError, match=r"cannot be read \(200\); tried 8 times") as caught:
        canned.ask(update_one)
    assert "agentconf plan" in str(caught.value.help)


def test_an_update_that_is_answered_with_something_else_is_unknown() -> None:
    with pytest.raises(UnresolvedError, match=r"done, but .* not an agent"):
        Canned(answer(200, [1])).ask(update_one)


def test_an_update_whose_fate_stays_open_is_unknown() -> None:
    with pytest.raises(UnresolvedError, match="not known whether this was done: update agent"):
        Canned(httpx.ReadTimeout("")).ask(update_one)


def test_an_update_that_never_left_is_not_unknown() -> None:
    with pytest.raises(RemoteError, match="could not update agent") as caught:
        Canned(httpx.ConnectTimeout("")).ask(update_one)
    assert not isinstance(caught.value, UnresolvedError)


def test_a_deletion_whose_fate_stays_open_is_unknown() -> None:
    with pytest.raises(UnresolvedError):
        Canned(answer(504)).ask(delete_one)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_answers_that_are_too_large_are_not_read_also_when_compressed(encoding: str) -> None:
    body = b"[" + b" " * 3_000_000 + b"]"
    content = gzip.compress(body) if encoding == "gzip" else body
    canned = Canned(httpx.Response(200, content=content, headers={"content-encoding": encoding}))
    with pytest.raises(RemoteError, match="larger than 2 MiB"):
        canned.ask(list_all, max_answer_bytes=2 * 2**20)
    assert len(canned.requests) == 1


def test_broken_compression_is_a_fault() -> None:
    broken = httpx.Response(
        200, stream=httpx.ByteStream(zlib.compress(b"[]")), headers={"content-encoding": "gzip"}
    )
    with pytest.raises(RemoteError, match="compression is broken"):
        Canned(broken).ask(list_all, tries=1)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (httpx.ConnectTimeout("x"), "no connection to api.example.com within 10 s"),
        (httpx.ReadTimeout("x"), "no answer within 30 s"),
        (httpx.WriteTimeout("x"), "no answer within 30 s"),
        (httpx.PoolTimeout("x"), "api.example.com cannot be reached"),
        (httpx.ProxyError("x"), "api.example.com cannot be reached"),
        (httpx.ReadError("x"), "the connection broke"),
        (httpx.RemoteProtocolError("x"), "the connection broke"),
        (ConnectionResetError("x"), "the connection broke"),
    ],
)
def test_faults_on_the_way_are_told_in_our_words(fault: Exception, words: str) -> None:
    with pytest.raises(RemoteError, match=words):
        Canned(fault).ask(list_all, tries=1)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_platform_that_refuses_connections_is_tried_a_few_times_only() -> None:
    canned = Canned(answer(200))
    settings = ConnectionSettings(f"http://127.0.0.1:{closed_port()}", "key-1", timing=canned.time.timing())

    async def go() -> None:
        async with SlngPlatform(settings) as platform:
            await platform.list_agents()

    with pytest.raises(
        UnreachableError, match=r"127\.0\.0\.1:\d+ refuses connections; tried 3 times"
    ) as caught:
        asyncio.run(go())
    assert canned.time.slept == [0.5, 1]
    assert caught.value.help == (
        "check the network, and base_url of this environment (AGENTCONF_BASE_URL overrides it)"
    )


def test_a_platform_that_has_answered_before_gets_one_try_more() -> None:
    canned = Canned(answer(200, []), httpx.ConnectError("x"))

    async def twice(platform: SlngPlatform) -> None:
        await platform.list_agents()
        await platform.list_agents()

    with pytest.raises(UnreachableError, match="tried 4 times"):
        canned.ask(twice)
    assert canned.time.slept == [0.5, 1, 2]


def test_an_answer_of_any_kind_counts_as_contact() -> None:
    canned = Canned(answer(500), httpx.ConnectError("x"))
    with pytest.raises(UnreachableError, match="tried 4 times"):
        canned.ask(list_all)


def test_a_first_contact_that_takes_long_to_fail_is_not_tried_again() -> None:
    time = FakeTime()
    requests = 0

    async def slow(_: httpx.Request) -> httpx.Response:
        nonlocal requests
        requests += 1
        await time.sleep(5)
        error = httpx.ConnectError("x")
        error.__cause__ = socket.gaierror(socket.EAI_AGAIN, "x")
        raise error

    settings = ConnectionSettings("https://api.example.com", "key-1", timing=time.timing())
    with pytest.raises(UnreachableError, match=r"the name of api\.example\.com cannot be resolved"):
        ask(settings, list_all, httpx.MockTransport(slow))
    assert (requests, time.slept) == (1, [5])


@pytest.mark.parametrize(
    ("fault", "unanswered"),
    [
        (httpx.ReadError("x"), True),
        (httpx.ReadTimeout("x"), True),
        (answer(504), False),
        (answer(502), False),
        (answer(200, [1]), False),
    ],
)
def test_a_doubtful_update_knows_whether_anything_answered(fault: Any, unanswered: bool) -> None:
    with pytest.raises(UnresolvedError) as caught:
        Canned(fault).ask(update_one)
    assert caught.value.unanswered is unanswered


@pytest.mark.parametrize("last_look", [httpx.ReadError("x"), answer(200, [])])
def test_a_doubtful_create_knows_whether_anything_answered(last_look: Any) -> None:
    canned = Canned(httpx.ReadError("x"), last_look)
    with pytest.raises(UnresolvedError) as caught:
        canned.ask(create_one, tries=1)
    assert caught.value.unanswered


@pytest.mark.parametrize("question", [list_all, update_one, delete_one, create_one])
def test_what_never_got_through_is_unreachable(question: Any) -> None:
    with pytest.raises(UnreachableError):
        Canned(httpx.ConnectError("x")).ask(question)


def test_a_refusal_is_not_unreachable() -> None:
    with pytest.raises(RemoteError) as caught:
        Canned(answer(422)).ask(list_all)
    assert not isinstance(caught.value, UnreachableError)


@pytest.mark.parametrize(
    ("cause", "words", "tries"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "the name of api.example.com cannot be resolved", 1),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "the name of api.example.com cannot be resolved", 3),
        (ssl.SSLError(1, "x"), "api.example.com does not speak TLS as expected", 1),
        (BaseExceptionGroup("x", [ConnectionRefusedError(1, "x")]), "refuses connections", 3),
        (OSError(1, "x"), "cannot be reached", 3),
    ],
)
def test_what_lasts_is_not_tried_again(cause: BaseException, words: str, tries: int) -> None:
    error = httpx.ConnectError("x")
    error.__cause__ = OSError("in between")
    error.__cause__.__context__ = cause
    canned = Canned(error)
    with pytest.raises(RemoteError, match=words):
        canned.ask(list_all)
    assert len(canned.requests) == tries


def test_a_certificate_that_is_not_trusted_is_said() -> None:
    cause = ssl.SSLCertVerificationError(1, "x")
    cause.verify_message = "self-signed certificate"
    error = httpx.ConnectError("x")
    error.__cause__ = cause
    with pytest.raises(RemoteError, match="not trusted: self-signed certificate"):
        Canned(error).ask(list_all)


def test_a_server_that_never_answers_is_left_within_the_budget() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings = ConnectionSettings(f"http://127.0.0.1:{port}", "key-1", budget=0.05, timeout=30)

        async def go() -> None:
            async with SlngPlatform(settings) as platform:
                await platform.list_agents()

        with pytest.raises(RemoteError, match="no complete answer in time"):
            asyncio.run(go())


def test_a_server_that_sends_a_byte_now_and_then_is_left_within_the_budget() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def trickle() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[")
                while not over.wait(0.01):
                    connection.sendall(b" ")

        thread = threading.Thread(target=trickle)
        thread.start()
        settings = ConnectionSettings(
            f"http://127.0.0.1:{server.getsockname()[1]}", "key-1", budget=0.1, timeout=30
        )

        async def go() -> None:
            async with SlngPlatform(settings) as platform:
                await platform.list_agents()

        with pytest.raises(RemoteError, match="no complete answer in time"):
            asyncio.run(go())
        over.set()
        thread.join()


def test_an_operation_whose_budget_was_spent_waiting_sends_nothing() -> None:
    canned = Canned(answer(200, []))

    async def go(platform: SlngPlatform) -> None:
        platform._exchange.limiter.pause(130)
        await platform.list_agents()

    with pytest.raises(RemoteError, match="the time is used up"):
        canned.ask(go)
    assert canned.requests == []


def test_a_cancelled_operation_stays_cancelled() -> None:
    async def go() -> bool:
        reached = asyncio.Event()

        class Hanging(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                reached.set()
                await asyncio.Event().wait()
                raise AssertionError(request)

        async with SlngPlatform(
            ConnectionSettings("https://api.example.com", "key-1"), Hanging()
        ) as platform:
            asking = asyncio.create_task(platform.list_agents())
            await reached.wait()
            asking.cancel()
            await asyncio.wait([asking])
            return asking.cancelled()

    assert asyncio.run(go())


def test_what_stays_on_this_machine_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port()}")
    with world() as here:
        assert here.ask(list_all) == ()


@pytest.mark.parametrize(
    ("value", "problem"),
    [("\ud800", "surrogate"), (float("nan"), "JSON does not have"), ({1}, "JSON does not have")],
)
def test_a_body_that_cannot_be_sent_is_refused_before_anything_is(value: Any, problem: str) -> None:
    canned = Canned(answer(201, live_answer()))
    with pytest.raises(ConfigurationError, match=problem) as caught:
        canned.ask(lambda platform: platform.create_agent(agent_body(greeting=value), SECRETS))
    assert canned.requests == []
    assert caught.value.__context__ is None


def test_a_missing_secret_is_named_before_anything_is_sent() -> None:
    canned = Canned(answer(201, live_answer()))
    with pytest.raises(ConfigurationError, match="CRM_TOKEN is not set"):
        canned.ask(lambda platform: platform.create_agent(agent_body(), {"SLNG_API_KEY": "x"}))
    assert canned.requests == []


def test_no_more_requests_are_under_way_than_allowed() -> None:
    under_way, most = 0, 0

    class Counting(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1
            return answer(200, [])

    async def go() -> None:
        settings = ConnectionSettings("https://api.example.com", "key-1", concurrency=3)
        async with SlngPlatform(settings, Counting()) as platform:
            await asyncio.gather(*(platform.list_agents() for _ in range(20)))

    asyncio.run(go())
    assert most == 3
