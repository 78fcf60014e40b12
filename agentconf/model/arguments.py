"""When a system tool runs by itself, and with which arguments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from agentconf.model.base import Identifier, Model, Opaque

TOOL_EVENTS = ("tool_succeeded", "tool_failed")
SCALAR_TYPES = ("string", "integer", "number", "boolean")
ARRAY_TYPES = ("string[]", "integer[]", "number[]", "boolean[]")


class SystemTrigger(Model):
    """The event that starts a tool; `source_tool_id` belongs to the two tool events only."""

    event: Literal["call_start", "first_user_message", "call_end", "tool_succeeded", "tool_failed"] = Field(
        description="What starts the tool"
    )
    source_tool_id: Annotated[str | None, Identifier()] = Field(
        default=None,
        description="Id of the tool whose end starts this one; tool_succeeded and tool_failed only",
    )


class ConstantSource(Model):
    """A fixed value; the only source an array can have."""

    type: Literal["constant"] = Field(description="A fixed value")
    value: Annotated[Any, Opaque()] = Field(description="The value, of the argument's type")


class TemplateSource(Model):
    """Text with placeholders, 1 to 2000 characters; scalar argument types only."""

    type: Literal["template"] = Field(description="Text with {{placeholders}}")
    template: str = Field(
        min_length=1,
        max_length=2000,
        description="The text; scalar argument types only, arrays are constants",
    )


class TranscriptSource(Model):
    """The conversation so far, the last `max_messages` of it (1 to 2000)."""

    type: Literal["transcript_messages"] = Field(description="The conversation so far")
    max_messages: int = Field(default=200, ge=1, le=2000, description="How many of the last messages")


class CallSource(Model):
    """A fact of the running call."""

    type: Literal[
        "first_user_message",
        "call_id",
        "room_name",
        "job_id",
        "agent_id",
        "agent_name",
        "phone_number",
        "trigger_event",
        "call_end_reason",
    ] = Field(description="The fact of the running call that is sent")


ArgumentSource = Annotated[
    ConstantSource | TemplateSource | TranscriptSource | CallSource, Field(discriminator="type")
]


class SystemArgument(Model):
    """One argument of a system tool (bounds: API contract, SystemArgument)."""

    name: str = Field(min_length=1, max_length=64, description="A property of the tool's `parameters`")
    type: Literal[
        "string",
        "integer",
        "number",
        "boolean",
        "string[]",
        "integer[]",
        "number[]",
        "boolean[]",
        "transcript_messages",
    ] = Field(description="Type of the value that is sent")
    required: bool = Field(default=False, description="Whether the tool cannot run without the value")
    description: Annotated[str, Field(max_length=500)] | None = Field(
        default=None, description="What the argument means"
    )
    source: ArgumentSource = Field(description="Where the value comes from")


class SystemConfig(Model):
    """What makes a tool run by itself: at least one trigger."""

    triggers: list[SystemTrigger] = Field(min_length=1, description="The events that start the tool")
    arguments: list[SystemArgument] = Field(default=[], description="What the platform sends with it")
