"""Deadlines: lengths of time, moments, and moments by the clock of the callee."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agentconf.calls.contacts.moments import MomentFault, deadline_at, is_local, parse_deadline, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2d", 172_800.0),
        ("1h30m", 5_400.0),
        ("2026-07-01T18:00", datetime(2026, 7, 1, 18)),  # noqa: DTZ001 - by the clock of the callee
        ("2026-07-01 18:00:30", datetime(2026, 7, 1, 18, 0, 30)),  # noqa: DTZ001 - the same
        ("2026-07-01T18:00Z", datetime(2026, 7, 1, 18, tzinfo=UTC)),
        ("2026-07-01T18:00+02:00", datetime(2026, 7, 1, 16, tzinfo=UTC)),
    ],
)
def test_a_deadline_is_a_length_of_time_or_a_moment(text: str, expected: object) -> None:
    assert parse_deadline(text) == expected


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("2026-07-01", "write it like 2026-07-01T18:00"),
        ("2026-13-01T18:00", "write it like 2026-07-01T18:00, or 2d"),
        ("2026-07-01T18", "write it like 2026-07-01T18:00, or 2d"),
        ("0001-01-01T00:00", "write it like 2026-07-01T18:00, or 2d"),
        ("9999-12-31T23:59", "write it like 2026-07-01T18:00, or 2d"),
        ("20", "a unit is missing: 20s, 20m or 20h?; or give a moment, like 2026-07-01T18:00"),
        (
            "tomorrow",
            "units are ms, s, m, h and d: 500ms, 30s, 15m, 1h30m, 2d; or give a moment, like 2026-07-01T18:00",
        ),
    ],
)
def test_what_is_no_deadline_is_told_with_the_next_action(text: str, help_: str) -> None:
    found = parse_deadline(text)
    assert isinstance(found, MomentFault)
    assert found.help == help_


def local(*fields: int) -> datetime:
    """Return a moment by the clock of the callee."""
    year, month, day, hour, minute = fields
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - by the clock of the callee


def test_only_a_moment_without_a_zone_is_by_the_clock_of_the_callee() -> None:
    deadlines = (None, 5.0, datetime(2026, 7, 1, tzinfo=UTC), local(2026, 7, 1, 18, 0))
    assert [is_local(deadline) for deadline in deadlines] == [False, False, False, True]


def test_a_length_of_time_counts_from_the_beginning() -> None:
    assert deadline_at(5.0, (), 100.0) == 105.0


def test_a_moment_with_a_zone_is_the_same_everywhere() -> None:
    moment = datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert deadline_at(moment, ("Asia/Tokyo",), 0.0) == moment.timestamp()


def test_a_moment_by_several_clocks_is_the_earliest() -> None:
    zones = ("Atlantic/Canary", "Europe/Madrid")
    assert (
        deadline_at(local(2026, 7, 1, 18, 0), zones, 0.0) == datetime(2026, 7, 1, 16, tzinfo=UTC).timestamp()
    )


def test_a_moment_that_the_clock_shows_twice_is_the_first() -> None:
    expected = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    assert deadline_at(local(2026, 10, 25, 2, 30), ("Europe/Berlin",), 0.0) == expected


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        (("Europe/Berlin", "Europe/London"), "2026-07-01 18:00 Europe/Berlin"),
        ((), "2026-07-01 16:00 UTC"),
    ],
)
def test_a_moment_is_shown_by_the_clock_of_the_callee(zones: tuple[str, ...], expected: str) -> None:
    assert shown(datetime(2026, 7, 1, 16, tzinfo=UTC).timestamp(), zones) == expected


def test_a_moment_of_long_ago_is_shown_as_the_epoch() -> None:
    assert shown(-62_135_596_800.0, ("Asia/Tokyo",)) == "1970-01-01 09:00 Asia/Tokyo"
