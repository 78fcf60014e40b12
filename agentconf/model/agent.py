"""An agent: the API's create body, and our own keys beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from agentconf.model.base import Computed, Dashboard, Identifier, Model, WriteOnly
from agentconf.model.models import Models
from agentconf.model.nudges import IdleNudges
from agentconf.model.secret import SecretRef
from agentconf.model.tools import Tool

REGIONS = ("us-east", "eu-central", "ap-south")
"""Regions of the platform (SLNG documentation, Agent regions)."""

OWN_KEYS = ("lifecycle", "examples")
"""Keys of an agent file that are ours and never sent."""

START_CRITICAL = ("system_prompt", "greeting", "inbound_greeting", "outbound_greeting")
"""Texts whose variables a call needs to start, and whose defaults an answer shows.

Source: SLNG documentation, Tool personalization; API contract, VoiceAgentOut (`template_variables`).
"""

READ_ONLY_FIELDS = ("id", "organisation_id", "template_variables", "created_at", "updated_at", "deleted_at")
"""Fields that only an answer of the API carries."""


class RuntimeVariable(Model):
    """A variable that a call is expected to give (name up to 64, description up to 500 characters)."""

    name: str = Field(max_length=64, description="Name of the variable")
    description: str = Field(max_length=500, description="What a call should give for it")


class Lifecycle(Model):
    """How plan and apply treat this agent; never sent."""

    prevent_destroy: bool = Field(default=False, description="Refuse every plan that would delete this agent")
    ignore_changes: list[str] = Field(
        default=[], description="Fields that are neither compared nor written, such as sip_inbound_trunk_id"
    )
    renamed_from: str | None = Field(
        default=None,
        description="Name that the live agent still has, so that it is renamed and not made anew",
    )
    state: Literal["present", "absent"] = Field(
        default="present",
        description="`absent` plans the agent's deletion; the file stays as the record of it",
    )


class Example(Model):
    """Runtime arguments to render offline, and what the rendered fields should read."""

    name: str = Field(description="What this example is about, in a few words")
    arguments: dict[str, str] = Field(
        default={}, description="Values of {{placeholders}}, as a call would give them; always text"
    )
    matrix: dict[str, list[str]] = Field(
        default={},
        description="Further arguments, each with several values: the example is tried with each combination",
    )
    expect: dict[str, str] = Field(
        default={},
        description="What a rendered field should read, by field: a text in which `*` matches anything, "
        "`exact: …` for a text as it is, or `regex: …` for a regular expression that is found in it",
    )


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

    # By identity: many rules look at an agent in turn, and share what they derive of it.
    __hash__ = object.__hash__


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
    models: Models = Field(description="The speech and language models that the agent runs on")
    idle_nudges: Annotated[IdleNudges | None, Computed()] = Field(
        default=None, description="What to say to a silent caller; the platform has defaults by language"
    )
    enable_interruptions: bool = Field(default=True, description="Whether the caller may interrupt the agent")
    tools: list[Tool] = Field(
        default=[], description="What the agent can do during a call, and what runs by itself on an event"
    )
    sip_inbound_trunk_id: Annotated[str | None, Dashboard(), Identifier()] = Field(
        default=None, description="Trunk of inbound calls (UUID); null detaches it"
    )
    sip_outbound_trunk_id: Annotated[str | None, Dashboard(), Identifier()] = Field(
        default=None, description="Trunk of outbound calls and transfers (UUID); null detaches it"
    )
    template_defaults: dict[str, str] = Field(
        default={}, description="Values of variables that a call does not give"
    )
    runtime_variables: list[RuntimeVariable] = Field(
        default=[], description="Variables a call is expected to give"
    )
    slng_api_key: Annotated[SecretRef | None, WriteOnly()] = Field(
        default=None,
        description="Key of the agent's own model requests, as ${env:NAME}; required with contract: keyed",
    )


class AgentFile(AgentBody):
    """A whole agent file: the body, `lifecycle` and `examples`."""

    lifecycle: Lifecycle = Field(
        default=Lifecycle.model_construct(), description="How plan and apply treat this agent; never sent"
    )
    examples: list[Example] = Field(
        default=[], description="Calls to check and render offline with `agentconf test`; never sent"
    )


AgentData = dict[str, Any]
"""An agent's body as data: JSON values, with `SecretRef` in write-only places. Unknown fields are kept."""
