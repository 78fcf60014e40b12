"""Campaign files: lengths of time, times of day, and what does not go together."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import Any, get_args

import pytest
from hypothesis import given, strategies
from pydantic import ValidationError

from agentconf.calls import campaign as carried_out
from agentconf.model.campaign import Again, CampaignFile, Day, Platform, Retry
from agentconf.model.clashes import NEEDED, OWN, REFUSED, clashes
from agentconf.model.clock import Duration
from agentconf.model.duration import (
    DURATION_PATTERN,
    LONGEST,
    DurationFault,
    duration_text,
    parse_duration,
)
from agentconf.model.timezone import timezone_names
from agentconf.remote.calling import Outcome, PlatformName

SOUND: dict[str, Any] = {"agent": "router", "contacts": "contacts.csv"}


def read(**changes: Any) -> CampaignFile:
    return CampaignFile.model_validate(SOUND | changes)


def refused(**changes: Any) -> list[tuple[tuple[int | str, ...], str | None]]:
    """Tell what is refused: the place, and what the check of the value says."""
    with pytest.raises(ValidationError) as raised:
        read(**changes)
    return [(one["loc"], one.get("ctx", {}).get("message")) for one in raised.value.errors()]


# ── lengths of time ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("500ms", 0.5),
        ("90s", 90),
        ("15m", 900),
        ("2h", 7200),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("2d", 172_800),
        ("1m500ms", 60.5),
        ("1d2h3m4s5ms", 93_784.005),
        ("366d", LONGEST),
        ("007s", 7),
    ],
)
def test_a_length_of_time_is_numbers_with_their_units(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        ("30", "`30` is no length of time", "a unit is missing: 30s, 30m or 30h?"),
        ("2 h", "`2 h` is no length of time", "write `2h`"),
        ("2H", "`2H` is no length of time", "write `2h`"),
        ("5s\n", "`5s\n` is no length of time", "write `5s`"),
        ("30m1h", "`30m1h` is no length of time", "write the longest unit first, and each once, like 1h30m"),
        ("1h1h", "`1h1h` is no length of time", "write the longest unit first, and each once, like 1h30m"),
        ("367d", "`367d` is longer than 366d", "write a shorter one"),
        ("9" * 400 + "d", f"`{'9' * 40}…` is longer than 366d", "write a shorter one"),
        (
            "2 hours",
            "`2 hours` is no length of time",
            "units are ms, s, m, h and d: 500ms, 30s, 15m, 1h30m, 2d",
        ),
        ("", "the length of time is empty", "units are ms, s, m, h and d: 500ms, 30s, 15m, 1h30m, 2d"),
        (" ", "the length of time is empty", "units are ms, s, m, h and d: 500ms, 30s, 15m, 1h30m, 2d"),
    ],
)
def test_anything_else_is_none_and_says_what_to_write(text: str, message: str, help_: str) -> None:
    assert parse_duration(text) == DurationFault(message, help_)


@pytest.mark.parametrize("text", ["-5s", "1e3s", ".5s", "1.s", "ms", "1w", "٣s", "5s5", "s5", "1,5h", "+5s"])
def test_what_only_looks_like_a_length_of_time_is_none(text: str) -> None:
    assert isinstance(parse_duration(text), DurationFault)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (0.5, "500ms"), (5400, "1h30m"), (172_800, "2d"), (90.001, "1m30s1ms"), (0.0004, "0s")],
)
def test_a_length_of_time_is_written_with_the_longest_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@given(strategies.integers(0, int(LONGEST * 1000)))
def test_what_is_written_reads_as_it_was(milliseconds: int) -> None:
    seconds = parse_duration(duration_text(milliseconds / 1000))
    assert isinstance(seconds, float)
    assert round(seconds * 1000) == milliseconds


@given(strategies.from_regex(re.compile(r"[0-9.dhms ]{0,8}"), fullmatch=True))
def test_the_schemas_pattern_takes_what_is_read(text: str) -> None:
    taken = re.fullmatch(DURATION_PATTERN, text) is not None
    read_ = parse_duration(text)
    too_long = isinstance(read_, DurationFault) and "longer" in read_.message
    assert taken == (isinstance(read_, float) or too_long)


def test_a_length_of_time_in_a_campaign_is_seconds_that_print_as_written() -> None:
    found = read(interval="1h")
    assert (found.interval, str(found.interval), f"{found.interval:.1f}") == (Duration(3600), "1h", "3600.0")


# ── what a campaign file holds ────────────────────────────────────────────────


def test_what_is_left_out_is_paced_as_campaigns_are_by_default() -> None:
    found = read()
    assert carried_out.Pacing() == carried_out.Pacing(
        found.concurrency, found.interval, found.rate, found.timeout
    )


def test_the_words_are_those_with_which_campaigns_are_carried_out() -> None:
    assert get_args(Day) == carried_out.DAYS
    assert get_args(Platform) == get_args(PlatformName)
    assert set(get_args(Again)) < {outcome.value for outcome in Outcome}


def test_every_part_is_read() -> None:
    found = read(
        window={"days": ["mon"], "from": "9:00", "to": "18:30"},
        deadline="2d",
        retry={"on": ["busy"], "times": 2, "after": "2h"},
        delimiter="tab",
        rate=2,
        do_not_call="dnc.csv",
        regions=["DE"],
        allow=["unassigned"],
        run="2026-07",
    )
    assert found.window is not None
    assert (found.window.days, found.window.opens, found.window.closes) == (["mon"], time(9), time(18, 30))
    assert found.retry == Retry(on=["busy"], times=2, after=Duration(7200))
    assert (found.deadline, found.delimiter, found.rate) == (Duration(172_800), "\t", 2.0)
    assert (found.do_not_call, found.regions, found.allow, found.run) == (
        ["dnc.csv"],
        ["DE"],
        ["unassigned"],
        "2026-07",
    )


def test_a_value_of_the_right_type_already_is_taken() -> None:
    moment = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)
    found = read(interval=Duration(2), window={"from": time(9), "to": time(18)}, deadline=moment)
    assert found.window is not None
    assert (found.interval, found.window.opens, found.window.closes) == (Duration(2), time(9), time(18))
    assert found.deadline == moment


@pytest.mark.parametrize("midnight", ["24:00", "00:00", "0:00", None])
def test_midnight_ends_a_window_with_its_day(midnight: str | None) -> None:
    window = read(window={"to": midnight}).window
    assert window is not None
    assert (window.opens, window.closes, len(window.days)) == (time(0), None, 7)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01T18:00", datetime(2026, 7, 1, 18, 0)),  # noqa: DTZ001 - by the callee's clock
        ("2026-07-01 18:00:30", datetime(2026, 7, 1, 18, 0, 30)),  # noqa: DTZ001
        ("2026-07-01T18:00Z", datetime(2026, 7, 1, 18, 0, tzinfo=UTC)),
        ("2026-07-01T18:00+02:00", datetime.fromisoformat("2026-07-01T18:00+02:00")),
    ],
)
def test_a_deadline_may_be_a_moment(text: str, moment: datetime) -> None:
    found = read(deadline=text).deadline
    assert isinstance(found, datetime)
    assert (found, found.tzinfo) == (moment, moment.tzinfo)


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        ({"interval": 30}, ("interval",), "takes a length of time; `30` is no length of time"),
        ({"interval": True}, ("interval",), "takes a length of time"),
        ({"interval": ["1s"]}, ("interval",), "takes a length of time"),
        ({"interval": "61m"}, ("interval",), "is at most 1h"),
        ({"timeout": "900ms"}, ("timeout",), "is at least 1s"),
        ({"timeout": "11m"}, ("timeout",), "is at most 10m"),
        ({"deadline": "59s"}, ("deadline",), "is at least 1m"),
        ({"deadline": 5}, ("deadline",), "takes a length of time; `5` is no length of time"),
        ({"deadline": "2026-07-01"}, ("deadline",), "takes a time of day beside the date"),
        ({"deadline": "2026-07-01T25:00"}, ("deadline",), "takes a length of time or a moment"),
        ({"deadline": "0001-01-01T00:00"}, ("deadline",), "takes a length of time or a moment"),
        ({"deadline": "2026-W27-3T18:00"}, ("deadline",), "takes a length of time or a moment"),
        (
            {"retry": {"on": ["busy"], "times": 1, "after": "30s"}},
            ("retry", "after"),
            "is at least 1m",
        ),
        ({"window": {"from": 900}}, ("window", "from"), "takes a time of day"),
        ({"window": {"from": "24:00"}}, ("window", "from"), "takes a time of day"),
        ({"window": {"to": "9.30"}}, ("window", "to"), "takes a time of day"),
        ({"delimiter": "ab"}, ("delimiter",), "is one character between two columns"),
        ({"delimiter": "\n"}, ("delimiter",), "is one character between two columns"),
        ({"regions": ["de"]}, ("regions", 0), "takes two capital letters"),
        ({"run": "../x"}, ("run",), "is no label"),
        ({"run": "x" * 65}, ("run",), "is no label"),
    ],
)
def test_a_value_says_why_it_is_refused(changes: dict[str, Any], place: tuple[str], message: str) -> None:
    assert refused(**changes) == [(place, message)]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"contacts": " "}, ("contacts",)),
        ({"agent": ""}, ("agent",)),
        ({"concurrency": 0}, ("concurrency",)),
        ({"concurrency": 33}, ("concurrency",)),
        ({"concurrency": True}, ("concurrency",)),
        ({"rate": 0}, ("rate",)),
        ({"rate": float("nan")}, ("rate",)),
        ({"rate": float("inf")}, ("rate",)),
        ({"arguments": {"attempt": 2}}, ("arguments", "attempt")),
        ({"retry": {"on": [], "times": 1, "after": "1h"}}, ("retry", "on")),
        ({"retry": {"on": ["canceled"], "times": 1, "after": "1h"}}, ("retry", "on", 0)),
        ({"retry": {"on": ["busy"], "times": 11, "after": "1h"}}, ("retry", "times")),
        ({"window": {"days": []}}, ("window", "days")),
        ({"do_not_call": [5]}, ("do_not_call", 0)),
        ({"delimiter": 5}, ("delimiter",)),
        ({"duplicates": "yes"}, ("duplicates",)),
        ({"bulk": 1001}, ("bulk",)),
        ({"opens": "09:00"}, ("opens",)),
    ],
)
def test_a_value_out_of_its_bounds_is_refused(changes: dict[str, Any], place: tuple[str]) -> None:
    assert [loc for loc, _ in refused(**changes)] == [place]


# ── what does not go together ──────────────────────────────────────────────────


def clashing(**says: Any) -> list[tuple[str, tuple[str | int, ...], str]]:
    file = CampaignFile.model_validate({"contacts": "x", **says})
    return [(one.code, one.path, one.help) for one in clashes(file, says.keys())]


@pytest.mark.parametrize(
    "says",
    [
        {"agent": "x", "arguments": {"a": "b"}, "window": {"from": "09:00", "to": "18:00"}},
        {"platform": "slng", "agent": "x", "retry": {"on": ["busy"], "times": 1, "after": "1h"}},
        {"platform": "sipgate", "flow": "x", "billing_device": "e2", "window": {}, "timezone": "Etc/UTC"},
        {
            "platform": "dasha",
            "agent_id": "x",
            "bulk": 5,
            "outbound": {},
            "arguments": {},
            "retry": {"on": ["failed"], "times": 1, "after": "1h"},
        },
    ],
)
def test_what_a_platform_can_do_goes_together(says: dict[str, Any]) -> None:
    assert clashing(**says) == []


def test_slng_needs_an_agent() -> None:
    assert clashing() == [("AC102", ("agent",), "`platform: slng` needs it: add it")]


@pytest.mark.parametrize(
    ("key", "value", "platform"),
    [("flow", "x", "sipgate"), ("billing_device", "e2", "sipgate"), ("agent_id", "x", "dasha")],
)
def test_a_key_of_another_platform_brings_the_platform_to_mind(key: str, value: str, platform: str) -> None:
    help_ = f"add `platform: {platform}`, or take it away"
    assert clashing(**{key: value}) == [("AC510", (key,), help_)]


def test_a_key_of_another_platform_than_the_named_one_is_refused() -> None:
    assert clashing(platform="dasha", agent="x", flow="x") == [
        ("AC510", ("agent",), "take it away; dasha takes `agent_id`"),
        ("AC510", ("flow",), "take it away; dasha takes `agent_id`"),
        ("AC102", ("agent_id",), "`platform: dasha` needs it: add it"),
    ]


def test_everything_that_sipgate_needs_and_cannot_do_is_told_at_once() -> None:
    retry = {"on": ["busy"], "times": 1, "after": "1h"}
    found = clashing(platform="sipgate", arguments={"a": "b"}, retry=retry)
    assert [(code, path) for code, path, _ in found] == [
        ("AC102", ("flow",)),
        ("AC102", ("billing_device",)),
        ("AC510", ("arguments",)),
        ("AC510", ("retry",)),
    ]


def test_dasha_keeps_hours_itself() -> None:
    help_ = "Dasha calls by the schedule of its agent: set the hours there"
    assert clashing(platform="dasha", agent_id="x", window={}) == [("AC510", ("window",), help_)]


def test_dasha_tells_only_calls_that_failed_apart() -> None:
    file = CampaignFile.model_validate(
        {
            "contacts": "x",
            "platform": "dasha",
            "agent_id": "x",
            "retry": {"on": ["busy", "failed", "no_answer"], "times": 1, "after": "1h"},
        }
    )
    assert [one.message for one in clashes(file, ("platform", "agent_id", "retry"))] == [
        "Dasha does not tell `busy`, `no_answer` apart"
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "sound"),
    [
        ("09:00", "18:00", True),
        ("09:00", "24:00", True),
        ("22:00", "06:00", False),
        ("09:00", "09:00", False),
    ],
)
def test_a_window_ends_on_the_day_on_which_it_begins(opens: str, closes: str, sound: bool) -> None:
    found = clashing(agent="x", window={"from": opens, "to": closes})
    assert [path for _, path, _ in found] == ([] if sound else [("window", "to")])


def test_every_platform_has_its_rules_and_every_rule_a_field() -> None:
    assert OWN.keys() == NEEDED.keys() == REFUSED.keys() == set(get_args(Platform))
    fields = CampaignFile.model_fields.keys()
    assert {key for table in (OWN, NEEDED, REFUSED) for keys in table.values() for key in keys} <= fields
    assert all(set(NEEDED[platform]) <= set(OWN[platform]) for platform in OWN)


def test_the_names_of_time_zones_hold_links_and_no_placeholder() -> None:
    assert {"Europe/Berlin", "US/Pacific", "UTC"} <= timezone_names()
    assert "Factory" not in timezone_names()
