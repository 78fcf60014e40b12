from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sample_campaigns import BERLIN, START

from agentconf.calls.campaign import DAYS, Pacing, Retry, Window
from agentconf.remote.calling import Outcome
from agentconf.report import campaign_words as words
from agentconf.report.campaign_time import clock, duration, iso, moment, utc
from agentconf.report.ink import Ink, Style, cells
from agentconf.report.table import Column, clip, table


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (0.0001, "1 ms"),
        (0.5, "500 ms"),
        (1, "1 s"),
        (4.25, "4.2 s"),
        (9.99, "10 s"),
        (59.7, "1 min"),
        (65, "1 min 5 s"),
        (3600, "1 h"),
        (4998.5, "1 h 23 min"),
        (3605, "1 h"),
        (86_400, "1 day"),
        (176_400, "2 days 1 h"),
        (86_400 * 1234, "1,234 days"),
    ],
)
def test_spans_are_told_in_their_two_greatest_units(seconds: float, said: str) -> None:
    assert said == duration(seconds)


def test_moments_are_told_by_the_clock_of_a_place() -> None:
    assert moment(START, BERLIN) == "2024-11-18 09:00 CET"
    assert moment(START, BERLIN, weekday=True, seconds=True) == "Mon 2024-11-18 09:00:00 CET"
    assert clock(START, UTC) == "08:00"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (UTC, "2024-11-18 08:00 UTC"),
        (ZoneInfo("America/Sao_Paulo"), "2024-11-18 05:00 UTC-03"),
        (timezone(timedelta(hours=5, minutes=30)), "2024-11-18 13:30 UTC+05:30"),
    ],
)
def test_a_zone_without_a_name_is_told_by_its_distance(zone: timezone, said: str) -> None:
    assert said == moment(START, zone)


def test_there_may_be_no_moment() -> None:
    assert (moment(None, UTC), utc(None), iso(None)) == ("-", None, None)


def test_programs_get_utc() -> None:
    assert utc(START + 0.25) == "2024-11-18T08:00:00.250Z"
    assert iso(datetime.fromtimestamp(START, BERLIN)) == "2024-11-18T08:00:00.000Z"


def test_a_moment_beyond_the_calendar_does_not_end_the_report() -> None:
    assert (utc(1e15), utc(-1e15)) == ("9999-12-31T00:00:00.000Z", "1970-01-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("pacing", "said", "limit"),
    [
        (Pacing(), "5 at once, one every 500 ms", 2.0),
        (Pacing(1, 0.0), "1 at once", None),
        (Pacing(1000, 0.0, 12.5), "1,000 at once, at most 12.5 a second", 12.5),
        (Pacing(5, 0.5, 1.0), "5 at once, one every 500 ms, at most 1 a second", 1.0),
    ],
)
def test_a_pace_is_told_and_has_a_limit(pacing: Pacing, said: str, limit: float | None) -> None:
    assert (words.pace(pacing), words.limit(pacing)) == (said, limit)


@pytest.mark.parametrize(
    ("pacing", "calls", "seconds"),
    [(Pacing(), 9995, 4997.0), (Pacing(), 1, 0.0), (Pacing(), 0, 0.0), (Pacing(5, 0.0), 100, 0.0)],
)
def test_the_least_time_of_a_campaign_counts_the_waits_between_calls(
    pacing: Pacing, calls: int, seconds: float
) -> None:
    assert seconds == words.least(pacing, calls)


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (None, "at any time"),
        (Window(), "every day 00:00-24:00 where they are"),
        (Window(frozenset(DAYS[:5]), time(9), time(18)), "Mon-Fri 09:00-18:00 where they are"),
        (Window(frozenset({"mon", "tue", "sat"}), time(9)), "Mon, Tue, Sat 09:00-24:00 where they are"),
        (Window(frozenset({"sun"}), time(22), time(6)), "Sun 22:00-06:00 where they are"),
        (Window(frozenset({*DAYS[:4], "sat", "sun"})), "Mon-Thu, Sat, Sun 00:00-24:00 where they are"),
    ],
)
def test_a_window_is_told_with_runs_of_days(window: Window | None, said: str) -> None:
    assert said == words.window(window)


@pytest.mark.parametrize(
    ("retry", "said"),
    [
        (None, "none"),
        (Retry(frozenset(), 2, 60), "none"),
        (Retry(frozenset({Outcome.BUSY}), 0, 60), "none"),
        (Retry(frozenset({Outcome.BUSY}), 1, 60), "busy: up to 1 more call, 1 min later"),
        (
            Retry(frozenset({Outcome.BUSY, Outcome.NO_ANSWER}), 2, 7200),
            "no answer or busy: up to 2 more calls, each 2 h later",
        ),
    ],
)
def test_retries_are_told(retry: Retry | None, said: str) -> None:
    assert said == words.retry(retry)


def test_outcomes_and_platforms_of_later_versions_are_shown_as_they_are() -> None:
    assert (words.outcome("voicemail"), words.outcome(None)) == ("voicemail", "outcome not known yet")
    assert words.platform("other\x1b") == "other\\x1b"


def test_outcomes_are_listed_in_an_order_of_their_own() -> None:
    given = {"": 1, "busy": 2, "voicemail": 3, "completed": 4, "failed": 0}
    assert words.ranked_outcomes(given) == [("completed", 4), ("busy", 2), ("voicemail", 3), ("", 1)]


def drawn(width: int) -> list[str]:
    heads = [Column("id"), Column("what", least=4), Column("n", right=True), Column("spare", spare=1)]
    rows = [
        [(Style.PLAIN, "a1"), (Style.PLAIN, "電話番号"), (Style.PLAIN, "7"), (Style.PLAIN, "first")],
        [(Style.PLAIN, "b2"), (Style.PLAIN, "short"), (Style.PLAIN, "1,234"), (Style.PLAIN, "")],
    ]
    return list(table(heads, rows, width=width, ink=Ink(colour=False), indent=" "))


def test_columns_line_up_with_wide_characters_in_them() -> None:
    assert drawn(80) == [
        " id  what          n  spare",
        " a1  電話番号      7  first",
        " b2  short     1,234",
    ]


def test_a_narrow_table_is_cut_where_it_may_be() -> None:
    assert drawn(25)[1:] == [" a1  電話…       7  first", " b2  short   1,234"]


def test_a_narrower_table_leaves_a_column_out() -> None:
    assert drawn(18)[1:] == [" a1  電話…       7", " b2  short   1,234"]


def test_a_table_never_loses_what_must_be_there() -> None:
    assert drawn(1)[1:] == [" a1  電…       7", " b2  sho…  1,234"]


def test_a_column_that_is_empty_and_spare_is_not_there() -> None:
    heads = [Column("id"), Column("extra", spare=1)]
    assert list(table(heads, [[(Style.PLAIN, "a"), (Style.PLAIN, "")]], width=80, ink=Ink(colour=False))) == [
        "id",
        "a",
    ]


def test_a_cut_text_fits_with_its_sign() -> None:
    assert (clip("abcdef", 6), clip("abcdef", 5), clip("電話番号", 4)) == ("abcdef", "abcd…", "電…")
    assert cells(clip("電話番号", 4)) <= 4
