"""The pace of a campaign: spacing, rate, pauses, and what a 429 does to them."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconf.calls.campaign import Pacing
from agentconf.calls.pace import BRISK, RECOVERY, SKEW, SLOWEST, Pace, admit, next_start, slow
from agentconf.calls.turn import Slow

EPOCH = 1_790_000_000.0
FREE = Pacing(interval=0.0)


def starts(pace: Pace, pacing: Pacing, moments: list[float], want: int = 5) -> tuple[list[float], Pace]:
    """Ask at every moment; return the moments of all starts, and the pace."""
    begun: list[float] = []
    for now in moments:
        count, pace = admit(pace, pacing, now=now, want=want)
        begun += [now] * count
    return begun, pace


def drive(pace: Pace, pacing: Pacing, *, begin: float, until: float, want: int = 5) -> list[float]:
    """Ask whenever something may start; return the moments of all starts."""
    begun: list[float] = []
    now = begin
    while now < until:
        count, pace = admit(pace, pacing, now=now, want=want)
        begun += [now] * count
        now = max(next_start(pace, pacing, now=now), math.nextafter(now, math.inf))
    return begun


def test_without_bounds_all_start_at_once() -> None:
    count, _ = admit(Pace.new(FREE, EPOCH), FREE, now=EPOCH, want=1000)
    assert count == 1000


def test_nothing_starts_when_nothing_is_wanted() -> None:
    pace = Pace.new(FREE, EPOCH)
    assert admit(pace, FREE, now=EPOCH, want=0) == (0, pace)


def test_an_interval_lets_one_start_at_a_time() -> None:
    pacing = Pacing(interval=0.5)
    assert drive(Pace.new(pacing, 0.0), pacing, begin=0.0, until=2.0) == [0.0, 0.5, 1.0, 1.5]


def test_an_interval_counts_from_the_start_and_not_from_when_it_might_have_been() -> None:
    pacing = Pacing(interval=0.5)
    _, pace = starts(Pace.new(pacing, 0.0), pacing, [10.0])
    assert next_start(pace, pacing, now=10.1) == 10.5


def test_a_shorter_interval_holds_from_the_next_question_on() -> None:
    slowly, quickly = Pacing(interval=50.0), Pacing(interval=10.0)
    _, pace = starts(Pace.new(slowly, 0.0), slowly, [0.0])
    begun, _ = starts(pace, quickly, [5.0, 9.0, 15.0])
    assert begun == [15.0]


def test_a_rate_lets_a_second_s_worth_start_after_a_lull() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    count, _ = admit(Pace.new(pacing, EPOCH), pacing, now=EPOCH, want=100)
    assert count == 4


def test_a_rate_lets_as_many_start_as_it_says() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    begun = drive(Pace.new(pacing, EPOCH), pacing, begin=EPOCH, until=EPOCH + 10)
    assert len(begun) == 4 + 10 * 4 - 1


def test_a_rate_below_one_lets_one_start_each_so_many_seconds() -> None:
    pacing = Pacing(interval=0.0, rate=0.1)
    begun = drive(Pace.new(pacing, 0.0), pacing, begin=0.0, until=25.0)
    assert begun == pytest.approx([0.0, 10.0, 20.0], abs=1e-4)


def test_the_slower_one_of_rate_and_interval_holds() -> None:
    pacing = Pacing(interval=2.0, rate=100.0)
    assert drive(Pace.new(pacing, 0.0), pacing, begin=0.0, until=5.0) == [0.0, 2.0, 4.0]


def test_who_asks_again_with_fewer_from_the_pace_before_loses_nothing() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    before = Pace.new(pacing, EPOCH)
    admit(before, pacing, now=EPOCH, want=4)
    _, after = admit(before, pacing, now=EPOCH, want=1)
    assert admit(after, pacing, now=EPOCH, want=9)[0] == 3


def test_nothing_starts_in_a_pause() -> None:
    pace = slow(Pace.new(FREE, EPOCH), FREE, Slow(began=EPOCH, at=EPOCH + 1, seconds=30.0))
    begun, _ = starts(pace, FREE, [EPOCH + 1, EPOCH + 30.999])
    assert begun == []


def test_the_first_start_after_a_pause_is_at_its_end() -> None:
    pace = slow(Pace.new(FREE, EPOCH), FREE, Slow(began=EPOCH, at=EPOCH + 1, seconds=30.0))
    assert next_start(pace, FREE, now=EPOCH + 5) == EPOCH + 31
    assert admit(pace, FREE, now=EPOCH + 31, want=5)[0] == 1


def test_a_longer_pause_stays() -> None:
    pace = slow(Pace.new(FREE, 0.0), FREE, Slow(began=0.0, at=1.0, seconds=30.0))
    pace = slow(pace, FREE, Slow(began=0.5, at=2.0, seconds=3.0))
    assert pace.paused_until == 31.0


def test_a_pause_brings_no_tokens() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    _, pace = starts(Pace.new(pacing, 0.0), pacing, [0.0])
    pace = slow(pace, pacing, Slow(began=0.0, at=0.0, seconds=60.0))
    assert next_start(pace, pacing, now=0.0) == pytest.approx(60.5, abs=1e-3)


def test_a_429_halves_the_rate() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    pace = slow(Pace.new(pacing, 0.0), pacing, Slow(began=0.0, at=0.0, seconds=0.0))
    assert pace.rate == 2.0


def test_a_429_halves_what_the_interval_allows() -> None:
    pacing = Pacing(interval=0.5)
    pace = slow(Pace.new(pacing, 0.0), pacing, Slow(began=0.0, at=0.0, seconds=0.0))
    assert pace.rate == 1.0


def test_a_campaign_without_bounds_has_the_starts_of_its_last_second_halved() -> None:
    _, pace = starts(Pace.new(FREE, 0.0), FREE, [0.0, 0.4, 0.8, 1.2], want=10)
    pace = slow(pace, FREE, Slow(began=0.8, at=1.3, seconds=0.0))
    assert pace.rate == 15.0


def test_starts_of_long_ago_are_not_what_is_halved() -> None:
    _, pace = starts(Pace.new(FREE, 0.0), FREE, [0.0], want=100)
    _, pace = starts(pace, FREE, [500.0], want=2)
    pace = slow(pace, FREE, Slow(began=500.0, at=500.1, seconds=0.0))
    assert pace.rate == 1.0


def test_a_rush_of_refusals_halves_the_rate_once() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    pace = Pace.new(pacing, 0.0)
    for began in (0.0, 0.1, 0.2):
        pace = slow(pace, pacing, Slow(began=began, at=0.3, seconds=0.0))
    assert pace.rate == 2.0


def test_a_refusal_of_a_later_request_halves_the_rate_again() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    pace = slow(Pace.new(pacing, 0.0), pacing, Slow(began=0.0, at=1.0, seconds=0.0))
    pace = slow(pace, pacing, Slow(began=1.5, at=1.0, seconds=0.0))
    assert pace.rate == 1.0


def test_no_429_slows_a_campaign_below_the_slowest_rate() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    pace = Pace.new(pacing, 0.0)
    for time in range(1, 20):
        pace = slow(pace, pacing, Slow(began=float(time), at=float(time), seconds=100.0))
    assert pace.rate == SLOWEST


def test_a_campaign_that_is_slower_still_by_itself_keeps_its_pace() -> None:
    pacing = Pacing(interval=0.0, rate=SLOWEST / 2)
    pace = slow(Pace.new(pacing, 0.0), pacing, Slow(began=0.0, at=0.0, seconds=0.0))
    assert pace.rate == SLOWEST / 2


def test_the_rate_recovers_steadily_and_then_bounds_nothing() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    pace = slow(Pace.new(pacing, 0.0), pacing, Slow(began=0.0, at=0.0, seconds=0.0))
    rates = [admit(pace, pacing, now=at, want=0)[1].rate for at in (0.0, RECOVERY / 4, RECOVERY / 2)]
    assert rates == [2.0, 3.0, None]


def test_the_rate_does_not_recover_in_a_pause() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    pace = slow(Pace.new(pacing, 0.0), pacing, Slow(began=0.0, at=0.0, seconds=1000.0))
    assert admit(pace, pacing, now=999.0, want=1)[1].rate == 2.0


def test_a_slowed_campaign_starts_at_half_its_pace() -> None:
    pacing = Pacing(interval=0.5)
    pace = slow(Pace.new(pacing, 0.0), pacing, Slow(began=0.0, at=0.0, seconds=0.0))
    begun = drive(pace, pacing, begin=0.0, until=2.5)
    assert begun == pytest.approx([0.0, 1.0, 1.8], abs=0.1)


def test_a_pace_survives_json() -> None:
    pacing = Pacing(interval=0.0, rate=4.0)
    fresh = Pace.new(pacing, EPOCH)
    slowed = slow(fresh, pacing, Slow(began=EPOCH, at=EPOCH, seconds=1.0))
    for pace in (fresh, slowed):
        assert Pace.from_data(json.loads(json.dumps(pace.to_data(), allow_nan=False))) == pace


def test_a_clock_that_is_set_back_stalls_nobody() -> None:
    pacing = Pacing(interval=0.5)
    _, pace = starts(Pace.new(pacing, EPOCH), pacing, [EPOCH])
    assert next_start(pace, pacing, now=EPOCH - 3600) == EPOCH - 3600 + 0.5


def test_a_pause_lasts_as_long_when_the_clock_is_set_back() -> None:
    pace = slow(Pace.new(FREE, EPOCH), FREE, Slow(began=EPOCH, at=EPOCH, seconds=30.0))
    assert next_start(pace, FREE, now=EPOCH - 3600) == EPOCH - 3600 + 30


def test_a_clock_that_is_read_a_little_late_earns_nothing() -> None:
    pacing = Pacing(interval=0.0, rate=1.0)
    _, pace = starts(Pace.new(pacing, EPOCH), pacing, [EPOCH])
    begun, _ = starts(pace, pacing, [EPOCH + 0.9, EPOCH - SKEW / 2, EPOCH + 0.9, EPOCH, EPOCH + 0.9])
    assert begun == []


GAPS = st.lists(st.floats(0.0, 3.0), min_size=1, max_size=60)
PACINGS = st.builds(
    Pacing,
    interval=st.sampled_from([0.0, 0.05, 0.5, 2.0]),
    rate=st.sampled_from([None, 0.3, 1.0, 2.5, 7.0]),
)


@given(PACINGS, st.lists(st.tuples(st.floats(-1.0, 3.0), st.integers(0, 9), st.booleans()), max_size=60))
def test_no_schedule_of_questions_gets_more_than_the_bounds_allow(
    pacing: Pacing, questions: list[tuple[float, int, bool]]
) -> None:
    pace, now = Pace.new(pacing, EPOCH), EPOCH
    begun: list[float] = []
    pauses: list[tuple[float, float]] = []
    for gap, want, refused in questions:
        now += gap
        count, pace = admit(pace, pacing, now=now, want=want)
        begun += [max(now, pace.refilled)] * count
        assert not (count and any(start <= now < end for start, end in pauses))
        if refused:
            pace = slow(pace, pacing, Slow(began=now, at=now, seconds=1.0))
            pauses.append((now, now + 1.0))
    if pacing.interval:
        assert all(later - earlier >= pacing.interval - 1e-5 for earlier, later in pairwise(begun))
    if pacing.rate is not None:
        for first, start in enumerate(begun):
            for last in range(first, len(begun)):
                most = pacing.rate * (begun[last] - start) + max(1.0, pacing.rate)
                assert last - first + 1 <= most + 1e-4


@given(PACINGS, GAPS)
def test_something_starts_at_the_next_start_and_nothing_before(pacing: Pacing, gaps: list[float]) -> None:
    pace, now = Pace.new(pacing, EPOCH), EPOCH
    for index, gap in enumerate(gaps):
        now += gap
        _, pace = admit(pace, pacing, now=now, want=3)
        if index % 7 == 3:
            pace = slow(pace, pacing, Slow(began=now, at=now, seconds=0.7))
        expected = next_start(pace, pacing, now=now)
        # While a rate recovers, it brings its tokens a little earlier than it promised.
        if expected - now > 1e-3 and pace.rate is None:
            assert admit(pace, pacing, now=expected - 1e-3, want=1)[0] == 0
        assert admit(pace, pacing, now=expected, want=1)[0] == 1


def test_without_bounds_the_pace_recovers_to_what_the_concurrency_can_send() -> None:
    pacing = Pacing(concurrency=10, interval=0.0)
    pace = Pace.new(pacing, 0.0)
    _, pace = admit(pace, pacing, now=0.0, want=10)
    pace = slow(pace, pacing, Slow(began=0.0, at=0.0, seconds=0.0))
    full = 10 / BRISK
    rates = [admit(pace, pacing, now=at, want=0)[1].rate for at in (0.0, RECOVERY / 2, RECOVERY)]
    assert rates == [5.0, 5.0 + full / 2, None]
