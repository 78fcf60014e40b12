"""What a platform that places calls can do; what it cannot is declared, never simulated in silence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform offers beside placing a single call.

    Args:
        bulk: places many calls with one request.
        cancel: takes a call back that has not started.
        get: tells how one call went.
        list_calls: tells which calls there are; without it an ambiguous answer stays unknown.
        schedules: keeps deadlines, time zones and priorities itself.
        call_id: answers a placed call with its id.

    """

    bulk: bool = False
    cancel: bool = False
    get: bool = False
    list_calls: bool = False
    schedules: bool = False
    call_id: bool = False


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call to place.

    Args:
        agent: the platform's id of the agent or flow.
        to: E.164 number.
        arguments: runtime arguments, by variable.

    """

    agent: str
    to: str
    arguments: Mapping[str, str] = field(default_factory=dict)


class CallPlatform(Protocol):
    """Places calls."""

    capabilities: Capabilities

    async def place(self, request: CallRequest) -> str | None:
        """Place one call and return its id, where the platform answers one. Raises `RemoteError`."""
        ...
