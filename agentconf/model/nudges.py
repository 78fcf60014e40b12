"""What the agent says when the caller is silent, and what it says before it acts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from agentconf.model.base import Model

SpokenText = Annotated[str, Field(min_length=1, max_length=500)]
Delay = Annotated[int, Field(ge=1)]


class IdleNudges(Model):
    """Recovery from silence; delays in seconds (defaults of the API contract, IdleNudges)."""

    enabled: bool = Field(default=True, description="Whether a silent caller is spoken to")
    first_nudge_delay_seconds: Delay = Field(
        default=15, description="Seconds of silence before the first nudge"
    )
    second_nudge_delay_seconds: Delay = Field(
        default=30, description="Seconds of silence before the second nudge"
    )
    hangup_delay_seconds: Delay = Field(
        default=15, description="Seconds of silence before the agent hangs up"
    )
    first_nudge_text: SpokenText = Field(description="What the agent says first to a silent caller")
    second_nudge_text: SpokenText = Field(description="What the agent says when the caller stays silent")
    final_hangup_text: SpokenText = Field(description="What the agent says before it hangs up")


class PreActionMessage(Model):
    """Static text spoken before a tool runs; at most 500 characters."""

    enabled: bool = Field(default=False, description="Whether the agent says something before the tool runs")
    text: Annotated[str, Field(max_length=500)] | None = Field(
        default=None, description="What it says; static, without {{placeholders}}"
    )


class ExecutionPolicy(Model):
    """How a tool's run is announced."""

    pre_action_message: PreActionMessage = Field(
        default=PreActionMessage.model_construct(), description="What the agent says before the tool runs"
    )
