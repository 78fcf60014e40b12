"""Calls with Dasha's agents, as a `CallPlatform`."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from agentconf.errors import AuthenticationError, ConfigurationError, RemoteError
from agentconf.remote.api import JsonApi, encode
from agentconf.remote.calling import CallPage, Capabilities, Outcome, Placed, Refused
from agentconf.remote.dasha.lists import CALLS, RESULTS_SIZE, Lists
from agentconf.remote.dasha.placed import ids_of
from agentconf.remote.dasha.terms import ADVICE, sense
from agentconf.remote.dasha.wire import (
    NOT_ENDED,
    STATUSES,
    lowered,
    outcome_of,
    read_call,
    status_of,
    write_call,
)
from agentconf.remote.exchange import Connected, Exchange
from agentconf.remote.message import Request
from agentconf.remote.placing import IDLE, Terms, place_once
from agentconf.remote.platform import UnreachableError, UnresolvedError
from agentconf.remote.reading import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import httpx

    from agentconf.remote.calling import CallRecord, CallRequest, PlaceAnswer, Target
    from agentconf.remote.connection import ConnectionSettings
    from agentconf.remote.message import Answer

BULK = 100
"""Calls in one request; ours, no largest number is documented."""


GLIMPSE = 10.0
"""Seconds for which the head of the queue is remembered while calls are read one by one; ours."""


class DashaCalls(Connected):
    """Calls with the agents of one organisation of Dasha. Use it as an async context manager.

    Dasha queues calls and places them when the agent's schedule and its own limits allow. Each carries our
    key in its additional data, so that a list tells whose it is.

    Args:
        settings: how the platform is reached.
        transport: another way to carry requests than the network.
        bulk: most calls in one request.
        deadline_field: how a call's deadline is spelled.

    """

    def __init__(
        self,
        settings: ConnectionSettings,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        bulk: int = BULK,
        deadline_field: str = "callDeadline",
    ) -> None:
        self._exchange = Exchange(settings, transport, idle=IDLE)
        self._api = JsonApi(settings, self._exchange, ADVICE)
        self._lists = Lists(self._api)
        self._now = settings.timing.now
        self._clock = settings.timing.clock
        self._remembered: tuple[str, float, tuple[Any, ...]] = ("", 0.0, ())
        self._deadline_field = deadline_field
        self._capabilities = Capabilities(
            name="Dasha",
            bulk=bulk,
            marks=True,
            cancel=True,
            schedules=True,
            outcomes=frozenset({Outcome.COMPLETED, Outcome.FAILED, Outcome.CANCELED}),
        )

    @property
    def capabilities(self) -> Capabilities:
        """What Dasha can do."""
        return self._capabilities

    async def place(self, target: Target, calls: Sequence[CallRequest], *, timeout: float) -> PlaceAnswer:  # noqa: ASYNC109 - of the HTTP exchange, with its own meaning of being late
        """Schedule calls, in one request that is never repeated: one as it is, several in bulk.

        Raises:
            ValueError: no call, or more than one request takes.

        """
        if not 1 <= len(calls) <= self._capabilities.bulk:
            raise ValueError(f"{len(calls)} calls in a request for 1 to {self._capabilities.bulk}")
        bodies = [write_call(call, target, self._deadline_field) for call in calls]
        single = len(calls) == 1
        try:
            content = encode(bodies[0] if single else bodies, "the call" if single else "a call")
        except ConfigurationError as error:
            return Refused(error.message)
        path = f"{CALLS if single else f'{CALLS}/bulk'}?{urlencode({'agentId': target.id})}"
        personal = tuple(text for call in calls for text in (call.to, *call.arguments.values()))
        request = Request("POST", path, content, personal=personal)
        terms = Terms(lambda answer: _placed(calls, answer), sense)
        return await place_once(self._api, request, terms, timeout=timeout)

    async def calls_since(self, target: Target, since: datetime) -> tuple[CallRecord, ...]:
        """Read the calls that were made at or after a moment, on the platform's clock.

        The queue is read first: a call that leaves it is in the results by the time they are read.

        Raises:
            RemoteError: it cannot be read.

        """
        queued = await self._lists.queued_since(target.id, since)
        results = await self._lists.results_since(target.id, since)
        return tuple(call for call in self._merged((*queued, *results)) if call.created_at >= since)

    async def list_calls(
        self, target: Target, *, status: str | None = None, page: int = 1, page_size: int = 50
    ) -> CallPage:
        """Read one page of calls: first those in the queue, then the others, the last to end first.

        Args:
            target: whose calls.
            status: one of the platform's, in any case; None for all.
            page: from 1.
            page_size: calls on a page; more than 100 are 100, the most that one search gives.

        Raises:
            RemoteError: it cannot be read.

        """
        size = min(page_size, RESULTS_SIZE)
        start = (page - 1) * size
        wanted = () if status is None else (STATUSES.get(status.lower(), status),)
        queue = await self._lists.queue(target.id, skip=start, take=size, statuses=wanted or NOT_ENDED)
        skip, room = max(0, start - queue.total), size - len(queue.calls)
        results = await self._lists.results_from(target.id, skip=skip, take=size, statuses=wanted)
        total = queue.total + results.total
        calls = self._merged((*queue.calls, *results.calls[:room]))
        return CallPage(tuple(calls), page, -(-total // size), total)

    async def get_call(self, target: Target, call_id: str) -> CallRecord | None:
        """Read one call with its result; None when there is none of that id.

        What Dasha tells of a single call is brief, so the rest is looked for in its lists.

        Raises:
            RemoteError: it cannot be read.

        """
        detail = await self._detail(call_id)
        if detail is None:
            return None
        if outcome_of(lowered(detail)) is None:
            more = await self._glimpse(target.id)
        else:
            more = (await self._lists.results(call_ids=(call_id,))).calls
        same = [call for call in more if text_of(lowered(call).get("callid")) == call_id]
        told = [part for part in (*same, detail) if isinstance(part, dict)]
        whole = {name: value for part in told for name, value in part.items() if value is not None}
        return replace(read_call(*told, seen_at=self._now()), detail=whole)

    async def cancel_call(self, target: Target, call_id: str) -> None:  # noqa: ARG002 - an id is enough
        """Take a call back that has not started; one that is canceled already counts as done.

        Raises:
            RemoteError: there is no such call, or it has started.

        """
        doing = f"cancel call {call_id}"
        try:
            answer = await self._api.ask(
                Request("DELETE", _call_path(call_id)), doing, also=HTTPStatus.NOT_FOUND
            )
        except (AuthenticationError, UnreachableError, UnresolvedError):
            raise
        except RemoteError as error:
            refused = error
        else:
            if answer.success:
                return
            refused = RemoteError(f"could not {doing}: Dasha does not find it")
        detail = await self._detail(call_id)
        if detail is None:
            raise RemoteError(f"could not {doing}: there is no such call")
        if outcome_of(lowered(detail)) is not Outcome.CANCELED:
            status = status_of(lowered(detail))
            raise RemoteError(
                f"{refused.message}; it is {status}", help="only calls that have not started can be canceled"
            )

    async def _glimpse(self, agent_id: str) -> tuple[Any, ...]:
        """Read the head of the queue, or remember it: what is wanted of a call there does not change."""
        now, (whose, at, calls) = self._clock(), self._remembered
        if whose != agent_id or now - at >= GLIMPSE:
            calls = (await self._lists.queue(agent_id)).calls
            self._remembered = (agent_id, now, calls)
        return calls

    async def _detail(self, call_id: str) -> Any:
        """Read what Dasha tells of a single call; None when there is none."""
        request = Request("GET", _call_path(call_id))
        answer = await self._api.ask(request, f"read call {call_id}", also=HTTPStatus.NOT_FOUND)
        return None if answer.status == HTTPStatus.NOT_FOUND else answer.data

    def _merged(self, answers: Sequence[Any]) -> list[CallRecord]:
        """Read calls, each once, from all that is told of them."""
        told: dict[Any, list[Any]] = {}
        for answer in answers:
            told.setdefault(lowered(answer).get("callid"), []).append(answer)
        return [read_call(*same, seen_at=self._now()) for same in told.values()]


def _placed(calls: Sequence[CallRequest], answer: Answer) -> Placed | None:
    answers = answer.data if isinstance(answer.data, list) else [answer.data]
    ids = ids_of(calls, answers)
    return None if ids is None else Placed(ids)


def _call_path(call_id: str) -> str:
    return f"{CALLS}/{quote(call_id, safe='')}"
