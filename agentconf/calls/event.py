"""What can be told of a campaign while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconf.calls.contact import State


@dataclass(frozen=True, slots=True)
class Moved:
    """A contact moved on.

    Args:
        at: seconds since the epoch.
        number: a pseudonym of the number, the same throughout a ledger.
        line: of the contact in its file.
        state: where it stands now.
        reason: why.
        call_id: the platform's.
        outcome: how the call ended, once it has.

    """

    at: float
    number: str
    line: int
    state: State
    reason: str | None = None
    call_id: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Slowed:
    """The platform asked for patience.

    Args:
        at: seconds since the epoch.
        seconds: how long nothing is started.

    """

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is due.

    Args:
        at: seconds since the epoch.
        until: when something is; None: when somebody resumes the campaign.
        why: `window`, `retry`, `pace`, `answers` or `paused`.

    """

    at: float
    until: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The campaign does not go on.

    Args:
        at: seconds since the epoch.
        phase: paused, halted or canceled.
        reason: why.

    """

    at: float
    phase: str
    reason: str | None


Event = Moved | Slowed | Waiting | Stopped
Listener = Callable[[Event], None]
