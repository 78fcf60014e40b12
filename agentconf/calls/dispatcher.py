"""Claims contacts, sends them, and writes what became of them: one exchange with the ledger a turn."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.desk import Named
from agentconf.calls.event import Slowed, Stopped, Waiting
from agentconf.calls.flight import Flight, News
from agentconf.calls.timing import Bell, Stopwatch
from agentconf.calls.turn import Phase
from agentconf.errors import AgentconfError

if TYPE_CHECKING:
    from agentconf.calls.desk import Desk
    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.calls.run import RunOptions
    from agentconf.calls.turn import Turn
    from agentconf.calls.watcher import Watcher
    from agentconf.stop import Stop

EXPIRE_EVERY = 60.0
"""Seconds between two looks for planned contacts whose deadline has passed; ours."""

BUSY = 0.05
"""Seconds before the ledger is asked again when something was due and could not be claimed, because others
have all places taken; doubled each time; ours."""

BUSY_CAP = 1.0
"""Longest such pause, in seconds; ours."""

QUIET = 1.0
"""Seconds without anything to do that are worth telling; ours."""

RESCUES = 3
"""How often it is tried to write what became of requests when the ledger has failed, a second apart; ours."""


class Why(StrEnum):
    """Why a dispatcher ended."""

    DONE = "done"
    """Nothing is planned or under way."""

    STOPPED = "stopped"
    """It was asked to."""

    HELD = "held"
    """The campaign is paused, halted or canceled."""

    LIMIT = "limit"
    """As many contacts as it was allowed have got a call."""

    LATER = "later"
    """Its time is over, or nothing is due before it will be."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a dispatcher ended.

    Args:
        why: as it says.
        phase: of the campaign.
        reason: why that is not running.
        wake_at: when there may be something to do again, in seconds since the epoch; None: nothing that time
            alone would bring.
        open: whether any contact is still planned or under way, here or elsewhere.

    """

    why: Why
    phase: Phase
    reason: str | None
    wake_at: float | None
    open: bool


class Dispatcher:
    """One lane of a campaign: as many requests at once as its capacity and the ledger allow.

    Each turn is one exchange with the ledger: what became of requests since the last turn goes in, contacts
    to call next come out. While an exchange is under way, finished requests gather for the next one, so that
    many share one commit.

    Args:
        desk: the campaign and what it is worked on with.
        options: worker, capacity and limit.
        stop: asks it to end.
        watcher: is told of calls in doubt and placed calls, and is waited for; None: somebody else watches.

    Attributes:
        placed: calls that were placed.

    """

    def __init__(self, desk: Desk, options: RunOptions, stop: Stop, watcher: Watcher | None = None) -> None:
        self._desk = desk
        self._options = options
        self._stop = stop
        self._watcher = watcher
        self._bell = Bell()
        self._flight = Flight(desk, self._bell)
        self._taken: set[str] = set()
        self._closed = False
        self._phase = Phase.RUNNING
        self._expire_at = -math.inf
        self._busy = BUSY
        self._slowed_until = -math.inf
        self._told: Waiting | None = None
        self.placed = 0

    @property
    def denied(self) -> bool:
        """Whether the platform refused the credential."""
        return self._flight.denied

    def wake(self) -> None:
        """Look at the ledger again: somebody changed it."""
        self._bell.ring()

    def close(self) -> None:
        """End as if asked to stop; what is under way is finished."""
        self._closed = True
        self._bell.ring()

    async def run(self, until: float | None = None) -> Ending:
        """Work until there is a reason to end; nothing is under way then.

        Args:
            until: when to end at the latest, in seconds since the epoch, but for what is under way; it ends
                earlier when nothing is due before. None: no such moment.

        Raises:
            AgentconfError: the ledger failed; what was under way has ended.

        """
        forget = self._stop.tell(self._asked)
        try:
            ending = await self._turns(until)
        except BaseException as error:
            await self._rescue(error)
            raise
        finally:
            forget()
        if ending.why is Why.HELD:
            self._desk.listener(Stopped(self._desk.now(), ending.phase, ending.reason))
        return ending

    async def _turns(self, until: float | None) -> Ending:
        while True:
            turn = await self._turn(until)
            ending = self._ending(turn, until)
            if ending is not None:
                return ending
            pause = self._pause(turn, until)
            if pause > QUIET and not self._flight.requests and not self._flight.news:
                self._quiet(turn)
            await self._bell.wait(pause)

    async def _turn(self, until: float | None) -> Turn:
        """Exchange news for contacts with the ledger, and send them."""
        want, claimed, news = self._want(until), Stopwatch(self._desk.timing), self._flight.take()
        try:
            turn, contacts = await self._desk.clerk.do(
                lambda ledger, now: self._exchange(ledger, now, want, news)
            )
        except BaseException:
            self._flight.give_back(news)
            raise
        self._phase = turn.phase
        self._taken |= {one.contact.key for one in contacts}
        try:
            self._tell(news)
        except BaseException:
            self._flight.leave(contacts)
            raise
        if self._closing:
            self._flight.leave(contacts)
        elif contacts:
            self._busy = BUSY
            self._flight.send(contacts, turn.sent_at, claimed)
        return turn

    def _exchange(self, ledger: Ledger, now: float, want: int, news: News) -> tuple[Turn, list[Named]]:
        """Do the ledger's part of a turn; in the clerk's thread."""
        campaign_id = self._desk.campaign.id
        if now >= self._expire_at:
            ledger.expire(campaign_id, now=now)
            self._expire_at = now + EXPIRE_EVERY
        turn = ledger.exchange(
            campaign_id,
            [result.settlement for result in news.results],
            now=now,
            want=want,
            worker=self._options.worker,
            slow=news.slow,
            halt=news.halt,
        )
        return turn, [Named(contact, ledger.pseudonym(contact.to)) for contact in turn.claimed]

    def _tell(self, news: News) -> None:
        """Tell what is in the ledger now."""
        for result in news.results:
            settlement = result.settlement
            self.placed += settlement.state is State.PLACED
            if settlement.state is State.PLANNED:
                self._taken.discard(settlement.key)
            self._desk.listener(result.named.settled(settlement))
        if news.slow is not None:
            self._slowed_until = max(self._slowed_until, news.slow.at + news.slow.seconds)
            self._desk.listener(Slowed(news.slow.at, news.slow.seconds))
        if self._watcher is not None:
            self._watcher.notice([result.settlement for result in news.results])

    def _want(self, until: float | None) -> int:
        """Say how many contacts this process has room for."""
        now = self._desk.now()
        if self._closing or (until is not None and now >= until):
            return 0
        flight, limit = self._flight, self._options.limit
        free = self._options.capacity - flight.requests
        if flight.reach.broken:
            free = 1 if now >= flight.reach.resume_at and not flight.requests else 0
        want = max(0, free) * self._desk.campaign.pacing.bulk
        return want if limit is None else min(want, limit - len(self._taken))

    @property
    def _closing(self) -> bool:
        """Whether nothing more is to be started."""
        asked = self._closed or self._stop.requested
        failed = self._flight.fault is not None or self._flight.news.halt is not None
        return asked or failed or self._phase is not Phase.RUNNING

    def _ending(self, turn: Turn, until: float | None) -> Ending | None:
        if self._flight.requests or self._flight.news:
            return None
        if self._flight.fault is not None:
            raise self._flight.fault
        why = self._why(turn, until)
        return None if why is None else Ending(why, turn.phase, turn.reason, turn.wake_at, turn.open)

    def _why(self, turn: Turn, until: float | None) -> Why | None:
        if turn.phase is not Phase.RUNNING:
            return Why.HELD
        if self._stop.requested or self._closed:
            return Why.STOPPED
        limit = self._options.limit
        if self._watcher is None or not self._watcher.awaited:
            if not turn.open:
                return Why.DONE
            if limit is not None and len(self._taken) >= limit:
                return Why.LIMIT
        if until is not None and max(_moment(turn.wake_at), self._desk.now()) >= until:
            return Why.LATER
        return None

    def _pause(self, turn: Turn, until: float | None) -> float:
        """Say for how many seconds there is nothing to do unless the bell rings."""
        now, glance, reach = self._desk.now(), self._desk.timing.glance, self._flight.reach
        due = _moment(turn.wake_at)
        if reach.broken:
            due = max(due, reach.resume_at)
        elif self._want(until) == 0:
            return glance
        if due > now:
            return min(due - now, glance, max(0.0, _moment(until) - now))
        pause, self._busy = self._busy, min(BUSY_CAP, self._busy * 2)
        return min(pause, glance)

    def _quiet(self, turn: Turn) -> None:
        """Tell that nothing is to be done for a while, once."""
        waiting = Waiting(self._desk.now(), turn.wake_at, self._awaits(turn))
        if self._told is None or (waiting.until, waiting.why) != (self._told.until, self._told.why):
            self._told = waiting
            self._desk.listener(waiting)

    def _awaits(self, turn: Turn) -> str:
        """Name what is waited for, as well as one turn shows it."""
        if turn.wake_at is None or (self._watcher is not None and self._watcher.in_doubt):
            return "answers"
        if self._flight.reach.broken or turn.wake_at <= self._slowed_until:
            return "pace"
        # Windows open on whole minutes; the moments of everything else are arbitrary.
        opening = self._desk.campaign.window is not None and turn.wake_at % 60 == 0
        return "window" if opening else "retry"

    def _asked(self) -> None:
        if self._stop.forced:
            self._flight.give_up()
        self._bell.ring()

    async def _rescue(self, error: BaseException) -> None:
        """Write what can be written after a failure: what was under way ends first, or is given up."""
        self._closed = True
        if not isinstance(error, Exception):
            self._flight.give_up()
        await self._flight.landed()
        for attempt in range(RESCUES):
            if self._flight.news:
                await asyncio.sleep(attempt)
                # The error at hand is the one to tell.
                with suppress(Exception):
                    await self._turn(None)
        unwritten = len(self._flight.news.results)
        if unwritten and isinstance(error, AgentconfError):
            raise AgentconfError(
                f"{error.message}; {unwritten} answers of the platform could not be written to the ledger",
                help="run it again: the platform is asked about them before anybody is called",
            ) from error


def _moment(at: float | None) -> float:
    return math.inf if at is None else at
