"""An agent: the API's create body, and our own keys beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from agentconf.model.base import Computed, Dashboard, Model, WriteOnly
from agentconf.model.models import Models
from agentconf.model.nudges import IdleNudges
from agentconf.model.secret import SecretRef
from agentconf.model.tools import Tool

REGIONS = ("us-east", "eu-central", "ap-south")
"""Regions of the platform (SLNG documentation, Agent regions)."""

OWN_KEYS = ("lifecycle", "examples")
"""Keys of an agent file that are ours and never sent."""

READ_ONLY_FIELDS = ("id", "organisation_id", "template_variables", "created_at", "updated_at", "deleted_at")
"""Fields that only an answer of the API carries."""


class RuntimeVariable(Model):
    """A variable that the caller of the API is told to give (name up to 64, description up to 500 characters)."""

    name: str = Field(max_length=64)
    description: str = Field(max_length=500)


class Lifecycle(Model):
    """How plan and apply treat this agent; never sent."""

    prevent_destroy: bool = False
    ignore_changes: list[str] = []
    renamed_from: str | None = None
    state: Literal["present", "absent"] = "present"


class Example(Model):
    """Runtime arguments to check and render offline, with what the rendered fields should read (`*` matches anything)."""

    name: str
    arguments: dict[str, str] = {}
    expect: dict[str, str] = {}


class Agent(Model):
    """The sound parts of an agent's body: every field may be absent. What rules look at."""

    name: str | None = None
    system_prompt: str | None = None
    greeting: str | None = None
    inbound_greeting: str | None = None
    outbound_greeting: str | None = None
    language: str | None = None
    region: str | None = None
    models: Models | None = None
    idle_nudges: IdleNudges | None = None
    enable_interruptions: bool = True
    tools: Sequence[Tool | None] = ()
    sip_inbound_trunk_id: str | None = None
    sip_outbound_trunk_id: str | None = None
    template_defaults: dict[str, str] = {}
    runtime_variables: list[RuntimeVariable] = []
    slng_api_key: SecretRef | None = None
    lifecycle: Lifecycle = Lifecycle.model_construct()
    examples: Sequence[Example | None] = ()


class AgentBody(Model):
    """The complete create body (API contract, VoiceAgentCreate)."""

    name: str = Field(min_length=1, max_length=255, description="Unique in the organisation")
    system_prompt: str = Field(
        description="What the agent is and does; {{placeholders}} are filled when a call starts"
    )
    greeting: str = Field(
        description="What the agent says first; {{placeholders}} are filled when a call starts"
    )
    inbound_greeting: str | None = Field(
        default=None, description="Greeting of inbound calls, instead of `greeting`"
    )
    outbound_greeting: str | None = Field(
        default=None, description="Greeting of outbound calls, instead of `greeting`"
    )
    language: str = Field(max_length=10, description="Language tag, such as en or es")
    region: str = Field(description="Where sessions and model requests run", examples=list(REGIONS))
    models: Models
    idle_nudges: Annotated[IdleNudges, Computed()] = Field(
        default=None, description="What to say to a silent caller; the platform has defaults by language"
    )  # type: ignore[assignment]
    enable_interruptions: bool = Field(default=True, description="Whether the caller may interrupt the agent")
    tools: list[Tool] = []
    sip_inbound_trunk_id: Annotated[str | None, Dashboard()] = Field(
        default=None, description="Trunk of inbound calls (UUID); null detaches it"
    )
    sip_outbound_trunk_id: Annotated[str | None, Dashboard()] = Field(
        default=None, description="Trunk of outbound calls and transfers (UUID); null detaches it"
    )
    template_defaults: dict[str, str] = Field(
        default={}, description="Values of variables that a call does not give"
    )
    runtime_variables: list[RuntimeVariable] = Field(
        default=[], description="Variables a call is expected to give"
    )
    slng_api_key: Annotated[SecretRef | None, WriteOnly()] = Field(
        default=None, description="Key of the agent's own model requests; write-only"
    )


class AgentFile(AgentBody):
    """A whole agent file: the body, `lifecycle` and `examples`."""

    lifecycle: Lifecycle = Lifecycle.model_construct()
    examples: list[Example] = []


AgentData = dict[str, Any]
"""An agent's body as data: JSON values, with `SecretRef` in write-only places. Unknown fields travel in it."""
