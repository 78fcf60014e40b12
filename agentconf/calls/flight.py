"""The requests of one process that are under way, and what has come of those that are over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.calls.reach import Reach
from agentconf.calls.sender import Answered, Parcel, pack, send
from agentconf.calls.settle import again
from agentconf.calls.turn import Slow
from agentconf.remote.calling import Deferred, Doubtful

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.calls.desk import Desk, Named
    from agentconf.calls.timing import Bell, Stopwatch
    from agentconf.calls.turn import Halt, Settlement
    from agentconf.remote.calling import PlaceAnswer


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a contact, on its way to the ledger.

    Args:
        named: the contact as it was claimed.
        settlement: what is to be written.

    """

    named: Named
    settlement: Settlement


@dataclass(frozen=True, slots=True)
class News:
    """What the ledger is to be told.

    Args:
        results: what became of contacts, in the order in which it was known.
        slow: the platform asked for patience.
        halt: the platform will place no call.

    """

    results: tuple[Result, ...] = ()
    slow: Slow | None = None
    halt: Halt | None = None

    def __bool__(self) -> bool:
        return self != News()

    def __add__(self, later: News) -> News:
        return News(self.results + later.results, _longest(self.slow, later.slow), self.halt or later.halt)


class Flight:
    """Sends requests and gathers what comes of them.

    Args:
        desk: the campaign and what it is worked on with.
        bell: rung when a request is over.

    Attributes:
        reach: whether the platform can be reached.
        news: what the ledger has not been told yet.
        fault: the first error that no request may end in: a bug.
        denied: whether the platform refused the credential.

    """

    def __init__(self, desk: Desk, bell: Bell) -> None:
        self._desk = desk
        self._bell = bell
        self._running: dict[asyncio.Task[Answered], Parcel] = {}
        self.reach = Reach()
        self.news = News()
        self.fault: BaseException | None = None
        self.denied = False

    @property
    def requests(self) -> int:
        """How many are under way."""
        return len(self._running)

    def send(self, contacts: Sequence[Named], sent_at: float, claimed: Stopwatch) -> None:
        """Send contacts that were claimed together.

        Args:
            contacts: whom, in order.
            sent_at: the moment that the ledger holds for the claim, in seconds since the epoch.
            claimed: running since before the claim.

        """
        for together in pack(contacts):
            parcel = Parcel(together, sent_at, claimed)
            task = asyncio.create_task(send(self._desk, parcel))
            self._running[task] = parcel
            task.add_done_callback(self._over)

    def leave(self, contacts: Sequence[Named]) -> None:
        """Do not send contacts that were claimed: whoever comes next may."""
        at = self._desk.now()
        self.news += News(
            tuple(Result(one, again(one.contact, at, "stopped before it was sent")) for one in contacts)
        )

    def take(self) -> News:
        """Hand over what the ledger is to be told."""
        news, self.news = self.news, News()
        return news

    def give_back(self, news: News) -> None:
        """Take back what the ledger could not be told."""
        self.news = news + self.news

    def give_up(self) -> None:
        """Cancel what is under way; its contacts stay as they are in the ledger."""
        for task in self._running:
            task.cancel()

    async def landed(self) -> None:
        """Wait until nothing is under way."""
        while self._running:
            await asyncio.wait(self._running)

    def _over(self, task: asyncio.Task[Answered]) -> None:
        parcel = self._running.pop(task)
        self._bell.ring()
        if task.cancelled():
            return
        if (fault := task.exception()) is not None:
            self.fault = self.fault or fault
            return
        answered = task.result()
        named = {one.contact.key: one for one in parcel.contacts}
        results = tuple(Result(named[one.key], one) for one in answered.verdict.settlements)
        halt = answered.verdict.halt or self._reached(answered.answer)
        self.denied = self.denied or (halt is not None and halt.denied)
        self.news += News(results, answered.verdict.slow, halt)

    def _reached(self, answer: PlaceAnswer | None) -> Halt | None:
        match answer:
            case Deferred(unreachable=True):
                return self.reach.failed(self._desk.now(), answer.message)
            case None | Doubtful(over=False):
                return None
            case _:
                self.reach.answered()
                return None


def _longest(one: Slow | None, other: Slow | None) -> Slow | None:
    """Make one pause of two."""
    if one is None or other is None:
        return one or other
    at = max(one.at, other.at)
    end = max(one.at + one.seconds, other.at + other.seconds)
    return Slow(max(one.began, other.began), at, end - at)
