from __future__ import annotations

from typing import Annotated, Any

import pytest

from agentconf.model.agent import AgentBody, AgentFile, RuntimeVariable
from agentconf.model.arguments import CallSource, ConstantSource, SystemArgument, SystemConfig, SystemTrigger
from agentconf.model.base import Model
from agentconf.model.fields import FieldSpec, ModelClass, fields_of
from agentconf.model.models import Fallbacks, Models, TtsFallback
from agentconf.model.nudges import ExecutionPolicy, IdleNudges
from agentconf.model.tools import BearerAuth, TemplateTool, WebhookTool


def having(model: ModelClass, trait: str) -> set[str]:
    return {name for name, spec in fields_of(model).items() if getattr(spec, trait)}


def test_the_fields_are_in_the_order_of_the_model() -> None:
    assert list(fields_of(TtsFallback)) == ["model", "voice"]


def test_a_table_is_read_once() -> None:
    assert fields_of(Models) is fields_of(Models)


def test_a_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        fields_of(Models)["stt"] = fields_of(Models)["llm"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("model", "trait", "names"),
    [
        (AgentBody, "required", {"name", "system_prompt", "greeting", "language", "region", "models"}),
        (AgentBody, "computed", {"idle_nudges"}),
        (AgentBody, "dashboard", {"sip_inbound_trunk_id", "sip_outbound_trunk_id"}),
        (AgentBody, "identifier", {"sip_inbound_trunk_id", "sip_outbound_trunk_id"}),
        (AgentBody, "write_only", {"slng_api_key"}),
        (AgentBody, "is_list", {"tools", "runtime_variables"}),
        (AgentBody, "is_map", {"template_defaults"}),
        (BearerAuth, "write_only", {"token"}),
        (Models, "opaque", {"stt_kwargs", "llm_kwargs", "tts_kwargs"}),
        (Models, "spread", {"fallbacks"}),
        (WebhookTool, "opaque", {"parameters"}),
        (WebhookTool, "sealed", {"auth"}),
        (WebhookTool, "identifier", {"id"}),
        (WebhookTool, "spread", {"execution_policy"}),
        (SystemTrigger, "identifier", {"source_tool_id"}),
        (ConstantSource, "opaque", {"value"}),
        (Fallbacks, "is_list", {"stt", "llm", "tts"}),
    ],
)
def test_traits_are_read_off_the_model(model: ModelClass, trait: str, names: set[str]) -> None:
    assert having(model, trait) == names


@pytest.mark.parametrize(
    ("model", "name", "nested"),
    [
        (AgentBody, "models", Models),
        (AgentBody, "idle_nudges", IdleNudges),
        (AgentBody, "runtime_variables", RuntimeVariable),
        (AgentBody, "tools", None),
        (AgentBody, "name", None),
        (Models, "fallbacks", Fallbacks),
        (Fallbacks, "stt", None),
        (Fallbacks, "tts", TtsFallback),
        (WebhookTool, "system", SystemConfig),
        (WebhookTool, "execution_policy", ExecutionPolicy),
    ],
)
def test_the_model_of_an_object_is_known(model: ModelClass, name: str, nested: ModelClass | None) -> None:
    assert fields_of(model)[name].nested is nested


@pytest.mark.parametrize(
    ("model", "name", "default"),
    [
        (AgentBody, "enable_interruptions", True),
        (AgentBody, "tools", []),
        (AgentBody, "template_defaults", {}),
        (AgentBody, "idle_nudges", None),
        (AgentBody, "name", None),
        (Models, "fallbacks", {}),
        (Models, "stt_kwargs", {}),
        (WebhookTool, "timeout_seconds", 10),
        (WebhookTool, "http_method", "POST"),
        (TemplateTool, "execution_policy", {}),
        (SystemArgument, "required", False),
        (AgentFile, "lifecycle", {}),
    ],
)
def test_a_default_is_plain_data(model: ModelClass, name: str, default: Any) -> None:
    assert fields_of(model)[name].default == default


def test_an_object_of_a_union_follows_the_model_of_its_type() -> None:
    tools = fields_of(AgentBody)["tools"]
    assert tools.discriminator == "type"
    assert tools.model_of({"type": "webhook"}) is WebhookTool
    assert tools.model_of({"type": "of_tomorrow"}) is None
    assert tools.model_of({"type": ["webhook"]}) is None
    assert tools.model_of({}) is None


def test_one_model_can_stand_for_several_types() -> None:
    source = fields_of(SystemArgument)["source"]
    assert {kind for kind, model in source.variants.items() if model is CallSource} == {
        "first_user_message",
        "call_id",
        "room_name",
        "job_id",
        "agent_id",
        "agent_name",
        "phone_number",
        "trigger_event",
        "call_end_reason",
    }


def test_an_object_that_is_no_union_follows_its_own_model() -> None:
    assert fields_of(AgentBody)["models"].model_of({"type": "webhook"}) is Models


def test_null_is_known_to_be_taken() -> None:
    assert "inbound_greeting" in having(AgentBody, "nullable")
    assert having(IdleNudges, "nullable") == set()


def test_every_field_of_a_definition_is_described() -> None:
    assert [name for name, spec in fields_of(AgentFile).items() if not spec.description] == []


def test_a_union_without_discriminator_is_no_nested_object() -> None:
    class Loose(Model):
        value: Annotated[int | str | None, "any"] = None
        either: list[Annotated[int | str, "any"]] | None = None

    specs = fields_of(Loose)
    assert specs["value"] == FieldSpec("value", required=False, nullable=True)
    assert specs["either"] == FieldSpec("either", required=False, nullable=True, is_list=True)
