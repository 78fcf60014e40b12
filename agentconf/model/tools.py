"""The four kinds of tools, as the API takes them; `id` may be left out in files (matched or derived)."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from agentconf.model.arguments import SystemConfig
from agentconf.model.base import DefaultBy, Identifier, Model, Opaque, WriteOnly
from agentconf.model.nudges import ExecutionPolicy
from agentconf.model.secret import SecretRef

TOOL_NAMESPACE = uuid.UUID("6f0c4e0e-6c3c-5b0a-9a51-3f1f6a3f7d10")
"""Namespace of derived tool ids. Never change it: every derived id in every live agent hangs on it."""

RESERVED_TOOL_NAMES = frozenset({"end_call", "detected_answering_machine"})
"""Names that the platform gives to its own template tools."""

Source = Literal["contextual", "system"]
_ToolId = Annotated[
    str | None,
    Identifier(),
    Field(description="UUID, unique within the agent; derived from agent key and tool name when absent"),
]
_Policy = Annotated[ExecutionPolicy, Field(description="How a run of the tool is announced to the caller")]
_NO_POLICY = ExecutionPolicy.model_construct()
_WHEN_TO_USE = Field(description="When the model should use the tool")
_Source = Annotated[
    Source,
    Field(description="contextual: the model decides to run the tool; system: an event does, see `system`"),
]
_System = Annotated[
    SystemConfig | None,
    Field(description="The events that run the tool; required with source system, absent otherwise"),
]


class BearerAuth(Model):
    """Sends `Authorization: Bearer <token>`."""

    type: Literal["bearer"] = Field(description="The token is sent as it is")
    token: Annotated[SecretRef, WriteOnly()] = Field(
        description="The token, as ${env:NAME}; stored by the platform and never shown again"
    )


class HmacAuth(Model):
    """Sends `X-Signature-256`, the HMAC-SHA256 of the JSON body."""

    type: Literal["hmac"] = Field(description="The body is signed, the secret is not sent")
    secret: Annotated[SecretRef, WriteOnly()] = Field(
        description="The key of the signature, as ${env:NAME}; stored by the platform and never shown again"
    )


class TemplateTool(Model):
    """A ready-made tool of the platform: `hangup` or `voicemail_detection`."""

    type: Literal["template"] = Field(description="A ready-made tool of the platform")
    id: _ToolId = None
    template: Literal["hangup", "voicemail_detection"] = Field(
        description="hangup: the model sees end_call; voicemail_detection: it sees detected_answering_machine"
    )
    prompt: Annotated[str | None, _WHEN_TO_USE] = None
    execution_policy: _Policy = _NO_POLICY


class BuiltInTool(Model):
    """A utility of the platform: the current date and time in an IANA time zone."""

    type: Literal["built_in"] = Field(description="A utility of the platform")
    id: _ToolId = None
    built_in: Literal["current_datetime"] = Field(description="The model sees get_current_datetime")
    source: _Source = "contextual"
    timezone: str = Field(
        default="UTC",
        description="Name of an IANA time zone, such as Europe/Madrid, or a text that resolves to one",
    )
    prompt: Annotated[Annotated[str, Field(max_length=500)] | None, _WHEN_TO_USE] = None
    system: _System = None
    execution_policy: _Policy = _NO_POLICY


class WebhookTool(Model):
    """An HTTP endpoint of yours; called by the model (contextual) or by events (system)."""

    type: Literal["webhook"] = Field(description="An HTTP endpoint of yours")
    id: _ToolId = None
    name: str = Field(
        max_length=64,
        description="What the model sees: letters, digits, _ and - (a system tool's may hold spaces)",
    )
    description: str = Field(
        max_length=500, description="What the tool does, for the model; static, without {{placeholders}}"
    )
    llm_result_instructions: Annotated[str, Field(max_length=2000)] | None = Field(
        default=None, description="What the model should make of the result; static, without {{placeholders}}"
    )
    url: str = Field(
        description="http(s) address; {{placeholders}} only in path segments and in values of the query"
    )
    parameters: Annotated[dict[str, Any], Opaque()] = Field(
        description="JSON Schema of the arguments, of type object"
    )
    auth: Annotated[BearerAuth | HmacAuth, Field(discriminator="type")] | None = Field(
        default=None, description="How the endpoint can tell that the platform calls"
    )
    http_method: Literal["POST", "PUT", "PATCH", "DELETE"] = Field(
        default="POST", description="Method of the request"
    )
    webhook_format: Literal["envelope", "raw"] = Field(
        default="envelope",
        description="envelope: the arguments with facts of the call around them; raw: only those",
    )
    timeout_seconds: float = Field(default=10, ge=1, le=60, description="Seconds to wait for the answer")
    wait_for_response: bool = Field(default=True, description="Whether the call waits for the answer")
    show_results_to_llm: Annotated[
        bool | None, DefaultBy("source", (("contextual", True), ("system", False)))
    ] = Field(default=None, description="Whether the model sees the result of a run that succeeded")
    source: _Source = "contextual"
    system: _System = None
    execution_policy: _Policy = _NO_POLICY


class HumanTransferTool(Model):
    """Hands the call to a person; the agent then needs an outbound trunk."""

    type: Literal["human_transfer"] = Field(description="Hands the call to a person")
    id: _ToolId = None
    name: str = Field(max_length=64, description="What the model sees: letters, digits, _ and -")
    description: Annotated[str, Field(max_length=500)] | None = Field(
        default=None, description="When the model should hand the call over"
    )
    phone_number: str = Field(
        description="Number in E.164, such as +14155550100, in quotes; or a text that resolves to one"
    )
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
