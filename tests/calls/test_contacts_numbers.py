"""Numbers that may be called, their zones, their keys, and those that must not be called."""

from __future__ import annotations

import time
from datetime import time as clock
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from agentconf.calls.campaign import DAYS, Window
from agentconf.calls.contacts.exclusions import read_exclusions
from agentconf.calls.contacts.key import contact_key
from agentconf.calls.contacts.numbers import (
    Allowed,
    Number,
    NumberFault,
    canonical,
    check_number,
    number_zones,
)
from agentconf.calls.contacts.zones import ZoneFault, check_zone, contact_zones
from agentconf.errors import ConfigurationError


def e164(parsed: PhoneNumber | None) -> str:
    """Write a number that the tables of numbering plans give as an example."""
    assert parsed is not None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


SHARED = e164(phonenumbers.example_number_for_type("DE", PhoneNumberType.SHARED_COST))
SATELLITE = e164(phonenumbers.example_number_for_non_geo_entity(870))
NOW = 1_782_900_000.0
OFFICE = Window(frozenset(DAYS[:5]), opens=clock(9), closes=clock(18))


def number(text: str) -> Number:
    """Check a number that is good."""
    found = check_number(text, allow=frozenset[Allowed]({"unassigned"}))
    assert isinstance(found, Number)
    return found


def reason(text: str, **options: object) -> str | None:
    """Check a number; return why it is not called."""
    found = check_number(text, **options)  # type: ignore[arg-type]
    return found.reason if isinstance(found, NumberFault) else None


@pytest.mark.parametrize("text", ["+14155550100", "+49302312500", "+442079460000", "+18005550100"])
def test_numbers_that_are_assigned_are_called(text: str) -> None:
    assert reason(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "not an E.164 number"),
        ("030 2312500", "not an E.164 number"),
        ("+49", "not an E.164 number"),
        ("+999123456", "unknown country code"),
        ("+490302312500", "national prefix in the number"),
        ("+1415555010", "number of a wrong length"),
        ("+120255501234567", "number of a wrong length"),
        ("+447700900123", "unassigned number"),
        ("+14150000000", "unassigned number"),
        ("+449098790000", "a premium-rate number"),
        (SHARED, "a shared-cost number"),
        ("+49112", "emergency number or short code"),
        ("+44999", "emergency number or short code"),
        ("+1911", "emergency number or short code"),
        ("+49115", "emergency number or short code"),
    ],
)
def test_other_numbers_are_not(text: str, expected: str) -> None:
    assert reason(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("+447700900123", "unassigned"),
        ("+1415555010", "unassigned"),
        ("+449098790000", "premium"),
        (SHARED, "premium"),
        ("+49112", "emergency"),
    ],
)
def test_a_kind_of_number_can_be_allowed(text: str, kind: str) -> None:
    assert reason(text, allow=(kind,)) is None


@pytest.mark.parametrize("text", ["+999123456", "+490302312500", "5"])
def test_what_nobody_can_dial_cannot_be_allowed(text: str) -> None:
    assert reason(text, allow=("unassigned", "premium", "emergency")) is not None


def test_the_fault_of_a_national_prefix_says_how_to_write_the_number() -> None:
    found = check_number("+490302312500")
    assert isinstance(found, NumberFault)
    assert found.help == "write `+49302312500`"


def test_a_long_text_is_not_shown_whole() -> None:
    found = check_number("x" * 10_000)
    assert isinstance(found, NumberFault)
    assert len(found.message) < 100


@pytest.mark.parametrize(
    ("text", "regions", "expected"),
    [
        ("+49302312500", ("DE", "AT"), None),
        ("+49302312500", ("AT",), "region"),
        ("+14155550100", ("CA",), "region"),
        (SATELLITE, ("DE",), "region"),
        ("+447700900123", ("GB",), None),
        ("+447700900123", ("DE",), "region"),
        ("+449098790000", ("GB",), None),
    ],
)
def test_regions_bound_who_is_called(text: str, regions: tuple[str, ...], expected: str | None) -> None:
    assert reason(text, regions=regions, allow=("unassigned", "premium")) == expected


def test_the_fault_of_a_region_names_it() -> None:
    found = check_number("+49302312500", regions=("FR", "AT"))
    assert isinstance(found, NumberFault)
    assert found.message == "`+49302312500` is of DE, and only AT, FR is called"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+14155550100", ("America/Los_Angeles",)),
        ("+49302312500", ("Europe/Berlin",)),
        (SATELLITE, ("Etc/Unknown",)),
    ],
)
def test_a_number_tells_its_zones(text: str, expected: tuple[str, ...]) -> None:
    assert number_zones(number(text)) == (() if expected == ("Etc/Unknown",) else expected)


def test_a_number_is_not_in_its_own_representation() -> None:
    assert "302312500" not in repr(number("+49302312500"))


def test_a_contact_is_where_its_number_is() -> None:
    assert contact_zones(number("+49302312500"), "America/New_York", OFFICE, NOW) == ("Europe/Berlin",)


def test_a_contact_may_be_in_several_zones() -> None:
    found = contact_zones(number("+34600100200"), None, OFFICE, NOW)
    assert found == ("Atlantic/Canary", "Europe/Madrid")


def test_a_number_of_too_many_zones_is_where_the_campaign_is() -> None:
    assert contact_zones(number("+18005550100"), "America/Chicago", OFFICE, NOW) == ("America/Chicago",)


def test_a_number_of_no_zone_is_where_the_campaign_is() -> None:
    assert contact_zones(number(SATELLITE), "Europe/Berlin", OFFICE, NOW) == ("Europe/Berlin",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+18005550100", "`+18005550100` may be in any of 42 time zones, which are never open together"),
        (SATELLITE, f"`{SATELLITE}` does not tell its time zone"),
    ],
)
def test_without_a_campaign_s_zone_nobody_knows(text: str, expected: str) -> None:
    found = contact_zones(number(text), None, OFFICE, NOW)
    assert isinstance(found, ZoneFault)
    assert found.message == expected


def test_zones_are_names_of_the_database() -> None:
    assert check_zone("Europe/Berlin") is None
    fault = check_zone("Europe/Berlín")
    assert fault is not None
    assert fault.help == "did you mean `Europe/Berlin`?"


def test_a_key_is_of_campaign_number_and_identity() -> None:
    keys = {
        contact_key(campaign, phone, identity)
        for campaign in ("a", "b")
        for phone in ("+14155550100", "+14155550101")
        for identity in ("", "1")
    }
    assert (len(keys), {len(key) for key in keys}) == (8, {32})


def test_a_key_never_changes() -> None:
    assert contact_key("recall", "+14155550100", "7") == "79683514c9f69110a2a5384bc6ec662d"


def exclusions(path: Path, text: str) -> frozenset[str]:
    """Read a do-not-call list."""
    path.write_text(text, encoding="utf-8")
    return read_exclusions(path, display="dnc.csv")


@pytest.mark.parametrize(
    "text",
    [
        "+14155550100\n+14155550101\n",
        "# by request\n\n +14155550100 # in May\n+14155550101",
        "to\n+14155550100\n+14155550101\n",
        "name,Phone,reason\nMaria,+14155550100,asked\nJohn,+14155550101,asked\n",
        'name;phone_number\n"Mu; jr.";+14155550100\nx;+14155550101\n',
        "+14155550100,asked\n+14155550101,moved\n",
        "customer,reason\n+14155550100,asked\n+14155550101,moved\n",
        "\ufeffto\r\n+14155550100\r\n+14155550101\r\n",
    ],
)
def test_a_list_of_exclusions_is_read(tmp_path: Path, text: str) -> None:
    assert exclusions(tmp_path / "dnc.csv", text) == {"+14155550100", "+14155550101"}


def test_an_empty_list_excludes_nobody(tmp_path: Path) -> None:
    assert exclusions(tmp_path / "dnc.csv", "# none yet\n") == frozenset()


def test_a_number_with_a_national_prefix_is_excluded_as_it_is_dialled(tmp_path: Path) -> None:
    assert exclusions(tmp_path / "dnc.csv", "+490302312500\n") == {"+490302312500", "+49302312500"}


def test_a_number_of_an_unknown_country_is_excluded_as_it_is() -> None:
    assert canonical("+999123456") == "+999123456"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("+14155550100\n4155550101\n", 2),
        ("to\n+14155550100\n\nnobody\n", 4),
        ("name,to\nMaria,+14155550100\nJohn\n", 3),
        ("4155550100\n", 1),
        ("to,reason\n,asked\n", 2),
    ],
)
def test_a_line_that_excludes_nobody_is_refused(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(ConfigurationError) as caught:
        exclusions(tmp_path / "dnc.csv", text)
    assert caught.value.where == f"dnc.csv:{line}"
    assert caught.value.message.startswith("the do-not-call list has a line that excludes nobody: ")


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no file dnc\.csv"):
        read_exclusions(tmp_path / "dnc.csv", display="dnc.csv")


def test_a_long_list_is_read_quickly(tmp_path: Path) -> None:
    areas = ("113", "114", "115", "116", "117", "118", "121", "131", "141", "151")
    text = "".join(f"+44{area}496{index:04d}\n" for area in areas for index in range(1000))
    begun = time.process_time()
    assert len(exclusions(tmp_path / "dnc.csv", text)) == 10_000
    assert time.process_time() - begun < 3
