"""Calls with SLNG's agents, as a `CallPlatform`."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from agentconf.errors import ConfigurationError, RemoteError
from agentconf.remote.api import JsonApi, encode
from agentconf.remote.calling import Capabilities, Outcome, Placed, Refused
from agentconf.remote.exchange import Connected, Exchange
from agentconf.remote.message import Request
from agentconf.remote.placing import IDLE, Terms, place_once
from agentconf.remote.refusal import Advice
from agentconf.remote.slng.api import agent_path
from agentconf.remote.slng.records import read_call, read_page
from agentconf.remote.slng.refusal import CHECK_ADDRESS, about_access
from agentconf.remote.slng.session import WebSession, read_session
from agentconf.remote.slng.wire import WRONG_PLACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import httpx

    from agentconf.remote.calling import CallPage, CallRecord, CallRequest, PlaceAnswer, Target
    from agentconf.remote.connection import ConnectionSettings
    from agentconf.remote.message import Answer
    from agentconf.remote.placing import Sense

PAGE_SIZE = 100
"""Calls on a page when all of them are read; ours, the contract names no largest one."""

CAPABILITIES = Capabilities(
    name="SLNG",
    outcomes=frozenset(
        {Outcome.COMPLETED, Outcome.NO_ANSWER, Outcome.BUSY, Outcome.REJECTED, Outcome.FAILED}
    ),
)

_NO_TRUNK = "telephony is not configured"
_FIND_OUT = "`agentconf calls list` tells which calls and sessions there are"


class SlngCalls(Connected):
    """Calls with the agents of one organisation of SLNG. Use it as an async context manager.

    Args:
        settings: how the platform is reached.
        transport: another way to carry requests than the network.

    """

    def __init__(
        self, settings: ConnectionSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._exchange = Exchange(settings, transport, idle=IDLE)
        self._api = JsonApi(settings, self._exchange, Advice(WRONG_PLACE, _FIND_OUT, CHECK_ADDRESS, _help))

    @property
    def capabilities(self) -> Capabilities:
        """What SLNG can do."""
        return CAPABILITIES

    async def place(self, target: Target, calls: Sequence[CallRequest], *, timeout: float) -> PlaceAnswer:  # noqa: ASYNC109 - of the HTTP exchange, with its own meaning of being late
        """Place one call, in one request that is never repeated.

        Raises:
            ValueError: more than one call.

        """
        (call,) = calls
        try:
            content = encode({"phone_number": call.to, "arguments": dict(call.arguments)}, "the call")
        except ConfigurationError as error:
            return Refused(error.message)
        personal = (call.to, *call.arguments.values())
        request = Request("POST", _calls_path(target.id), content, personal=personal)
        return await place_once(self._api, request, _TERMS, timeout=timeout)

    async def calls_since(self, target: Target, since: datetime) -> tuple[CallRecord, ...]:
        """Read the calls that were placed at or after a moment, on the platform's clock.

        Pages are newest first. While they are read, new calls push the others on to later pages: what is
        read twice counts once, and nothing can slip through.

        Raises:
            RemoteError: it cannot be read.

        """
        found: dict[str, CallRecord] = {}
        number, total = 1, 0
        while True:
            page = await self.list_calls(target, page=number, page_size=PAGE_SIZE)
            known = len(found)
            found |= {call.id: call for call in page.calls}
            if not page.calls or number >= page.pages or page.calls[-1].created_at < since:
                return tuple(call for call in found.values() if call.created_at >= since)
            if len(found) == known and page.total <= total:
                raise RemoteError(
                    f"could not list the calls: page {number} shows what was on the pages before"
                )
            number, total = number + 1, page.total

    async def list_calls(
        self, target: Target, *, status: str | None = None, page: int = 1, page_size: int = 50
    ) -> CallPage:
        """Read one page of calls, newest first.

        Raises:
            RemoteError: it cannot be read.

        """
        query: dict[str, object] = {"page": page, "page_size": page_size}
        if status is not None:
            query["status"] = status
        request = Request("GET", f"{_calls_path(target.id)}?{urlencode(query)}")
        return read_page((await self._api.ask(request, "list the calls")).data)

    async def get_call(self, target: Target, call_id: str) -> CallRecord | None:
        """Read one call with its events and tool executions; None when there is none of that id.

        Raises:
            RemoteError: it cannot be read.

        """
        request = Request("GET", _call_path(target.id, call_id))
        answer = await self._api.ask(request, f"read call {call_id}", also=HTTPStatus.NOT_FOUND)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        return replace(read_call(answer.data), detail=answer.data)

    async def cancel_call(self, target: Target, call_id: str) -> None:  # noqa: ARG002 - the protocol's
        """Refuse: the API has nothing to take a call back with.

        Raises:
            RemoteError: always.

        """
        raise RemoteError(
            f"call {call_id} cannot be canceled: SLNG offers no cancellation",
            help="hang up in SLNG's dashboard",
        )

    async def open_session(
        self, agent_id: str, arguments: Mapping[str, str], participant: str | None = None
    ) -> WebSession:
        """Open a web session, once.

        Args:
            agent_id: who speaks.
            arguments: values of the agent's variables.
            participant: the name of the person who joins.

        Raises:
            ConfigurationError: the arguments cannot be written as JSON; nothing was sent.
            UnresolvedError: it may have been opened.
            RemoteError: it was not.

        """
        doing = f"open a web session with agent {agent_id}"
        body = {"arguments": dict(arguments), "participant_name": participant}
        content = encode(body, "the session")
        personal = (*arguments.values(), participant or "")
        request = Request("POST", f"{agent_path(agent_id)}/web-sessions", content, personal=personal)
        session = read_session((await self._api.submit(request, doing)).data)
        if session is None:
            raise self._api.unresolved(doing, "the platform's answer is not a session")
        return session

    async def record_execution(self, agent_id: str, call_id: str, body: Mapping[str, object]) -> None:
        """Record what a tool did in a call, once.

        Args:
            agent_id: who spoke.
            call_id: the call.
            body: what the tool did (API contract, ToolExecutionCreate).

        Raises:
            ConfigurationError: it cannot be written as JSON; nothing was sent.
            UnresolvedError: it may have been recorded.
            RemoteError: it was not.

        """
        content = encode(dict(body), "the tool execution")
        request = Request("POST", f"{_call_path(agent_id, call_id)}/tool-executions", content)
        await self._api.submit(request, f"record a tool execution of call {call_id}")


def _placed(answer: Answer) -> Placed | None:
    match answer.data:
        case {"call_id": str(call_id)} if call_id:
            return Placed((call_id,))
        case _:
            return None


def _sense(status: int, words: str) -> Sense | None:
    return "halted" if status == HTTPStatus.BAD_REQUEST and _NO_TRUNK in words else None


_TERMS = Terms(_placed, _sense)


def _help(status: int, text: str) -> str | None:
    if _NO_TRUNK in text.lower():
        return "give the agent a `sip_outbound_trunk_id`, and apply it"
    if status == HTTPStatus.NOT_FOUND:
        return "`agentconf plan` tells whether the agent is there"
    return about_access(status, text)


def _calls_path(agent_id: str) -> str:
    return f"{agent_path(agent_id)}/calls"


def _call_path(agent_id: str, call_id: str) -> str:
    return f"{_calls_path(agent_id)}/{quote(call_id, safe='')}"
