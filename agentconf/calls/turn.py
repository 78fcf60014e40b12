"""What a dispatcher and the ledger tell each other: results in, contacts to call next out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.calls.contact import Contact, State
    from agentconf.remote.calling import Outcome


class Phase(StrEnum):
    """What is to happen with a campaign."""

    RUNNING = "running"
    PAUSED = "paused"
    """By a person; `resume` goes on."""

    HALTED = "halted"
    """By the platform: no credit, no access; `resume` goes on."""

    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a contact's request.

    Args:
        key: the contact.
        state: where it stands now: PLACED, PLANNED (again), FAILED, SENDING (in doubt), UNKNOWN.
        at: when that was known, in seconds since the epoch.
        call_id: the platform's id of the call.
        reason: why.
        due_at: when it may be sent again (PLANNED).
        counted: whether it counts as a try; being told to slow down does not.
        look_at: when to ask the platform for it (SENDING).
        settle_at: from when on the platform's not knowing it proves that there is no call (SENDING).
        solo: send it in a request of its own (PLANNED).
        attempt: which of the contact's requests it is about (`Contact.attempt`); None: the last one of the
            worker who settles.

    """

    key: str
    state: State
    at: float
    call_id: str | None = None
    reason: str | None = None
    due_at: float | None = None
    counted: bool = True
    look_at: float | None = None
    settle_at: float | None = None
    solo: bool = False
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class Slow:
    """The platform asked for patience: nobody starts anything for a while, then at half the pace.

    Args:
        began: when the request began that was refused; a rush of refusals halves the pace once.
        at: when the refusal came.
        seconds: how long to start nothing.

    """

    began: float
    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Halt:
    """The platform will place no call at all.

    Args:
        reason: why, with the next action.
        denied: whether it is the credential.

    """

    reason: str
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What a dispatcher may do next.

    Args:
        claimed: contacts to call now; they are SENDING in the ledger already.
        phase: of the campaign.
        reason: why it is not running.
        wake_at: when there may be something to do, in seconds since the epoch; None: nothing is left that
            time alone would bring.
        open: whether any contact is still planned or sending.
        sent_at: the moment that the ledger holds as the start of what was claimed.

    """

    claimed: tuple[Contact, ...]
    phase: Phase
    reason: str | None
    wake_at: float | None
    open: bool
    sent_at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """How a placed call went.

    Args:
        key: the contact.
        call_id: the call.
        outcome: how it ended.
        reason: why, in the platform's words.
        ended_at: when, in seconds since the epoch; None where the platform does not say.
        again_at: when to call again; None: not again.

    """

    key: str
    call_id: str
    outcome: Outcome
    reason: str | None
    ended_at: float | None
    again_at: float | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a campaign is.

    Args:
        states: contacts by state.
        outcomes: placed contacts by how their last call ended; the key `""` counts those that have not, or of
            which nobody tells.
        reasons: contacts by reason, of those that failed, were skipped or canceled, or are unknown.

    """

    states: Mapping[State, int]
    outcomes: Mapping[str, int]
    reasons: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many contacts there are."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What bringing contacts into the ledger changed.

    Args:
        added: new ones to be called.
        changed: known ones, not called yet, whose values are others now.
        kept: known ones that stay as they are, called ones among them.
        withdrawn: planned ones that are no longer among the contacts, or must not be called any more.
        skipped: bad rows.

    """

    added: int
    changed: int
    kept: int
    withdrawn: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request for a contact, for reports over time.

    Args:
        key: the contact.
        number: of the request, from 1.
        worker: who sent it.
        sent_at: when it began, in seconds since the epoch.
        settled_at: when its fate was known; None while it is not.
        result: placed, deferred, refused, halted, in_doubt, absent or unknown.
        message: why.
        call_id: the platform's.
        outcome: how the call ended.
        reason: why it ended.
        ended_at: when it ended.

    """

    key: str
    number: int
    worker: str
    sent_at: float
    settled_at: float | None
    result: str | None
    message: str | None
    call_id: str | None
    outcome: str | None
    reason: str | None
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign in the ledger.

    Args:
        id: its name.
        environment: where its agent lives.
        agent: who speaks.
        platform: where the calls are placed.
        phase: what is to happen with it.
        reason: why it is not running.
        created_at: when it was first run, in seconds since the epoch.
        counts: how far it is.

    """

    id: str
    environment: str
    agent: str
    platform: str
    phase: Phase
    reason: str | None
    created_at: float
    counts: Counts
