"""Each bound from both sides: the last value that is taken and the first that is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from agentconf.model.agent import AgentBody, AgentFile, Lifecycle, RuntimeVariable
from agentconf.model.arguments import SystemArgument, SystemConfig, TemplateSource, TranscriptSource
from agentconf.model.models import Models, TtsFallback
from agentconf.model.nudges import IdleNudges, PreActionMessage
from agentconf.model.secret import SecretRef
from agentconf.model.tools import BearerAuth, BuiltInTool, HumanTransferTool, Tool, WebhookTool

if TYPE_CHECKING:
    from agentconf.model.fields import ModelClass

Json = dict[str, Any]

MODELS = {"stt": "a", "llm": "b", "tts": "c", "tts_voice": "d"}
BODY = {
    "name": "n",
    "system_prompt": "p",
    "greeting": "g",
    "language": "en",
    "region": "us-east",
    "models": MODELS,
}
NUDGES = {"first_nudge_text": "a", "second_nudge_text": "b", "final_hangup_text": "c"}
WEBHOOK = {"type": "webhook", "name": "n", "description": "d", "url": "https://example.com", "parameters": {}}
TRANSFER = {"type": "human_transfer", "name": "n", "phone_number": "+14155550101"}
CLOCK = {"type": "built_in", "built_in": "current_datetime"}
ARGUMENT = {"name": "n", "type": "string", "source": {"type": "call_id"}}

BOUNDS: list[tuple[ModelClass, Json, str, Any, Any]] = [
    (AgentBody, BODY, "name", "x", ""),
    (AgentBody, BODY, "name", "x" * 255, "x" * 256),
    (AgentBody, BODY, "language", "x" * 10, "x" * 11),
    (RuntimeVariable, {"name": "n", "description": "d"}, "name", "x" * 64, "x" * 65),
    (RuntimeVariable, {"name": "n", "description": "d"}, "description", "x" * 500, "x" * 501),
    (TtsFallback, {"model": "m", "voice": "v"}, "model", "x" * 200, "x" * 201),
    (TtsFallback, {"model": "m", "voice": "v"}, "model", "x", ""),
    (TtsFallback, {"model": "m", "voice": "v"}, "voice", "x" * 200, "x" * 201),
    (TtsFallback, {"model": "m", "voice": "v"}, "voice", "x", ""),
    (Models, MODELS, "stt_final_timeout_s", 0, -0.1),
    (Models, MODELS, "llm_first_token_timeout_s", 0.0, -1),
    (Models, MODELS, "tts_first_audio_timeout_s", 0, -1),
    (IdleNudges, NUDGES, "first_nudge_delay_seconds", 1, 0),
    (IdleNudges, NUDGES, "second_nudge_delay_seconds", 1, 0),
    (IdleNudges, NUDGES, "hangup_delay_seconds", 1, 0),
    (IdleNudges, NUDGES, "first_nudge_text", "x" * 500, "x" * 501),
    (IdleNudges, NUDGES, "second_nudge_text", "x", ""),
    (IdleNudges, NUDGES, "final_hangup_text", "x" * 500, "x" * 501),
    (PreActionMessage, {}, "text", "x" * 500, "x" * 501),
    (BuiltInTool, CLOCK, "prompt", "x" * 500, "x" * 501),
    (WebhookTool, WEBHOOK, "name", "x" * 64, "x" * 65),
    (WebhookTool, WEBHOOK, "description", "x" * 500, "x" * 501),
    (WebhookTool, WEBHOOK, "llm_result_instructions", "x" * 2000, "x" * 2001),
    (WebhookTool, WEBHOOK, "timeout_seconds", 1, 0.99),
    (WebhookTool, WEBHOOK, "timeout_seconds", 60.0, 60.01),
    (HumanTransferTool, TRANSFER, "name", "x" * 64, "x" * 65),
    (HumanTransferTool, TRANSFER, "description", "x" * 500, "x" * 501),
    (SystemArgument, ARGUMENT, "name", "x", ""),
    (SystemArgument, ARGUMENT, "name", "x" * 64, "x" * 65),
    (SystemArgument, ARGUMENT, "description", "x" * 500, "x" * 501),
    (SystemConfig, {}, "triggers", [{"event": "call_end"}], []),
    (TemplateSource, {"type": "template"}, "template", "x", ""),
    (TemplateSource, {"type": "template"}, "template", "x" * 2000, "x" * 2001),
    (TranscriptSource, {"type": "transcript_messages"}, "max_messages", 1, 0),
    (TranscriptSource, {"type": "transcript_messages"}, "max_messages", 2000, 2001),
]


def faults(model: ModelClass, data: Json) -> list[tuple[Any, ...]]:
    try:
        model.model_validate(data)
    except ValidationError as error:
        return [fault["loc"] for fault in error.errors()]
    return []


@pytest.mark.parametrize(("model", "rest", "field", "last", "beyond"), BOUNDS)
def test_a_bound_takes_its_last_value_and_refuses_the_next(
    model: ModelClass, rest: Json, field: str, last: Any, beyond: Any
) -> None:
    assert faults(model, rest | {field: last}) == []
    assert faults(model, rest | {field: beyond}) == [(field,)]


@pytest.mark.parametrize("field", BODY)
def test_a_body_without_a_required_field_is_refused(field: str) -> None:
    rest = {name: value for name, value in BODY.items() if name != field}
    assert faults(AgentBody, rest) == [(field,)]


@pytest.mark.parametrize(
    ("model", "data", "place"),
    [
        (AgentBody, BODY | {"enable_interruptions": 1}, ("enable_interruptions",)),
        (AgentBody, BODY | {"enable_interruptions": "true"}, ("enable_interruptions",)),
        (AgentBody, BODY | {"name": 5}, ("name",)),
        (AgentBody, BODY | {"tools": {}}, ("tools",)),
        (AgentBody, BODY | {"template_defaults": {"x": 1}}, ("template_defaults", "x")),
        (AgentBody, BODY | {"idle_nudges": 5}, ("idle_nudges",)),
        (AgentBody, BODY | {"slng_api_key": "literal"}, ("slng_api_key",)),
        (IdleNudges, NUDGES | {"hangup_delay_seconds": 1.0}, ("hangup_delay_seconds",)),
        (IdleNudges, NUDGES | {"hangup_delay_seconds": True}, ("hangup_delay_seconds",)),
        (Models, MODELS | {"stt_final_timeout_s": "4"}, ("stt_final_timeout_s",)),
        (BearerAuth, {"type": "bearer", "token": "literal"}, ("token",)),
    ],
)
def test_values_of_another_type_are_refused_not_converted(model: ModelClass, data: Json, place: Any) -> None:
    assert faults(model, data) == [place]


@pytest.mark.parametrize(
    ("model", "data"),
    [(AgentBody, BODY), (Models, MODELS), (WebhookTool, WEBHOOK), (IdleNudges, NUDGES), (Lifecycle, {})],
)
def test_a_field_that_a_model_does_not_know_is_told(model: ModelClass, data: Json) -> None:
    assert faults(model, data | {"of_tomorrow": 1}) == [("of_tomorrow",)]


@pytest.mark.parametrize(
    "field", ["inbound_greeting", "outbound_greeting", "sip_inbound_trunk_id", "slng_api_key"]
)
def test_null_is_taken_where_a_field_may_be_empty(field: str) -> None:
    assert faults(AgentBody, BODY | {field: None}) == []


def test_a_tool_is_read_by_its_type() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Tool)
    assert [type(adapter.validate_python(tool)) for tool in (WEBHOOK, TRANSFER, CLOCK)] == [
        WebhookTool,
        HumanTransferTool,
        BuiltInTool,
    ]


def test_a_tool_of_an_unknown_type_is_refused_at_its_place() -> None:
    assert faults(AgentBody, BODY | {"tools": [{"type": "of_tomorrow"}]}) == [("tools", 0)]


def test_a_message_of_a_refusal_does_not_show_the_value() -> None:
    with pytest.raises(ValidationError) as caught:
        BearerAuth.model_validate({"type": "bearer", "token": "a-literal-secret"})
    assert "a-literal-secret" not in str(caught.value)


def test_an_agent_file_holds_our_own_keys_beside_the_body() -> None:
    file = BODY | {
        "slng_api_key": SecretRef("KEY"),
        "lifecycle": {"prevent_destroy": True},
        "examples": [{"name": "e", "arguments": {"a": "b"}}],
    }
    assert faults(AgentFile, file) == []
    assert faults(AgentBody, file) == [("lifecycle",), ("examples",)]


def test_a_lifecycle_that_is_left_out_protects_nothing_and_is_present() -> None:
    empty = Lifecycle()
    assert (empty.prevent_destroy, empty.ignore_changes, empty.renamed_from, empty.state) == (
        False,
        [],
        None,
        "present",
    )
