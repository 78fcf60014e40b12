"""Calls with Dasha's agents, against the emulator and against answers that it would not give."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from remote_calls import DASHA, NUMBER, OTHER, Answers, ask, client, inside
from remote_world import API_KEY, answer

from agentconf.emulator.dasha.options import DashaOptions
from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import running
from agentconf.errors import AuthenticationError, RemoteError
from agentconf.remote.calling import (
    CallRequest,
    Deferred,
    Doubtful,
    Halted,
    Outbound,
    Outcome,
    Placed,
    Refused,
    Target,
)
from agentconf.remote.connection import ConnectionSettings
from agentconf.remote.dasha.client import DashaCalls
from agentconf.remote.dasha.wire import MARK, lowered, outcome_of, read_call, write_call
from agentconf.remote.platform import UnreachableError, UnresolvedError

if TYPE_CHECKING:
    from remote_calls import Inside

MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)
DEADLINE = datetime(2026, 1, 2, 18, 0, 0, 900_000, timezone(timedelta(hours=2)))


def calls(count: int) -> list[CallRequest]:
    return [
        CallRequest(f"key-{index}", f"+141555501{index:02}", {"patient": f"P{index}"})
        for index in range(count)
    ]


def place(here: Inside, requests: list[CallRequest], target: Target = DASHA) -> Any:
    return here.ask("dasha", lambda one: one.place(target, requests, timeout=5))


def ids(result: Any) -> tuple[str, ...]:
    assert isinstance(result, Placed)
    return tuple(str(one) for one in result.ids)


def test_a_single_call_is_scheduled_and_followed_to_its_end() -> None:
    with inside() as here:
        (call_id,) = ids(place(here, calls(1)))
        first = here.ask("dasha", lambda one: one.get_call(DASHA, call_id))
        assert (first.id, first.to, first.status, first.outcome) == (call_id, "+14155550100", "Created", None)
        assert (first.created_at, first.mark, first.arguments) == (MIDNIGHT, "key-0", {"patient": "P0"})
        here.clock.advance(600)
        last = here.ask("dasha", lambda one: one.get_call(DASHA, call_id))
        assert (last.status, last.outcome, last.mark) == ("Completed", Outcome.COMPLETED, "key-0")
        assert (last.created_at, last.direction) == (MIDNIGHT, "outbound")
        assert last.ended_at > MIDNIGHT
        assert last.duration > 0
        assert last.detail["callStatus"] == "Completed"


@pytest.mark.parametrize("created", [200, 201])
def test_several_calls_go_in_one_request_and_keep_their_order(created: int) -> None:
    with inside(dasha=DashaOptions(created=created)) as here:
        placed = ids(place(here, calls(7)))
        told = here.ask("dasha", lambda one: one.calls_since(DASHA, MIDNIGHT))
        by_id = {call.id: call for call in told}
        assert [by_id[one].mark for one in placed] == [f"key-{index}" for index in range(7)]
        assert here.store.requests()[0].path == "/api/v1/calls/bulk"


def test_a_failed_call_tells_why() -> None:
    with inside(call_failure_rate=1.0) as here:
        (call_id,) = ids(place(here, calls(1)))
        here.clock.advance(600)
        call = here.ask("dasha", lambda one: one.get_call(DASHA, call_id))
        assert call.outcome is Outcome.FAILED
        assert call.reason in ("No answer", "Busy", "Declined")


def test_what_dasha_can_do_is_declared() -> None:
    settings = ConnectionSettings("https://blackbox.dasha.ai", API_KEY)
    able = DashaCalls(settings, bulk=25).capabilities
    assert (able.name, able.bulk, able.arguments, able.call_id, able.get, able.list_calls) == (
        "Dasha",
        25,
        True,
        True,
        True,
        True,
    )
    assert (able.marks, able.cancel, able.schedules) == (True, True, True)
    assert able.outcomes == {Outcome.COMPLETED, Outcome.FAILED, Outcome.CANCELED}
    assert client("dasha", settings).capabilities.bulk == 100


def sent(requests: list[CallRequest], target: Target = DASHA) -> httpx.Request:
    platform = Answers("dasha", answer(201))
    platform.ask(lambda one: one.place(target, requests, timeout=5))
    (request,) = platform.requests
    return request


def test_a_single_call_is_sent_as_documented() -> None:
    request = sent([CallRequest("k", NUMBER, {"name": "Ada"}, 3, DEADLINE, "Europe/Berlin")])
    assert (request.method, request.url.path) == ("POST", "/api/v1/calls")
    assert request.url.params["agentId"] == "agent-7"
    assert request.headers["authorization"] == f"Bearer {API_KEY}"
    assert json.loads(request.content) == {
        "endpoint": NUMBER,
        "additionalData": {"name": "Ada", "agentconf_key": "k"},
        "priority": 3,
        "callDeadline": "2026-01-02T16:00:00Z",
        "timezone": "Europe/Berlin",
    }


def test_several_calls_are_sent_as_a_bare_array() -> None:
    request = sent([CallRequest("k1", NUMBER), CallRequest("k2", OTHER)])
    assert (request.url.path, request.url.params["agentId"]) == ("/api/v1/calls/bulk", "agent-7")
    assert json.loads(request.content) == [
        {"endpoint": NUMBER, "additionalData": {"agentconf_key": "k1"}},
        {"endpoint": OTHER, "additionalData": {"agentconf_key": "k2"}},
    ]


@pytest.mark.parametrize(
    ("outbound", "override"),
    [
        (Outbound(), None),
        (Outbound(display_name="Front desk"), {"displayName": "Front desk"}),
        (
            Outbound("+442079460000", "c-1", "Desk"),
            {"phoneNumber": "+442079460000", "credentialsId": "c-1", "displayName": "Desk"},
        ),
    ],
)
def test_another_caller_is_sent_as_far_as_it_is_given(outbound: Outbound, override: Any) -> None:
    body = write_call(CallRequest("k", NUMBER), Target("dasha", "a", outbound=outbound), "callDeadline")
    assert body.get("overrideOutboundConfig") == override


def test_the_deadlines_spelling_can_be_chosen() -> None:
    body = write_call(CallRequest("k", NUMBER, deadline=DEADLINE), DASHA, "callDeadLine")
    assert body["callDeadLine"] == "2026-01-02T16:00:00Z"


def test_a_variable_that_is_called_like_the_mark_gives_way() -> None:
    body = write_call(CallRequest("k", NUMBER, {MARK: "theirs"}), DASHA, "callDeadline")
    assert body["additionalData"] == {MARK: "k"}


def test_an_agents_id_cannot_bring_other_parameters_along() -> None:
    request = sent([CallRequest("k", NUMBER)], Target("dasha", "a&take=1#x"))
    assert dict(request.url.params) == {"agentId": "a&take=1#x"}


def test_the_deadline_reaches_dasha() -> None:
    with inside(dasha=DashaOptions(concurrency=1)) as here:
        soon = MIDNIGHT + timedelta(seconds=30)
        first = CallRequest("k1", NUMBER, priority=9)
        (_, late) = ids(place(here, [first, CallRequest("k2", OTHER, deadline=soon)]))
        here.clock.advance(40)
        call = here.ask("dasha", lambda one: one.get_call(DASHA, late))
        assert (call.outcome, call.mark) == (Outcome.CANCELED, "k2")


@pytest.mark.parametrize("count", [0, 3])
def test_no_call_or_too_many_are_mistakes_of_the_caller(count: int) -> None:
    with pytest.raises(ValueError, match="calls in a request for 1 to 2"):
        ask(
            DashaCalls(ConnectionSettings("https://blackbox.dasha.ai", API_KEY), bulk=2),
            lambda one: one.place(DASHA, calls(count), timeout=1),
        )


def test_an_answer_that_lacks_a_call_leaves_all_of_them_in_doubt() -> None:
    data = [{"callId": "c-0", "endpoint": "+14155550100"}]
    assert Answers("dasha", answer(200, data)).place(NUMBER, OTHER) == Doubtful(
        "an answer that does not say which call was placed (200)", over=True
    )


@pytest.mark.parametrize("shape", [lambda item: item, lambda item: [item]])
def test_a_single_call_may_be_answered_with_an_array(shape: Any) -> None:
    data = shape({"callid": "c-0", "endpoint": NUMBER})
    assert Answers("dasha", answer(200, data)).place(NUMBER) == Placed(("c-0",))


def test_an_agent_that_is_not_there_halts_everything() -> None:
    with inside(dasha=DashaOptions(agents={"other": True})) as here:
        result = place(here, calls(2))
    assert isinstance(result, Halted)
    assert "Not Found: The agent was not found. (404" in result.message


def test_an_agent_that_is_disabled_halts_everything() -> None:
    with inside(dasha=DashaOptions(agents={"agent-7": False})) as here:
        assert isinstance(place(here, calls(2)), Halted)


def test_an_account_without_credit_halts_everything() -> None:
    with inside(credit=1) as here:
        assert isinstance(place(here, calls(2)), Halted)


def test_a_key_of_nobody_halts_everything_as_denied() -> None:
    with inside(tokens={"another": "an-organisation"}) as here:
        result = place(here, calls(1))
    assert isinstance(result, Halted)
    assert result.denied


def test_one_bad_call_refuses_the_bulk_and_none_is_placed() -> None:
    with inside() as here:
        bad = CallRequest("k", OTHER, timezone="Nowhere/At_All")
        result = place(here, [CallRequest("k1", NUMBER), bad])
        assert isinstance(result, Refused)
        assert "[1].timezone" in result.message
        assert here.ask("dasha", lambda one: one.calls_since(DASHA, MIDNIGHT)) == ()


def test_too_many_calls_for_the_platform_refuse_the_bulk() -> None:
    with inside(dasha=DashaOptions(bulk_max=2)) as here:
        assert isinstance(place(here, calls(3)), Refused)
        assert isinstance(place(here, calls(2)), Placed)


@pytest.mark.parametrize(
    ("fault", "expected", "placed"),
    [
        ("429", Deferred, 0),
        ("503", Deferred, 0),
        ("500", Doubtful, 0),
        ("502", Doubtful, 3),
        ("reset-before", Doubtful, 0),
        ("reset-after", Doubtful, 3),
    ],
)
def test_each_fault_of_a_real_server_is_met_with_a_single_request(
    fault: str, expected: type, placed: int
) -> None:
    with running(EmulatorOptions(script=(f"POST /api/v1/calls/bulk {fault}",))) as server:
        settings = ConnectionSettings(server.url, API_KEY)
        result = ask(client("dasha", settings), lambda one: one.place(DASHA, calls(3), timeout=5))
        since = datetime.now(UTC) - timedelta(minutes=5)
        told = ask(client("dasha", settings), lambda one: one.calls_since(DASHA, since))
        posts = [entry for entry in server.store.requests() if entry.path.endswith("/bulk")]
        assert (type(result), len(told), len(posts)) == (expected, placed, 1)
        assert {call.mark for call in told} == {f"key-{index}" for index in range(placed)}


def test_a_call_that_is_not_there_is_none() -> None:
    with inside() as here:
        assert here.ask("dasha", lambda one: one.get_call(DASHA, "c-9")) is None


def test_the_queue_is_remembered_while_calls_are_read_one_by_one() -> None:
    with inside() as here:
        placed = ids(place(here, calls(3)))

        async def read(platform: DashaCalls) -> None:
            for call_id in placed:
                await platform.get_call(DASHA, call_id)
            here.time.now += 10
            await platform.get_call(DASHA, placed[0])
            await platform.get_call(Target("dasha", "agent-8"), placed[0])

        here.ask("dasha", read)
        paths = [entry.path for entry in here.store.requests()]
        assert paths.count("/api/v1/calls/queue/list") == 3


def test_a_call_of_which_little_is_told_counts_as_made_now() -> None:
    detail = answer(200, {"callId": "c-1", "status": "Running", "endpoint": NUMBER})
    platform = Answers("dasha", detail, answer(200, {"calls": [], "total": 0}))
    call = platform.ask(lambda one: one.get_call(DASHA, "c-1"))
    assert (call.created_at, call.status, call.mark) == (MIDNIGHT, "Running", None)


@pytest.mark.parametrize("data", [[], "x", {"status": "Running"}])
def test_a_call_without_an_id_is_an_error(data: Any) -> None:
    platform = Answers("dasha", answer(200, data), answer(200, {"calls": [], "total": 0}))
    with pytest.raises(RemoteError, match="a call without an id"):
        platform.ask(lambda one: one.get_call(DASHA, "c-1"))


@pytest.mark.parametrize("deleted", [200, 204])
def test_a_call_is_taken_back(deleted: int) -> None:
    with inside(dasha=DashaOptions(deleted=deleted)) as here:
        (call_id,) = ids(place(here, calls(1)))
        here.ask("dasha", lambda one: one.cancel_call(DASHA, call_id))
        call = here.ask("dasha", lambda one: one.get_call(DASHA, call_id))
        assert call.outcome is Outcome.CANCELED


@pytest.mark.parametrize("refusal", [400, 404, 409])
def test_a_call_that_is_canceled_already_counts_as_taken_back(refusal: int) -> None:
    with inside(dasha=DashaOptions(not_canceled=refusal)) as here:
        (call_id,) = ids(place(here, calls(1)))
        here.ask("dasha", lambda one: one.cancel_call(DASHA, call_id))
        here.ask("dasha", lambda one: one.cancel_call(DASHA, call_id))


@pytest.mark.parametrize("refusal", [400, 404, 409])
def test_a_call_that_runs_cannot_be_taken_back(refusal: int) -> None:
    with inside(dasha=DashaOptions(not_canceled=refusal)) as here:
        (call_id,) = ids(place(here, calls(1)))
        here.clock.advance(5)
        with pytest.raises(
            RemoteError, match=f"could not cancel call {call_id}: .*; it is Running"
        ) as caught:
            here.ask("dasha", lambda one: one.cancel_call(DASHA, call_id))
        assert "have not started" in str(caught.value.help)


def test_a_call_that_is_not_there_cannot_be_taken_back() -> None:
    with inside() as here, pytest.raises(RemoteError, match="there is no such call"):
        here.ask("dasha", lambda one: one.cancel_call(DASHA, "c-9"))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (answer(401), AuthenticationError),
        (httpx.ConnectError("x"), UnreachableError),
        (httpx.ReadError("x"), UnresolvedError),
        (answer(502), UnresolvedError),
    ],
)
def test_a_cancellation_that_nobody_answers_is_no_refusal(fault: Any, kind: type) -> None:
    platform = Answers("dasha", fault)
    with pytest.raises(kind):
        platform.ask(lambda one: one.cancel_call(DASHA, "c-1"))
    assert {request.method for request in platform.requests} == {"DELETE"}


def test_a_cancellation_is_repeated_through_faults() -> None:
    platform = Answers("dasha", httpx.ReadError("x"), answer(502), answer(204))
    platform.ask(lambda one: one.cancel_call(DASHA, "c-1"))
    assert len(platform.requests) == 3


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("Created", None),
        ("Pending", None),
        ("Queued", None),
        ("Running", None),
        ("Unknown", None),
        ("Something", None),
        ("Completed", Outcome.COMPLETED),
        ("COMPLETED", Outcome.COMPLETED),
        ("Failed", Outcome.FAILED),
        ("Canceled", Outcome.CANCELED),
        ("Cancelled", Outcome.CANCELED),
        (None, None),
        (5, None),
    ],
)
def test_the_end_of_a_call_is_read_from_its_status(status: Any, outcome: Outcome | None) -> None:
    assert outcome_of(lowered({"Status": status})) is outcome
    assert outcome_of(lowered({"callStatus": status})) is outcome


def test_of_two_statuses_the_one_of_an_ended_call_is_the_later() -> None:
    over = {"callId": "c", "callStatus": "Completed", "createdTime": "2026-01-01T00:00:00Z"}
    waiting = {"callId": "c", "status": "Queued", "priority": 3}
    for order in ((over, waiting), (waiting, over)):
        assert read_call(*order, seen_at=MIDNIGHT).outcome is Outcome.COMPLETED


@pytest.mark.parametrize(
    ("kind", "direction"),
    [
        ("Unknown", "outbound"),
        ("OutboundPhone", "outbound"),
        ("InboundAudio", "inbound"),
        ("WebCall", "web"),
        ("Chat", "web"),
        (None, "outbound"),
    ],
)
def test_the_direction_is_read_from_the_calls_type(kind: Any, direction: str) -> None:
    assert read_call({"callId": "c", "callType": kind}, seen_at=MIDNIGHT).direction == direction
