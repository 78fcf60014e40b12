"""What becomes of a lane in a worker's hands: a while of work, then the next one's turn, whatever happens."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from procrastinate.retry import BaseRetryStrategy, RetryDecision

from agentconf.calls.queue.app import LOST
from agentconf.calls.queue.deferring import defer
from agentconf.calls.queue.event import Failed, Took, describe
from agentconf.calls.queue.lane import CALL, WATCH, Lane
from agentconf.errors import AgentconfError
from agentconf.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from procrastinate import App, JobContext
    from procrastinate.jobs import Job

    from agentconf.calls.queue.event import WorkListener
    from agentconf.calls.queue.options import WorkOptions

MOST_FAILURES = 5
"""So many failures of a lane in a row, and its campaign is halted: 2 + 4 + 8 + 16 seconds of trying."""

REFUSED_PAUSE = 30.0
"""Seconds until a lane is tried again that cannot go on for a reason outside of us, as often as it takes."""


@dataclass(frozen=True, slots=True)
class Rest:
    """When a lane goes on.

    Args:
        until: seconds since the epoch, by the database's clock; None: at once.

    """

    until: float | None = None


class Duty(Protocol):
    """The work in a lane."""

    async def carry(self, app: App, lane: Lane, worker: str, stop: Stop) -> Rest | None:
        """Work in a lane for a while, or until told to stop, or until there is nothing to do for now.

        Args:
            app: where other lanes may be queued.
            lane: which.
            worker: a name that nobody else has.
            stop: ends it: the first request lets what is under way finish, the second one gives it up.

        Returns:
            When the lane goes on; None: it has reached its end.

        """
        ...

    async def halt(self, lane: Lane, reason: str) -> None:
        """Let nobody go on with a lane's campaign until a person resumes it."""
        ...


class Shift:
    """The lanes in one worker's hands.

    Args:
        duty: the work in them.
        options: the worker's.
        tell: told of what is taken and what fails.

    """

    def __init__(self, duty: Duty, options: WorkOptions, tell: WorkListener) -> None:
        self._duty = duty
        self._options = options
        self._tell = tell
        self._stops: set[Stop] = set()
        self._ending = self._giving_up = False

    def begin(self, app: App) -> None:
        """Let an app's worker carry out lanes here."""
        self._ending = False
        for name, task in ((CALL, self.call), (WATCH, self.watch)):
            app.task(name=name, pass_context=True, retry=_InAWhile())(task)

    async def call(self, context: JobContext, *, campaign_id: str, lane: int) -> None:
        """Carry out a job that places calls."""
        await self._take(context, Lane(campaign_id, lane))

    async def watch(self, context: JobContext, *, campaign_id: str) -> None:
        """Carry out a job that finds out what became of calls."""
        await self._take(context, Lane(campaign_id))

    def end(self, *, give_up: bool = False) -> None:
        """Let what is under way in all lanes finish, or give it up; may be said again.

        It holds for lanes that are taken later, too: a worker may just be fetching one.
        """
        self._ending, self._giving_up = True, self._giving_up or give_up
        for stop in tuple(self._stops):
            self._pass_on(stop)

    def _pass_on(self, stop: Stop) -> None:
        if self._ending and not stop.requested:
            stop.request()
        if self._giving_up and not stop.forced:
            stop.request()

    async def _take(self, context: JobContext, lane: Lane) -> None:
        """Work in a lane, and queue it again before its job ends, so that it is never lost."""
        self._tell(Took(lane.campaign_id, lane.number))
        try:
            with self._stoppable() as stop:
                rest = await self._duty.carry(
                    context.app, lane, f"{self._options.name}/{context.job.id}", stop
                )
        except LOST:
            raise
        except AgentconfError as error:
            self._tell(Failed(lane.campaign_id, lane.number, error, REFUSED_PAUSE))
            rest = Rest(context.start_timestamp + REFUSED_PAUSE)
        except Exception as error:
            if await self._fail(context.job, lane, error):
                return
            raise
        if rest is not None:
            at = None if rest.until is None else datetime.fromtimestamp(rest.until, UTC)
            await defer(context.app, lane, context.job.queue, at=at)

    @contextmanager
    def _stoppable(self) -> Iterator[Stop]:
        stop = Stop()
        self._pass_on(stop)
        self._stops.add(stop)
        try:
            yield stop
        finally:
            self._stops.discard(stop)

    async def _fail(self, job: Job, lane: Lane, error: Exception) -> bool:
        """Tell of a failure, and halt the campaign if it is one too many.

        Returns:
            Whether that was done.

        """
        final = job.attempts + 1 >= MOST_FAILURES
        if final:
            await self._duty.halt(lane, f"{lane.name} failed {MOST_FAILURES} times: {describe(error)}")
        self._tell(Failed(lane.campaign_id, lane.number, error, None if final else _pause(job), halted=final))
        return final


class _InAWhile(BaseRetryStrategy):
    """Puts a lane back whose work broke off."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        return RetryDecision(retry_in={"seconds": 1 if isinstance(exception, LOST) else _pause(job)})


def _pause(job: Job) -> int:
    return int(2 ** (job.attempts + 1))
