from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agentconf.remote.fault import Fate, fate_of, is_passing, retry_after

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (None, None, None),
        ("0", None, 0),
        ("7", None, 7),
        (" 7 ", None, 7),
        ("1.5", None, 1.5),
        ("9" * 400, None, float("inf")),
        ("Thu, 01 Jan 2026 12:00:30 GMT", None, 30),
        ("Thu, 01 Jan 2026 11:00:00 GMT", None, 0),
        ("Thu, 01 Jan 2026 12:00:30 -0000", None, 30),
        ("Thu, 01 Jan 2026 13:00:30 +0100", None, 30),
        ("-5", None, None),
        ("soon", None, None),
        ("", None, None),
        ("Thu, 99 Jan 2026 12:00:30 GMT", None, None),
        ("Thu, 01 Jan 99999 12:00:30 GMT", None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    value: str | None, date: str | None, seconds: float | None
) -> None:
    assert retry_after(value, date, NOW) == seconds


def test_a_date_is_held_against_the_clock_of_the_server_that_sent_it() -> None:
    ahead = "Thu, 01 Jan 2026 18:00:00 GMT"
    assert retry_after("Thu, 01 Jan 2026 18:00:05 GMT", ahead, NOW) == 5


def test_a_broken_date_of_the_server_falls_back_to_ours() -> None:
    assert retry_after("Thu, 01 Jan 2026 12:00:05 GMT", "now", NOW) == 5


def test_only_statuses_that_may_change_are_tried_again() -> None:
    passing = [status for status in range(200, 600) if is_passing(status)]
    assert passing[:3] == [408, 425, 429]
    assert {500, 502, 503, 504, 520, 524} < set(passing)
    assert not {400, 401, 402, 403, 404, 409, 413, 422, 501, 505, 511} & set(passing)


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (429, Fate.REFUSED),
        (425, Fate.REFUSED),
        (503, Fate.TURNED_AWAY),
        (500, Fate.ENDED),
        (502, Fate.ENDED),
        (504, Fate.OPEN),
        (408, Fate.OPEN),
        (520, Fate.OPEN),
    ],
)
def test_a_status_tells_what_may_have_become_of_a_write(status: int, fate: Fate) -> None:
    assert fate_of(status) is fate
