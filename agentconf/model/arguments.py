"""When a system tool runs by itself, and with which arguments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from agentconf.model.base import Model, Opaque

TOOL_EVENTS = ("tool_succeeded", "tool_failed")
SCALAR_TYPES = ("string", "integer", "number", "boolean")
ARRAY_TYPES = ("string[]", "integer[]", "number[]", "boolean[]")


class SystemTrigger(Model):
    """The event that starts a tool; `source_tool_id` belongs to the two tool events only."""

    event: Literal["call_start", "first_user_message", "call_end", "tool_succeeded", "tool_failed"]
    source_tool_id: str | None = None


class ConstantSource(Model):
    """A fixed value; the only source an array can have."""

    type: Literal["constant"]
    value: Annotated[Any, Opaque()]


class TemplateSource(Model):
    """Text with placeholders, 1 to 2000 characters; scalar argument types only."""

    type: Literal["template"]
    template: str = Field(min_length=1, max_length=2000)


class TranscriptSource(Model):
    """The conversation so far, the last `max_messages` of it (1 to 2000)."""

    type: Literal["transcript_messages"]
    max_messages: int = Field(default=200, ge=1, le=2000)


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
    ]


ArgumentSource = Annotated[
    ConstantSource | TemplateSource | TranscriptSource | CallSource, Field(discriminator="type")
]


class SystemArgument(Model):
    """One argument of a system tool (API contract, SystemArgument: name 1 to 64, description up to 500 characters)."""

    name: str = Field(min_length=1, max_length=64)
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
    ]
    required: bool = False
    description: Annotated[str, Field(max_length=500)] | None = None
    source: ArgumentSource


class SystemConfig(Model):
    """What makes a tool run by itself: at least one trigger."""

    triggers: list[SystemTrigger] = Field(min_length=1)
    arguments: list[SystemArgument] = []
