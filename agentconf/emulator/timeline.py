"""How a pretended call goes, decided when it is placed: it rings, is answered or not, and ends."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from agentconf.emulator.clock import MICROSECONDS

if TYPE_CHECKING:
    from agentconf.emulator.options import EmulatorOptions

_QUEUED_SECONDS = 1
_RINGING_SECONDS = (2, 8)
_UNANSWERED_SECONDS = (15, 30)
_FAILURES = ("no_answer", "busy", "rejected")
_ENDINGS = ("user_hangup", "agent_hangup")


@dataclass(frozen=True, slots=True)
class Timeline:
    """The moments of a call, in microseconds since the epoch, and how it ends.

    Args:
        created_at: when it was placed.
        ring_at: when the phone rings.
        answer_at: when somebody answers; None when nobody does.
        end_at: when it is over.
        outcome: `completed` or `failed`.
        reason: why it is over.

    """

    created_at: int
    ring_at: int
    answer_at: int | None
    end_at: int
    outcome: str
    reason: str


def plan_call(ordinal: int, created_at: int, options: EmulatorOptions) -> Timeline:
    """Decide how an outbound call goes.

    Args:
        ordinal: the number of the call; the same number and seed make the same call.
        created_at: when it is placed, in microseconds since the epoch.
        options: the seed, the share of failures and the length of conversations.

    """
    draw = Random(f"{options.random_seed}:{ordinal}")  # noqa: S311 - reproducible, not secret
    ring_at = created_at + _QUEUED_SECONDS * MICROSECONDS
    if draw.random() < options.call_failure_rate:
        end_at = ring_at + draw.randint(*_UNANSWERED_SECONDS) * MICROSECONDS
        return Timeline(created_at, ring_at, None, end_at, "failed", draw.choice(_FAILURES))
    answer_at = ring_at + draw.randint(*_RINGING_SECONDS) * MICROSECONDS
    end_at = answer_at + draw.randint(*options.talk_seconds) * MICROSECONDS
    return Timeline(created_at, ring_at, answer_at, end_at, "completed", draw.choice(_ENDINGS))


def plan_session(created_at: int, seconds: int) -> Timeline:
    """Decide how a web session goes: it is open at once and closes when its time is up."""
    end_at = created_at + seconds * MICROSECONDS
    return Timeline(created_at, created_at, created_at, end_at, "completed", "session_timeout")
