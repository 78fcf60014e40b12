"""What plan and apply need of a platform, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from agentconf.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent


class UnreachableError(RemoteError):
    """No request got through to the platform; what was asked for was not done."""


class UnresolvedError(RemoteError):
    """A write may or may not have been carried out, and the platform could not be asked in time.

    Args:
        message: what went wrong, in one sentence.
        help: the next action.
        unanswered: whether it is in doubt because no answer came at all.

    """

    def __init__(self, message: str, *, help: str | None = None, unanswered: bool = False) -> None:  # noqa: A002 - the word users read
        super().__init__(message, help=help)
        self.unanswered = unanswered


class AgentPlatform(Protocol):
    """Agents of one organisation, read and written.

    Every method raises `RemoteError` (or `AuthenticationError`) with what the platform said; retries,
    pacing and time-outs are the implementation's. What never got through raises `UnreachableError`, a write
    whose fate stays open `UnresolvedError`.
    Bodies carry `SecretRef`; `secrets` holds the values by environment variable and is the only place
    where they are.
    """

    async def list_agents(self) -> tuple[LiveAgent, ...]:
        """Read all living agents in one request."""
        ...

    async def get_agent(self, agent_id: str) -> LiveAgent | None:
        """Read one agent; None when it is gone."""
        ...

    async def create_agent(self, body: AgentData, secrets: Mapping[str, str]) -> LiveAgent:
        """Create an agent.

        An ambiguous answer (time-out, reset, 502) is resolved by reading by name before anything is sent
        again.
        """
        ...

    async def duplicate_agent(self, agent_id: str, body: AgentData, secrets: Mapping[str, str]) -> LiveAgent:
        """Let the platform copy an agent; an ambiguous answer is resolved as for `create_agent`.

        Args:
            agent_id: the original.
            body: what the copy is to be: its name and, where the contract wants one, its key are sent, the
                rest tells it from another agent of that name.
            secrets: values by environment variable.

        """
        ...

    async def update_agent(self, agent_id: str, body: AgentData, secrets: Mapping[str, str]) -> LiveAgent:
        """Send a partial update."""
        ...

    async def delete_agent(self, agent_id: str) -> None:
        """Delete an agent; one that is gone already counts as deleted."""
        ...
