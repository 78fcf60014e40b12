from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from emulator_client import Client, Json, agent_body, emulated
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_characters="{}", codec="utf-8"), max_size=40)
UUIDS = st.integers(0, 2**128 - 1).map(lambda number: str(UUID(int=number)))
SCALAR = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT
)
JSON = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
OBJECT = st.dictionaries(TEXT, JSON, max_size=3)
PROMPT = st.lists(st.one_of(TEXT, st.sampled_from(["{{who}}", "{{ what }}", "{{{raw}}}"])), max_size=4).map(
    "".join
)
NAME = st.text("abcdefXYZ019_-", min_size=1, max_size=64)
POLICY = st.fixed_dictionaries(
    {},
    optional={
        "pre_action_message": st.fixed_dictionaries(
            {"enabled": st.just(value=False)}, optional={"text": st.none() | TEXT}
        )
    },
)
ARGUMENT = st.fixed_dictionaries(
    {
        "name": st.text(min_size=1, max_size=64, alphabet="abc"),
        "type": st.sampled_from(["string", "integer", "boolean"]),
        "source": st.one_of(
            st.fixed_dictionaries({"type": st.just("constant"), "value": JSON}),
            st.just({"type": "template", "template": "{{x}}"}),
            st.sampled_from([{"type": name} for name in ("call_id", "phone_number", "transcript_messages")]),
        ),
    },
    optional={"required": st.booleans(), "description": st.none() | TEXT},
)
SYSTEM = st.fixed_dictionaries(
    {
        "triggers": st.lists(
            st.sampled_from([{"event": "call_start"}, {"event": "call_end", "source_tool_id": None}]),
            min_size=1,
            max_size=2,
        )
    },
    optional={"arguments": st.lists(ARGUMENT, max_size=2)},
)
AUTH = st.sampled_from(
    [{"type": "bearer", "token": "sk-secret-1"}, {"type": "hmac", "secret": "sk-secret-2"}]
)
WEBHOOK = st.fixed_dictionaries(
    {
        "type": st.just("webhook"),
        "id": UUIDS,
        "name": NAME,
        "description": TEXT,
        "url": st.sampled_from(["https://example.com/a", "http://example.com/{{a}}?b={{c}}"]),
        "parameters": OBJECT,
    },
    optional={
        "auth": AUTH,
        "http_method": st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]),
        "timeout_seconds": st.floats(1, 60),
        "show_results_to_llm": st.none() | st.booleans(),
        "llm_result_instructions": st.none() | TEXT,
        "execution_policy": POLICY,
    },
)
SYSTEM_WEBHOOK = st.builds(
    lambda tool, system: tool | {"source": "system", "system": system}, WEBHOOK, SYSTEM
)
TEMPLATE = st.fixed_dictionaries(
    {
        "type": st.just("template"),
        "id": UUIDS,
        "template": st.sampled_from(["hangup", "voicemail_detection"]),
    },
    optional={"prompt": st.none() | TEXT, "execution_policy": POLICY},
)
BUILT_IN = st.fixed_dictionaries(
    {"type": st.just("built_in"), "id": UUIDS, "built_in": st.just("current_datetime")},
    optional={"timezone": st.sampled_from(["UTC", "Europe/Madrid", "{{zone}}"]), "prompt": st.none() | TEXT},
)
TOOLS = st.lists(
    st.one_of(WEBHOOK, SYSTEM_WEBHOOK, TEMPLATE, BUILT_IN), max_size=3, unique_by=lambda tool: str(tool["id"])
)
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "inbound_greeting": st.none() | PROMPT,
    "outbound_greeting": st.none(),
    "enable_interruptions": st.booleans(),
    "idle_nudges": st.none()
    | st.fixed_dictionaries(
        {
            name: st.text(min_size=1, max_size=5, alphabet="abc")
            for name in ("first_nudge_text", "second_nudge_text", "final_hangup_text")
        },
        optional={"enabled": st.booleans()},
    ),
    "tools": TOOLS,
    "sip_inbound_trunk_id": st.none() | UUIDS,
    "sip_outbound_trunk_id": st.none() | UUIDS,
    "template_defaults": st.dictionaries(st.sampled_from(["who", "what", "raw", "none"]), TEXT, max_size=3),
    "runtime_variables": st.lists(st.fixed_dictionaries({"name": TEXT, "description": TEXT}), max_size=2),
}
REQUIRED: dict[str, st.SearchStrategy[Any]] = {
    "name": TEXT,
    "system_prompt": PROMPT,
    "greeting": PROMPT,
    "language": st.sampled_from(["en", "es-MX", "xx", ""]),
    "region": st.sampled_from(["us-east", "eu-central", "ap-south"]),
    "models": st.fixed_dictionaries(
        dict.fromkeys(("stt", "llm", "tts", "tts_voice"), TEXT),
        optional={
            "llm_kwargs": OBJECT,
            "fallbacks": st.fixed_dictionaries({}, optional={"llm": st.lists(TEXT, max_size=2)}),
        },
    ),
    "slng_api_key": st.just("sk-secret-0"),
}
BODY = st.fixed_dictionaries(REQUIRED, optional=OPTIONAL)
KEYS = st.sampled_from([*REQUIRED, *OPTIONAL, "phone_number", "arguments", "surprise"])
GARBAGE = st.dictionaries(KEYS, JSON, max_size=6)
BENT = st.builds(lambda body, garbage: body | garbage, BODY, GARBAGE)
PATHS = st.sampled_from(
    [
        "",
        "/{id}",
        "/{id}/duplicate",
        "/{id}/calls",
        "/{id}/web-sessions",
        "/{id}/calls/x",
        "/{id}/calls/x/tool-executions",
    ]
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"])
THOROUGH = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def create(client: Client, body: Json) -> Json:
    answer = client.send("POST", "/v1/agents", body)
    assert (answer.status, answer.text) == (201, answer.text)
    agent: Json = answer.json
    return agent


@THOROUGH
@given(body=BODY)
def test_every_valid_body_is_taken_and_read_back_as_it_was_answered(body: Json) -> None:
    with emulated() as client:
        agent = create(client, body)
        assert client.get(agent) == agent


@THOROUGH
@given(body=BODY, changes=st.fixed_dictionaries({}, optional=OPTIONAL))
def test_an_update_ends_where_a_create_of_the_same_definition_would(body: Json, changes: Json) -> None:
    with emulated() as client:
        agent = create(client, body)
        updated = client.patch(agent, **changes)
        assert updated.status == 200
        fresh = create(
            client,
            {
                name: value
                for name, value in (body | changes | {"name": f"{body['name']}+"}).items()
                if value is not None
            },
        )
        own = {name: agent[name] for name in ("id", "name", "created_at")} | {
            "updated_at": updated.json["updated_at"]
        }
        assert updated.json == fresh | own


@THOROUGH
@given(body=BODY)
def test_sending_every_field_of_a_body_again_changes_nothing_but_the_time(body: Json) -> None:
    with emulated() as client:
        agent = create(client, body)
        again = client.patch(agent, **body).json
        assert again | {"updated_at": agent["updated_at"]} == agent


@THOROUGH
@given(
    method=METHODS,
    path=PATHS,
    body=GARBAGE | BENT | JSON,
    unknown=st.sampled_from(["reject", "keep", "drop"]),
)
def test_nothing_that_is_sent_makes_the_emulator_fail_or_break_the_contract(
    method: str, path: str, body: Any, unknown: str
) -> None:
    with emulated(unknown_fields=unknown) as client:
        agent = client.made(agent_body())
        content = json.dumps(body)
        answer = client.send(method, "/v1/agents" + path.format(id=agent["id"]), content=content)
        assert answer.status < 500
        assert client.send("GET", "/v1/agents").status == 200


@THOROUGH
@given(content=st.binary(max_size=200))
def test_no_bytes_make_the_emulator_fail(content: bytes) -> None:
    with emulated() as client:
        assert client.send("POST", "/v1/agents", content=content).status == 422
