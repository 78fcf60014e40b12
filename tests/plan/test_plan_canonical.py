from __future__ import annotations

from typing import Any

import pytest
from simulated import HANGUP_ID, LOOKUP_ID, TOKEN, TRUNK, body, hangup, live, lookup

from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import canonical, digest, same, sha256, text_of

MODELS = {"stt": "a/stt:en", "llm": "b/llm", "tts": "c/tts:en", "tts_voice": "thalia"}


def with_tool(**tool: Any) -> Any:
    return canonical(body(tools=[lookup(**tool)]))["tools"][0]


@pytest.mark.parametrize(
    "default",
    [
        {"enable_interruptions": True},
        {"tools": []},
        {"template_defaults": {}},
        {"runtime_variables": []},
        {"models": MODELS | {"stt_kwargs": {}, "llm_kwargs": {}, "tts_kwargs": {}}},
        {"models": MODELS | {"fallbacks": {}}},
        {"models": MODELS | {"fallbacks": {"stt": [], "llm": [], "tts": []}}},
        {"models": MODELS | {"failure_audio_enabled": True}},
        {"models": MODELS | {"stt_final_timeout_s": None}},
        {"inbound_greeting": None},
        {"idle_nudges": None},
        {"slng_api_key": None},
    ],
)
def test_a_field_that_holds_its_default_is_absent(default: Any) -> None:
    plain = body(template_defaults=...)
    assert canonical(plain | default) == canonical(plain)


@pytest.mark.parametrize(
    "default",
    [
        {"http_method": "POST"},
        {"webhook_format": "envelope"},
        {"timeout_seconds": 10},
        {"timeout_seconds": 10.0},
        {"wait_for_response": True},
        {"source": "contextual"},
        {"show_results_to_llm": True},
        {"show_results_to_llm": None},
        {"execution_policy": {}},
        {"execution_policy": {"pre_action_message": {}}},
        {"execution_policy": {"pre_action_message": {"enabled": False, "text": None}}},
        {"execution_policy": None},
        {"system": None},
        {"llm_result_instructions": None},
    ],
)
def test_a_field_of_a_tool_that_holds_its_default_is_absent(default: Any) -> None:
    assert with_tool(**default) == with_tool()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("enable_interruptions", False),
        ("enable_interruptions", 1),
        ("enable_interruptions", "true"),
        ("idle_nudges", {"enabled": False}),
        ("inbound_greeting", ""),
        ("system_prompt", ""),
    ],
)
def test_a_value_that_is_not_the_default_stays(field: str, value: Any) -> None:
    assert canonical(body(**{field: value}))[field] == value


@pytest.mark.parametrize(
    ("source", "shown", "left"),
    [
        ("contextual", True, None),
        ("contextual", False, False),
        ("system", False, None),
        ("system", True, True),
        ("of_tomorrow", True, True),
        ("of_tomorrow", False, False),
    ],
)
def test_whether_results_are_shown_by_default_depends_on_the_source(
    source: str, shown: bool, left: Any
) -> None:
    assert with_tool(source=source, show_results_to_llm=shown).get("show_results_to_llm") == left


@pytest.mark.parametrize("text", ["one\r\ntwo", "one\rtwo", "one\ntwo"])
def test_line_ends_are_line_feeds_in_every_text(text: str) -> None:
    found = canonical(
        body(
            system_prompt=text,
            template_defaults={"brand": text},
            models=MODELS | {"fallbacks": {"stt": [text], "tts": [{"model": text, "voice": text}]}},
            tools=[lookup(description=text)],
            runtime_variables=[{"name": "x", "description": text}],
        )
    )
    assert (
        found["system_prompt"],
        found["template_defaults"]["brand"],
        found["models"]["fallbacks"],
        found["tools"][0]["description"],
        found["runtime_variables"][0]["description"],
    ) == (
        "one\ntwo",
        "one\ntwo",
        {"stt": ["one\ntwo"], "tts": [{"model": "one\ntwo", "voice": "one\ntwo"}]},
        "one\ntwo",
        "one\ntwo",
    )


def test_texts_in_free_json_stay_as_they_are() -> None:
    parameters: Any = {"description": "one\r\ntwo", "default": None, "properties": {}}
    assert with_tool(parameters=parameters)["parameters"] == parameters


@pytest.mark.parametrize(
    ("number", "settled"),
    [(10.0, "10"), (-0.0, "0"), (1e22, "10000000000000000000000"), (10.5, "10.5"), (True, "true"), (1, "1")],
)
def test_integral_numbers_are_integers_everywhere(number: Any, settled: str) -> None:
    found = canonical(
        body(
            models=MODELS | {"llm_kwargs": {"a": [{"b": number}]}, "stt_final_timeout_s": number},
            tools=[lookup(parameters={"minimum": number})],
            future={"deep": [number]},
        )
    )
    places = [
        found["models"]["llm_kwargs"]["a"][0]["b"],
        found["models"]["stt_final_timeout_s"],
        found["tools"][0]["parameters"]["minimum"],
        found["future"]["deep"][0],
    ]
    assert [text_of(place) for place in places] == [settled] * 4


def test_write_only_values_are_not_there_but_the_type_of_auth_is() -> None:
    found = canonical(body(tools=[lookup(), lookup(id=HANGUP_ID, auth={"type": "hmac", "secret": TOKEN})]))
    assert "slng_api_key" not in found
    assert [tool["auth"] for tool in found["tools"]] == [{"type": "bearer"}, {"type": "hmac"}]


@pytest.mark.parametrize(
    "auth", [{"type": "oauth", "token": TOKEN}, {"type": "oauth", "client_secret": "x"}, {"type": "oauth"}]
)
def test_of_an_auth_of_an_unknown_type_only_the_type_is_there(auth: Any) -> None:
    assert with_tool(auth=auth)["auth"] == {"type": "oauth"}


def test_references_in_parts_without_a_model_are_not_there() -> None:
    tool = {"type": "of_tomorrow", "id": LOOKUP_ID, "auth": {"type": "bearer", "token": TOKEN}}
    found = canonical(body(tools=[tool], key=TOKEN))
    assert found["tools"] == [{"type": "of_tomorrow", "id": LOOKUP_ID, "auth": {"type": "bearer"}}]
    assert "key" not in found


def test_unknown_fields_stay_at_every_depth() -> None:
    unknown: Any = {"a": None, "b": [True, "x\r\n"], "c": {}}
    found = canonical(
        body(
            future=unknown,
            models=MODELS | {"future": unknown, "fallbacks": {"future": unknown}},
            tools=[hangup(future=unknown, execution_policy={"pre_action_message": {"future": unknown}})],
        )
    )
    assert found["future"] == unknown
    assert found["models"]["future"] == unknown
    assert found["models"]["fallbacks"] == {"future": unknown}
    assert found["tools"][0]["future"] == unknown
    assert found["tools"][0]["execution_policy"] == {"pre_action_message": {"future": unknown}}


def test_an_unknown_field_that_is_null_is_absent() -> None:
    assert canonical(body(future=None)) == canonical(body())


def test_a_null_trunk_stays_because_it_detaches() -> None:
    assert canonical(body(sip_inbound_trunk_id=None))["sip_inbound_trunk_id"] is None


def test_ids_are_in_lower_case_and_texts_are_not() -> None:
    found = canonical(
        body(
            greeting=TRUNK.upper(),
            sip_outbound_trunk_id=TRUNK.upper(),
            tools=[
                lookup(
                    id=LOOKUP_ID.upper(),
                    source="system",
                    system={"triggers": [{"event": "tool_failed", "source_tool_id": HANGUP_ID.upper()}]},
                )
            ],
        )
    )
    assert (found["greeting"], found["sip_outbound_trunk_id"]) == (TRUNK.upper(), TRUNK)
    assert found["tools"][0]["id"] == LOOKUP_ID
    assert found["tools"][0]["system"]["triggers"][0]["source_tool_id"] == HANGUP_ID


def test_the_order_of_tools_has_no_meaning() -> None:
    tools = [hangup(), lookup(), {"type": "template", "template": "voicemail_detection"}]
    assert text_of(canonical(body(tools=tools))) == text_of(canonical(body(tools=tools[::-1])))


def test_the_order_of_other_lists_has_one() -> None:
    fallbacks = [{"stt": ["a", "b"]}, {"stt": ["b", "a"]}]
    one, other = (canonical(body(models=MODELS | {"fallbacks": each})) for each in fallbacks)
    assert not same(one, other)


@pytest.mark.parametrize(
    "broken",
    [
        {"models": "x"},
        {"models": [1]},
        {"tools": "x"},
        {"tools": ["x", 1]},
        {"tools": [{"id": 5}, {}]},
        {"tools": [lookup(auth="x")]},
        {"tools": [lookup(system={"triggers": "x", "arguments": [1]})]},
        {"template_defaults": [1]},
        {"sip_inbound_trunk_id": 5},
    ],
)
def test_what_does_not_fit_the_models_is_carried_along(broken: Any) -> None:
    once = canonical(body(**broken))
    assert text_of(canonical(once)) == text_of(once)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": [0]}, {"a": [False]}, False),
        ({"a": "x", "b": {"c": [1, True]}}, {"b": {"c": [1, True]}, "a": "x"}, True),
        ({"b": {"c": [1, True]}}, {"b": {"c": [True, 1]}}, False),
        ([], [], True),
        (1, 1.5, False),
        (None, None, True),
    ],
)
def test_booleans_and_numbers_are_never_the_same(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) is equal


def test_canonical_text_is_ascii_with_sorted_keys_and_no_blanks() -> None:
    assert text_of({"b": [1, True], "a": "é"}) == '{"a":"\\u00e9","b":[1,true]}'


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_does_not_have_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        text_of({"a": number})


def test_a_hash_is_the_sha_256_of_the_canonical_text() -> None:
    assert sha256({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_references_are_hashed_by_name() -> None:
    assert sha256({"a": SecretRef("X")}) == sha256({"a": "${env:X}"})


@pytest.mark.parametrize(
    "change",
    [
        {"greeting": "Other."},
        {"future": 1},
        {"sip_inbound_trunk_id": TRUNK},
        {"tools": [lookup(future=1)]},
        {"tools": [lookup(auth=...)]},
        {"template_defaults": {"brand": "Other"}},
    ],
)
def test_a_digest_changes_with_everything_that_the_platform_shows(change: Any) -> None:
    before = body(tools=[lookup()])
    assert digest(live(before | change).body) != digest(live(before).body)


@pytest.mark.parametrize(
    "spelling",
    [
        {"sip_inbound_trunk_id": None},
        {"enable_interruptions": True},
        {"inbound_greeting": None},
        {"future": None},
    ],
)
def test_a_digest_does_not_change_with_the_spelling(spelling: Any) -> None:
    assert digest(live().body | spelling) == digest(live().body)
