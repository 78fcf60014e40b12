"""What the agent says when the caller is silent, and what it says before it acts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from agentconf.model.base import Model

SpokenText = Annotated[str, Field(min_length=1, max_length=500)]
Delay = Annotated[int, Field(ge=1)]


class IdleNudges(Model):
    """Recovery from silence; delays in seconds (defaults of the API contract, IdleNudges)."""

    enabled: bool = True
    first_nudge_delay_seconds: Delay = 15
    second_nudge_delay_seconds: Delay = 30
    hangup_delay_seconds: Delay = 15
    first_nudge_text: SpokenText
    second_nudge_text: SpokenText
    final_hangup_text: SpokenText


class PreActionMessage(Model):
    """Static text spoken before a tool runs; at most 500 characters."""

    enabled: bool = False
    text: Annotated[str, Field(max_length=500)] | None = None


class ExecutionPolicy(Model):
    """How a tool's run is announced."""

    pre_action_message: PreActionMessage = PreActionMessage.model_construct()
