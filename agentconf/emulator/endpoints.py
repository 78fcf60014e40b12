"""The API's endpoints: from a request to the agents and calls, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from agentconf.emulator.edge import organisation_of
from agentconf.emulator.wire import dump, json_response, read_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from agentconf.emulator.agents import Agents
    from agentconf.emulator.calls import Calls
    from agentconf.emulator.definition import Document


class AgentEndpoints:
    """The handlers of agents.

    Args:
        agents: what they work on.

    """

    def __init__(self, agents: Agents) -> None:
        self._agents = agents

    async def list(self, request: Request) -> Response:
        """Answer `GET /v1/agents`."""
        return json_response(self._agents.list(organisation_of(request)))

    async def create(self, request: Request) -> Response:
        """Answer `POST /v1/agents`."""
        return json_response(self._agents.create(organisation_of(request), await _body(request)), 201)

    async def get(self, request: Request) -> Response:
        """Answer `GET /v1/agents/{agent_id}`."""
        return json_response(self._agents.get(*_agent(request)))

    async def update(self, request: Request) -> Response:
        """Answer `PATCH /v1/agents/{agent_id}`."""
        return json_response(self._agents.update(*_agent(request), await _body(request)))

    async def replace(self, request: Request) -> Response:
        """Answer `PUT /v1/agents/{agent_id}`."""
        return json_response(self._agents.replace(*_agent(request), await _body(request)))

    async def delete(self, request: Request) -> Response:
        """Answer `DELETE /v1/agents/{agent_id}`."""
        self._agents.delete(*_agent(request))
        return Response(status_code=204)

    async def duplicate(self, request: Request) -> Response:
        """Answer `POST /v1/agents/{agent_id}/duplicate`."""
        return json_response(self._agents.duplicate(*_agent(request), await _body(request)), 201)


class CallEndpoints:
    """The handlers of calls and web sessions.

    Args:
        calls: what they work on.

    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def dispatch(self, request: Request) -> Response:
        """Answer `POST /v1/agents/{agent_id}/calls`."""
        return json_response(dump(self._calls.dispatch(*_agent(request), await _body(request))))

    async def page(self, request: Request) -> Response:
        """Answer `GET /v1/agents/{agent_id}/calls`."""
        return json_response(dump(self._calls.page(*_agent(request), request.query_params)))

    async def get(self, request: Request) -> Response:
        """Answer `GET /v1/agents/{agent_id}/calls/{call_id}`."""
        return json_response(dump(self._calls.get(*_agent(request), request.path_params["call_id"])))

    async def record_execution(self, request: Request) -> Response:
        """Answer `POST /v1/agents/{agent_id}/calls/{call_id}/tool-executions`."""
        self._calls.record_execution(*_agent(request), request.path_params["call_id"], await _body(request))
        return Response(status_code=204)

    async def open_session(self, request: Request) -> Response:
        """Answer `POST /v1/agents/{agent_id}/web-sessions`."""
        return json_response(dump(self._calls.open_session(*_agent(request), await _body(request))))


def _agent(request: Request) -> tuple[str, str]:
    return organisation_of(request), request.path_params["agent_id"]


async def _body(request: Request) -> Document:
    return read_object(await request.body(), request.headers.get("content-type", ""))
