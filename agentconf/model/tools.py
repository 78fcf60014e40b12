"""The four kinds of tools, as the API takes them; `id` may be left out in files (it is matched or derived)."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from agentconf.model.arguments import SystemConfig
from agentconf.model.base import DefaultBy, Model, Opaque, WriteOnly
from agentconf.model.nudges import ExecutionPolicy
from agentconf.model.secret import SecretRef

TOOL_NAMESPACE = uuid.UUID("6f0c4e0e-6c3c-5b0a-9a51-3f1f6a3f7d10")
"""Namespace of derived tool ids. Never change it: every derived id in every live agent hangs on it."""

RESERVED_TOOL_NAMES = frozenset({"end_call", "detected_answering_machine"})
"""Names that the platform gives to its own template tools."""

Source = Literal["contextual", "system"]
_ToolId = Annotated[
    str | None,
    Field(description="UUID, unique within the agent; derived from agent key and tool name when absent"),
]
_Policy = ExecutionPolicy
_NO_POLICY = ExecutionPolicy.model_construct()


class BearerAuth(Model):
    """Sends `Authorization: Bearer <token>`."""

    type: Literal["bearer"]
    token: Annotated[SecretRef, WriteOnly()]


class HmacAuth(Model):
    """Sends `X-Signature-256`, the HMAC-SHA256 of the JSON body."""

    type: Literal["hmac"]
    secret: Annotated[SecretRef, WriteOnly()]


class TemplateTool(Model):
    """A ready-made tool of the platform: `hangup` or `voicemail_detection`."""

    type: Literal["template"]
    id: _ToolId = None
    template: Literal["hangup", "voicemail_detection"]
    prompt: str | None = None
    execution_policy: _Policy = _NO_POLICY


class BuiltInTool(Model):
    """A utility of the platform: the current date and time in an IANA time zone."""

    type: Literal["built_in"]
    id: _ToolId = None
    built_in: Literal["current_datetime"]
    source: Source = "contextual"
    timezone: str = "UTC"
    prompt: Annotated[str, Field(max_length=500)] | None = None
    system: SystemConfig | None = None
    execution_policy: _Policy = _NO_POLICY


class WebhookTool(Model):
    """An HTTP endpoint of yours; called by the model (contextual) or by events (system). Timeout in seconds."""

    type: Literal["webhook"]
    id: _ToolId = None
    name: str = Field(max_length=64)
    description: str = Field(max_length=500)
    llm_result_instructions: Annotated[str, Field(max_length=2000)] | None = None
    url: str
    parameters: Annotated[dict[str, Any], Opaque()]
    auth: Annotated[BearerAuth | HmacAuth, Field(discriminator="type")] | None = None
    http_method: Literal["POST", "PUT", "PATCH", "DELETE"] = "POST"
    webhook_format: Literal["envelope", "raw"] = "envelope"
    timeout_seconds: float = Field(default=10, ge=1, le=60)
    wait_for_response: bool = True
    show_results_to_llm: Annotated[
        bool | None, DefaultBy("source", (("contextual", True), ("system", False)))
    ] = None
    source: Source = "contextual"
    system: SystemConfig | None = None
    execution_policy: _Policy = _NO_POLICY


class HumanTransferTool(Model):
    """Hands the call to a person; the agent then needs an outbound trunk."""

    type: Literal["human_transfer"]
    id: _ToolId = None
    name: str = Field(max_length=64)
    description: Annotated[str, Field(max_length=500)] | None = None
    phone_number: str
    execution_policy: _Policy = _NO_POLICY


Tool = Annotated[TemplateTool | BuiltInTool | WebhookTool | HumanTransferTool, Field(discriminator="type")]


def tool_name(tool: dict[str, Any]) -> str | None:
    """Name a tool by what identifies it within an agent: its name, its template, or its built-in kind.

    Args:
        tool: the tool as data.

    Returns:
        The name, or None when the tool has none (an unknown type, or a broken definition).

    """
    key = {"template": "template", "built_in": "built_in"}.get(str(tool.get("type")), "name")
    name = tool.get(key)
    return name if isinstance(name, str) else None


def derive_tool_id(agent_key: str, name: str) -> str:
    """Derive the stable id of a tool that declares none: UUIDv5 of agent key and tool name.

    Args:
        agent_key: the agent's handle, its file's stem.
        name: the tool's name as `tool_name` tells it.

    """
    return str(uuid.uuid5(TOOL_NAMESPACE, f"{agent_key}/{name}"))
