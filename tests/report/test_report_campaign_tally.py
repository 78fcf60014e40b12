from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sample_campaigns import BERLIN, START, attempt, contact

from agentconf.calls.contact import Contact, State
from agentconf.calls.turn import Attempt
from agentconf.report.campaign_scale import DAY, WIDTHS, ceiling, floor, following, time_ticks
from agentconf.report.campaign_tally import MOST_LISTED, MOST_STRETCHES, Stretch, roll, timeline

KOLKATA = ZoneInfo("Asia/Kolkata")
NEW_YORK = ZoneInfo("America/New_York")
BACK = datetime(2024, 10, 27, tzinfo=BERLIN).timestamp()
"""Midnight of the day on which Berlin's clocks are put back, at 03:00."""

FORWARD = datetime(2024, 3, 31, tzinfo=BERLIN).timestamp()


def local(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%a %Y-%m-%d %H:%M:%S %Z")


@pytest.mark.parametrize(
    ("width", "zone", "begins"),
    [
        (1, BERLIN, "Mon 2024-11-18 10:34:56 CET"),
        (15, BERLIN, "Mon 2024-11-18 10:34:45 CET"),
        (300, BERLIN, "Mon 2024-11-18 10:30:00 CET"),
        (3600, KOLKATA, "Mon 2024-11-18 15:00:00 IST"),
        (DAY, NEW_YORK, "Mon 2024-11-18 00:00:00 EST"),
        (7 * DAY, KOLKATA, "Mon 2024-11-18 00:00:00 IST"),
    ],
)
def test_stretches_begin_with_the_wall_clock(width: int, zone: ZoneInfo, begins: str) -> None:
    at = START + 5696.7
    assert begins == local(floor(at, width, zone), zone)


def test_the_hour_that_comes_twice_makes_two_stretches() -> None:
    starts = [floor(BACK + minute * 60, 3600, BERLIN) for minute in range(0, 300, 10)]
    assert sorted(set(starts)) == [BACK + hour * 3600 for hour in range(5)]


@pytest.mark.parametrize(("midnight", "hours"), [(BACK, 25), (FORWARD, 23), (START - 9 * 3600, 24)])
def test_a_day_has_as_many_hours_as_its_clocks_say(midnight: float, hours: int) -> None:
    assert floor(midnight + 20 * 3600, DAY, BERLIN) == midnight
    assert following(midnight, DAY, BERLIN) == midnight + hours * 3600


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("zone", [BERLIN, KOLKATA, NEW_YORK, UTC], ids=str)
@pytest.mark.parametrize("begin", [START, BACK, FORWARD])
def test_stretches_follow_one_another_without_a_gap(width: int, zone: ZoneInfo, begin: float) -> None:
    start = floor(begin, width, zone)
    for _ in range(40):
        end = following(start, width, zone)
        assert start < end
        assert floor(end - 0.001, width, zone) == start
        assert floor(end, width, zone) == end
        start = end


@pytest.mark.parametrize(("fine", "coarse"), list(pairwise(WIDTHS)))
def test_each_stretch_holds_whole_ones_of_the_width_before(fine: int, coarse: int) -> None:
    for step in range(50):
        at = START + step * coarse / 7
        assert floor(at, coarse, BERLIN) == floor(floor(at, fine, BERLIN), coarse, BERLIN)


@pytest.mark.parametrize(
    ("greatest", "whole", "top", "step"),
    [
        (0, True, 1.0, 1.0),
        (1, True, 1.0, 1.0),
        (5, True, 5.0, 1.0),
        (432, True, 500.0, 100.0),
        (10_000, True, 10_000.0, 2000.0),
        (1.97, False, 2.0, 0.5),
        (0.0, False, 2e-07, 2e-07),
    ],
)
def test_axes_end_on_round_figures(greatest: float, whole: bool, top: float, step: float) -> None:
    assert ceiling(greatest, whole=whole) == pytest.approx((top, step))


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (12, ["09:00:00", "09:00:02", "09:00:04", "09:00:06", "09:00:08", "09:00:10", "09:00:12"]),
        (3600, ["09:00", "09:10", "09:20", "09:30", "09:40", "09:50", "10:00"]),
        (2 * DAY, ["12:00", "18:00", "Tue 19 Nov", "06:00", "12:00", "18:00", "Wed 20 Nov", "06:00"]),
        (6 * DAY, ["Tue 19 Nov", "Wed 20 Nov", "Thu 21 Nov", "Fri 22 Nov", "Sat 23 Nov", "Sun 24 Nov"]),
        (30 * DAY, ["Mon 25 Nov", "Mon 2 Dec", "Mon 9 Dec", "Mon 16 Dec"]),
    ],
)
def test_time_axes_have_round_moments(seconds: int, labels: list[str]) -> None:
    assert labels == [label for _, label in time_ticks(START, START + seconds, BERLIN, most=9)]


def test_a_long_axis_names_years() -> None:
    labels = [label for _, label in time_ticks(START, START + 700 * DAY, BERLIN, most=9)]
    assert 1 <= len(labels) <= 10
    assert all(label.endswith(("2024", "2025", "2026")) for label in labels)


def test_the_longest_axis_has_ticks_too() -> None:
    assert list(time_ticks(0, 1e11, UTC, most=9)) != []


def only(stretches: list[Stretch]) -> Stretch:
    [stretch] = stretches
    return stretch


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (attempt(START, "placed", outcome="completed"), "answered"),
        (attempt(START, "placed", outcome="busy"), "unanswered"),
        (attempt(START, "placed"), "placed"),
        (attempt(START, "refused"), "failed"),
        (attempt(START, "unknown"), "unknown"),
        (attempt(START, "deferred"), None),
        (attempt(START, "in_doubt"), None),
        (attempt(START, None), None),
    ],
)
def test_a_request_counts_as_what_became_of_it(given: Attempt, kind: str | None) -> None:
    stretch = only(timeline([given], BERLIN).stretches)
    kinds = ("answered", "unanswered", "placed", "failed", "unknown")
    assert {name for name in kinds if getattr(stretch, name)} == ({kind} if kind else set())
    assert (stretch.requests, stretch.rate) == (1, 1.0)
    assert stretch.calls == (kind in {"answered", "unanswered", "placed"})


@pytest.mark.parametrize(
    ("every", "number", "width"),
    [
        (1, 100, 1),
        (1, 800, 5),
        (10, 200, 15),
        (60, 170, 60),
        (3600, 100, 3600),
        (DAY, 100, DAY),
        (28 * DAY, 400, 364 * DAY),
    ],
)
def test_stretches_grow_with_the_span_and_nothing_is_lost(every: int, number: int, width: int) -> None:
    line = timeline((attempt(START + n * every) for n in range(number)), BERLIN)
    stretches = line.stretches
    assert line.width == width
    assert len(stretches) <= MOST_STRETCHES
    assert sum(stretch.requests for stretch in stretches) == number
    assert [stretch.start for stretch in stretches] == sorted(stretch.start for stretch in stretches)


def test_a_clock_that_was_set_back_loses_nothing() -> None:
    line = timeline([attempt(START + 100), attempt(START), attempt(START + 1)], BERLIN)
    assert [stretch.requests for stretch in line.stretches] == [1, 1, 1]


def test_the_busiest_second_is_any_second() -> None:
    moments = (0.0, 0.6, 1.1, 1.3, 1.5, 5.0, 6.0)
    assert timeline([attempt(START + at) for at in moments], BERLIN).busiest == 4


def test_starts_a_full_second_apart_are_not_in_one_second() -> None:
    assert timeline([attempt(START + n) for n in range(5)], BERLIN).busiest == 1


def test_the_pace_leaves_pauses_out() -> None:
    moments = [*(n * 2 for n in range(11)), *(86_400 + n * 2 for n in range(11))]
    assert timeline([attempt(START + at) for at in moments], BERLIN).pace == pytest.approx(0.5)


def test_a_single_request_has_no_pace() -> None:
    assert timeline([attempt(START)], BERLIN).pace is None


def test_contacts_that_need_a_look_are_kept_up_to_a_number() -> None:
    sums = roll(contact(line, State.FAILED if line % 2 else State.UNKNOWN) for line in range(1500))
    assert (len(sums.look), sums.look_total) == (MOST_LISTED, 1500)
    assert [one.line for one in sums.look] == list(range(MOST_LISTED))


def test_reasons_are_counted_by_state_and_not_of_placed_or_planned_contacts() -> None:
    states = (State.FAILED, State.FAILED, State.SKIPPED, State.PLACED, State.PLANNED, State.SENDING)
    sums = roll([*(contact(2, state, reason="why") for state in states), contact(3, State.CANCELED)])
    assert sums.reasons == {(State.FAILED, "why"): 2, (State.SKIPPED, "why"): 1}


def test_reasons_that_all_differ_do_not_fill_the_memory() -> None:
    sums = roll(contact(line, State.FAILED, reason=f"{line} " + "x" * 5000) for line in range(5000))
    assert len(sums.reasons) == 1001
    assert sums.reasons[State.FAILED, "other reasons"] == 4000
    assert max(len(reason) for _, reason in sums.reasons) < 300


def test_memory_does_not_grow_with_the_campaign() -> None:
    def contacts(number: int) -> Iterator[Contact]:
        return (contact(line, State.FAILED, reason="why") for line in range(number))

    def peak(number: int) -> int:
        tracemalloc.start()
        try:
            timeline((attempt(START + n * 7) for n in range(number)), BERLIN)
            roll(contacts(number))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small = peak(2000)
    assert peak(12_000) < small * 1.5
