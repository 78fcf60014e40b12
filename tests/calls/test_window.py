"""Windows of the wall clock: over daylight saving time, in several zones, and where nothing ever opens."""

from __future__ import annotations

import time as clock
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconf.calls.campaign import DAYS, Window
from agentconf.calls.window import HORIZON, is_open, next_opening

BERLIN, NEW_YORK, LORD_HOWE = ("Europe/Berlin",), ("America/New_York",), ("Australia/Lord_Howe",)
OFFICE = Window(frozenset(DAYS[:5]), time(9), time(18))


def at(zone: str, year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0) -> float:
    """Return seconds since the epoch of a wall clock."""
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def test_without_a_window_it_is_always_open() -> None:
    assert (is_open(None, BERLIN, 5.0), next_opening(None, BERLIN, 5.0)) == (True, 5.0)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(8, 59, False), (9, 0, True), (17, 59, True), (18, 0, False)],
)
def test_it_is_open_from_the_first_minute_to_the_one_that_is_too_late(
    hour: int, minute: int, expected: bool
) -> None:
    assert is_open(OFFICE, BERLIN, at("Europe/Berlin", 2026, 7, 1, hour, minute)) is expected


def test_it_is_closed_on_other_days() -> None:
    assert not is_open(OFFICE, BERLIN, at("Europe/Berlin", 2026, 7, 4, 12))


def test_the_next_opening_is_now_when_it_is_open() -> None:
    now = at("Europe/Berlin", 2026, 7, 1, 12) + 0.25
    assert next_opening(OFFICE, BERLIN, now) == now


def test_the_next_opening_after_friday_is_on_monday() -> None:
    evening = at("Europe/Berlin", 2026, 7, 3, 18)
    assert next_opening(OFFICE, BERLIN, evening) == at("Europe/Berlin", 2026, 7, 6, 9)


def test_a_window_without_an_end_closes_at_midnight() -> None:
    window = Window(frozenset({"mon"}), time(20), None)
    assert is_open(window, BERLIN, at("Europe/Berlin", 2026, 7, 6, 23, 59))
    assert not is_open(window, BERLIN, at("Europe/Berlin", 2026, 7, 7, 0))


def test_a_window_of_all_days_and_hours_is_one_stretch() -> None:
    now = at("Europe/Berlin", 2026, 10, 25, 2, 30, fold=1)
    assert next_opening(Window(), BERLIN, now) == now


def test_a_window_that_does_not_close_after_it_opens_is_never_open() -> None:
    window = Window(opens=time(18), closes=time(9))
    now = at("Europe/Berlin", 2026, 7, 1, 20)
    assert (is_open(window, BERLIN, now), next_opening(window, BERLIN, now)) == (False, None)


def test_an_opening_that_the_clock_skips_is_when_it_is_put_forward() -> None:
    window = Window(opens=time(2, 30), closes=time(4))
    before = at("Europe/Berlin", 2026, 3, 29, 1)
    assert next_opening(window, BERLIN, before) == datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp()


def test_a_window_that_the_clock_skips_whole_opens_the_day_after() -> None:
    window = Window(opens=time(2, 15), closes=time(2, 45))
    before = at("Europe/Berlin", 2026, 3, 29, 1)
    assert next_opening(window, BERLIN, before) == at("Europe/Berlin", 2026, 3, 30, 2, 15)


def test_an_hour_that_the_clock_shows_twice_opens_twice() -> None:
    window = Window(opens=time(2, 30), closes=time(5))
    first, back, second = (
        datetime(2026, 10, 25, *fields, tzinfo=UTC).timestamp() for fields in ((0, 30), (1, 0), (1, 30))
    )
    assert is_open(window, BERLIN, first)
    assert is_open(window, BERLIN, back - 1)
    assert not is_open(window, BERLIN, back)
    assert next_opening(window, BERLIN, back) == second


def test_a_half_hour_of_daylight_saving_time_is_known() -> None:
    window = Window(opens=time(1, 45), closes=time(3))
    back = at("Australia/Lord_Howe", 2026, 4, 5, 1, 30, fold=1)
    assert next_opening(window, LORD_HOWE, back) == at("Australia/Lord_Howe", 2026, 4, 5, 1, 45, fold=1)


def test_an_offset_of_a_quarter_of_an_hour_is_known() -> None:
    opening = datetime(2026, 7, 1, 3, 15, tzinfo=UTC).timestamp()
    assert next_opening(OFFICE, ("Asia/Kathmandu",), opening - 60) == opening


def test_a_day_that_was_skipped_has_no_opening() -> None:
    window = Window(frozenset({"fri"}), time(9), time(18))
    thursday = at("Pacific/Apia", 2011, 12, 29, 12)
    assert next_opening(window, ("Pacific/Apia",), thursday) == at("Pacific/Apia", 2012, 1, 6, 9)


def test_in_several_zones_it_is_open_when_it_is_open_in_all() -> None:
    zones = ("America/Los_Angeles", "America/New_York")
    assert next_opening(OFFICE, zones, at("America/New_York", 2026, 7, 1, 9)) == at(
        "America/Los_Angeles", 2026, 7, 1, 9
    )
    assert not is_open(OFFICE, zones, at("America/New_York", 2026, 7, 1, 18))


def test_zones_whose_windows_never_meet_never_open() -> None:
    zones = ("Asia/Tokyo", "America/New_York")
    assert next_opening(OFFICE, zones, at("Asia/Tokyo", 2026, 7, 1, 12)) is None


def test_without_a_zone_the_clock_is_utc() -> None:
    assert next_opening(OFFICE, (), at("UTC", 2026, 7, 1, 7)) == at("UTC", 2026, 7, 1, 9)
    assert not is_open(OFFICE, (), at("UTC", 2026, 7, 1, 7))


def test_a_window_without_days_never_opens() -> None:
    assert next_opening(Window(frozenset()), BERLIN, at("Europe/Berlin", 2026, 7, 1, 12)) is None


def test_what_opens_later_than_the_horizon_never_does() -> None:
    # The two clocks agree in summer only.
    window, zones = Window(opens=time(9), closes=time(10)), ("Africa/Johannesburg", "Europe/Berlin")
    opening = at("Europe/Berlin", 2026, 3, 29, 9)
    assert next_opening(window, zones, opening - HORIZON) == opening
    assert next_opening(window, zones, opening - HORIZON - 1) is None


def test_the_next_opening_is_quick_once_it_was_asked_for() -> None:
    now = at("Europe/Berlin", 2026, 7, 1, 20)
    next_opening(OFFICE, BERLIN, now)
    begun = clock.process_time()
    for second in range(2000):
        next_opening(OFFICE, BERLIN, now + second)
    assert clock.process_time() - begun < 0.4


TRANSITIONS = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2027, 3, 28, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2027, 10, 31, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("America/New_York", datetime(2027, 3, 14, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2027, 11, 7, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2027, 4, 3, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2027, 10, 2, 15, 30, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "moment"), TRANSITIONS)
def test_the_transitions_that_are_tested_are_transitions(zone: str, moment: datetime) -> None:
    before, after = ((moment + timedelta(seconds=one)).astimezone(ZoneInfo(zone)) for one in (-1, 0))
    assert before.utcoffset() != after.utcoffset()


MINUTES = st.integers(0, 23 * 60 + 59).map(lambda minute: time(minute // 60, minute % 60))
NIGHT = st.integers(0, 4 * 60).map(lambda minute: time(minute // 60, minute % 60))
WINDOWS = st.builds(
    Window,
    st.frozensets(st.sampled_from(DAYS), min_size=1),
    st.one_of(NIGHT, MINUTES),
    st.one_of(st.none(), NIGHT, MINUTES),
)


@settings(max_examples=150, deadline=None)
@given(WINDOWS, st.sampled_from(TRANSITIONS), st.integers(-36 * 60, 6 * 60), st.booleans())
def test_the_next_opening_is_open_and_no_earlier_minute_is(
    window: Window, transition: tuple[str, datetime], minutes: int, both: bool
) -> None:
    zone, moment = transition
    zones = (zone, "Asia/Kathmandu") if both else (zone,)
    begin = (moment + timedelta(minutes=minutes)).timestamp()
    opening = next_opening(window, zones, begin)
    last = begin + 48 * 3600
    found = next((now for now in range(int(begin), int(last), 60) if is_open(window, zones, now)), None)
    assert (opening if opening is not None and opening < last else None) == found
