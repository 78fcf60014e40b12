"""What placing calls needs of a platform; what one cannot do is declared, never simulated."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

PlatformName = Literal["slng", "sipgate", "dasha"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform offers beside placing a single call.

    Args:
        name: as users read it.
        bulk: most calls that one request places; 1: one at a time.
        arguments: takes values for the agent's variables.
        call_id: answers a placed call with its id.
        get: tells how one call went.
        list_calls: tells which calls there are; without it an ambiguous answer stays unknown.
        marks: carries a key of ours with each call, so that a list tells whose it is.
        cancel: takes a call back that has not started.
        schedules: keeps deadlines, time zones and priorities itself.
        outcomes: the outcomes that it tells apart; empty when it tells none.

    """

    name: str
    bulk: int = 1
    arguments: bool = True
    call_id: bool = True
    get: bool = True
    list_calls: bool = True
    marks: bool = False
    cancel: bool = False
    schedules: bool = False
    outcomes: frozenset[Outcome] = frozenset()


class Outcome(StrEnum):
    """How a call ended."""

    COMPLETED = "completed"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Outbound:
    """Whom a call seems to come from, instead of what the agent says (Dasha: overrideOutboundConfig).

    Args:
        phone_number: the caller's number.
        credentials_id: the SIP credentials to use.
        display_name: the caller's name.

    """

    phone_number: str | None = None
    credentials_id: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Who speaks in a call.

    Args:
        platform: where.
        id: the platform's id of the agent (SLNG, Dasha) or of the flow (sipgate).
        billing_device: the device that sipgate bills, such as `e2`.
        outbound: Dasha's override of the caller.

    """

    platform: PlatformName
    id: str
    billing_device: str | None = None
    outbound: Outbound | None = None


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call to place.

    Args:
        key: ours for this call, the same however often it is sent; goes along where a platform carries marks.
        to: E.164 number.
        arguments: values of the agent's variables.
        priority: higher goes first; only for platforms that schedule.
        deadline: not connected by then: canceled; only for platforms that schedule.
        timezone: IANA name; only for platforms that schedule.

    """

    key: str
    to: str = field(repr=False)
    arguments: Mapping[str, str] = field(default_factory=dict, repr=False)
    priority: int | None = None
    deadline: datetime | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The platform took the calls.

    Args:
        ids: the platform's id of each call, in the order of the requests; None where it answers none.

    """

    ids: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will not place this call (or something in this bulk); asking again would not help.

    Args:
        message: why, in the platform's words; without the number.

    """

    message: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not placed, and nothing is wrong with the call: it may be sent again.

    Args:
        message: why.
        wait: seconds that the platform asks to wait; None when it does not say.
        throttled: whether it was the pace that was refused (429): everybody slows down.
        unreachable: whether nothing got through to the platform.

    """

    message: str
    wait: float | None = None
    throttled: bool = False
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Halted:
    """Not placed, and no other call would be: no credit, no access, no such agent, no trunk.

    Args:
        message: why.
        help: the next action.
        denied: whether the credential is missing, wrong or not allowed to (401, 403).

    """

    message: str
    help: str | None = None
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The calls may have been placed or not.

    Args:
        message: what happened.
        over: whether the request is surely over, so that a list that does not show the call proves that there
            is none; otherwise it may still be under way (time-outs, broken connections).

    """

    message: str
    over: bool


PlaceAnswer = Placed | Refused | Deferred | Halted | Doubtful


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call as the platform tells of it.

    Args:
        id: the platform's.
        to: the number; empty for a web session.
        status: the platform's own word.
        outcome: how it ended; None while it has not.
        reason: why it ended, in the platform's words.
        created_at: when the platform took it, on its clock and with its time zone; where it does not tell,
            when it was asked.
        ended_at: when it was over.
        duration: seconds that it lasted.
        arguments: values of the agent's variables.
        mark: our key, where the platform carries marks.
        direction: `outbound`, `inbound` or `web`, where the platform tells.
        detail: the whole answer, for people who ask for one call; empty in lists.

    """

    id: str
    to: str = field(repr=False)
    status: str
    outcome: Outcome | None
    created_at: datetime
    reason: str | None = None
    ended_at: datetime | None = None
    duration: float | None = None
    arguments: Mapping[str, str] = field(default_factory=dict, repr=False)
    mark: str | None = None
    direction: str = "outbound"
    detail: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class CallPage:
    """A page of calls, newest first as far as the platform has them in an order.

    Args:
        calls: those on it.
        page: its number, from 1.
        pages: how many there are.
        total: how many calls there are.

    """

    calls: tuple[CallRecord, ...]
    page: int
    pages: int
    total: int


class CallPlatform(Protocol):
    """Places calls and tells of them. An async context manager where it holds connections."""

    @property
    def capabilities(self) -> Capabilities:
        """What this platform can do."""
        ...

    async def place(self, target: Target, calls: Sequence[CallRequest], *, timeout: float) -> PlaceAnswer:  # noqa: ASYNC109 - of the HTTP exchange, with its own meaning of being late
        """Send one request, once: never repeated here, whatever the answer.

        Args:
            target: who speaks.
            calls: at most `capabilities.bulk` of them.
            timeout: seconds to wait for the whole answer.

        """
        ...

    async def calls_since(self, target: Target, since: datetime) -> tuple[CallRecord, ...]:
        """Read the calls that the platform took at or after a moment, in any order; repeated freely.

        Raises:
            RemoteError: it cannot be read, or the platform has no list.

        """
        ...

    async def list_calls(
        self, target: Target, *, status: str | None = None, page: int = 1, page_size: int = 50
    ) -> CallPage:
        """Read one page of calls, newest first.

        Raises:
            RemoteError: as for `calls_since`.

        """
        ...

    async def get_call(self, target: Target, call_id: str) -> CallRecord | None:
        """Read one call; None when there is none of that id.

        Raises:
            RemoteError: it cannot be read, or the platform does not tell.

        """
        ...

    async def cancel_call(self, target: Target, call_id: str) -> None:
        """Take a call back that has not started; one that is canceled already counts as done.

        Raises:
            RemoteError: the platform refuses, or cannot do it at all.

        """
        ...
