"""Whom a campaign calls, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(StrEnum):
    """Where a contact stands; every step is in the ledger before and after each request."""

    PLANNED = "planned"
    """To be called when it is due."""

    SENDING = "sending"
    """A request is under way, or its answer was lost and the platform is being asked."""

    PLACED = "placed"
    """The platform took the call; `Contact.outcome` says how it ended, once it has."""

    FAILED = "failed"
    """The platform will not place it."""

    UNKNOWN = "unknown"
    """Perhaps called: the answer was lost, and the platform cannot be asked."""

    SKIPPED = "skipped"
    """Not called because its row is bad (`--skip-invalid`)."""

    CANCELED = "canceled"
    """Not called: deadline, cancellation, do-not-call, or no longer among the contacts."""


@dataclass(frozen=True, slots=True)
class NewContact:
    """A checked row of the contacts.

    Args:
        key: stable over runs: of campaign, number and the row's own identity.
        line: where it stands in its file, from 1.
        to: E.164 number.
        arguments: values of the agent's variables, the campaign's own among them.
        priority: higher goes first.
        zones: IANA names of where the callee may be, sorted; the window is open when it is open in all.
        due_at: when it may be called first, in seconds since the epoch: the window's next opening.
        deadline: not placed by then: canceled; seconds since the epoch.
        timezone: the zone to tell a platform that schedules by itself.
        identity: the row's `id` column; empty without one.
        skipped: why it is not to be called; None: it is to be.

    """

    key: str
    line: int
    to: str = field(repr=False)
    arguments: Mapping[str, str] = field(default_factory=dict, repr=False)
    priority: int = 0
    zones: tuple[str, ...] = ()
    due_at: float = 0.0
    deadline: float | None = None
    timezone: str | None = None
    identity: str = ""
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact in the ledger.

    Args:
        key: as in `NewContact`, as are line, to, arguments, priority, zones, due_at, deadline, timezone and
            identity.
        state: where it stands.
        reason: why, for states that have a reason.
        tries: requests that were sent for the call at hand and brought nothing.
        calls: calls that were placed.
        call_id: the last one's.
        outcome: how the last call ended; None while it has not, or nobody tells.
        sent_at: when the last request was begun, in seconds since the epoch.
        placed_at: when the platform took the last call.
        ended_at: when the last call ended.
        solo: whether it is sent in a request of its own, because a bulk with it was refused.
        settle_at: when a list that does not show the call proves that there is none.
        attempt: the number of the last request, from 1; 0: there was none.
        request: what contacts have in common that go into one request.

    """

    key: str
    line: int
    to: str = field(repr=False)
    arguments: Mapping[str, str] = field(repr=False)
    priority: int
    zones: tuple[str, ...]
    due_at: float
    deadline: float | None
    timezone: str | None
    identity: str
    state: State
    reason: str | None = None
    tries: int = 0
    calls: int = 0
    call_id: str | None = None
    outcome: str | None = None
    sent_at: float | None = None
    placed_at: float | None = None
    ended_at: float | None = None
    solo: bool = False
    settle_at: float | None = None
    attempt: int = 0
    request: int = 0
