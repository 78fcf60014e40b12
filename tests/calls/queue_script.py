"""Workers in the tests' own process, whose work the test decides about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from queue_world import QUICK, queued

from agentconf.calls.queue.app import open_app
from agentconf.calls.queue.deferring import defer
from agentconf.calls.queue.event import WorkEvent
from agentconf.calls.queue.lane import Lane, queue_name
from agentconf.calls.queue.shift import Rest
from agentconf.calls.queue.worker import work_on
from agentconf.stop import Stop

QUEUE = queue_name("test")
LANE = Lane("recall", 0)
STAYING = replace(QUICK, drain=False)


@dataclass
class Script:
    """Work in lanes that the test decides about.

    Args:
        steps: by name of a lane, what its slices do, one after the other: a rest, an error, or something to
            wait for; after the last one the lane ends.

    """

    steps: dict[str, list[Any]] = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)
    workers: list[str] = field(default_factory=list)
    halted: list[str] = field(default_factory=list)

    async def carry(self, _app: Any, lane: Lane, worker: str, stop: Stop) -> Rest | None:
        self.carried.append(lane.name)
        self.workers.append(worker)
        steps = self.steps.get(lane.name, [])
        step = steps.pop(0) if steps else None
        if isinstance(step, BaseException):
            raise step
        if callable(step):
            rest: Rest | None = await step(stop)
            return rest
        # A worker that is told to go may just be fetching the lane that it has handed back.
        return Rest() if step is None and stop.requested else cast("Rest | None", step)

    async def halt(self, _lane: Lane, reason: str) -> None:
        self.halted.append(reason)


def until_stopped(begun: asyncio.Event) -> Callable[[Stop], Awaitable[Rest | None]]:
    async def wait(stop: Stop) -> Rest | None:
        asked = asyncio.Event()
        stop.tell(asked.set)
        begun.set()
        await asked.wait()
        return Rest()

    return wait


@dataclass
class Heard:
    """What a worker told."""

    events: list[WorkEvent] = field(default_factory=list)

    def __call__(self, event: WorkEvent) -> None:
        self.events.append(event)

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


async def queue_lane(url: str, lane: Lane = LANE, queue: str = QUEUE) -> None:
    async with open_app(url) as app:
        await defer(app, lane, queue)


async def work_through(url: str, script: Script, stop: Stop | None = None) -> Heard:
    """Let a worker do what is queued."""
    heard = Heard()
    async with asyncio.timeout(20):
        await work_on(url, "test", script, QUICK, listener=heard, stop=stop or Stop())
    return heard


async def work_while(url: str, script: Script, act: Callable[[Stop, Heard], Awaitable[None]]) -> Heard:
    """Let a worker work while something is done, and then end it."""
    heard, stop = Heard(), Stop()
    async with asyncio.timeout(20):
        working = asyncio.create_task(work_on(url, "test", script, STAYING, listener=heard, stop=stop))
        await act(stop, heard)
        stop.request()
        await working
    return heard


def back(url: str) -> bool:
    return queued(url) == [("recall/0", "todo")]


async def until(happened: Callable[[], object]) -> None:
    while not happened():  # noqa: ASYNC110 - what happens is in other processes, and sets no event
        await asyncio.sleep(0.02)
