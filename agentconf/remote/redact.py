"""What a platform says, made fit to be shown: no secret, no control characters, not too long."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 500
"""Characters of the platform's words that are shown."""

SHORTEST = 4
"""Characters of a value from which on it is blanked out: blanking every `a` would leave nothing to read."""


_DIGITS = 6
"""Fewest digits in a row that are held against a number: with a country's prefix or without, it has more."""

_BLANK = "***"
_NUMBER = re.compile(r"\+?\d(?:[^\w\n]{0,3}\d){5,}")
_NO_DIGIT = re.compile(r"\D+")


def redact(text: str, hidden: Iterable[str]) -> str:
    """Blank out secrets, flatten to one line, and cut.

    Args:
        text: what the platform said; it may quote what was sent.
        hidden: values that must not be seen, in the forms in which they are sent or commonly quoted.

    """
    forms = {form for value in hidden if len(value) >= SHORTEST for form in _forms(value)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, _BLANK)
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def blank(text: str, personal: Iterable[str]) -> str:
    """Blank out what belongs to people: numbers, however they are written, and values as whole words.

    Args:
        text: what the platform said.
        personal: the numbers and the values. A single character tells nothing, and stays.

    """
    values = {value.strip() for value in personal}
    numbers = {digits for value in values if len(digits := _NO_DIGIT.sub("", value)) >= _DIGITS}
    text = _NUMBER.sub(lambda found: _BLANK if _is_one_of(found[0], numbers) else found[0], text)
    words = sorted((re.escape(value) for value in values if len(value) > 1), key=len, reverse=True)
    if not words:
        return text
    return re.sub(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", _BLANK, text, flags=re.IGNORECASE)


def _is_one_of(found: str, numbers: Iterable[str]) -> bool:
    digits = _NO_DIGIT.sub("", found).lstrip("0")
    return len(digits) >= _DIGITS and any(digits in number or number in digits for number in numbers)


def _forms(value: str) -> tuple[str, ...]:
    return (
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        quote(value),
        quote(value, safe=""),
    )
