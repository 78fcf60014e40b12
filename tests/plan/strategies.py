"""Random agents over the whole model: valid for the platform, and as awkward as valid can be.

What the platform refuses is left out: a transfer without a trunk, two tools of one name, an enabled
pre-action message without text, unmatched braces. What it takes in several spellings is in: values equal to
their default, nulls, integral floats, CRLF, upper case in UUIDs, empty objects, unknown JSON in free places.
"""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import strategies as st

from agentconf.model.agent import REGIONS
from agentconf.model.secret import SecretRef
from agentconf.model.tools import tool_name

Json = dict[str, Any]

VARIABLES = ("brand", "patient_name", "order_id", "x1", "local_number")
EVENTS = ("call_start", "first_user_message", "call_end")
CALL_FACTS = ("first_user_message", "call_id", "room_name", "agent_name", "phone_number", "call_end_reason")
TYPES = ("string", "integer", "number", "boolean", "string[]", "integer[]", "number[]", "boolean[]")

plain_texts = st.text(
    st.characters(codec="utf-8", exclude_characters="{}\x00"), min_size=1, max_size=30
) | st.sampled_from(["one\r\ntwo", "one\rtwo", "line\nline\n", " padded ", "0", "true", "null"])
spoken_texts = plain_texts.filter(lambda text: bool(text.strip()))
names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
secrets = st.sampled_from([SecretRef("SLNG_API_KEY"), SecretRef("CRM_TOKEN"), SecretRef("HMAC_SECRET")])
json_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.0, -0.0, 1.0, 10.0, 1e22])
    | plain_texts
)
json_keys = plain_texts | st.sampled_from(["$secret", "$$secret", "__private", "a.b", "x['y']", "", "type"])
json_values = st.recursive(
    json_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(json_keys, inner, max_size=3),
    max_leaves=6,
)
free_objects = st.dictionaries(json_keys, json_values, max_size=3)


@st.composite
def uuids(draw: st.DrawFn) -> str:
    """A UUID, now and then in upper case."""
    text = str(uuid.UUID(int=draw(st.integers(0, 2**128 - 1)), version=4))
    return text.upper() if draw(st.booleans()) else text


def optional(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The value, or a null that means its absence."""
    return st.none() | value


@st.composite
def templates(draw: st.DrawFn) -> str:
    """A text with placeholders."""
    parts = draw(
        st.lists(
            plain_texts | st.sampled_from(VARIABLES).map(lambda name: f"{{{{{name}}}}}"),
            min_size=1,
            max_size=4,
        )
    )
    return " ".join(parts)


seconds = st.integers(0, 60) | st.floats(0, 60) | st.just(4.0)
fallbacks = st.fixed_dictionaries(
    {},
    optional={
        "stt": st.lists(plain_texts, max_size=2),
        "llm": st.lists(plain_texts, max_size=2),
        "tts": st.lists(st.fixed_dictionaries({"model": plain_texts, "voice": plain_texts}), max_size=2),
    },
)
models = st.fixed_dictionaries(
    {"stt": plain_texts, "llm": plain_texts, "tts": plain_texts, "tts_voice": plain_texts},
    optional={
        "stt_kwargs": free_objects,
        "llm_kwargs": free_objects,
        "tts_kwargs": free_objects,
        "fallbacks": fallbacks,
        "stt_final_timeout_s": optional(seconds),
        "llm_first_token_timeout_s": optional(seconds),
        "tts_first_audio_timeout_s": optional(seconds),
        "failure_audio_enabled": st.booleans(),
    },
)
nudges = st.fixed_dictionaries(
    {"first_nudge_text": spoken_texts, "second_nudge_text": spoken_texts, "final_hangup_text": spoken_texts},
    optional={
        "enabled": st.booleans(),
        "first_nudge_delay_seconds": st.sampled_from([1, 15, 40]),
        "second_nudge_delay_seconds": st.sampled_from([1, 30, 60]),
        "hangup_delay_seconds": st.sampled_from([1, 15, 20]),
    },
)
policies: st.SearchStrategy[Json] = st.sampled_from([{}, {"pre_action_message": {}}]) | st.fixed_dictionaries(
    {"pre_action_message": st.fixed_dictionaries({"enabled": st.booleans(), "text": spoken_texts})}
)
auths = st.fixed_dictionaries({"type": st.just("bearer"), "token": secrets}) | st.fixed_dictionaries(
    {"type": st.just("hmac"), "secret": secrets}
)


@st.composite
def sources(draw: st.DrawFn, kind: str) -> Json:
    """Where an argument of a type comes from."""
    choices: list[st.SearchStrategy[Json]] = [
        st.fixed_dictionaries({"type": st.just("constant"), "value": json_values}),
        st.sampled_from(CALL_FACTS).map(lambda fact: {"type": fact}),
        st.fixed_dictionaries(
            {"type": st.just("transcript_messages")},
            optional={"max_messages": st.sampled_from([1, 200, 2000])},
        ),
    ]
    if not kind.endswith("[]"):
        choices.append(st.fixed_dictionaries({"type": st.just("template"), "template": templates()}))
    return draw(st.one_of(choices))


@st.composite
def arguments(draw: st.DrawFn) -> Json:
    """An argument of a system tool."""
    kind = draw(st.sampled_from(TYPES))
    return {
        "name": draw(names),
        "type": kind,
        "source": draw(sources(kind)),
        **draw(
            st.fixed_dictionaries(
                {}, optional={"required": st.booleans(), "description": optional(plain_texts)}
            )
        ),
    }


triggers = st.sampled_from(EVENTS).map(lambda event: {"event": event}) | st.builds(
    lambda event, tool: {"event": event, "source_tool_id": tool},
    st.sampled_from(["tool_succeeded", "tool_failed"]),
    uuids(),
)
systems = st.fixed_dictionaries(
    {"triggers": st.lists(triggers, min_size=1, max_size=2)},
    optional={"arguments": st.lists(arguments(), max_size=3, unique_by=lambda one: one["name"])},
)
identified: dict[Any, st.SearchStrategy[Any]] = {"id": optional(uuids()), "execution_policy": policies}


@st.composite
def with_system(draw: st.DrawFn, tool: Json) -> Json:
    """A tool that the model calls, or that runs by itself."""
    choice = draw(st.sampled_from(["absent", "contextual", "system"]))
    if choice == "absent":
        return tool
    return tool | ({"source": choice, "system": draw(systems)} if choice == "system" else {"source": choice})


template_tools = st.fixed_dictionaries(
    {"type": st.just("template"), "template": st.sampled_from(["hangup", "voicemail_detection"])},
    optional={"prompt": optional(plain_texts), **identified},
)
built_in_tools = st.fixed_dictionaries(
    {"type": st.just("built_in"), "built_in": st.just("current_datetime")},
    optional={
        "timezone": st.sampled_from(["UTC", "Europe/Madrid", "Europe/{{brand}}"]),
        "prompt": optional(plain_texts),
        **identified,
    },
).flatmap(with_system)
webhooks = st.fixed_dictionaries(
    {
        "type": st.just("webhook"),
        "name": names,
        "description": plain_texts,
        "url": st.sampled_from(
            [
                "https://crm.example.com/a",
                "https://crm.example.com/{{order_id}}?q={{brand}}",
                "http://example.org",
            ]
        ),
        "parameters": st.builds(
            lambda properties: {"type": "object", "properties": properties},
            st.dictionaries(
                names, st.sampled_from([{"type": "string"}, {"type": "number", "minimum": 0.0}]), max_size=2
            ),
        ),
    },
    optional={
        "llm_result_instructions": optional(plain_texts),
        "auth": auths,
        "http_method": st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]),
        "webhook_format": st.sampled_from(["envelope", "raw"]),
        "timeout_seconds": st.sampled_from([1, 10, 10.0, 10.5, 60]),
        "wait_for_response": st.booleans(),
        "show_results_to_llm": optional(st.booleans()),
        **identified,
    },
).flatmap(with_system)
transfers = st.fixed_dictionaries(
    {
        "type": st.just("human_transfer"),
        "name": names,
        "phone_number": st.sampled_from(["+14155550123", "+493023125001", "+34{{local_number}}"]),
    },
    optional={"description": optional(plain_texts), **identified},
)
tools = st.lists(
    template_tools | built_in_tools | webhooks | transfers,
    max_size=4,
    unique_by=(tool_name, lambda tool: str(tool.get("id") or tool_name(tool)).lower()),
)
agent_names = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=20)


@st.composite
def agent_bodies(draw: st.DrawFn) -> Json:
    """A body that the platform takes, `slng_api_key` included."""
    body: Json = draw(
        st.fixed_dictionaries(
            {
                "name": agent_names,
                "system_prompt": templates(),
                "greeting": templates(),
                "language": st.sampled_from(["en", "de", "es", "no"]),
                "region": st.sampled_from(REGIONS),
                "models": models,
                "slng_api_key": secrets,
            },
            optional={
                "inbound_greeting": optional(templates()),
                "outbound_greeting": optional(templates()),
                "idle_nudges": nudges,
                "enable_interruptions": st.booleans(),
                "tools": tools,
                "sip_inbound_trunk_id": optional(uuids()),
                "sip_outbound_trunk_id": optional(uuids()),
                "template_defaults": st.dictionaries(st.sampled_from(VARIABLES), plain_texts, max_size=4),
                "runtime_variables": st.lists(
                    st.fixed_dictionaries({"name": names, "description": plain_texts}),
                    max_size=2,
                    unique_by=lambda one: one["name"],
                ),
            },
        )
    )
    transfers_calls = any(tool["type"] == "human_transfer" for tool in body.get("tools", ()))
    if (transfers_calls or body.get("outbound_greeting")) and body.get("sip_outbound_trunk_id") is None:
        body["sip_outbound_trunk_id"] = draw(uuids())
    return body
