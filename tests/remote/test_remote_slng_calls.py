"""Calls and web sessions with SLNG, against the emulator and against answers that it would not give."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from remote_calls import AGENT, NUMBER, OTHER, SLNG, Answers, client, inside, request_for
from remote_calls import ask as ask_platform
from remote_world import API_KEY, SECRETS, agent_body, answer, world

from agentconf.errors import ConfigurationError, RemoteError
from agentconf.remote.calling import CallRequest, Deferred, Doubtful, Halted, Outcome, Placed, Refused
from agentconf.remote.connection import ConnectionSettings
from agentconf.remote.platform import UnreachableError, UnresolvedError
from agentconf.remote.slng.session import WebSession

if TYPE_CHECKING:
    from remote_calls import Inside

    from agentconf.remote.calling import Target

MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)
UNKNOWN = "99999999-9999-4999-8999-999999999999"


def place(here: Inside, target: Target, number: str = NUMBER, **arguments: str) -> Any:
    call = CallRequest("k", number, arguments or {"patient": "Ada", "city": "Bonn"})
    return here.ask("slng", lambda one: one.place(target, [call], timeout=5))


def placed_id(result: Any) -> str:
    assert isinstance(result, Placed)
    (call_id,) = result.ids
    assert call_id is not None
    return call_id


def test_a_call_is_placed_and_followed_to_its_end() -> None:
    with inside(call_failure_rate=0.0) as here:
        target = here.agent()
        call_id = placed_id(place(here, target))
        first = here.ask("slng", lambda one: one.get_call(target, call_id))
        assert (first.id, first.to, first.status, first.outcome) == (call_id, NUMBER, "queued", None)
        assert (first.created_at, first.direction) == (MIDNIGHT, "outbound")
        assert first.arguments == {"patient": "Ada", "city": "Bonn"}
        here.clock.advance(600)
        last = here.ask("slng", lambda one: one.get_call(target, call_id))
        assert (last.status, last.outcome) == ("completed", Outcome.COMPLETED)
        assert last.ended_at > MIDNIGHT
        assert last.duration > 0
        assert last.detail["rendered_prompt"] == "You call Ada in Bonn."


def test_calls_that_nobody_takes_have_the_outcomes_that_are_declared() -> None:
    with inside(call_failure_rate=1.0) as here:
        target = here.agent()
        for _ in range(12):
            place(here, target)
        here.clock.advance(600)
        calls = here.ask("slng", lambda one: one.calls_since(target, MIDNIGHT))
        declared = here.ask("slng", _capabilities).outcomes
        outcomes = {call.outcome for call in calls}
        assert outcomes == {Outcome.NO_ANSWER, Outcome.BUSY, Outcome.REJECTED}
        assert outcomes <= declared


async def _capabilities(platform: Any) -> Any:
    return platform.capabilities


def test_what_slng_can_do_is_declared() -> None:
    with inside() as here:
        able = here.ask("slng", _capabilities)
    assert (able.name, able.bulk, able.arguments, able.call_id, able.get, able.list_calls) == (
        "SLNG",
        1,
        True,
        True,
        True,
        True,
    )
    assert (able.marks, able.cancel, able.schedules) == (False, False, False)


def test_the_request_is_as_documented() -> None:
    platform = Answers("slng", answer(200, {"call_id": "c-1", "message": "x"}))
    platform.place(NUMBER)
    (request,) = platform.requests
    assert (request.method, request.url.path) == ("POST", f"/v1/agents/{AGENT}/calls")
    assert request.headers["authorization"] == f"Bearer {API_KEY}"
    assert json.loads(request.content) == {
        "phone_number": NUMBER,
        "arguments": {"patient": "Ada Byron", "city": "Bonn"},
    }


def test_an_agent_without_a_trunk_halts_everything() -> None:
    with inside() as here:
        result = place(here, here.agent(sip_outbound_trunk_id=None))
    assert isinstance(result, Halted)
    assert result.message.startswith("Outbound telephony is not configured for this agent")


def test_an_account_without_credit_halts_everything() -> None:
    with inside(credit=1) as here:
        target = here.agent()
        assert isinstance(place(here, target), Placed)
        result = place(here, target)
    assert isinstance(result, Halted)
    assert "Insufficient credit" in result.message


def test_an_agent_that_is_gone_halts_everything() -> None:
    with inside() as here:
        assert isinstance(place(here, SLNG), Halted)


def test_a_key_of_nobody_halts_everything_as_denied() -> None:
    with inside(tokens={"another": AGENT}) as here:
        result = place(here, SLNG)
    assert isinstance(result, Halted)
    assert result.denied


def test_a_number_that_is_none_is_refused_without_being_told() -> None:
    with inside() as here:
        result = place(here, here.agent(), number="0151 4155550100")
    assert isinstance(result, Refused)
    assert "phone_number" in result.message
    assert "4155550100" not in result.message


def test_a_missing_variable_is_refused_by_name() -> None:
    with inside() as here:
        result = place(here, here.agent(), patient="Ada")
    assert isinstance(result, Refused)
    assert "arguments.city" in result.message
    assert "Ada" not in result.message


@pytest.mark.parametrize(
    ("fault", "expected", "placed"),
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
    fault: str, expected: type, placed: int
) -> None:
    with world(f"POST */calls {fault}") as here:
        settings = ConnectionSettings(here.server.url, API_KEY)
        trunk = "7b1c8a52-5d0e-4b5e-9f0a-1a2b3c4d5e6f"
        body = agent_body(sip_outbound_trunk_id=trunk, system_prompt="Hello", greeting="Hello")
        made = here.ask(lambda platform: platform.create_agent(body, SECRETS))
        target = SLNG.__class__("slng", made.id)
        call = CallRequest("k", NUMBER)
        result = ask_platform(client("slng", settings), lambda one: one.place(target, [call], timeout=5))
        since = datetime.now(UTC) - timedelta(minutes=5)
        calls = ask_platform(client("slng", settings), lambda one: one.calls_since(target, since))
        assert (type(result), len(calls)) == (expected, placed)
        assert [status for method, status in here.log("POST") if method == "POST"][1:] == [
            int(fault) if fault.isdigit() else None
        ]
        if isinstance(result, Doubtful):
            assert result.over is fault.isdigit()


def test_more_than_one_call_is_a_mistake_of_the_caller() -> None:
    calls = [request_for("slng"), request_for("slng", OTHER)]
    with pytest.raises(ValueError, match="too many values"):
        Answers("slng", answer(200)).ask(lambda one: one.place(SLNG, calls, timeout=1))


def test_only_calls_since_a_moment_are_told() -> None:
    with inside() as here:
        target = here.agent()
        place(here, target)
        here.clock.advance(60)
        second = placed_id(place(here, target))
        calls = here.ask("slng", lambda one: one.calls_since(target, MIDNIGHT + timedelta(seconds=60)))
        assert [call.id for call in calls] == [second]
        assert len(here.ask("slng", lambda one: one.calls_since(target, MIDNIGHT))) == 2


def test_many_calls_are_read_page_by_page() -> None:
    with inside() as here:
        target = here.agent()
        ids = {placed_id(place(here, target)) for _ in range(205)}
        here.send("DELETE", "/_emulator/requests")
        calls = here.ask("slng", lambda one: one.calls_since(target, MIDNIGHT))
        assert {call.id for call in calls} == ids
        assert len(calls) == 205
        assert len(here.store.requests()) == 3


def test_pages_stop_where_the_calls_get_too_old() -> None:
    with inside() as here:
        target = here.agent()
        for _ in range(101):
            place(here, target)
        here.clock.advance(60)
        newest = placed_id(place(here, target))
        here.send("DELETE", "/_emulator/requests")
        calls = here.ask("slng", lambda one: one.calls_since(target, MIDNIGHT + timedelta(seconds=1)))
        assert [call.id for call in calls] == [newest]
        assert len(here.store.requests()) == 1


def test_new_calls_that_push_others_on_to_later_pages_hide_none() -> None:
    with inside() as here:
        target = here.agent()
        before = {placed_id(place(here, target)) for _ in range(250)}

        class Busy(httpx.AsyncBaseTransport):
            """Between two pages, other processes place seven calls."""

            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                response = await here.transport.handle_async_request(request)
                if request.method == "GET":
                    body = {"phone_number": OTHER, "arguments": {"patient": "B", "city": "C"}}
                    url, headers = request.url.copy_with(query=None), {"Authorization": "Bearer x"}
                    for _ in range(7):
                        more = httpx.Request("POST", url, json=body, headers=headers)
                        await here.transport.handle_async_request(more)
                return response

        calls = ask_platform(
            client("slng", here.settings(), Busy()), lambda one: one.calls_since(target, MIDNIGHT)
        )
        ids = [call.id for call in calls]
        assert before <= set(ids)
        assert len(ids) == len(set(ids))


def page(*ids: str, number: int, pages: int, total: int, status: str = "queued") -> httpx.Response:
    items = [{"id": one, "created_at": "2026-01-01T00:00:00Z", "status": status} for one in ids]
    meta = {"page": number, "page_size": len(ids), "pages": pages, "total": total}
    return answer(200, {"items": items, "meta": meta})


def test_a_platform_that_gives_smaller_pages_than_asked_for_is_read_to_the_end() -> None:
    platform = Answers(
        "slng",
        page("c-3", number=1, pages=3, total=3),
        page("c-2", number=2, pages=3, total=3),
        page("c-1", number=3, pages=3, total=3),
    )
    calls = platform.ask(lambda one: one.calls_since(SLNG, MIDNIGHT))
    assert [call.id for call in calls] == ["c-3", "c-2", "c-1"]
    assert [request.url.params["page"] for request in platform.requests] == ["1", "2", "3"]


def test_what_is_read_twice_stands_as_it_was_read_last() -> None:
    platform = Answers(
        "slng",
        page("c-2", number=1, pages=2, total=2, status="queued"),
        page("c-2", number=2, pages=2, total=3, status="completed"),
    )
    (call,) = platform.ask(lambda one: one.calls_since(SLNG, MIDNIGHT))
    assert call.status == "completed"


def test_a_page_that_only_shows_known_calls_is_passed_when_new_ones_came_in() -> None:
    platform = Answers(
        "slng",
        page("c-2", number=1, pages=2, total=2),
        page("c-2", number=2, pages=3, total=3),
        page("c-1", number=3, pages=3, total=3),
    )
    assert len(platform.ask(lambda one: one.calls_since(SLNG, MIDNIGHT))) == 2


def test_a_platform_that_ignores_the_page_is_not_believed() -> None:
    platform = Answers("slng", page("c-2", number=1, pages=3, total=3))
    with pytest.raises(RemoteError, match="page 2 shows what was on the pages before"):
        platform.ask(lambda one: one.calls_since(SLNG, MIDNIGHT))


def test_an_agent_without_calls_has_none() -> None:
    platform = Answers("slng", page(number=1, pages=0, total=0))
    assert platform.ask(lambda one: one.calls_since(SLNG, MIDNIGHT)) == ()


def test_lists_are_repeated_through_faults() -> None:
    platform = Answers(
        "slng", answer(502), httpx.ReadError("x"), answer(429), page("c-1", number=1, pages=1, total=1)
    )
    assert len(platform.ask(lambda one: one.calls_since(SLNG, MIDNIGHT))) == 1
    assert len(platform.requests) == 4


def test_a_list_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(RemoteError, match="could not list the calls: the platform answers 500"):
        Answers("slng", answer(500)).ask(lambda one: one.calls_since(SLNG, MIDNIGHT))


def test_a_platform_out_of_reach_is_said_to_be() -> None:
    with pytest.raises(UnreachableError) as caught:
        Answers("slng", httpx.ConnectError("x")).ask(lambda one: one.calls_since(SLNG, MIDNIGHT))
    assert "AGENTCONF_BASE_URL" in str(caught.value.help)


def test_a_page_of_calls_is_told_with_its_place() -> None:
    with inside() as here:
        target = here.agent()
        ids = [placed_id(place(here, target)) for _ in range(5)]
        told = here.ask("slng", lambda one: one.list_calls(target, page=2, page_size=2))
        assert (told.page, told.pages, told.total) == (2, 3, 5)
        assert [call.id for call in told.calls] == [ids[2], ids[1]]
        assert [dict(call.detail) for call in told.calls] == [{}, {}]


def test_calls_are_listed_by_status() -> None:
    with inside() as here:
        target = here.agent()
        place(here, target)
        told = here.ask("slng", lambda one: one.list_calls(target, status="completed"))
        assert told.total == 0
        here.clock.advance(600)
        assert here.ask("slng", lambda one: one.list_calls(target, status="completed")).total == 1


def test_a_call_that_is_not_there_is_none() -> None:
    with inside() as here:
        target = here.agent()
        assert here.ask("slng", lambda one: one.get_call(target, UNKNOWN)) is None


def test_slng_takes_no_call_back() -> None:
    with pytest.raises(RemoteError, match="SLNG offers no cancellation") as caught:
        Answers("slng", answer(200)).ask(lambda one: one.cancel_call(SLNG, "c-1"))
    assert "dashboard" in str(caught.value.help)


def test_a_web_session_is_opened() -> None:
    with inside(max_session_seconds=120) as here:
        target = here.agent()
        values = {"patient": "Ada", "city": "Bonn"}
        session = here.ask("slng", lambda one: one.open_session(target.id, values, "Operator"))
        assert isinstance(session, WebSession)
        assert session.max_session_seconds == 120
        assert session.livekit_url.startswith("wss://")
        assert session.livekit_token not in repr(session)
        call = here.ask("slng", lambda one: one.get_call(target, session.call_id))
        assert (call.direction, call.to, call.arguments) == ("web", "", values)
        assert here.store.requests()[1].body == {"arguments": values, "participant_name": "Operator"}


SESSION = {
    "call_id": "c-1",
    "room_name": "r",
    "livekit_url": "wss://x",
    "livekit_token": "t",
    "max_session_seconds": 60,
    "message": "m",
}


def open_session(platform: Answers) -> Any:
    return platform.ask(lambda one: one.open_session(AGENT, {"patient": "Ada Byron"}))


@pytest.mark.parametrize(
    "first", [answer(429), answer(503, Retry_After="1"), httpx.ConnectError("x"), answer(425)]
)
def test_a_session_that_surely_was_not_opened_is_tried_again(first: Any) -> None:
    platform = Answers("slng", first, answer(200, SESSION))
    assert open_session(platform).call_id == "c-1"
    assert len(platform.requests) == 2


@pytest.mark.parametrize(
    "first",
    [answer(500), answer(502), answer(503), answer(504), httpx.ReadError("x"), httpx.ReadTimeout("x")],
)
def test_a_session_that_may_have_been_opened_is_not_opened_twice(first: Any) -> None:
    platform = Answers("slng", first, answer(200, SESSION))
    with pytest.raises(
        UnresolvedError, match="not known whether this was done: open a web session"
    ) as caught:
        open_session(platform)
    assert len(platform.requests) == 1
    assert "agentconf calls list" in str(caught.value.help)


@pytest.mark.parametrize("data", [None, [], {}, SESSION | {"livekit_token": None}])
def test_a_session_whose_answer_cannot_be_read_is_unknown(data: Any) -> None:
    with pytest.raises(UnresolvedError, match="is not a session"):
        open_session(Answers("slng", answer(200, data)))


def test_a_session_that_is_refused_does_not_tell_the_arguments() -> None:
    platform = Answers("slng", answer(422, {"detail": "no patient 'Ada Byron'"}))
    with pytest.raises(RemoteError, match=r"no patient '\*\*\*' \(422") as caught:
        open_session(platform)
    assert type(caught.value) is RemoteError


def test_a_session_that_cannot_be_written_is_not_sent() -> None:
    platform = Answers("slng", answer(200))
    with pytest.raises(ConfigurationError, match="the session cannot be sent: it holds half of a surrogate"):
        platform.ask(lambda one: one.open_session(AGENT, {"patient": "\ud800"}))
    assert platform.requests == []


EXECUTION = {
    "tool_name": "lookup",
    "tool_kind": "webhook",
    "invocation_source": "contextual",
    "started_at": "2026-01-01T00:00:00Z",
    "finished_at": "2026-01-01T00:00:01Z",
    "duration_ms": 1000,
    "outcome": "succeeded",
}


def test_a_tool_execution_is_recorded() -> None:
    with inside() as here:
        target = here.agent()
        call_id = placed_id(place(here, target))
        here.ask("slng", lambda one: one.record_execution(target.id, call_id, EXECUTION))
        call = here.ask("slng", lambda one: one.get_call(target, call_id))
        assert [one["tool_name"] for one in call.detail["tool_executions"]] == ["lookup"]


def test_a_tool_execution_of_no_call_is_an_error() -> None:
    with inside() as here:
        target = here.agent()
        with pytest.raises(RemoteError, match=f"record a tool execution of call {UNKNOWN}: .*404"):
            here.ask("slng", lambda one: one.record_execution(target.id, UNKNOWN, EXECUTION))


def test_a_tool_execution_that_is_not_as_documented_is_an_error() -> None:
    with inside() as here:
        target = here.agent()
        call_id = placed_id(place(here, target))
        with pytest.raises(RemoteError, match="tool_name"):
            here.ask("slng", lambda one: one.record_execution(target.id, call_id, {}))


def test_a_tool_execution_that_may_have_been_recorded_is_not_recorded_twice() -> None:
    platform = Answers("slng", answer(502))
    with pytest.raises(UnresolvedError):
        platform.ask(lambda one: one.record_execution(AGENT, "c-1", EXECUTION))
    assert len(platform.requests) == 1
