"""A campaign in one process, from its first call to its last; and the pieces of it for many processes.

Three entries, all over the same ledger, which alone decides what may be sent:

* `run_campaign` does everything until the campaign is through: the embedded engine.
* `dispatch` claims and sends until a moment, or until there is nothing to do before it: a slice of one lane
  of many. Any number of them may run at the same time, in any processes, with workers of different names.
* `watch` looks after calls in doubt and placed calls until a moment, or once; one for a campaign is enough,
  more do no harm. Without any, calls in doubt stay in doubt.

Each opens the ledger for itself, in a thread of its own, and closes it. The platform is the caller's, opened
already. Waiting is the event loop's.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agentconf.calls.clerk import Clerk
from agentconf.calls.desk import Desk
from agentconf.calls.dispatcher import Dispatcher, Ending, Why
from agentconf.calls.timing import Timing
from agentconf.calls.watcher import Watched, Watcher
from agentconf.stop import Stop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from agentconf.calls.event import Listener
    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.calls.turn import Counts, Phase
    from agentconf.remote.calling import CallPlatform

CAPACITY = 32
"""Requests that one process has under way at once, unless it is told otherwise; ours. The campaign's own
bound is `Pacing.concurrency`, over all processes."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a process takes part in a campaign.

    Args:
        worker: its name in the ledger; no two processes at work at the same time share one.
        capacity: requests that it has under way at once.
        limit: contacts that get a call from this run, at most; whom the platform put off counts once he is
            sent again. None: no such bound.
        until: `dispatched` ends once nothing is planned or under way; `ended`, once all placed calls have
            ended, too.

    """

    worker: str
    capacity: int = CAPACITY
    limit: int | None = None
    until: Literal["dispatched", "ended"] = "dispatched"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to.

    Args:
        counts: how far the campaign is.
        phase: what is to happen with it.
        reason: why it is not running.
        interrupted: whether this run was asked to stop.
        denied: whether the platform refused the credential in this run.
        started_at: when the run began, in seconds since the epoch.
        ended_at: when it was over.
        placed_here: calls that it placed, those found in the platform's list among them.

    """

    counts: Counts
    phase: Phase
    reason: str | None
    interrupted: bool
    denied: bool
    started_at: float
    ended_at: float
    placed_here: int


async def run_campaign(
    campaign_id: str,
    open_ledger: Callable[[], Ledger],
    platform: CallPlatform,
    options: RunOptions,
    *,
    listener: Listener,
    stop: Stop | None = None,
    timing: Timing | None = None,
) -> Summary:
    """Carry a campaign out in this process until it is through, stopped, paused, halted or canceled.

    Args:
        campaign_id: an enrolled campaign.
        open_ledger: opens its ledger; called in the thread that uses it.
        platform: where the calls are placed.
        options: how this process takes part.
        listener: is told what happens, in the event loop.
        stop: lets the caller end the run early.
        timing: this machine's time.

    Raises:
        ConfigurationError: there is no such campaign.
        AgentconfError: the ledger failed; the requests under way have ended, and what became of them was
            written if that was possible.

    """
    stop, timing = stop or Stop(), timing or Timing()
    async with Clerk(open_ledger, timing) as clerk:
        started_at = clerk.clock.now()
        desk = await Desk.open(campaign_id, clerk, platform, listener=listener, timing=timing)
        follows = desk.campaign.follow or desk.campaign.retry is not None
        watcher = Watcher(
            desk,
            worker=options.worker,
            follows=follows or options.until == "ended",
            to_end=options.until == "ended",
        )
        dispatcher = Dispatcher(desk, options, stop, watcher)
        async with _watching(watcher, dispatcher):
            ending = await dispatcher.run()
        standing = await clerk.do(lambda ledger, _: ledger.standing(campaign_id))
        return Summary(
            counts=standing.counts,
            phase=standing.phase,
            reason=standing.reason,
            interrupted=ending.why is Why.STOPPED,
            denied=dispatcher.denied or watcher.denied,
            started_at=started_at,
            ended_at=clerk.clock.now(),
            placed_here=dispatcher.placed + watcher.placed,
        )


async def dispatch(
    campaign_id: str,
    open_ledger: Callable[[], Ledger],
    platform: CallPlatform,
    options: RunOptions,
    *,
    listener: Listener,
    stop: Stop | None = None,
    timing: Timing | None = None,
    until: float | None = None,
) -> Ending:
    """Claim and send for a slice of time; calls in doubt are left to a watcher.

    Args:
        campaign_id: an enrolled campaign.
        open_ledger: opens its ledger; called in the thread that uses it.
        platform: where the calls are placed.
        options: how this process takes part; `until` has no meaning here.
        listener: is told what happens, in the event loop.
        stop: lets the caller end the slice early.
        timing: this machine's time.
        until: when the slice is over, in seconds since the epoch: what is under way then is finished first,
            which takes up to the campaign's patience. The slice ends at once when nothing will be due before.
            None: it ends when there is nothing planned or under way any more.

    Returns:
        Why it ended, and when there may be something to do again.

    Raises:
        ConfigurationError: as for `run_campaign`, as is AgentconfError.

    """
    stop, timing = stop or Stop(), timing or Timing()
    async with Clerk(open_ledger, timing) as clerk:
        desk = await Desk.open(campaign_id, clerk, platform, listener=listener, timing=timing)
        return await Dispatcher(desk, options, stop).run(until)


async def watch(
    campaign_id: str,
    open_ledger: Callable[[], Ledger],
    platform: CallPlatform,
    options: RunOptions,
    *,
    listener: Listener,
    stop: Stop | None = None,
    timing: Timing | None = None,
    until: float | None = None,
) -> Watched:
    """Resolve calls in doubt, and follow placed calls if the campaign or `options.until` says so.

    Args:
        campaign_id: an enrolled campaign.
        open_ledger: opens its ledger; called in the thread that uses it.
        platform: where the calls are placed.
        options: how this process takes part; only `worker` and `until` have a meaning here.
        listener: is told what happens, in the event loop.
        stop: lets the caller end the slice early.
        timing: this machine's time.
        until: when the slice is over, in seconds since the epoch; None: one look at what is due.

    Returns:
        What is left to watch.

    Raises:
        ConfigurationError: as for `run_campaign`, as is AgentconfError.

    """
    stop, timing = stop or Stop(), timing or Timing()
    async with Clerk(open_ledger, timing) as clerk:
        desk = await Desk.open(campaign_id, clerk, platform, listener=listener, timing=timing)
        to_end = options.until == "ended"
        follows = to_end or desk.campaign.follow or desk.campaign.retry is not None
        watcher = Watcher(desk, worker=options.worker, follows=follows, to_end=to_end)
        forget = stop.tell(watcher.bell.ring)
        try:
            while True:
                pause = await watcher.step()
                if until is None or stop.requested or clerk.clock.now() >= until:
                    return watcher.watched
                await watcher.bell.wait(min(pause, until - clerk.clock.now()))
        finally:
            forget()


@asynccontextmanager
async def _watching(watcher: Watcher, dispatcher: Dispatcher) -> AsyncIterator[None]:
    """Let a watcher work while the block runs; should it fail, the dispatcher ends in good order."""
    watcher.when_changed(dispatcher.wake)
    watching = asyncio.create_task(watcher.run())
    watching.add_done_callback(lambda _: dispatcher.close())
    try:
        yield
    except BaseException:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        raise
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
