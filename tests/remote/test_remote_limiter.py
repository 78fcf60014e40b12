from __future__ import annotations

import asyncio
import math

from remote_world import FakeTime

from agentconf.remote.limiter import RECOVERY, SLOWEST, Limiter


def starts(limiter: Limiter, count: int) -> list[float]:
    async def go() -> list[float]:
        return [await limiter.acquire() for _ in range(count)]

    return asyncio.run(go())


def test_without_a_rate_nothing_waits_until_the_platform_throttles() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    starts(limiter, 1000)
    assert time.slept == []
    assert limiter.rate == math.inf


def test_a_configured_rate_allows_a_second_of_burst_and_then_its_pace() -> None:
    time = FakeTime()
    begun = starts(Limiter(time.timing(), 10), 30)
    assert [round(begin - 1000, 6) for begin in begun[:10]] == [0] * 10
    assert round(begun[-1] - 1000, 6) == 2.0


def test_a_rate_below_one_a_second_still_lets_requests_through() -> None:
    time = FakeTime()
    begun = starts(Limiter(time.timing(), 0.5), 3)
    assert [round(begin - 1000, 6) for begin in begun] == [0, 2, 4]


def test_a_throttle_pauses_everybody() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())

    async def go() -> list[float]:
        started = await limiter.acquire()
        limiter.throttle(started, 30)
        return list(await asyncio.gather(*(limiter.acquire() for _ in range(5))))

    assert min(asyncio.run(go())) >= 1030


def test_a_shorter_pause_does_not_cut_a_longer_one_short() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    limiter.pause(30)
    limiter.pause(5)
    assert limiter.paused_for == 30


def test_a_pause_that_grows_while_somebody_waits_is_kept() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    limiter.pause(10)

    async def go() -> float:
        waiting = asyncio.create_task(limiter.acquire())
        await asyncio.sleep(0)
        limiter.pause(20)
        return await waiting

    assert asyncio.run(go()) >= 1020


def test_a_throttle_halves_the_rate_that_was_seen() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    started = starts(limiter, 80)[-1]
    limiter.throttle(started, 0)
    assert limiter.rate == 40


def test_the_rate_seen_in_the_second_before_counts_too() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    starts(limiter, 80)
    time.now += 1
    started = starts(limiter, 1)[-1]
    limiter.throttle(started, 0)
    assert limiter.rate == 40


def test_a_rush_of_long_ago_does_not_count() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    starts(limiter, 80)
    time.now += 10
    started = starts(limiter, 1)[-1]
    limiter.throttle(started, 0)
    assert limiter.rate == SLOWEST


def test_several_refusals_of_one_rush_count_once() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    begun = starts(limiter, 80)
    for started in begun[:8]:
        limiter.throttle(started, 0)
    assert limiter.rate == 40


def test_a_refusal_after_the_cut_counts_again() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    limiter.throttle(starts(limiter, 80)[-1], 1)
    limiter.throttle(starts(limiter, 1)[-1], 1)
    assert limiter.rate < 40


def test_the_rate_never_falls_below_the_slowest() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    for _ in range(20):
        limiter.throttle(starts(limiter, 1)[-1], 0)
        time.now += 1e-6
    assert round(limiter.rate, 3) == SLOWEST


def test_a_configured_rate_that_is_slower_than_the_slowest_stays() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing(), 0.5)
    limiter.throttle(starts(limiter, 1)[-1], 0)
    assert limiter.rate == 0.5


def test_the_rate_recovers_steadily_and_not_during_the_pause() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    limiter.throttle(starts(limiter, 80)[-1], 10)
    time.now += 10
    assert limiter.rate == 40
    time.now += 2
    assert limiter.rate == 40 + 2 * RECOVERY


def test_the_rate_never_exceeds_what_is_configured() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing(), 10)
    limiter.throttle(starts(limiter, 10)[-1], 0)
    assert limiter.rate == 5
    time.now += 1000
    assert limiter.rate == 10


def test_after_a_pause_requests_do_not_rush_again() -> None:
    time = FakeTime()
    limiter = Limiter(time.timing())
    limiter.throttle(starts(limiter, 8)[-1], 5)
    begun = starts(limiter, 3)
    assert begun[0] == 1005
    assert begun[1] - begun[0] > 0.1
