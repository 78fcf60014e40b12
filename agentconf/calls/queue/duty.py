"""The work in a lane: a slice of a campaign's calls, or a look after those that were placed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from agentconf.calls.clerk import Clerk
from agentconf.calls.dispatcher import Why
from agentconf.calls.queue.deferring import fill_gaps
from agentconf.calls.queue.event import Progress
from agentconf.calls.queue.lane import lane_capacity, lane_count
from agentconf.calls.queue.shift import Rest
from agentconf.calls.run import RunOptions, dispatch, watch
from agentconf.calls.timing import Timing
from agentconf.calls.turn import Phase

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from procrastinate import App

    from agentconf.calls.campaign import Campaign
    from agentconf.calls.dispatcher import Ending
    from agentconf.calls.event import Listener
    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.calls.queue.event import WorkListener
    from agentconf.calls.queue.lane import Lane
    from agentconf.calls.queue.options import WorkOptions
    from agentconf.calls.timing import Clock
    from agentconf.calls.turn import Turn
    from agentconf.calls.watcher import Watched
    from agentconf.remote.calling import CallPlatform
    from agentconf.stop import Stop

    OpenPlatform = Callable[[Campaign], AbstractAsyncContextManager[CallPlatform]]

IN_DOUBT_PAUSE = 1.0
"""Seconds until the platform is asked again for a call whose answer was lost: it may hold up others."""

LOOK_PAUSE = 5.0
"""Seconds until placed calls are looked at again, and whether any are in doubt."""


class CampaignDuty:
    """Works on the campaigns of a ledger.

    Args:
        open_ledger: opens it.
        open_platform: opens the platform that a campaign calls through.
        options: the worker's.
        tell: told of what happens.

    """

    def __init__(
        self,
        open_ledger: Callable[[], Ledger],
        open_platform: OpenPlatform,
        options: WorkOptions,
        tell: WorkListener,
    ) -> None:
        self._open_ledger = open_ledger
        self._open_platform = open_platform
        self._options = options
        self._tell = tell
        self._timing = Timing()

    async def carry(self, app: App, lane: Lane, worker: str, stop: Stop) -> Rest | None:
        """Work in a lane; see `Duty.carry`."""
        async with Clerk(self._open_ledger, self._timing) as clerk:
            campaign = await clerk.do(lambda ledger, _: ledger.campaign(lane.campaign_id))
        if lane.number is not None and lane.number >= lane_count(campaign):
            return None
        async with self._open_platform(campaign) as platform:
            task = _Task(campaign, platform, worker, stop, clerk.clock)
            return await (self._watch(app, task) if lane.number is None else self._call(task))

    async def halt(self, lane: Lane, reason: str) -> None:
        """Halt a campaign, unless a person has paused or canceled it; see `Duty.halt`."""

        def do(ledger: Ledger, _: float) -> None:
            if ledger.standing(lane.campaign_id).phase is Phase.RUNNING:
                ledger.control(lane.campaign_id, Phase.HALTED, reason=reason)

        async with Clerk(self._open_ledger, self._timing) as clerk:
            await clerk.do(do)

    async def _call(self, task: _Task) -> Rest | None:
        ending = await dispatch(
            task.campaign.id,
            self._open_ledger,
            task.platform,
            RunOptions(task.worker, capacity=lane_capacity(task.campaign)),
            listener=self._listener(task.campaign),
            stop=task.stop,
            timing=self._timing,
            until=task.clock.now() + self._options.slice,
        )
        return rest_after(ending, now=task.clock.now(), idle=self._options.idle)

    async def _watch(self, app: App, task: _Task) -> Rest | None:
        """Ask the platform once for all that is due; then let nobody be missing while there is work."""
        campaign = task.campaign
        watched = await watch(
            campaign.id,
            self._open_ledger,
            task.platform,
            RunOptions(task.worker),
            listener=self._listener(campaign),
            stop=task.stop,
            timing=self._timing,
        )
        async with Clerk(self._open_ledger, self._timing) as clerk:
            turn = await clerk.do(
                lambda ledger, now: ledger.exchange(campaign.id, (), now=now, want=0, worker=task.worker)
            )
        if turn.phase is Phase.RUNNING and turn.open:
            await fill_gaps(app, campaign)
        pause = pause_of_watch(turn, watched)
        return None if pause is None else Rest(task.clock.now() + min(pause, self._options.idle))

    def _listener(self, campaign: Campaign) -> Listener:
        return lambda event: self._tell(Progress(campaign.id, event))


@dataclass(frozen=True, slots=True)
class _Task:
    """A lane's campaign, opened.

    Args:
        campaign: which.
        platform: open.
        worker: who works on it.
        stop: ends it.
        clock: the ledger's time.

    """

    campaign: Campaign
    platform: CallPlatform
    worker: str
    stop: Stop
    clock: Clock


def rest_after(ending: Ending, *, now: float, idle: float) -> Rest | None:
    """Tell when a lane that places calls goes on.

    Args:
        ending: of its slice.
        now: seconds since the epoch, by the ledger's clock.
        idle: most seconds to rest.

    """
    match ending.why:
        case Why.DONE | Why.HELD:
            return None
        case Why.STOPPED | Why.LIMIT:
            return Rest() if ending.open else None
        case Why.LATER:
            due = now + idle if ending.wake_at is None else min(ending.wake_at, now + idle)
            return Rest(due) if due > now else Rest()
        case _:
            assert_never(ending.why)


def pause_of_watch(turn: Turn, watched: Watched) -> float | None:
    """Tell how many seconds a watch rests; None: there is nothing left to watch.

    A halted campaign is not watched: what halted it may keep the platform from telling anything, and
    `resume` queues the watch again.
    """
    if turn.phase is Phase.HALTED:
        return None
    if watched.in_doubt:
        return IN_DOUBT_PAUSE
    working = turn.phase is Phase.RUNNING and turn.open
    return LOOK_PAUSE if working or watched.unfinished else None
