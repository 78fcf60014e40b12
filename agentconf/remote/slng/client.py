"""The SLNG Voice Agents API as an `AgentPlatform`."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from agentconf.remote.connection import ConnectionSettings
from agentconf.remote.exchange import Connected, Exchange
from agentconf.remote.message import Request
from agentconf.remote.slng.api import AGENTS, Api, agent_path
from agentconf.remote.slng.creation import Creation
from agentconf.remote.slng.wire import is_deleted, read_agent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent

__all__ = ["ConnectionSettings", "SlngPlatform"]

_SENT = ("name", "slng_api_key")
"""What a copy is asked for with (API contract, VoiceAgentDuplicate)."""


class SlngPlatform(Connected):
    """Agents of one organisation of SLNG. Use it as an async context manager.

    Reads are repeated freely. An update is repeated, too: it says what its fields shall be, so twice is once;
    should somebody else change the same fields in between, theirs are overwritten. A deletion is repeated,
    and an agent that is gone counts as deleted. A create is never repeated blindly (`creation.Creation`).

    Args:
        settings: how the platform is reached.
        transport: another way to carry requests than the network.

    """

    def __init__(
        self, settings: ConnectionSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._exchange = Exchange(settings, transport)
        self._api = Api(settings, self._exchange)

    async def list_agents(self) -> tuple[LiveAgent, ...]:
        """Read all living agents in one request.

        Raises:
            RemoteError: the platform refused, cannot be reached, or answers otherwise than documented.

        """
        answers = await self._api.run("list the agents", self._api.all_agents)
        return tuple(read_agent(answer) for answer in answers if not is_deleted(answer))

    async def get_agent(self, agent_id: str) -> LiveAgent | None:
        """Read one agent; None when it is gone.

        Raises:
            RemoteError: as for `list_agents`.

        """
        doing = f"read agent {agent_id}"
        request = Request("GET", agent_path(agent_id))

        async def attempt(deadline: float) -> LiveAgent | None:
            answer = await self._api.attempt(request, doing, deadline, also=HTTPStatus.NOT_FOUND)
            gone = answer.status == HTTPStatus.NOT_FOUND or is_deleted(answer.data)
            return None if gone else read_agent(answer.data)

        return await self._api.run(doing, attempt)

    async def create_agent(self, body: AgentData, secrets: Mapping[str, str]) -> LiveAgent:
        """Create an agent, exactly once.

        Raises:
            ConfigurationError: a secret has no value; nothing was sent.
            UnresolvedError: it may have been created.
            RemoteError: it was not created.

        """
        request = self._api.request("POST", AGENTS, body, secrets)
        return await Creation(self._api, body, request, f"create agent {body.get('name')!r}").run()

    async def duplicate_agent(self, agent_id: str, body: AgentData, secrets: Mapping[str, str]) -> LiveAgent:
        """Let the platform copy an agent, exactly once.

        Raises:
            ConfigurationError: a secret has no value; nothing was sent.
            UnresolvedError: it may have been copied.
            RemoteError: it was not copied.

        """
        content = {name: body[name] for name in _SENT if name in body}
        request = self._api.request("POST", f"{agent_path(agent_id)}/duplicate", content, secrets)
        doing = f"copy agent {agent_id} as {body.get('name')!r}"
        return await Creation(self._api, body, request, doing).run()

    async def update_agent(self, agent_id: str, body: AgentData, secrets: Mapping[str, str]) -> LiveAgent:
        """Send a partial update.

        Raises:
            ConfigurationError: a secret has no value; nothing was sent.
            UnresolvedError: it may have been carried out.
            RemoteError: it was refused.

        """
        doing = f"update agent {agent_id}"
        request = self._api.request("PATCH", agent_path(agent_id), body, secrets)

        async def attempt(deadline: float) -> LiveAgent:
            return self._api.written(await self._api.attempt(request, doing, deadline), doing)

        return await self._api.run(doing, attempt)

    async def delete_agent(self, agent_id: str) -> None:
        """Delete an agent; one that is gone already counts as deleted.

        Raises:
            UnresolvedError: it may have been deleted.
            RemoteError: it was refused.

        """
        doing = f"delete agent {agent_id}"
        request = Request("DELETE", agent_path(agent_id))

        async def attempt(deadline: float) -> None:
            await self._api.attempt(request, doing, deadline, also=HTTPStatus.NOT_FOUND)

        await self._api.run(doing, attempt)
