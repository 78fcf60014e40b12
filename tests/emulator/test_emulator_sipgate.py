from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from emulator_client import Answer, Client, Json, emulated

from agentconf.emulator.app import create_app
from agentconf.emulator.sipgate.options import SipgateOptions
from agentconf.errors import UsageError

NUMBER = "+14155550100"
BODY = {"billingDevice": "e2", "toPhoneNumber": NUMBER}


def call(client: Client, flow: str = "flow-1", **changes: Any) -> Answer:
    body = {name: value for name, value in (BODY | changes).items() if value is not ...}
    return client.send("POST", f"/v3/ai-flows/{flow}/call", body)


def started(client: Client) -> list[Json]:
    calls: list[Json] = client.send("GET", "/_emulator/sipgate/calls", token=None).json
    return calls


def test_a_call_is_started_and_answered_with_nothing() -> None:
    with emulated() as client:
        answer = call(client)
        assert (answer.status, answer.text) == (201, "")


@pytest.mark.parametrize("status", [200, 201, 202])
def test_the_status_of_a_started_call_can_be_chosen(status: int) -> None:
    with emulated(sipgate=SipgateOptions(created=status)) as client:
        assert call(client).status == status


def test_a_started_call_may_be_answered_with_its_id() -> None:
    with emulated(sipgate=SipgateOptions(answer="id")) as client:
        assert call(client).json == {"id": started(client)[0]["id"]}


def test_people_can_see_what_was_called_oldest_first() -> None:
    with emulated() as client:
        call(client)
        client.clock.advance(1.5)
        call(client, "flow-2", billingDevice="e5", toPhoneNumber="14155550101")
        assert [{name: call[name] for name in call if name != "id"} for call in started(client)] == [
            {
                "aiFlowId": "flow-1",
                "billingDevice": "e2",
                "toPhoneNumber": NUMBER,
                "at": "2026-01-01T00:00:00.000000Z",
            },
            {
                "aiFlowId": "flow-2",
                "billingDevice": "e5",
                "toPhoneNumber": "14155550101",
                "at": "2026-01-01T00:00:01.500000Z",
            },
        ]


def test_only_this_machine_can_see_what_was_called() -> None:
    app = create_app()

    async def ask() -> int:
        transport = httpx.ASGITransport(app, client=("192.0.2.7", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator") as client:
            return (await client.get("/_emulator/sipgate/calls")).status_code

    assert asyncio.run(ask()) == 403
    app.state.store.close()


@pytest.mark.parametrize(
    ("plus", "taken"), [("accept", [True, True]), ("require", [True, False]), ("refuse", [False, True])]
)
def test_a_leading_plus_is_treated_as_configured(plus: Any, taken: list[bool]) -> None:
    with emulated(sipgate=SipgateOptions(plus=plus)) as client:
        answers = [call(client, toPhoneNumber=number) for number in (NUMBER, NUMBER.removeprefix("+"))]
        assert [answer.status == 201 for answer in answers] == taken
        refused = [answer.json["message"] for answer in answers if answer.status != 201]
        assert all("leading plus" in message for message in refused)


@pytest.mark.parametrize(
    "changes",
    [
        {"billingDevice": ...},
        {"billingDevice": ""},
        {"billingDevice": " "},
        {"billingDevice": 2},
        {"toPhoneNumber": ...},
        {"toPhoneNumber": None},
        {"toPhoneNumber": 14155550100},
        {"toPhoneNumber": "+0155550100"},
        {"toPhoneNumber": "++14155550100"},
        {"toPhoneNumber": "+1"},
        {"toPhoneNumber": "+1415555010012345"},
        {"toPhoneNumber": f"{NUMBER}\n"},
        {"toPhoneNumber": "+١٤١٥٥٥٥٠١٠٠"},
    ],
)
def test_a_body_that_cannot_be_called_is_refused_and_starts_nothing(changes: Json) -> None:
    with emulated() as client:
        answer = call(client, **changes)
        assert (answer.status, answer.json["name"]) == (400, "PARAMETER_INVALID")
        assert "4155550100" not in answer.text
        assert started(client) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"', '{"toPhoneNumber": NaN}'])
def test_a_body_that_is_no_object_is_refused(content: str) -> None:
    with emulated() as client:
        answer = client.send("POST", "/v3/ai-flows/f/call", content=content)
        assert (answer.status, answer.json["name"]) == (400, "INVALID_JSON")


def test_a_body_of_another_type_is_refused() -> None:
    with emulated() as client:
        answer = client.send("POST", "/v3/ai-flows/f/call", content="a=b", headers={"Content-Type": "text/x"})
        assert (answer.status, answer.json["name"]) == (415, "PARAMETER_INVALID")


def test_configured_flows_are_the_only_ones_and_need_a_number() -> None:
    with emulated(sipgate=SipgateOptions(flows={"good": "+4930231250", "mute": None})) as client:
        answers = [call(client, flow) for flow in ("good", "mute", "gone")]
        assert [answer.status for answer in answers] == [201, 400, 404]
        assert [answer.json["name"] for answer in answers[1:]] == ["PARAMETER_INVALID", "RESOURCE_NOT_FOUND"]
        assert "phone_number" in answers[1].json["message"]


def test_fields_that_nobody_knows_are_ignored() -> None:
    with emulated() as client:
        assert call(client, arguments={"a": "b"}).status == 201


@pytest.mark.parametrize("options", [{"plus": "maybe"}, {"created": 204}, {"answer": "xml"}])
def test_options_of_sipgate_that_make_no_sense_are_refused(options: Any) -> None:
    with pytest.raises(UsageError) as caught:
        SipgateOptions(**options)
    assert caught.value.help is not None
