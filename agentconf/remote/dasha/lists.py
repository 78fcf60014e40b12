"""Dasha's two lists: the queue of calls that wait or run, and the results of those that are over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from agentconf.errors import RemoteError
from agentconf.remote.api import JsonApi, encode
from agentconf.remote.dasha.wire import WRONG_PLACE, lowered
from agentconf.remote.message import Request
from agentconf.remote.reading import text_of, utc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

API = "/api/v1"
CALLS = f"{API}/calls"

QUEUE_TAKE = 1000
RESULTS_SIZE = 100
"""Most that one request gives (API contract, calls/queue/list and callresults/search)."""

_OVERLAP = 10
"""One in so many calls of a part of the queue is read again with the next part: calls that leave the queue
in between pull the others forward."""

_TURNS = 5
"""How often the queue is read from its head because it moved faster than it was read; ours."""

_MARGIN = timedelta(seconds=1)
"""How much earlier than asked for the lists are read: nobody says whether their bounds are inclusive."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list.

    Args:
        calls: as they are answered.
        total: how many there are in the whole list.

    """

    calls: tuple[Any, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Lists:
    """Reads the lists; every request is repeated as reads are.

    Args:
        api: the platform.

    """

    api: JsonApi

    async def queued_since(self, agent_id: str, since: datetime) -> tuple[Any, ...]:
        """Read all calls of an agent in the queue that were made at or after a moment, and perhaps more.

        Raises:
            RemoteError: the queue cannot be read, or moves faster than it can be.

        """
        found: dict[str, Any] = {}
        for _ in range(_TURNS):
            if await self._read_queue(agent_id, since, found):
                return tuple(found.values())
        raise RemoteError("could not list the calls: the queue moves faster than it can be read")

    async def _read_queue(self, agent_id: str, since: datetime, found: dict[str, Any]) -> bool:
        """Read the queue once; whether no call can have slipped through."""
        skip, shared = 0, frozenset[str]()
        while True:
            part = await self.queue(agent_id, skip=skip, take=QUEUE_TAKE, since=since)
            calls = _by_id(part.calls)
            found |= calls
            if shared and not shared & calls.keys():
                return False
            if not calls or skip + len(part.calls) >= part.total:
                return True
            again = len(part.calls) // _OVERLAP
            shared = frozenset(list(calls)[-again:] if again else ())
            skip += len(part.calls) - again

    async def results_since(self, agent_id: str, since: datetime) -> tuple[Any, ...]:
        """Read all results of an agent's calls that were over at or after a moment, and perhaps more.

        They are read by the time at which they were over: what comes in meanwhile comes in at the end.

        Raises:
            RemoteError: they cannot be read.

        """
        found: dict[str, Any] = {}
        page, read = 0, 0
        while True:
            part = await self.results(agent_ids=(agent_id,), page=page, since=since, ascending=True)
            known = len(found)
            found |= _by_id(part.calls)
            read += len(part.calls)
            if not part.calls or read >= part.total:
                return tuple(found.values())
            if len(found) == known:
                raise RemoteError(f"could not search the results: page {page} holds those of the page before")
            page += 1

    async def results_from(
        self, agent_id: str, *, skip: int, take: int, statuses: Sequence[str] = ()
    ) -> Part:
        """Read results from a place on, the last to end first: of two pages where it lies between them.

        Args:
            agent_id: of whose calls.
            skip: results to leave out.
            take: most to read, 1 to 100.
            statuses: only calls that stand there; empty for all.

        """
        page, offset = divmod(skip, take)
        first = await self.results(agent_ids=(agent_id,), page=page, size=take, statuses=statuses)
        if not offset or len(first.calls) < take:
            return Part(first.calls[offset:], first.total)
        second = await self.results(agent_ids=(agent_id,), page=page + 1, size=take, statuses=statuses)
        return Part((*first.calls[offset:], *second.calls[:offset]), second.total)

    async def queue(
        self,
        agent_id: str,
        *,
        skip: int = 0,
        take: int = QUEUE_TAKE,
        since: datetime | None = None,
        statuses: Sequence[str] = (),
    ) -> Part:
        """Read a part of the queue, in the platform's order.

        Args:
            agent_id: whose calls.
            skip: calls to leave out at its head.
            take: most calls to read, 1 to 1000.
            since: only calls that were made then or later.
            statuses: only calls that stand there; empty for all.

        """
        query: list[tuple[str, object]] = [("agentId", agent_id), ("skip", skip), ("take", take)]
        if since is not None:
            query.append(("fromDate", utc(since - _MARGIN)))
        query += [("status", status) for status in statuses]
        request = Request("GET", f"{CALLS}/queue/list?{urlencode(query)}")
        answer = await self.api.ask(request, "list the calls")
        return _part(answer.data, "calls", "total")

    async def results(
        self,
        *,
        agent_ids: Sequence[str] = (),
        call_ids: Sequence[str] = (),
        page: int = 0,
        size: int = RESULTS_SIZE,
        since: datetime | None = None,
        statuses: Sequence[str] = (),
        ascending: bool = False,
    ) -> Part:
        """Search the results.

        Args:
            agent_ids: only of these agents; empty for all.
            call_ids: only of these calls; empty for all.
            page: from 0.
            size: results on a page, 1 to 100.
            since: only calls that were over then or later.
            statuses: only calls that stand there; empty for all.
            ascending: whether the one that was over first comes first.

        """
        conditions = {"agentIds": agent_ids, "callIds": call_ids, "callStatuses": statuses}
        body: dict[str, Any] = {name: [*values] for name, values in conditions.items() if values}
        body |= {"page": page, "size": size, "sortField": "completedTime"}
        body["sortDirection"] = "Ascending" if ascending else "Descending"
        if since is not None:
            body["fromDate"] = utc(since - _MARGIN)
        content = encode(body, "the search")
        request = Request("POST", f"{API}/callresults/search", content, reads=True)
        answer = await self.api.ask(request, "search the results of calls")
        return _part(answer.data, "results", "totalcount")


def _part(answer: Any, calls: str, total: str) -> Part:
    fields = lowered(answer)
    match fields.get(calls), fields.get(total):
        case [*found], int(count):
            return Part(tuple(found), count)
        case _:
            raise RemoteError("Dasha's answer is not a list of calls", help=WRONG_PLACE)


def _by_id(calls: Sequence[Any]) -> dict[str, Any]:
    """Return calls by their id.

    Raises:
        RemoteError: one has none; it might be the one that is looked for.

    """
    found: dict[str, Any] = {}
    for call in calls:
        call_id = text_of(lowered(call).get("callid"))
        if call_id is None:
            raise RemoteError("Dasha answers with a call without an id", help=WRONG_PLACE)
        found[call_id] = call
    return found
