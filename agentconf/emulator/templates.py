"""Placeholders as the platform reads them: `{{name}}`, substituted and nothing more.

SLNG documentation, Template variables: expressions and formulas are not supported. Whatever else stands
between double braces (a block, a helper) is carried along as text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME = re.compile(r"[^\W\d]\w*")
_KEYWORDS = frozenset({"else", "this"})


class UnmatchedBracesError(ValueError):
    """A text opens a placeholder that it does not close, or closes one that it did not open."""


def _scan(text: str) -> Iterator[tuple[str, str]]:
    """Yield each run of plain text with the placeholder that follows it; the last placeholder is empty."""
    position = 0
    while (start := text.find("{{", position)) >= 0:
        end = text.find("}}", start + 2)
        inner = text[start + 2 : end]
        if end < 0 or "{{" in inner.removeprefix("{") or "}}" in text[position:start]:
            raise UnmatchedBracesError
        stop = end + 2
        if inner.startswith("{") and text.startswith("}", stop):
            stop += 1
        yield text[position:start], text[start:stop]
        position = stop
    if "}}" in text[position:]:
        raise UnmatchedBracesError
    yield text[position:], ""


def _variable(placeholder: str) -> str | None:
    name = placeholder.strip("{}").strip()
    return name if _NAME.fullmatch(name) and name not in _KEYWORDS else None


def has_unmatched_braces(text: str) -> bool:
    """Say whether the platform would refuse a text for its braces."""
    try:
        for _ in _scan(text):
            pass
    except UnmatchedBracesError:
        return True
    return False


@lru_cache(maxsize=1024)
def _parts(text: str) -> tuple[tuple[str, str, str | None], ...]:
    """Return each run of plain text, the placeholder that follows it, and the variable that this names.

    It is remembered: each call of an agent fills in the same texts.
    """
    return tuple((plain, placeholder, _variable(placeholder)) for plain, placeholder in _scan(text))


def variables(text: str) -> tuple[str, ...]:
    """Return the variables of a text with matched braces, each once, in the order of their first use."""
    return tuple(dict.fromkeys(name for _, _, name in _parts(text) if name is not None))


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Fill in a text with matched braces; a placeholder without a value stays as it is."""
    return "".join(
        plain + (placeholder if name is None else values.get(name, placeholder))
        for plain, placeholder, name in _parts(text)
    )
