"""SLNG's agents, in single tries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from agentconf.errors import RemoteError
from agentconf.remote.api import JsonApi, encode
from agentconf.remote.message import Answer, Request
from agentconf.remote.platform import UnresolvedError
from agentconf.remote.slng.refusal import ADVICE
from agentconf.remote.slng.wire import WRONG_PLACE, is_deleted, read_agent, write_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent
    from agentconf.remote.connection import ConnectionSettings
    from agentconf.remote.exchange import Exchange

AGENTS = "/v1/agents"
"""Where the agents are (API contract, paths)."""


class Api(JsonApi):
    """Sends requests of one operation on agents and reads their answers.

    Args:
        settings: how the platform is reached.
        exchange: the connections.

    """

    def __init__(self, settings: ConnectionSettings, exchange: Exchange) -> None:
        super().__init__(settings, exchange, ADVICE)

    def request(self, method: str, path: str, body: AgentData, secrets: Mapping[str, str]) -> Request:
        """Prepare a request with a body.

        Raises:
            ConfigurationError: a secret has no value, or the body cannot be written as JSON.

        """
        content = encode(write_body(body, secrets), "the agent")
        return Request(method, path, content, hidden=tuple(secrets.values()))

    async def find(self, name: str, deadline: float) -> LiveAgent | None:
        """Look for the living agent of a name, in one try."""
        answers = await self.all_agents(deadline)
        named = (answer for answer in answers if isinstance(answer, dict) and answer.get("name") == name)
        return next((read_agent(answer) for answer in named if not is_deleted(answer)), None)

    async def all_agents(self, deadline: float) -> list[Any]:
        """Read all agents as they are answered, in one try."""
        answer = await self.attempt(Request("GET", AGENTS), "list the agents", deadline)
        if not isinstance(answer.data, list):
            raise RemoteError(
                "could not list the agents: the platform answers with something that is not a list",
                help=WRONG_PLACE,
            )
        return answer.data

    def written(self, answer: Answer, doing: str) -> LiveAgent:
        """Read the agent that a write is answered with.

        Raises:
            UnresolvedError: it was written, but the answer does not show what.

        """
        try:
            return read_agent(answer.data)
        except RemoteError as error:
            raise UnresolvedError(f"{doing}: done, but {error.message}", help=self.advice.find_out) from error


def agent_path(agent_id: str) -> str:
    """Return where an agent is; no id leads anywhere else."""
    return f"{AGENTS}/{quote(agent_id, safe='')}"
