"""Whole campaigns over days and clock changes: nobody is called outside of his window or after his deadline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dispatch_world import ON_SQLITE, World, contact, world

from agentconf.calls.campaign import Pacing, Window
from agentconf.calls.contact import NewContact, State
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.turn import Phase

OpenLedger = Callable[[], Ledger]

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney")
WEEKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri"})
OFFICE = Window(WEEKDAYS, time(9), time(18))
DAILY = Window(opens=time(9), closes=time(18))
SLOW = Pacing(concurrency=2, interval=300.0, patience=30.0)

AUTUMN = "2026-10-23T10:00"
"""A Friday in Berlin; on Sunday its clocks go back. Sydney's went forward weeks ago, New York's go back later."""

SPRING = "2027-03-26T10:00"
"""A Friday in Berlin; on Sunday its clocks go forward. New York's did weeks ago, Sydney's go back a week later."""


def moment(text: str, zone: str = "Europe/Berlin") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def people(start: float) -> list[NewContact]:
    """Three zones, some without a deadline, some whose deadline is within hours or days."""
    hours = (None, 3, 30, 75)
    return [
        contact(
            number,
            zones=(ZONES[number % 3],),
            priority=number % 2,
            deadline=None if hours[number % 4] is None else start + hours[number % 4] * 3600,
        )
        for number in range(120)
    ]


def called_at(here: World) -> dict[str, float]:
    """Read from the platform's log when it was asked to call whom."""
    return {entry.body["phone_number"]: datetime.fromisoformat(entry.at).timestamp() for entry in here.log()}


def within(at: float, zone: str, days: range) -> bool:
    shown = datetime.fromtimestamp(at, ZoneInfo(zone))
    return shown.weekday() in days and 9 <= shown.hour < 18


@pytest.mark.parametrize(
    ("window", "days"), [(OFFICE, range(5)), (DAILY, range(7))], ids=["weekdays", "every day"]
)
@pytest.mark.parametrize("begin", [AUTUMN, SPRING])
def test_over_a_clock_change_everybody_is_called_within_his_window_and_deadline(
    open_ledger: OpenLedger, begin: str, window: Window, days: range
) -> None:
    start = moment(begin)
    with world(open_ledger, start=start, pacing=SLOW, window=window) as here:
        everybody = people(start)
        here.enrol(everybody)
        here.run(glance=1e9)
        called = called_at(here)
        outside = [
            one.line
            for one in everybody
            if one.to in called and not within(called[one.to], one.zones[0], days)
        ]
        late = [
            one.line
            for one in everybody
            if one.to in called and one.deadline is not None and called[one.to] >= one.deadline
        ]
        called_off = {
            one.to for one in here.contacts() if one.state is State.CANCELED and one.reason == "deadline"
        }
        expired = {one.to for one in everybody if one.to not in called}
        assert ([], [], expired, True) == (outside, late, called_off, 0 < len(expired) < 60)


@ON_SQLITE
def test_nobody_without_a_deadline_is_left_out(open_ledger: OpenLedger) -> None:
    start = moment(AUTUMN)
    with world(open_ledger, start=start, pacing=SLOW, window=OFFICE) as here:
        here.enrol(people(start))
        here.run(glance=1e9)
        patient = {one.to for one in people(start) if one.deadline is None}
        assert set() == patient - called_at(here).keys()


@ON_SQLITE
def test_the_day_begins_by_the_wall_clock_after_the_change(open_ledger: OpenLedger) -> None:
    start = moment("2026-10-23T18:00")
    with world(open_ledger, start=start, pacing=SLOW, window=OFFICE) as here:
        here.enrol([contact(0, zones=("Europe/Berlin",))])
        here.run(glance=1e9)
        expected = moment("2026-10-23T18:00") + timedelta(days=2, hours=15 + 1).total_seconds()
        assert [expected] == list(called_at(here).values())


@ON_SQLITE
def test_an_opening_that_the_clock_skips_is_the_moment_of_the_change(open_ledger: OpenLedger) -> None:
    start = moment("2027-03-27T12:00")
    early = Window(frozenset({"sun"}), time(2, 30), time(4))
    with world(open_ledger, start=start, pacing=SLOW, window=early) as here:
        here.enrol([contact(0, zones=("Europe/Berlin",))])
        here.run(glance=1e9)
        assert [moment("2027-03-28T03:00")] == list(called_at(here).values())


def test_a_campaign_that_is_resumed_the_next_day_goes_on_where_it_was(open_ledger: OpenLedger) -> None:
    start = moment("2026-10-22T17:00")
    with world(open_ledger, start=start, pacing=SLOW, window=OFFICE) as here:
        here.enrol([contact(number, zones=("Europe/Berlin",)) for number in range(24)])
        here.run(glance=1e9, during=lambda _: here.control(Phase.PAUSED) if here.time.passed > 1800 else None)
        before = len(here.log())
        here.time.passed += 16 * 3600
        here.control(Phase.RUNNING)
        here.run(glance=1e9)
        assert (before, here.states(), len(called_at(here))) == (8, {"placed": 24}, 24)
