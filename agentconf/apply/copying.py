"""Carrying out a plan whose one creation is made by the platform itself, from an agent that it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent
    from agentconf.remote.platform import AgentPlatform


@dataclass(frozen=True, slots=True)
class Copying:
    """A platform on which a creation is a copy; see `AgentPlatform`.

    Args:
        platform: where.
        original: id of the agent that is copied.

    """

    platform: AgentPlatform
    original: str

    async def list_agents(self) -> tuple[LiveAgent, ...]:
        """Read all living agents."""
        return await self.platform.list_agents()

    async def get_agent(self, agent_id: str) -> LiveAgent | None:
        """Read one agent."""
        return await self.platform.get_agent(agent_id)

    async def create_agent(self, body: AgentData, secrets: Mapping[str, str]) -> LiveAgent:
        """Copy the original."""
        return await self.platform.duplicate_agent(self.original, body, secrets)

    async def duplicate_agent(self, agent_id: str, body: AgentData, secrets: Mapping[str, str]) -> LiveAgent:
        """Copy an agent."""
        return await self.platform.duplicate_agent(agent_id, body, secrets)

    async def update_agent(self, agent_id: str, body: AgentData, secrets: Mapping[str, str]) -> LiveAgent:
        """Send a partial update."""
        return await self.platform.update_agent(agent_id, body, secrets)

    async def delete_agent(self, agent_id: str) -> None:
        """Delete an agent."""
        await self.platform.delete_agent(agent_id)
