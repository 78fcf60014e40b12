from __future__ import annotations

import json
from typing import Any

import pytest
from emulator_client import (
    OTHER_ID,
    SECRET,
    TOOL_ID,
    TRUNK,
    Json,
    agent_body,
    bearer,
    emulated,
    hangup,
    transfer,
    webhook,
)

from agentconf.emulator.wire import MAX_DEPTH


def refusal(**changes: Any) -> tuple[int, list[tuple[str, str]]]:
    """Where and how a body is refused, when it is refused with a list."""
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", agent_body(**changes))
        assert client.send("GET", "/v1/agents").json == []
        return answer.status, [
            (place, item["type"]) for place, item in zip(answer.places, answer.detail, strict=True)
        ]


@pytest.mark.parametrize(
    "content", ["{", '{"name": NaN}', '{"a": 1e999}', '{"a": -Infinity}', "\xff", '{"a": "\\ud800"}']
)
def test_what_is_no_json_is_refused(content: str) -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", content=content.encode("latin-1"))
        assert (answer.status, answer.detail[0]["type"]) == (422, "json_invalid")


def test_broken_json_is_refused_with_its_position() -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", content='{"name": }')
        assert answer.detail == [{"loc": ["body", 9], "msg": "JSON decode error", "type": "json_invalid"}]


def test_a_number_of_many_digits_is_refused_and_not_a_fault() -> None:
    with emulated() as client:
        assert client.send("POST", "/v1/agents", content='{"a": ' + "9" * 5000 + "}").status == 422


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", content='{"a":' * depth + "1" + "}" * depth)
        assert (answer.status, answer.detail[0]["type"]) == (422, "json_invalid")


def test_nesting_within_the_limit_is_taken() -> None:
    inner: Json = {}
    for _ in range(MAX_DEPTH - 10):
        inner = {"x": inner}
    with emulated() as client:
        models = agent_body()["models"] | {"llm_kwargs": inner}
        assert client.create(models=models)["models"]["llm_kwargs"] == inner


def test_an_escaped_character_outside_the_basic_plane_is_taken() -> None:
    with emulated() as client:
        body = json.dumps(agent_body(greeting="Hi 👋"))
        assert "\\ud83d" in body
        answer = client.send("POST", "/v1/agents", content=body)
        assert answer.json["greeting"] == "Hi 👋"


def test_no_body_is_a_missing_field() -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents")
        assert answer.detail == [{"loc": ["body"], "msg": "Field required", "type": "missing"}]


@pytest.mark.parametrize("content", ["[]", "null", "3", '"text"'])
def test_what_is_no_object_is_refused(content: str) -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", content=content)
        assert (answer.places, answer.detail[0]["type"]) == (["body"], "model_attributes_type")


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_another_content_type_is_refused(media: str) -> None:
    with emulated() as client:
        content = json.dumps(agent_body())
        answer = client.send("POST", "/v1/agents", content=content, headers={"Content-Type": media})
        assert (answer.status, answer.detail[0]["type"]) == (422, "model_attributes_type")


@pytest.mark.parametrize(
    "media", ["application/json; charset=utf-8", "Application/JSON", "application/problem+json", ""]
)
def test_any_spelling_of_json_is_taken(media: str) -> None:
    with emulated() as client:
        content = json.dumps(agent_body())
        assert (
            client.send("POST", "/v1/agents", content=content, headers={"Content-Type": media}).status == 201
        )


def test_every_missing_field_is_named_at_once() -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", {"models": {"stt": "x"}})
        assert answer.places == [
            "body.name",
            "body.system_prompt",
            "body.greeting",
            "body.language",
            "body.region",
            "body.slng_api_key",
            "body.models.llm",
            "body.models.tts",
            "body.models.tts_voice",
        ]


@pytest.mark.parametrize(
    ("changes", "place", "kind"),
    [
        ({"name": 5}, "body.name", "string_type"),
        ({"name": "x" * 256}, "body.name", "string_too_long"),
        ({"language": "x" * 11}, "body.language", "string_too_long"),
        ({"region": "eu-west"}, "body.region", "literal_error"),
        ({"region": 3}, "body.region", "literal_error"),
        ({"enable_interruptions": "yes"}, "body.enable_interruptions", "bool_type"),
        ({"tools": {}}, "body.tools", "list_type"),
        ({"tools": [3]}, "body.tools.0", "dict_type"),
        ({"sip_inbound_trunk_id": "trunk"}, "body.sip_inbound_trunk_id", "uuid_parsing"),
        ({"sip_outbound_trunk_id": 7}, "body.sip_outbound_trunk_id", "string_type"),
        ({"template_defaults": {"a": 1}}, "body.template_defaults.a", "string_type"),
        ({"template_defaults": []}, "body.template_defaults", "dict_type"),
        ({"runtime_variables": [{"name": "a"}]}, "body.runtime_variables.0.description", "missing"),
        (
            {"idle_nudges": {"first_nudge_text": "a", "second_nudge_text": "b"}},
            "body.idle_nudges.final_hangup_text",
            "missing",
        ),
        ({"idle_nudges": "off"}, "body.idle_nudges", "dict_type"),
        ({"surprise": 1}, "body.surprise", "extra_forbidden"),
        (
            {"models": agent_body()["models"] | {"stt_final_timeout_s": -1}},
            "body.models.stt_final_timeout_s",
            "greater_than_equal",
        ),
        (
            {"models": agent_body()["models"] | {"temperature": 1}},
            "body.models.temperature",
            "extra_forbidden",
        ),
        (
            {"models": agent_body()["models"] | {"fallbacks": {"tts": [{"model": ""}]}}},
            "body.models.fallbacks.tts.0.voice",
            "missing",
        ),
        ({"tools": [{"id": TOOL_ID}]}, "body.tools.0.type", "missing"),
        ({"tools": [{"type": "sms", "id": TOOL_ID}]}, "body.tools.0.type", "literal_error"),
        ({"tools": [hangup(id="1")]}, "body.tools.0.id", "uuid_parsing"),
        ({"tools": [hangup(template="goodbye")]}, "body.tools.0.template", "literal_error"),
        ({"tools": [hangup(extra=1)]}, "body.tools.0.extra", "extra_forbidden"),
        ({"tools": [webhook(timeout_seconds=61)]}, "body.tools.0.timeout_seconds", "less_than_equal"),
        ({"tools": [webhook(parameters=[])]}, "body.tools.0.parameters", "dict_type"),
        ({"tools": [webhook(auth={"type": "bearer"})]}, "body.tools.0.auth.token", "missing"),
        (
            {"tools": [webhook(auth={"type": "hmac", "token": f"{SECRET}"})]},
            "body.tools.0.auth.secret",
            "missing",
        ),
        ({"tools": [webhook(auth={"type": "basic"})]}, "body.tools.0.auth.type", "literal_error"),
    ],
)
def test_a_value_that_the_contract_forbids_is_refused_at_its_place(
    changes: Json, place: str, kind: str
) -> None:
    status, found = refusal(**changes)
    assert status == 422
    assert (place, kind) in found


def test_a_choice_is_told_in_words() -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", agent_body(region="moon"))
        assert answer.detail[0]["msg"] == "Input should be 'us-east', 'eu-central' or 'ap-south'"


def test_the_only_choice_is_told_in_words() -> None:
    with emulated() as client:
        tool = {"type": "built_in", "id": TOOL_ID, "built_in": "weather"}
        answer = client.send("POST", "/v1/agents", agent_body(tools=[tool]))
        assert answer.detail[0]["msg"] == "Input should be 'current_datetime'"


def test_a_value_is_never_repeated_in_a_refusal() -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", agent_body(slng_api_key=[f"{SECRET}-oops"], name=["who"]))
        assert answer.detail == [
            {"loc": ["body", "name"], "msg": "Input should be a valid string", "type": "string_type"},
            {"loc": ["body", "slng_api_key"], "msg": "Input should be a valid string", "type": "string_type"},
        ]


def test_two_tools_of_one_id_are_refused_in_any_case_of_letters() -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", agent_body(tools=[hangup(), webhook(id=OTHER_ID.upper())]))
        assert (answer.status, answer.detail) == (400, "Duplicate tool id detected")


@pytest.mark.parametrize("field", ["system_prompt", "greeting", "inbound_greeting", "outbound_greeting"])
@pytest.mark.parametrize("text", ["Hi {{name", "Hi name}}", "{{a {{b}}", "{{a}} and }} then {{b}}"])
def test_unmatched_braces_are_refused_in_each_text(field: str, text: str) -> None:
    with emulated() as client:
        answer = client.send(
            "POST", "/v1/agents", agent_body(**{"sip_outbound_trunk_id": TRUNK, field: text})
        )
        assert (answer.status, answer.detail) == (
            400,
            "Invalid template: Unmatched handlebars braces in template",
        )


def test_a_human_transfer_needs_an_outbound_trunk() -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", agent_body(tools=[transfer()]))
        assert (answer.status, answer.detail) == (
            422,
            "sip_outbound_trunk_id is required when human transfer tools are configured",
        )
        client.create(tools=[transfer()], sip_outbound_trunk_id=TRUNK)


def test_an_outbound_greeting_needs_an_outbound_trunk_as_the_live_platform_was_seen_to_want() -> None:
    with emulated() as client:
        answer = client.send("POST", "/v1/agents", agent_body(outbound_greeting="Hi"))
        assert (answer.status, answer.detail) == (
            422,
            "sip_outbound_trunk_id is required when outbound_greeting is set",
        )
        client.create(outbound_greeting="Hi", sip_outbound_trunk_id=TRUNK)


def test_an_outbound_greeting_may_do_without_a_trunk_when_told_so() -> None:
    with emulated(outbound_greeting_needs_trunk=False) as client:
        assert client.create(outbound_greeting="Hi")["outbound_greeting"] == "Hi"


SYSTEM = {"triggers": [{"event": "call_end"}]}


def system(**changes: Any) -> Json:
    return webhook(source="system", system=SYSTEM | changes)


def argument(kind: str, source: Json) -> Json:
    return {"name": "a", "type": kind, "source": source}


def policy(**message: Any) -> Json:
    return {"execution_policy": {"pre_action_message": message}}


BUILT_IN = {"type": "built_in", "id": TOOL_ID, "built_in": "current_datetime"}
VOICEMAIL = hangup(template="voicemail_detection")
FROM_TEMPLATE = {"type": "template", "template": "{{x}}"}


@pytest.mark.parametrize(
    ("tool", "place"),
    [
        (webhook(name="check order"), "name"),
        (webhook(name=""), "name"),
        (webhook(name="end_call"), "name"),
        (system() | {"name": "detected_answering_machine"}, "name"),
        (webhook(source="system"), "system"),
        (webhook(system=SYSTEM), "system"),
        (BUILT_IN | {"source": "system"}, "system"),
        (BUILT_IN | {"system": SYSTEM}, "system"),
        (BUILT_IN | {"timezone": "Europe/Atlantis"}, "timezone"),
        (system(triggers=[]), "system.triggers"),
        (system(triggers=[{"event": "tool_failed"}]), "system.triggers.0.source_tool_id"),
        (
            system(triggers=[{"event": "call_end", "source_tool_id": OTHER_ID}]),
            "system.triggers.0.source_tool_id",
        ),
        (system(arguments=[argument("string[]", FROM_TEMPLATE)]), "system.arguments.0.source"),
        (system(arguments=[argument("string", {"type": "constant"})]), "system.arguments.0.source.value"),
        (webhook(**policy(enabled=True)), "execution_policy.pre_action_message.text"),
        (webhook(**policy(enabled=True, text="  ")), "execution_policy.pre_action_message.text"),
        (VOICEMAIL | policy(enabled=True, text=None), "execution_policy.pre_action_message.text"),
        (transfer(phone_number="0034600111222"), "phone_number"),
        (webhook(url="ftp://example.com/x"), "url"),
        (webhook(url="//example.com/x"), "url"),
        (webhook(url="https:///x"), "url"),
        (webhook(url="https://exa mple.com/x"), "url"),
        (webhook(url="https://[::1/x"), "url"),
        (webhook(url="https://example.com:port/x"), "url"),
        (webhook(url="{{scheme}}://example.com/"), "url"),
        (webhook(url="https://{{tenant}}.example.com/"), "url"),
        (webhook(url="https://example.com:{{port}}/"), "url"),
        (webhook(url="https://{{user}}@example.com/"), "url"),
        (webhook(url="https://example.com/#{{part}}"), "url"),
        (webhook(url="https://example.com/?{{name}}=1"), "url"),
    ],
)
def test_a_tool_that_the_contract_forbids_in_words_is_refused_at_its_place(tool: Json, place: str) -> None:
    status, found = refusal(tools=[tool], sip_outbound_trunk_id=TRUNK)
    assert (status, [where for where, _ in found]) == (422, [f"body.tools.0.{place}"])


@pytest.mark.parametrize(
    "tool",
    [
        system() | {"name": "send the summary"},
        system(triggers=[{"event": "tool_succeeded", "source_tool_id": OTHER_ID}]),
        system(arguments=[argument("boolean", FROM_TEMPLATE)]),
        system(arguments=[argument("string[]", {"type": "constant", "value": ["a"]})]),
        BUILT_IN | {"timezone": "Europe/{{city}}"},
        BUILT_IN | {"timezone": "Europe/Madrid", "source": "system", "system": SYSTEM},
        hangup(**policy(enabled=True)),
        VOICEMAIL | policy(enabled=True, text="One moment."),
        webhook(**policy(enabled=False, text="")),
        webhook(execution_policy={}),
        transfer(phone_number="+34{{local}}"),
        webhook(url="http://localhost:8080/{{a}}/x?case={{ b }}&c=1"),
        webhook(url="https://example.com"),
    ],
)
def test_a_tool_that_the_contract_allows_is_taken(tool: Json) -> None:
    with emulated() as client:
        client.create(tools=[tool], sip_outbound_trunk_id=TRUNK)


def test_several_faults_of_several_tools_are_told_at_once() -> None:
    _, found = refusal(
        tools=[webhook(url="x", name="end_call"), BUILT_IN | {"timezone": "x", "id": OTHER_ID}]
    )
    assert [place for place, _ in found] == ["body.tools.0.name", "body.tools.0.url", "body.tools.1.timezone"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": 3}, "body.name"),
        ({"tools": "none"}, "body.tools"),
        ({"models": {}}, "body.models.stt"),
        ({"tools": [webhook(url="nowhere")]}, "body.tools.0.url"),
        ({"idle_nudges": {"enabled": 1}}, "body.idle_nudges.enabled"),
        ({"surprise": None}, "body.surprise"),
    ],
)
def test_an_update_is_checked_like_a_create(changes: Json, place: str) -> None:
    with emulated() as client:
        agent = client.create(tools=[webhook(auth=bearer())])
        answer = client.patch(agent, **changes)
        assert answer.status == 422
        assert place in answer.places
        assert client.get(agent) == agent


def test_an_update_cannot_bring_unmatched_braces_or_duplicate_ids() -> None:
    with emulated() as client:
        agent = client.create()
        answers = [client.patch(agent, greeting="{{x"), client.patch(agent, tools=[hangup(), hangup()])]
        assert [answer.status for answer in answers] == [400, 400]
