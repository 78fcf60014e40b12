from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from agentconf.lint.evaluate import resolve_phone, resolve_timezone
from agentconf.lint.phone import PhoneFault, check_phone, doubt
from agentconf.lint.scalars import fits, reads_as
from agentconf.lint.timezone import TimezoneFault, check_timezone, names


@pytest.mark.parametrize("number", ["+14155551234", "+34600111222", "+1234", "+123456789012345"])
def test_e164_numbers_pass(number: str) -> None:
    assert check_phone(number) is None


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        ("", "write it as + country code number, like +34600111222"),
        ("+1 415 555 1234", "write `+14155551234`"),
        ("+1-415-555-1234", "write `+14155551234`"),
        ("+1 (415) 555.1234", "write `+14155551234`"),
        ("+1\u00a0415\u2011555\u20131234", "write `+14155551234`"),
        ("+14155551234\n", "write `+14155551234`"),
        (" +14155551234", "write `+14155551234`"),
        ("0034600111222", "write `+34600111222`"),
        ("tel:+34600111222", "write `+34600111222`"),
        ("14155551234", "write `+14155551234`, if the country code is there"),
        ("415 555 1234", "write `+4155551234`, if the country code is there"),
        ("+0155551234", None),
        ("+", None),
        ("+1", None),
        ("+1234567890123456", None),
        ("+1415555abcd", None),
        ("++14155551234", None),
        ("sip:+14155551234@h.io", None),
        ("+٣٤٦٠٠", None),
        ("anonymous", None),
    ],
)
def test_other_numbers_do_not(number: str, advice: str | None) -> None:
    fault = check_phone(number)
    general = "write + country code number, at most 15 digits and nothing between them, like +34600111222"
    assert fault is not None
    assert fault.help == (advice or general)


@pytest.mark.parametrize(
    "number", ["+14155551234", "+34600111222", "+14155550101", "+493023125001", "+442079460000"]
)
def test_numbers_that_countries_assign_raise_no_doubt(number: str) -> None:
    assert doubt(number) is None


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+1415555", "`+1415555` has a length that country code +1 does not use"),
        ("+999123456", "`+999123456` has a country code that nobody uses"),
        ("+11155551234", "`+11155551234` is in a range that country code +1 does not assign"),
        ("+12", "`+12` has a country code that nobody uses"),
    ],
)
def test_numbers_that_nobody_has_raise_doubts(number: str, words: str) -> None:
    assert doubt(number) == words


def test_a_phone_number_is_filled_in() -> None:
    assert resolve_phone("+34{{local}}", {"local": "600111222"}) == "+34600111222"


def test_a_filled_in_phone_number_is_checked() -> None:
    assert resolve_phone("+34{{local}}", {"local": "600 111 222"}) == PhoneFault(
        "`+34600 111 222` is not an E.164 number", "write `+34600111222`"
    )


@pytest.mark.parametrize(
    "name",
    [
        "UTC",
        "Europe/Madrid",
        "US/Pacific",
        "CET",
        "Etc/GMT+5",
        "America/Argentina/Buenos_Aires",
        "GMT",
        "Zulu",
    ],
)
def test_iana_names_and_links_pass(name: str) -> None:
    assert check_timezone(name) is None


@pytest.mark.parametrize(
    ("name", "message", "advice"),
    [
        ("", "the timezone is empty", "write a name such as Europe/Madrid, or leave the key out for UTC"),
        (" ", "the timezone is empty", "write a name such as Europe/Madrid, or leave the key out for UTC"),
        ("europe/madrid", None, "did you mean `Europe/Madrid`?"),
        ("EUROPE/MADRID", None, "did you mean `Europe/Madrid`?"),
        ("Europe/Madird", None, "did you mean `Europe/Madrid`?"),
        ("Madrid", None, "did you mean `Europe/Madrid`?"),
        ("America/New York", None, "did you mean `America/New_York`?"),
        (" Europe/Madrid", None, "did you mean `Europe/Madrid`?"),
        ("utc", None, "did you mean `UTC`?"),
        ("kolkata", None, "did you mean `Asia/Kolkata`?"),
        ("Factory", None, None),
        ("localtime", None, None),
        ("posix/Europe/Madrid", None, "did you mean `Europe/Madrid`?"),
        ("Mars/Olympus_Mons", None, "write Area/City, such as Europe/Madrid or America/New_York"),
    ],
)
def test_other_names_do_not(name: str, message: str | None, advice: str | None) -> None:
    fault = check_timezone(name)
    assert fault is not None
    assert fault.message == (message or f"`{name}` is not a name of the IANA time zone database")
    assert advice in (None, fault.help)


@pytest.mark.parametrize("offset", ["+01:00", "-5", "UTC+1", "GMT-05:30", "utc +2", "+0100"])
def test_an_offset_is_not_a_time_zone(offset: str) -> None:
    fault = check_timezone(offset)
    assert fault is not None
    assert fault.message == f"`{offset}` is an offset, not a time zone"


def test_the_names_are_those_that_the_standard_library_knows() -> None:
    assert names() - available_timezones() == set()


def test_a_time_zone_is_filled_in() -> None:
    assert resolve_timezone("Europe/{{city}}", {"city": "Madrid"}) == "Europe/Madrid"


def test_a_filled_in_time_zone_is_checked() -> None:
    assert resolve_timezone("Europe/{{city}}", {"city": "Lisboa"}) == TimezoneFault(
        "`Europe/Lisboa` is not a name of the IANA time zone database", "did you mean `Europe/Lisbon`?"
    )


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("string", "", True),
        ("string", 1, False),
        ("string", None, False),
        ("boolean", True, True),
        ("boolean", 1, False),
        ("boolean", "true", False),
        ("integer", 5, True),
        ("integer", -5, True),
        ("integer", 5.0, True),
        ("integer", 5.5, False),
        ("integer", True, False),
        ("integer", "5", False),
        ("integer", float("inf"), False),
        ("number", 5, True),
        ("number", 5.5, True),
        ("number", False, False),
        ("number", float("nan"), False),
        ("number", [5], False),
    ],
)
def test_a_constant_fits_its_type(kind: str, value: object, *, expected: bool) -> None:
    assert fits(kind, value) is expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("string", "", True),
        ("integer", "5", True),
        ("integer", " -5 ", True),
        ("integer", "5.0", False),
        ("integer", "1_000", False),
        ("integer", "\u0665", False),
        ("integer", "", False),
        ("integer", "five", False),
        ("number", "5", True),
        ("number", "5.", True),
        ("number", ".5", True),
        ("number", "-1.5e-3", True),
        ("number", ".", False),
        ("number", "nan", False),
        ("number", "inf", False),
        ("number", "1,5", False),
        ("boolean", "true", True),
        ("boolean", "False", True),
        ("boolean", "yes", None),
        ("boolean", "1", None),
        ("boolean", "maybe", False),
        ("boolean", "", False),
    ],
)
def test_a_text_reads_as_a_type(kind: str, text: str, *, expected: bool | None) -> None:
    assert reads_as(kind, text) is expected
