"""Phone numbers that can be called: E.164, assigned, and not at anybody's special expense."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from agentconf.lint.phone import check_phone

if TYPE_CHECKING:
    from collections.abc import Collection

Allowed = Literal["premium", "emergency", "unassigned"]

_DEAR = {
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.SHARED_COST: "a shared-cost number",
}
_SHOWN = 40
"""Characters of a text that is no number that are shown; a number has 16."""

_ALLOW = "allow: [{0}], or --allow {0}, permits such numbers"


class NumberFault(NamedTuple):
    """Why a number is not called.

    Args:
        message: one sentence.
        help: the next action.
        reason: the same without the number.

    """

    message: str
    help: str
    reason: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may be called.

    Args:
        text: in E.164.
        parsed: the same, taken apart.

    """

    text: str = field(repr=False)
    parsed: PhoneNumber = field(repr=False)


def check_number(
    text: str, *, regions: Collection[str] = (), allow: Collection[Allowed] = ()
) -> Number | NumberFault:
    """Check a number, first its form, then whether somebody may be called there.

    Args:
        text: in E.164.
        regions: ISO 3166-1 codes of the countries that are called; empty: all.
        allow: kinds of numbers that are refused otherwise.

    """
    fault = check_phone(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
    if fault is not None:
        return NumberFault(fault.message, fault.help, "not an E.164 number")
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        message = f"`{text}` has a country code that nobody uses"
        return NumberFault(message, "check the digits behind the plus", "unknown country code")
    return _misspelt(text, parsed) or _refused(text, parsed, regions, allow) or Number(text, parsed)


def canonical(text: str) -> str:
    """Return a number as it is dialled: without a trunk prefix, such as the 0 of +49 (0)30.

    Args:
        text: in E.164; what has an unknown country code is returned as it is.

    """
    try:
        return _dialled(phonenumbers.parse(text, None))
    except phonenumbers.NumberParseException:
        return text


def number_zones(number: Number) -> tuple[str, ...]:
    """Name the time zones in which the callee may be, by the numbering plan; none when it does not tell.

    Mobile phones travel and numbers are ported: it is where the number was given out.
    """
    zones = time_zones_for_number(number.parsed)
    return () if UNKNOWN_TIMEZONE in zones else zones


def _dialled(parsed: PhoneNumber) -> str:
    return f"+{parsed.country_code}{phonenumbers.national_significant_number(parsed)}"


def _misspelt(text: str, parsed: PhoneNumber) -> NumberFault | None:
    dialled = _dialled(parsed)
    if dialled == text:
        return None
    message = f"`{text}` holds a prefix that is dialled within the country only"
    return NumberFault(message, f"write `{dialled}`", "national prefix in the number")


def _refused(
    text: str, parsed: PhoneNumber, regions: Collection[str], allow: Collection[Allowed]
) -> NumberFault | None:
    kind = phonenumbers.number_type(parsed)
    if kind == PhoneNumberType.UNKNOWN:
        fault = _unassigned(text, parsed, allow)
    elif kind in _DEAR and "premium" not in allow:
        help_ = f"leave it out; {_ALLOW.format('premium')}"
        fault = NumberFault(f"`{text}` is {_DEAR[kind]}", help_, _DEAR[kind])
    else:
        fault = None
    return fault or (_abroad(text, parsed, regions) if regions else None)


def _unassigned(text: str, parsed: PhoneNumber, allow: Collection[Allowed]) -> NumberFault | None:
    """Say what a number is that no numbering plan gives out."""
    if _is_short(parsed):
        if "emergency" in allow:
            return None
        help_ = f"leave it out; {_ALLOW.format('emergency')}"
        reason = "emergency number or short code"
        return NumberFault(f"`{text}` is an emergency number or a short code", help_, reason)
    if "unassigned" in allow:
        return None
    help_ = f"check the digits; if they are right, {_ALLOW.format('unassigned')}"
    if not phonenumbers.is_possible_number(parsed):
        message = f"`{text}` has a length that country code +{parsed.country_code} does not use"
        return NumberFault(message, help_, "number of a wrong length")
    message = f"`{text}` is in a range that country code +{parsed.country_code} does not assign"
    return NumberFault(message, help_, "unassigned number")


def _is_short(parsed: PhoneNumber) -> bool:
    national = phonenumbers.national_significant_number(parsed)
    return phonenumbers.is_valid_short_number(parsed) or any(
        phonenumbers.is_emergency_number(national, region) for region in _regions(parsed)
    )


def _regions(parsed: PhoneNumber) -> tuple[str, ...]:
    """Name the countries that share a number's country code."""
    return phonenumbers.region_codes_for_country_code(parsed.country_code or 0)


def _abroad(text: str, parsed: PhoneNumber, regions: Collection[str]) -> NumberFault | None:
    region = phonenumbers.region_code_for_number(parsed)
    found = {region} if region is not None else set(_regions(parsed))
    if not found.isdisjoint(regions):
        return None
    where = "/".join(sorted(found)) if "001" not in found else "no country"
    wanted = ", ".join(sorted(regions))
    return NumberFault(
        f"`{text}` is of {where}, and only {wanted} is called", "leave it out, or add to `regions`", "region"
    )
