from __future__ import annotations

import copy
from typing import Any

import pytest
from remote_world import TOOL_ID, live_answer

from agentconf.errors import ConfigurationError, RemoteError
from agentconf.model.secret import SecretRef
from agentconf.remote.slng.wire import is_deleted, read_agent, write_body


def webhook(**changes: Any) -> dict[str, Any]:
    tool = {
        "type": "webhook",
        "id": TOOL_ID,
        "name": "lookup",
        "description": "d",
        "url": "https://x.example.com",
        "parameters": {},
    }
    return tool | {"source": "contextual"} | changes


def test_server_fields_go_and_identity_stays_beside_the_body() -> None:
    live = read_agent(live_answer())
    assert (live.id, live.organisation_id) == (
        "11111111-1111-4111-8111-111111111111",
        "22222222-2222-4222-8222-222222222222",
    )
    assert (live.name, live.updated_at) == ("Support Router", "2026-01-02T00:00:00Z")
    assert live.body["name"] == "Support Router"
    server = {"id", "organisation_id", "created_at", "updated_at", "deleted_at", "template_variables"}
    assert not server & set(live.body)


def test_defaults_of_variables_become_template_defaults() -> None:
    variables = {
        "brand": {"required": False, "default": "ACME"},
        "caller": {"required": True, "default": None},
    }
    live = read_agent(live_answer(template_variables=variables))
    assert live.body["template_defaults"] == {"brand": "ACME"}
    assert live.variables == {"brand", "caller"}


def test_an_empty_default_is_a_default() -> None:
    live = read_agent(live_answer(template_variables={"brand": {"default": ""}}))
    assert live.body["template_defaults"] == {"brand": ""}


def test_without_defaults_there_are_no_template_defaults() -> None:
    assert "template_defaults" not in read_agent(live_answer()).body


def test_an_auth_type_becomes_auth() -> None:
    live = read_agent(live_answer(tools=[webhook(auth_type="hmac")]))
    assert live.body["tools"][0]["auth"] == {"type": "hmac"}
    assert "auth_type" not in live.body["tools"][0]


def test_no_auth_type_is_no_auth() -> None:
    assert "auth" not in read_agent(live_answer(tools=[webhook(auth_type=None)])).body["tools"][0]


def test_secrets_in_an_answer_are_dropped() -> None:
    answer = live_answer(slng_api_key="CANARY", tools=[webhook(auth={"type": "bearer", "token": "CANARY"})])
    live = read_agent(answer)
    assert live.body["tools"][0]["auth"] == {"type": "bearer"}
    assert "CANARY" not in str(live.body)


def test_nulls_that_mean_absent_go_at_every_depth() -> None:
    tools = [
        webhook(
            http_method=None,
            show_results_to_llm=None,
            llm_result_instructions=None,
            execution_policy={"pre_action_message": {"enabled": False, "text": None}},
            system={
                "triggers": [{"event": "call_end", "source_tool_id": None}],
                "arguments": [{"name": "a", "description": None, "source": {"type": "call_id"}}],
            },
        ),
        {"type": "template", "id": "t", "template": "hangup", "prompt": None},
    ]
    models = {"stt": "a", "llm": "b", "tts": "c", "tts_voice": "d", "stt_final_timeout_s": None}
    body = read_agent(live_answer(tools=tools, models=models)).body
    assert "None" not in str(body)
    assert body["tools"][0]["execution_policy"] == {"pre_action_message": {"enabled": False}}
    assert body["tools"][0]["system"]["triggers"] == [{"event": "call_end"}]


def test_an_agent_without_trunks_has_no_trunk_fields() -> None:
    assert not {"sip_inbound_trunk_id", "sip_outbound_trunk_id"} & set(read_agent(live_answer()).body)


def test_nulls_in_free_json_and_in_unknown_fields_stay() -> None:
    parameters = {"type": "object", "properties": {"x": {"default": None}}}
    constant = {"name": "a", "type": "string", "source": {"type": "constant", "value": None}}
    tool = webhook(parameters=parameters, tomorrow=None, system={"triggers": [], "arguments": [constant]})
    models = {"stt": "a", "llm": "b", "tts": "c", "tts_voice": "d", "llm_kwargs": {"stop": None}}
    body = read_agent(live_answer(tools=[tool], models=models, tomorrow=None)).body
    assert body["tomorrow"] is None
    assert body["models"]["llm_kwargs"] == {"stop": None}
    assert body["tools"][0]["parameters"] == parameters
    assert body["tools"][0]["tomorrow"] is None
    assert body["tools"][0]["system"]["arguments"][0]["source"]["value"] is None


def test_tools_of_an_unknown_type_travel_untouched() -> None:
    tool = {"type": "tomorrow", "id": "t", "prompt": None, "more": {"x": None}}
    assert read_agent(live_answer(tools=[tool])).body["tools"] == [tool]


def test_unexpected_types_inside_known_fields_travel_untouched() -> None:
    body = read_agent(live_answer(idle_nudges="off", models={"fallbacks": 3})).body
    assert (body["idle_nudges"], body["models"]) == ("off", {"fallbacks": 3})


def test_the_answer_is_not_changed() -> None:
    answer = live_answer(tools=[webhook(auth_type="bearer")])
    before = copy.deepcopy(answer)
    read_agent(answer)
    assert answer == before


@pytest.mark.parametrize(
    "field",
    [
        *("id", "organisation_id", "name", "updated_at", "system_prompt", "greeting", "language", "region"),
        *("models", "tools", "template_variables"),
    ],
)
def test_a_missing_field_is_named(field: str) -> None:
    answer = live_answer()
    del answer[field]
    with pytest.raises(RemoteError, match=f"not as documented: {field} is missing"):
        read_agent(answer)


def test_all_missing_fields_are_named_at_once() -> None:
    with pytest.raises(RemoteError, match=r"agent 'Support Router' .* models, tools are missing"):
        read_agent(live_answer(models=None, tools="none"))


@pytest.mark.parametrize("answer", [None, [], "agent", 7])
def test_something_else_than_an_agent_is_refused(answer: Any) -> None:
    with pytest.raises(RemoteError, match="not an agent"):
        read_agent(answer)


def test_an_answer_without_name_or_id_is_refused() -> None:
    with pytest.raises(RemoteError, match="agent 'without a name'"):
        read_agent({})


def test_a_tool_that_is_no_object_is_refused() -> None:
    with pytest.raises(RemoteError, match="a tool that is not an object"):
        read_agent(live_answer(tools=["hangup"]))


def test_a_variable_that_is_no_object_is_named() -> None:
    with pytest.raises(RemoteError, match=r"template_variables\.brand is not an object"):
        read_agent(live_answer(template_variables={"brand": "ACME"}))


def test_a_deleted_agent_shows_when() -> None:
    answers = [live_answer(), live_answer(deleted_at="2026-01-03T00:00:00Z"), None]
    assert [is_deleted(answer) for answer in answers] == [False, True, False]


def test_references_become_values() -> None:
    body = {
        "slng_api_key": SecretRef("KEY"),
        "tools": ({"auth": {"type": "bearer", "token": SecretRef("TOKEN")}},),
        "enable_interruptions": False,
    }
    assert write_body(body, {"KEY": "k", "TOKEN": "t"}) == {
        "slng_api_key": "k",
        "tools": [{"auth": {"type": "bearer", "token": "t"}}],
        "enable_interruptions": False,
    }


def test_the_written_body_is_a_copy() -> None:
    body = {"tools": [{"auth": {"token": SecretRef("TOKEN")}}]}
    write_body(body, {"TOKEN": "t"})
    assert body == {"tools": [{"auth": {"token": SecretRef("TOKEN")}}]}


@pytest.mark.parametrize("secrets", [{}, {"KEY": ""}])
def test_a_secret_without_a_value_is_named(secrets: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="environment variable KEY is not set"):
        write_body({"slng_api_key": SecretRef("KEY")}, secrets)
