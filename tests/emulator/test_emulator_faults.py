from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from emulator_client import TRUNK, agent_body, emulated

from agentconf.emulator.faults import Fault, parse_cue, parse_faults
from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import running
from agentconf.errors import UsageError

CREATE = "POST /v1/agents"
AUTHORIZED = {"Authorization": "Bearer t"}


def test_shares_of_faults_are_read() -> None:
    assert parse_faults("429=0.1, 500=.05,slow=1e-2") == (
        Fault("429", 0.1),
        Fault("500", 0.05),
        Fault("slow", 0.01),
    )


def test_a_reset_is_half_before_and_half_after_the_write() -> None:
    assert parse_faults("reset=0.5") == (Fault("reset-before", 0.25), Fault("reset-after", 0.25))


def test_no_faults_are_no_faults() -> None:
    assert parse_faults("") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("teapot=0.1", "unknown fault 'teapot'"),
        ("429", "the fault '429' has no share from 0 to 1"),
        ("429=x", "the fault '429=x' has no share from 0 to 1"),
        ("429=1.1", "the fault '429=1.1' has no share from 0 to 1"),
        ("429=-1", "the fault '429=-1' has no share from 0 to 1"),
        ("429=nan", "the fault '429=nan' has no share from 0 to 1"),
        ("429=0.6,500=0.6", "the shares of the faults come to more than 1 in '429=0.6,500=0.6'"),
        ("429=0.1,429=0.2", "a fault is given twice in '429=0.1,429=0.2'"),
        ("reset=0.1,reset-after=0.2", "a fault is given twice in 'reset=0.1,reset-after=0.2'"),
    ],
)
def test_faults_that_make_no_sense_are_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_faults(text)
    assert caught.value.message == message
    assert caught.value.help is not None


@pytest.mark.parametrize("text", ["", "POST /v1/agents", "POST /v1/agents 502 now", "POST /v1/agents 418"])
def test_a_script_that_makes_no_sense_is_refused_at_once(text: str) -> None:
    with pytest.raises(UsageError):
        EmulatorOptions(script=(text,))


@pytest.mark.parametrize(
    ("cue", "method", "path", "matches"),
    [
        ("POST /v1/agents 502", "POST", "/v1/agents", True),
        ("post /v1/agents 502", "POST", "/v1/agents", True),
        ("POST /v1/agents 502", "GET", "/v1/agents", False),
        ("POST /v1/agents 502", "POST", "/v1/agents/x/calls", False),
        ("* /v1/agents/*/calls slow", "GET", "/v1/agents/x/calls", True),
    ],
)
def test_a_script_entry_waits_for_its_request(cue: str, method: str, path: str, *, matches: bool) -> None:
    assert parse_cue(cue).matches(method, path) is matches


def scripted(*script: str, **options: Any) -> Any:
    return emulated(script=script, **options)


def test_429_says_when_to_come_back_and_writes_nothing() -> None:
    with scripted(f"{CREATE} 429", retry_after=7) as client:
        answer = client.send("POST", "/v1/agents", agent_body())
        assert (answer.status, answer.json) == (429, {"error": "Too many requests"})
        assert answer.headers["retry-after"] == "7"
        assert client.send("GET", "/v1/agents").json == []


def test_retry_after_is_sometimes_a_date_that_lies_ahead() -> None:
    with emulated(faults=(Fault("429", 0.5), Fault("503", 0.5)), retry_after=7) as client:
        answers = [client.send("GET", "/v1/agents") for _ in range(40)]
        texts = {answer.headers["retry-after"] for answer in answers}
        dates = [parsedate_to_datetime(text) for text in texts if text != "7"]
        waits = [(date - datetime.now(UTC)).total_seconds() for date in dates]
        assert "7" in texts
        assert waits != []
        assert all(5 < wait <= 8 for wait in waits)
        assert {answer.status for answer in answers} == {429, 503}


@pytest.mark.parametrize("kind", ["500", "503"])
def test_500_and_503_come_before_the_write(kind: str) -> None:
    with scripted(f"{CREATE} {kind}") as client:
        assert client.send("POST", "/v1/agents", agent_body()).status == int(kind)
        assert client.send("GET", "/v1/agents").json == []


def test_502_comes_after_the_write() -> None:
    with scripted(f"{CREATE} 502") as client:
        answer = client.send("POST", "/v1/agents", agent_body())
        assert (answer.status, answer.detail) == (502, "Failed to create inbound dispatch rule")
        assert [agent["name"] for agent in client.send("GET", "/v1/agents").json] == ["Support Router"]


def test_502_of_a_call_comes_after_it_was_placed() -> None:
    with scripted("POST */calls 502") as client:
        agent = client.create(sip_outbound_trunk_id=TRUNK, template_defaults={"brand": "x"})
        path = f"/v1/agents/{agent['id']}/calls"
        answer = client.send("POST", path, {"phone_number": "+14155551234"})
        assert (answer.status, answer.detail) == (
            502,
            "Failed to dispatch call: upstream dispatcher unavailable",
        )
        assert client.send("GET", path).json["meta"]["total"] == 1


@pytest.mark.parametrize(("kind", "written"), [("reset-before", 0), ("reset-after", 1)])
def test_in_process_a_reset_is_raised_as_a_socket_would_raise_it(kind: str, written: int) -> None:
    with scripted(f"{CREATE} {kind}") as client:
        with pytest.raises(ConnectionResetError):
            client.send("POST", "/v1/agents", agent_body())
        assert len(client.send("GET", "/v1/agents").json) == written


@pytest.mark.parametrize(("kind", "written"), [("reset-before", 0), ("reset-after", 1)])
def test_on_a_server_a_reset_cuts_the_connection(
    kind: str, written: int, caplog: pytest.LogCaptureFixture
) -> None:
    options = EmulatorOptions(script=(f"{CREATE} {kind}",))
    with running(options) as server, httpx.Client(base_url=server.url, headers=AUTHORIZED) as client:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            client.post("/v1/agents", json=agent_body())
        assert len(client.get("/v1/agents").json()) == written
        assert [(entry.status, entry.fault) for entry in server.store.requests()] == [
            (None, kind),
            (200, None),
        ]


def test_on_a_server_faults_are_logged_before_they_are_seen() -> None:
    options = EmulatorOptions(script=("GET /v1/agents 500", "GET /v1/agents 502"))
    with running(options) as server, httpx.Client(base_url=server.url, headers=AUTHORIZED) as client:
        statuses = [client.get("/v1/agents").status_code for _ in range(3)]
        assert [entry.status for entry in server.store.requests()] == statuses == [500, 502, 200]


def test_a_slow_answer_comes_whole_in_pieces_with_pauses() -> None:
    with scripted("GET /v1/agents slow", slow_delay=0.5) as client:
        agent = client.create()
        assert client.send("GET", "/v1/agents").json == [agent]
        assert client.slept == [0.5] * 5


def test_a_slow_answer_without_a_body_has_no_pauses() -> None:
    with scripted("DELETE /v1/agents/* slow") as client:
        agent = client.create()
        assert client.send("DELETE", f"/v1/agents/{agent['id']}").status == 204
        assert client.slept == []


def test_on_a_server_a_slow_answer_comes_whole() -> None:
    options = EmulatorOptions(script=("GET /v1/agents slow",), slow_delay=0.001)
    with running(options) as server, httpx.Client(base_url=server.url, headers=AUTHORIZED) as client:
        assert client.get("/v1/agents").json() == []


def test_each_request_waits_for_the_latency() -> None:
    with emulated(latency=0.1) as client:
        client.create()
        client.send("GET", "/v1/agents")
        client.send("GET", "/_emulator/health")
        assert client.slept == [0.1, 0.1]


def test_a_script_entry_is_used_once_and_in_order() -> None:
    with scripted("GET /v1/agents 500", f"{CREATE} 429", "GET * 503") as client:
        statuses = [client.send("GET", "/v1/agents").status for _ in range(3)]
        statuses.append(client.send("POST", "/v1/agents", agent_body()).status)
        assert statuses == [500, 503, 200, 429]


def test_a_fault_comes_before_the_question_who_asks() -> None:
    with scripted("GET /v1/agents 503") as client:
        assert [client.send("GET", "/v1/agents", token=None).status for _ in range(2)] == [503, 401]


def kinds(seed: int, count: int = 60) -> list[str | None]:
    with emulated(faults=parse_faults("429=0.2,500=0.2,502=0.2"), random_seed=seed) as client:
        for _ in range(count):
            client.send("GET", "/v1/agents")
        return [entry.fault for entry in client.store.requests()]


def test_the_same_seed_draws_the_same_faults_and_another_others() -> None:
    assert kinds(1) == kinds(1)
    assert kinds(1) != kinds(2)


def test_faults_come_about_as_often_as_asked_for() -> None:
    drawn = kinds(3, 300)
    assert all(40 < drawn.count(kind) < 80 for kind in ("429", "500", "502"))
    assert 90 < drawn.count(None) < 150


def test_the_emulator_itself_is_never_faulted() -> None:
    with emulated(faults=parse_faults("500=1")) as client:
        assert client.send("GET", "/_emulator/health").status == 200
