"""Phone numbers as the platform dials them: E.164."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from agentconf.lint.template import OPEN

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_COUNTRY_CODE = 3
"""Digits of the longest country codes (ITU-T E.164)."""

_MOST_DIGITS = 15
_OUTLINE = rf"(?:{OPEN}*\+(?=[1-9{OPEN}])|{OPEN}+)[0-9{OPEN}]*"
_SEPARATORS = re.compile(r"[\s().\u00a0\u2010-\u2015/-]+")


class PhoneFault(NamedTuple):
    """Why a text is not an E.164 number.

    Args:
        message: one sentence.
        help: the next action.

    """

    message: str
    help: str


def check_phone(number: str) -> PhoneFault | None:
    """Hold a number against E.164: a plus sign, a digit from 1 to 9, then 1 to 14 digits, nothing else.

    The form is that of the API contract, E164, which takes a bare country code too; a number that is no
    longer than one reaches nobody. Whether such a number exists is `doubt`'s question.
    """
    if _E164.fullmatch(number):
        if len(number) - 1 > _COUNTRY_CODE:
            return None
        return PhoneFault(
            f"`{number}` is at most a country code", "the number behind it is missing, like +34600111222"
        )
    if not number:
        return PhoneFault("the phone number is empty", "write it as + country code number, like +34600111222")
    bare = _SEPARATORS.sub("", number.removeprefix("tel:"))
    bare = "+" + bare[2:] if bare.startswith("00") else bare
    for candidate, advice in ((bare, "write `{}`"), (f"+{bare}", "write `{}`, if the country code is there")):
        if _E164.fullmatch(candidate):
            return PhoneFault(f"`{number}` is not an E.164 number", advice.format(candidate))
    return PhoneFault(
        f"`{number}` is not an E.164 number",
        "write + country code number, at most 15 digits and nothing between them, like +34600111222",
    )


def check_phone_outline(outline: str) -> PhoneFault | None:
    """Say why a template can be no E.164 number, whatever the values of its placeholders.

    Args:
        outline: its literal parts (see `template.outline`).

    """
    if _may_be_phone(outline):
        return None
    bare = _SEPARATORS.sub("", outline.removeprefix("tel:"))
    bare = "+" + bare[2:] if bare.startswith("00") else bare
    bare = bare if bare.startswith(("+", OPEN)) else f"+{bare}"
    literal = " … ".join(f"`{part}`" for part in outline.split(OPEN) if part)
    return PhoneFault(
        f"the literal part {literal} can never be part of an E.164 number",
        f"write `{bare.replace(OPEN, '{{…}}')}`"
        if _may_be_phone(bare)
        else "write + country code number, at most 15 digits in all, like +34{{local_number}}",
    )


def _may_be_phone(outline: str) -> bool:
    digits = sum(character.isdigit() for character in outline)
    return digits <= _MOST_DIGITS and re.fullmatch(_OUTLINE, outline) is not None


@cache
def doubt(number: str) -> str | None:
    """Say why an E.164 number can hardly be dialled; None when it can.

    Numbering plans change, and the tables of this machine may be older than they: a reason to look twice,
    never to refuse.
    """
    import phonenumbers  # noqa: PLC0415 - 30 ms, and most definitions name no phone number

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return f"`{number}` has a country code that nobody uses"
    if not phonenumbers.is_possible_number(parsed):
        return f"`{number}` has a length that country code +{parsed.country_code} does not use"
    if not phonenumbers.is_valid_number(parsed):
        return f"`{number}` is in a range that country code +{parsed.country_code} does not assign"
    return None
