from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from emulator_client import TRUNK, Answer, Client, Json, emulated

from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.timeline import plan_call

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER = "+14155551234"
UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"
EXECUTION = {
    "tool_name": "check_order",
    "tool_kind": "webhook",
    "invocation_source": "contextual",
    "started_at": "2026-01-01T00:00:05Z",
    "finished_at": "2026-01-01T00:00:06.250+01:00",
    "duration_ms": 1250,
    "outcome": "succeeded",
}


class Phone:
    """An agent that can dial, and what is done with it."""

    def __init__(self, client: Client, **changes: Any) -> None:
        defaults = {"sip_outbound_trunk_id": TRUNK, "template_defaults": {"brand": "Acme"}}
        self.client = client
        self.agent = client.create(**defaults | changes)
        self.path = f"/v1/agents/{self.agent['id']}/calls"

    def dial(self, **body: Any) -> Answer:
        return self.client.send("POST", self.path, {"phone_number": NUMBER} | body)

    def session(self, **body: Any) -> Answer:
        return self.client.send("POST", f"/v1/agents/{self.agent['id']}/web-sessions", body)

    def detail(self, call_id: str) -> Json:
        detail: Json = self.client.send("GET", f"{self.path}/{call_id}").json
        return detail

    def page(self, query: str = "") -> Json:
        page: Json = self.client.send("GET", f"{self.path}?{query}").json
        return page


@contextmanager
def phone(*, agent: Json | None = None, **options: Any) -> Iterator[Phone]:
    with emulated(**options) as client:
        yield Phone(client, **agent or {})


def test_a_call_is_answered_with_its_id_and_is_queued() -> None:
    with phone() as line:
        answer = line.dial()
        call = line.page()["items"][0]
        assert (answer.status, set(answer.json)) == (200, {"call_id", "message"})
        assert call == {
            "id": answer.json["call_id"],
            "agent_id": line.agent["id"],
            "phone_number": NUMBER,
            "call_direction": "outbound",
            "web_session_origin": None,
            "arguments": {},
            "rendered_prompt": "You help callers of Acme.",
            "livekit_room_name": f"call-{answer.json['call_id']}",
            "livekit_dispatch_id": f"dispatch-{answer.json['call_id']}",
            "call_started_at": None,
            "call_ended_at": None,
            "call_duration_ms": None,
            "call_end_reason": None,
            "finalized_at": None,
            "call_duration_source": None,
            "status": "queued",
            "error_message": None,
            "created_at": "2026-01-01T00:00:00.000000Z",
            "updated_at": "2026-01-01T00:00:00.000000Z",
        }


def test_a_call_lives_through_its_states_as_the_clock_moves() -> None:
    plan = plan_call(0, 0, EmulatorOptions())
    assert plan.answer_at is not None
    with phone() as line:
        call_id = line.dial().json["call_id"]
        seen = [line.detail(call_id)]
        for moment, since in (
            (plan.ring_at, 0),
            (plan.answer_at, plan.ring_at),
            (plan.end_at, plan.answer_at),
        ):
            line.client.clock.advance((moment - since) / 1_000_000)
            seen.append(line.detail(call_id))
        assert [call["status"] for call in seen] == ["queued", "ringing", "in_progress", "completed"]
        assert [len(call["call_events"]) for call in seen] == [1, 2, 3, 4]
        assert [call["call_started_at"] is None for call in seen] == [True, True, False, False]
        assert [call["call_ended_at"] is None for call in seen] == [True, True, True, False]
        assert sorted({call["updated_at"] for call in seen}) == [call["updated_at"] for call in seen]
        assert seen[3]["call_duration_ms"] == (plan.end_at - plan.answer_at) // 1000
        assert seen[3]["call_end_reason"] == plan.reason
        assert seen[3]["finalized_at"] == seen[3]["call_ended_at"]


def test_a_call_that_nobody_answers_fails_with_a_reason() -> None:
    with phone(call_failure_rate=1.0) as line:
        call_id = line.dial().json["call_id"]
        line.client.clock.advance(10)
        ringing = line.detail(call_id)
        line.client.clock.advance(100)
        failed = line.detail(call_id)
        assert (ringing["status"], failed["status"]) == ("ringing", "failed")
        assert failed["call_end_reason"] in ("no_answer", "busy", "rejected")
        assert (failed["call_started_at"], failed["call_duration_ms"]) == (None, None)
        assert failed["error_message"] == "The call was not answered"
        assert [event["event"] for event in failed["call_events"]] == [
            "call_queued",
            "call_ringing",
            "call_failed",
        ]
        assert failed["call_events"][-1]["level"] == "warning"


def test_the_same_seed_makes_the_same_calls_and_another_seed_others() -> None:
    def fates(seed: int) -> list[object]:
        options = EmulatorOptions(random_seed=seed, call_failure_rate=0.5)
        return [plan_call(number, 0, options) for number in range(50)]

    assert fates(1) == fates(1)
    assert fates(1) != fates(2)


def test_the_share_of_failed_calls_is_about_what_was_asked_for() -> None:
    options = EmulatorOptions(call_failure_rate=0.3)
    failed = sum(plan_call(number, 0, options).outcome == "failed" for number in range(1000))
    assert 250 < failed < 350


def test_talk_is_as_long_as_asked_for() -> None:
    plan = plan_call(7, 0, EmulatorOptions(talk_seconds=(3, 3)))
    assert plan.answer_at is not None
    assert plan.end_at - plan.answer_at == 3_000_000


def test_without_an_outbound_trunk_there_is_no_call() -> None:
    with phone(agent={"sip_outbound_trunk_id": None}) as line:
        answer = line.dial()
        assert (answer.status, answer.detail) == (
            400,
            "Outbound telephony is not configured for this agent (missing outbound connection).",
        )


@pytest.mark.parametrize(
    "number",
    [
        "4155551234",
        "+0155551234",
        "+1",
        "+1234567890123456",
        "+1415555 1234",
        "+14155551234\n",
        "",
        "+١٤١٥٥٥٥١٢٣٤",
        "+34{{x",
    ],
)
def test_a_number_that_is_not_e164_is_refused(number: str) -> None:
    with phone() as line:
        answer = line.dial(phone_number=number)
        assert (answer.status, answer.detail) == (
            422,
            [
                {
                    "loc": ["body", "phone_number"],
                    "msg": r"String should match pattern '^\+[1-9]\d{1,14}$'",
                    "type": "string_pattern_mismatch",
                }
            ],
        )


def test_a_number_may_be_a_template_that_resolves() -> None:
    with phone() as line:
        line.dial(phone_number="+34{{local}}", arguments={"local": "600111222"})
        assert line.page()["items"][0]["phone_number"] == "+34600111222"


def test_a_number_whose_template_does_not_resolve_is_refused() -> None:
    with phone() as line:
        assert line.dial(phone_number="+34{{local}}").places == ["body.phone_number"]


def test_arguments_override_defaults_in_the_prompt() -> None:
    with phone() as line:
        line.dial(arguments={"brand": "Bravo", "more": "x"})
        call = line.page()["items"][0]
        assert call["rendered_prompt"] == "You help callers of Bravo."
        assert call["arguments"] == {"brand": "Bravo", "more": "x"}


def test_a_missing_start_critical_variable_stops_a_call_and_a_session() -> None:
    with phone(agent={"template_defaults": None, "greeting": "{{brand}} {{who}}"}) as line:
        places = ["body.arguments.brand", "body.arguments.who"]
        assert [line.dial().places, line.session().places] == [places, places]
        assert line.dial(arguments={"brand": "", "who": "x"}).status == 200


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({f"k{number}": "" for number in range(33)}, "body.arguments"),
        ({"k" * 65: ""}, "body.arguments." + "k" * 65),
        ({"k": "v" * 1025}, "body.arguments.k"),
        ({f"k{number}": "v" * 1024 for number in range(8)} | {"k": "v"}, "body.arguments"),
        ({"k": 1}, "body.arguments.k"),
        ([], "body.arguments"),
    ],
)
def test_arguments_out_of_bounds_are_refused_for_calls_and_sessions(arguments: object, place: str) -> None:
    with phone() as line:
        answers = [line.dial(arguments=arguments), line.session(arguments=arguments)]
        assert [(answer.status, answer.places) for answer in answers] == [(422, [place])] * 2


def test_arguments_at_their_bounds_are_taken() -> None:
    with phone() as line:
        eight = {f"{number}".ljust(64, "k"): "v" * 1024 for number in range(8)}
        assert line.dial(arguments=eight).status == 200
        assert line.dial(arguments={f"k{number}": "v" for number in range(32)}).status == 200


def test_credit_runs_out_for_calls_and_sessions_alike() -> None:
    with phone(credit=2) as line:
        assert [line.dial().status, line.session().status] == [200, 200]
        refused = [line.dial(), line.session()]
        message = "Insufficient credit balance. Please top up credits or upgrade your plan."
        assert [(answer.status, answer.detail) for answer in refused] == [(402, message)] * 2


def test_calls_are_listed_newest_first_in_pages() -> None:
    with phone() as line:
        ids = [line.dial().json["call_id"] for _ in range(5)]
        pages = [line.page(f"page_size=2&page={number}") for number in (1, 2, 3, 4)]
        assert [call["id"] for page in pages for call in page["items"]] == ids[::-1]
        assert pages[2]["meta"] == {"page": 3, "page_size": 2, "total": 5, "pages": 3}


def test_an_agent_without_calls_has_no_pages() -> None:
    with phone() as line:
        assert line.page() == {"items": [], "meta": {"page": 1, "page_size": 50, "total": 0, "pages": 0}}


def test_calls_are_filtered_by_where_they_stand() -> None:
    with phone() as line:
        old = line.dial().json["call_id"]
        line.client.clock.advance(600)
        new = line.dial().json["call_id"]
        found = {
            status: [call["id"] for call in line.page(f"status={status}")["items"]]
            for status in ("queued", "completed", "odd")
        }
        assert found == {"queued": [new], "completed": [old], "odd": []}
        assert line.page("status=queued")["meta"]["total"] == 1


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=x",
        "page=",
        "page_size=0",
        "page_size=1.5",
        "page=1_0",
        "page=" + "9" * 5000,
    ],
)
def test_a_page_that_is_no_positive_number_is_refused(query: str) -> None:
    with phone() as line:
        answer = line.client.send("GET", f"{line.path}?{query}")
        assert (answer.status, answer.places) == (422, [f"query.{query.partition('=')[0]}"])


def test_a_page_far_beyond_the_last_is_empty() -> None:
    with phone() as line:
        line.dial()
        assert line.page("page=999999999999999999&page_size=999999999999999999")["items"] == []


def test_calls_of_another_agent_are_not_found() -> None:
    with phone() as line:
        call_id = line.dial().json["call_id"]
        other = line.client.create(name="other")
        paths = [f"/v1/agents/{other['id']}/calls/{call_id}", f"{line.path}/{UNKNOWN}"]
        assert [line.client.send("GET", path).detail for path in paths] == ["Call not found"] * 2


def test_a_web_session_is_opened_without_telephony() -> None:
    with phone(agent={"sip_outbound_trunk_id": None}) as line:
        answer = line.session(participant_name="Test user")
        session = answer.json
        assert answer.status == 200
        assert session["room_name"] == f"call-{session['call_id']}"
        assert session["livekit_url"] == "wss://127.0.0.1:7880"
        assert session["max_session_seconds"] == 900


def test_a_web_session_is_a_call_that_ends_when_its_time_is_up() -> None:
    with phone(max_session_seconds=60) as line:
        call_id = line.session().json["call_id"]
        during = line.detail(call_id)
        line.client.clock.advance(60)
        after = line.detail(call_id)
        assert [
            during[name] for name in ("status", "call_direction", "web_session_origin", "phone_number")
        ] == [
            "in_progress",
            "web",
            "api",
            "",
        ]
        assert (after["status"], after["call_duration_ms"], after["call_end_reason"]) == (
            "completed",
            60_000,
            "session_timeout",
        )


def test_each_session_has_a_token_of_its_own() -> None:
    with phone() as line:
        assert len({line.session().json["livekit_token"] for _ in range(3)}) == 3


def test_a_tool_execution_is_recorded_and_shown_with_its_call() -> None:
    with phone() as line:
        call_id = line.dial().json["call_id"]
        body = EXECUTION | {
            "http_status": 200,
            "result_preview": {"any": ["thing"]},
            "stack_trace": "private",
        }
        answer = line.client.send("POST", f"{line.path}/{call_id}/tool-executions", body)
        assert answer.status == 204
        assert line.detail(call_id)["tool_executions"] == [
            EXECUTION | {"trigger_event": None, "http_status": 200, "error_code": None, "error_type": None}
        ]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"started_at": "yesterday"}, "body.started_at"),
        ({"started_at": "2026-02-30T00:00:00Z"}, "body.started_at"),
        ({"started_at": "2026-01-01T00:00:00"}, "body.started_at"),
        ({"finished_at": 5}, "body.finished_at"),
        ({"outcome": "great"}, "body.outcome"),
        ({"http_status": 99}, "body.http_status"),
        ({"duration_ms": -1}, "body.duration_ms"),
        ({"tool_name": ""}, "body.tool_name"),
        ({"surprise": 1}, "body.surprise"),
    ],
)
def test_a_tool_execution_is_checked(changes: Json, place: str) -> None:
    with phone() as line:
        call_id = line.dial().json["call_id"]
        answer = line.client.send("POST", f"{line.path}/{call_id}/tool-executions", EXECUTION | changes)
        assert (answer.status, answer.places) == (422, [place])
        assert line.detail(call_id)["tool_executions"] == []


def test_a_tool_execution_of_an_unknown_call_is_not_found() -> None:
    with phone() as line:
        assert line.client.send("POST", f"{line.path}/{UNKNOWN}/tool-executions", EXECUTION).status == 404


def test_the_calls_of_a_deleted_agent_are_gone() -> None:
    with phone() as line:
        line.dial()
        line.client.send("DELETE", f"/v1/agents/{line.agent['id']}")
        assert [line.client.send("GET", line.path).status, line.dial().status] == [404, 404]
