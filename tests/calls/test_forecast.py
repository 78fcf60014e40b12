"""When a campaign would call whom."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dispatch_world import contact, contacts

from agentconf.calls.campaign import Campaign, Pacing, Window
from agentconf.calls.contact import NewContact
from agentconf.calls.schedule import Foreseen, Outlook, forecast, outlook
from agentconf.remote.calling import Target

OFFICE = Window(frozenset({"mon", "tue", "wed", "thu", "fri"}), time(9), time(18))
BERLIN = ("Europe/Berlin",)
SYDNEY = ("Australia/Sydney",)


def at(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


NOON = at("2026-03-04T12:00")
"""A Wednesday."""


def foresee(
    people: list[NewContact],
    *,
    now: float = NOON,
    answer: float = 0.5,
    window: Window | None = None,
    **pacing: Any,
) -> list[Foreseen]:
    campaign = Campaign(
        "c", "local", "a", Target("slng", "x"), window=window, pacing=Pacing(**({"interval": 1.0} | pacing))
    )
    return list(forecast(campaign, people, now, answer=answer))


def test_calls_are_apart_by_the_interval() -> None:
    assert [(one.line, one.at) for one in foresee(contacts(3))] == [(1, NOON), (2, NOON + 1), (3, NOON + 2)]


@pytest.mark.parametrize(
    ("pacing", "apart"),
    [
        ({"interval": 0.0, "rate": 4.0}, 0.25),
        ({"interval": 2.0, "rate": 4.0}, 2.0),
        ({"interval": 0.0, "concurrency": 2}, 0.25),
        ({"interval": 0.0, "concurrency": 1, "rate": 100.0}, 0.5),
    ],
)
def test_the_slowest_bound_counts(pacing: dict[str, Any], apart: float) -> None:
    assert [NOON, NOON + apart] == [one.at for one in foresee(contacts(2), **pacing)]


def test_higher_priority_goes_first_then_what_is_due_longer_then_the_file() -> None:
    people = [
        contact(0, due_at=50.0),
        contact(1, due_at=40.0),
        contact(2, due_at=40.0),
        contact(3, priority=9, due_at=60.0),
    ]
    assert [one.line for one in foresee(people)] == [4, 2, 3, 1]


def test_nobody_is_called_before_being_due() -> None:
    people = [contact(0, due_at=NOON + 100), contact(1)]
    assert [(one.line, one.at) for one in foresee(people)] == [(2, NOON), (1, NOON + 100)]


def test_high_priority_that_is_not_due_does_not_hold_up_others() -> None:
    people = [contact(0, priority=9, due_at=NOON + 2), contact(1), contact(2), contact(3)]
    assert [one.line for one in foresee(people)] == [2, 3, 1, 4]


def test_a_closed_window_is_waited_for() -> None:
    (one,) = foresee([contact(0, zones=BERLIN)], now=at("2026-03-06T18:00", "Europe/Berlin"), window=OFFICE)
    assert at("2026-03-09T09:00", "Europe/Berlin") == one.at


def test_a_window_that_closes_on_the_way_holds_up_the_rest() -> None:
    closing = at("2026-03-04T18:00", "Europe/Berlin")
    found = foresee(contacts(3, zones=BERLIN), now=closing - 2, window=OFFICE)
    assert [closing - 2, closing - 1, at("2026-03-05T09:00", "Europe/Berlin")] == [one.at for one in found]


def test_zones_take_turns_as_they_open() -> None:
    people = [contact(0, zones=SYDNEY), contact(1, zones=BERLIN)]
    found = foresee(people, window=OFFICE)
    expected = [(2, NOON), (1, at("2026-03-05T09:00", "Australia/Sydney"))]
    assert expected == [(one.line, one.at) for one in found]


def test_whose_deadline_comes_first_is_not_called() -> None:
    people = [contact(0), contact(1, deadline=NOON + 1), contact(2)]
    expected = [
        Foreseen(1, (), NOON),
        Foreseen(2, (), None, "deadline"),
        Foreseen(3, (), NOON + 1),
    ]
    assert expected == foresee(people)


def test_a_deadline_before_the_window_opens_comes_first() -> None:
    night = at("2026-03-04T20:00", "Europe/Berlin")
    people = [contact(0, zones=BERLIN, deadline=night + 3600)]
    assert [Foreseen(1, BERLIN, None, "deadline")] == foresee(people, now=night, window=OFFICE)


def test_a_window_that_never_opens_calls_nobody() -> None:
    people = contacts(2, zones=("America/New_York", "Asia/Tokyo"))
    expected = [Foreseen(line, people[0].zones, None, "the window never opens") for line in (1, 2)]
    assert expected == foresee(people, window=OFFICE)


def test_bad_rows_are_told_with_their_reason() -> None:
    assert [Foreseen(1, (), None, "no number")] == foresee([contact(0, skipped="no number")])


def test_no_contacts_make_no_forecast() -> None:
    assert foresee([]) == []


def test_an_outlook_counts_calls_by_the_day_where_the_callee_is() -> None:
    monday = at("2026-03-08T23:00")
    people = [contact(0, zones=SYDNEY), contact(1, zones=BERLIN), contact(2, zones=BERLIN), contact(3)]
    found = foresee(people, now=monday, window=OFFICE)
    expected = Outlook(
        calls=4,
        first=monday,
        last=at("2026-03-09T09:00"),
        days={"2026-03-09": 4},
        never={},
    )
    assert expected == outlook(found)


def test_an_outlook_counts_who_is_not_called_by_reason() -> None:
    people = [contact(0, deadline=NOON), contact(1, skipped="no number"), contact(2, deadline=NOON)]
    expected = Outlook(calls=0, first=None, last=None, days={}, never={"no number": 1, "deadline": 2})
    assert expected == outlook(foresee(people))


def test_an_empty_outlook_has_no_days() -> None:
    assert Outlook(0, None, None, {}, {}) == outlook([])


def test_every_contact_is_foreseen_once_over_many_days() -> None:
    zones = [BERLIN, SYDNEY, ("America/New_York",), ()]
    people = [contact(number, zones=zones[number % 4], priority=number % 3) for number in range(3000)]
    found = foresee(people, window=OFFICE, interval=60.0)
    assert (list(range(1, 3001)), True) == (
        sorted(one.line for one in found),
        all(
            9 <= datetime.fromtimestamp(one.at or 0, ZoneInfo(one.zones[0]) if one.zones else UTC).hour < 18
            for one in found
        ),
    )
