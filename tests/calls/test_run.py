"""Slices of a campaign for many processes, and the parts that a run is made of."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from dispatch_world import (
    BRISK,
    ON_SQLITE,
    START,
    Metered,
    Scripted,
    Time,
    World,
    answers,
    contact,
    contacts,
    world,
)

from agentconf.calls.clerk import Clerk
from agentconf.calls.dispatcher import Ending, Why
from agentconf.calls.inquiry import unbroken
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.reach import Reach
from agentconf.calls.run import RunOptions, dispatch, watch
from agentconf.calls.timing import Bell, Clock, Stopwatch, Timing
from agentconf.calls.turn import Phase
from agentconf.errors import ConfigurationError
from agentconf.remote.calling import Deferred, Doubtful, Halted
from agentconf.stop import Stop

OpenLedger = Callable[[], Ledger]


async def take_part(here: World, platform: Any, worker: str = "one", **options: Any) -> Ending:
    """Work on a slice of the campaign."""
    named = {name: options.pop(name) for name in ("until", "stop") if name in options}
    return await dispatch(
        "recall",
        here.open_ledger,
        Metered(platform, here.time, here.sent),
        RunOptions(worker, **options),
        listener=here.events.append,
        timing=here.time.timing(),
        **named,
    )


def test_a_slice_ends_when_nothing_is_left(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(5))
        ending = here.time.run(take_part(here, Scripted()))
        expected = Ending(Why.DONE, Phase.RUNNING, None, wake_at=None, open=False)
        assert (expected, {"placed": 5}) == (ending, here.states())


def test_a_slice_ends_when_its_time_is_over_and_says_when_to_go_on(open_ledger: OpenLedger) -> None:
    with world(open_ledger, pacing=replace(BRISK, interval=1.0)) as here:
        here.enrol(contacts(12))
        ending = here.time.run(take_part(here, Scripted(), until=START + 3.5))
        assert (
            (ending.why, ending.wake_at, ending.open),
            here.states(),
            here.time.passed,
        ) == ((Why.LATER, START + 4.0, True), {"placed": 4, "planned": 8}, 3.0)


def test_a_slice_finishes_what_is_under_way(open_ledger: OpenLedger) -> None:
    with world(open_ledger, emulator={"latency": 0.5}) as here:
        here.enrol(contacts(12))

        async def go() -> Ending:
            async with here.platform() as platform:
                return await take_part(here, platform, until=START + 0.7)

        here.time.run(go())
        assert (here.states(), here.time.passed) == ({"placed": 8, "planned": 4}, 1.0)


@ON_SQLITE
def test_a_slice_in_which_nothing_will_be_due_ends_at_once(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol([contact(0, due_at=START + 3600)])
        ending = here.time.run(take_part(here, Scripted(), until=START + 60))
        expected = Ending(Why.LATER, Phase.RUNNING, None, wake_at=START + 3600, open=True)
        assert (expected, 0.0) == (ending, here.time.passed)


@ON_SQLITE
def test_a_slice_leaves_calls_in_doubt_to_a_watcher(open_ledger: OpenLedger) -> None:
    platform = Scripted(answers(Doubtful("reset", over=False)))
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.time.run(take_part(here, platform, until=START + 30))
        assert (platform.asked, here.states()) == ([], {"sending": 1})


@ON_SQLITE
def test_a_slice_of_a_campaign_that_is_held_says_so(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        ending = here.time.run(take_part(here, Scripted(answers(Halted("no credit", help="top up")))))
        assert (ending.why, ending.phase, ending.reason) == (Why.HELD, Phase.HALTED, "no credit; top up")


@ON_SQLITE
def test_a_slice_can_be_stopped(open_ledger: OpenLedger) -> None:
    stop = Stop()
    stop.request()
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        assert Why.STOPPED is here.time.run(take_part(here, Scripted(), stop=stop)).why


@ON_SQLITE
def test_a_slice_ends_at_its_limit(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(5))
        ending = here.time.run(take_part(here, Scripted(), limit=2))
        assert (ending.why, here.states()) == (Why.LIMIT, {"placed": 2, "planned": 3})


def test_lanes_side_by_side_keep_the_campaigns_bounds_together(open_ledger: OpenLedger) -> None:
    with world(open_ledger, emulator={"latency": 0.2}, pacing=replace(BRISK, concurrency=3)) as here:
        here.enrol(contacts(24))

        async def go() -> None:
            async with here.platform() as platform:
                await asyncio.gather(
                    *(take_part(here, platform, f"lane-{one}", capacity=2) for one in range(3))
                )

        here.time.run(go())
        assert (3, {"placed": 24}, {1}) == (here.overlap(), here.states(), set(here.calls().values()))


def test_lanes_side_by_side_keep_the_interval_together(open_ledger: OpenLedger) -> None:
    with world(open_ledger, pacing=replace(BRISK, interval=0.5)) as here:
        here.enrol(contacts(10))

        async def go() -> None:
            await asyncio.gather(*(take_part(here, Scripted(), f"lane-{one}") for one in range(3)))

        here.time.run(go())
        began = sorted(one.began for one in here.sent)
        apart = [later - before for before, later in itertools.pairwise(began)]
        assert (len(began), min(apart) >= 0.499) == (10, True)


def test_a_429_in_one_lane_holds_up_all(open_ledger: OpenLedger) -> None:
    throttling = Scripted(answers(Deferred("too fast", wait=5.0, throttled=True)))
    with world(open_ledger, pacing=replace(BRISK, interval=0.5)) as here:
        here.enrol(contacts(6))

        async def go() -> None:
            await asyncio.gather(*(take_part(here, throttling, f"lane-{one}") for one in range(3)))

        here.time.run(go())
        first, second, *_ = sorted(one.began for one in here.sent)
        assert second - first >= 5.0


def test_lanes_and_a_watcher_bring_a_campaign_through_faults(open_ledger: OpenLedger) -> None:
    script = [f"POST *calls {fault}" for fault in ("502", "reset-after", "500", "reset-before", "503")]
    with world(open_ledger, *script) as here:
        here.enrol(contacts(12))

        async def go() -> None:
            async with here.platform() as platform:
                lanes = [take_part(here, platform, f"lane-{one}", capacity=2) for one in range(2)]
                watching = watch(
                    "recall",
                    here.open_ledger,
                    platform,
                    RunOptions("watch"),
                    listener=here.events.append,
                    timing=here.time.timing(),
                    until=START + 60,
                )
                await asyncio.gather(watching, *lanes)

        here.time.run(go())
        assert ({"placed": 12}, {1}) == (here.states(), set(here.calls().values()))


def test_a_campaign_that_is_not_there_is_an_error(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here, pytest.raises(ConfigurationError, match="there is no campaign recall"):
        here.run()


def test_a_ledger_that_cannot_be_opened_is_an_error() -> None:
    def refuse() -> Ledger:
        raise ConfigurationError("the ledger cannot be opened")

    async def go() -> None:
        async with Clerk(refuse, Timing()):
            pass

    with pytest.raises(ConfigurationError, match="the ledger cannot be opened"):
        asyncio.run(go())


def test_a_single_break_is_no_halt() -> None:
    assert [Reach().failed(float(second), "no route") for second in range(9)] == [None] * 9


def test_ten_failures_within_ten_seconds_are_no_halt() -> None:
    reach = Reach()
    assert [reach.failed(100.0 + number / 10, "no route") for number in range(50)] == [None] * 50


def test_ten_failures_in_a_row_over_ten_seconds_are_a_halt() -> None:
    reach = Reach()
    found = [reach.failed(100.0 + 2 * number, "no route") is not None for number in range(10)]
    assert [*[False] * 9, True] == found


def test_an_answer_in_between_begins_anew() -> None:
    reach = Reach()
    for number in range(9):
        reach.failed(100.0 + 2 * number, "no route")
    reach.answered()
    assert (reach.broken, reach.failed(200.0, "no route")) == (False, None)


def test_pauses_between_tries_to_reach_the_platform_grow() -> None:
    reach, pauses, now = Reach(), [], 100.0
    for _ in range(6):
        reach.failed(now, "no route")
        pauses.append(reach.resume_at - now)
        now = reach.resume_at
    assert pauses == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_failures_at_the_same_time_make_one_pause() -> None:
    reach = Reach()
    for _ in range(5):
        reach.failed(100.0, "no route")
    assert reach.resume_at == 100.5


class Told:
    """A ledger whose server has a time of its own."""

    def __init__(self, *told: float | None) -> None:
        self._told = list(told)

    def now(self) -> float | None:
        return self._told.pop(0)


def test_the_time_is_the_servers_where_it_has_one() -> None:
    time = Time()
    clock = Clock(time.timing())
    read: Any = clock.read(Told(5000.0))  # type: ignore[arg-type]
    time.passed += 7.0
    assert (read, clock.now()) == (5000.0, 5007.0)


def test_the_time_is_this_machines_where_the_ledger_has_none() -> None:
    time = Time()
    clock = Clock(time.timing())
    assert (clock.now(), clock.read(Told(None))) == (START, START)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("monotonic", "wall", "seconds"), [(5.0, 5.0, 5.0), (1.0, 900.0, 900.0), (5.0, -60.0, 5.0)]
)
def test_a_stopwatch_counts_sleep_and_does_not_mind_a_clock_set_back(
    monotonic: float, wall: float, seconds: float
) -> None:
    moments = {"monotonic": 10.0, "wall": 1000.0}
    watch = Stopwatch(Timing(now=lambda: moments["wall"], monotonic=lambda: moments["monotonic"]))
    moments = {"monotonic": 10.0 + monotonic, "wall": 1000.0 + wall}
    assert seconds == watch.seconds


def test_a_bell_that_was_rung_before_is_heard() -> None:
    async def go() -> bool:
        bell = Bell()
        bell.ring()
        await asyncio.wait_for(bell.wait(3600), timeout=1)
        return True

    assert asyncio.run(go())


def test_a_bell_is_heard_once() -> None:
    time = Time()

    async def go() -> None:
        bell = Bell()
        bell.ring()
        await bell.wait(60)
        await bell.wait(60)

    time.run(go())
    assert time.passed == 60.0


def test_who_is_not_told_of_stops_any_more_is_not() -> None:
    stop, heard = Stop(), []
    forget = stop.tell(lambda: heard.append("one"))
    stop.request()
    forget()
    stop.request()
    assert (heard, stop.requested, stop.forced) == (["one"], True, True)


def test_what_is_to_be_done_as_a_whole_is_finished_also_when_cancelled() -> None:
    time, done = Time(), []

    async def work() -> None:
        await asyncio.sleep(2)
        done.append("written")

    async def go() -> None:
        task = asyncio.create_task(unbroken(work()))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    time.run(go())
    assert (done, time.passed) == (["written"], 2.0)
