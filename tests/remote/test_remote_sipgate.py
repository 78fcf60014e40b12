"""Calls with sipgate's AI flows, against the emulator."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from remote_calls import NUMBER, SIPGATE, Answers, ask, client, inside, request_for
from remote_world import API_KEY, answer

from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import running
from agentconf.emulator.sipgate.options import SipgateOptions
from agentconf.errors import RemoteError
from agentconf.remote.calling import CallRequest, Deferred, Doubtful, Halted, Placed, Refused, Target
from agentconf.remote.connection import ConnectionSettings
from agentconf.remote.sipgate.client import SipgateCalls

if TYPE_CHECKING:
    from remote_calls import Inside

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def place(here: Inside, target: Target = SIPGATE, number: str = NUMBER) -> Any:
    return here.ask("sipgate", lambda one: one.place(target, [CallRequest("k", number)], timeout=5))


@pytest.mark.parametrize("created", [200, 201, 202])
@pytest.mark.parametrize("body", ["empty", "id"])
def test_a_call_is_started_and_has_no_id(created: int, body: Any) -> None:
    with inside(sipgate=SipgateOptions(created=created, answer=body)) as here:
        assert place(here) == Placed((None,))
        (call,) = here.send("GET", "/_emulator/sipgate/calls").json()
    assert (call["aiFlowId"], call["billingDevice"], call["toPhoneNumber"]) == ("flow-1", "e2", NUMBER)


def test_the_request_is_as_documented() -> None:
    platform = Answers("sipgate", answer(201))
    platform.place(NUMBER)
    (request,) = platform.requests
    assert (request.method, request.url.path) == ("POST", "/v3/ai-flows/flow-1/call")
    assert request.headers["authorization"] == f"Bearer {API_KEY}"
    assert json.loads(request.content) == {"billingDevice": "e2", "toPhoneNumber": NUMBER}


@pytest.mark.parametrize(
    ("plus", "wanted", "expected"),
    [
        (True, "require", Placed),
        (False, "refuse", Placed),
        (True, "refuse", Halted),
        (False, "require", Halted),
    ],
)
def test_numbers_go_with_or_without_their_plus(plus: bool, wanted: Any, expected: type) -> None:
    with inside(sipgate=SipgateOptions(plus=wanted)) as here:
        platform = SipgateCalls(here.settings(), here.transport, plus=plus)
        result = ask(platform, lambda one: one.place(SIPGATE, [CallRequest("k", NUMBER)], timeout=5))
    assert type(result) is expected


def test_a_flow_that_is_not_there_halts_everything() -> None:
    with inside(sipgate=SipgateOptions(flows={"other": NUMBER})) as here:
        result = place(here)
    assert isinstance(result, Halted)
    assert result.message == "RESOURCE_NOT_FOUND: The AI flow was not found (404 Not Found)"


def test_a_flow_without_a_number_halts_everything() -> None:
    with inside(sipgate=SipgateOptions(flows={"flow-1": None})) as here:
        result = place(here)
    assert isinstance(result, Halted)
    assert "phone number" in str(result.help)


def test_a_number_that_is_none_is_refused() -> None:
    with inside() as here:
        result = place(here, number="+0")
    assert isinstance(result, Refused)


def test_an_account_without_credit_halts_everything() -> None:
    with inside(credit=0) as here:
        assert isinstance(place(here), Halted)


def test_a_token_of_nobody_halts_everything_as_denied() -> None:
    with inside(tokens={"another": "an-organisation"}) as here:
        result = place(here)
    assert isinstance(result, Halted)
    assert result.denied


@pytest.mark.parametrize(
    ("fault", "expected", "started"),
    [
        ("429", Deferred, 0),
        ("503", Deferred, 0),
        ("500", Doubtful, 0),
        ("502", Doubtful, 1),
        ("reset-before", Doubtful, 0),
        ("reset-after", Doubtful, 1),
    ],
)
def test_each_fault_of_a_real_server_is_met_with_a_single_request(
    fault: str, expected: type, started: int
) -> None:
    with running(EmulatorOptions(script=(f"POST /v3/* {fault}",))) as server:
        platform = client("sipgate", ConnectionSettings(server.url, API_KEY))
        call = CallRequest("k", NUMBER)
        result = ask(platform, lambda one: one.place(SIPGATE, [call], timeout=5))
        rows = server.store.database.rows("SELECT count(*) FROM sipgate_calls")
        assert (type(result), rows[0][0], len(server.store.requests())) == (expected, started, 1)


def test_what_sipgate_can_do_is_declared() -> None:
    able = client("sipgate", ConnectionSettings("https://api.sipgate.com", API_KEY)).capabilities
    assert able.name == "sipgate AI Flow"
    assert (able.bulk, able.arguments, able.call_id, able.get, able.list_calls) == (
        1,
        False,
        False,
        False,
        False,
    )
    assert (able.marks, able.cancel, able.schedules, able.outcomes) == (False, False, False, frozenset())


@pytest.mark.parametrize(
    ("target", "call"),
    [
        (SIPGATE, CallRequest("k", NUMBER, {"patient": "Ada"})),
        (Target("sipgate", "flow-1"), CallRequest("k", NUMBER)),
    ],
)
def test_arguments_or_no_billing_device_are_mistakes_of_the_caller(target: Target, call: CallRequest) -> None:
    with pytest.raises(ValueError, match="billing device"):
        Answers("sipgate", answer(201)).ask(lambda one: one.place(target, [call], timeout=1))


def test_more_than_one_call_is_a_mistake_of_the_caller() -> None:
    calls = [request_for("sipgate")] * 2
    with pytest.raises(ValueError, match="too many values"):
        Answers("sipgate", answer(201)).ask(lambda one: one.place(SIPGATE, calls, timeout=1))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (lambda one: one.calls_since(SIPGATE, NOW), "does not tell which calls there are"),
        (lambda one: one.list_calls(SIPGATE), "does not tell which calls there are"),
        (lambda one: one.get_call(SIPGATE, "c"), "does not tell how a call went"),
        (lambda one: one.cancel_call(SIPGATE, "c"), "offers no cancellation"),
    ],
)
def test_what_sipgate_cannot_do_is_said_without_asking(question: Any, words: str) -> None:
    platform = Answers("sipgate", answer(200, []))
    with pytest.raises(RemoteError, match=words):
        platform.ask(question)
    assert platform.requests == []
