"""Lengths of time as files and options write them: `500ms`, `30s`, `1h30m`, `2d`."""

from __future__ import annotations

import re
from typing import NamedTuple

SECONDS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
"""Seconds in each unit, the longest first."""

LONGEST = 366 * SECONDS["d"]
"""Longest that is taken, in seconds; ours: nothing here waits for more than a year."""

DURATION_PATTERN = (
    r"^(?=[0-9])([0-9]+(\.[0-9]+)?d)?([0-9]+(\.[0-9]+)?h)?([0-9]+(\.[0-9]+)?m(?!s))?"
    r"([0-9]+(\.[0-9]+)?s)?([0-9]+(\.[0-9]+)?ms)?$"
)
"""What `parse_duration` takes, but for `LONGEST`, in the regular expressions of JSON Schema."""

_WHOLE = re.compile(DURATION_PATTERN.removesuffix("$"))
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[dhms])")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_UNITS = "units are ms, s, m, h and d: 500ms, 30s, 15m, 1h30m, 2d"


class DurationFault(NamedTuple):
    """Why a text is no length of time.

    Args:
        message: one sentence.
        help: the next action.

    """

    message: str
    help: str


def parse_duration(text: str) -> float | DurationFault:
    """Read a length of time: numbers with their units, the longest unit first, each at most once.

    Args:
        text: such as `500ms`, `90s`, `1h30m`, `1.5h` or `2d`; a number without a unit is none.

    Returns:
        Seconds, from 0 to `LONGEST`, or what is wrong.

    """
    shown = _shown(text)
    if not text.strip():
        return DurationFault("the length of time is empty", _UNITS)
    if not _WHOLE.fullmatch(text):
        return DurationFault(f"`{shown}` is no length of time", _advice(text))
    seconds = sum(float(number) * SECONDS[unit] for number, unit in _PART.findall(text))
    if seconds > LONGEST:
        return DurationFault(f"`{shown}` is longer than {duration_text(LONGEST)}", "write a shorter one")
    return seconds


def duration_text(seconds: float) -> str:
    """Write a length of time as `parse_duration` reads it, exact to the millisecond.

    Args:
        seconds: at least 0.

    """
    rest = round(seconds * 1000)
    text = ""
    for unit, size in SECONDS.items():
        count, rest = divmod(rest, round(size * 1000))
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def _advice(text: str) -> str:
    compact = re.sub(r"\s+", "", text).lower()
    if _NUMBER.fullmatch(compact):
        return f"a unit is missing: {compact}s, {compact}m or {compact}h?"
    if compact != text and _WHOLE.fullmatch(compact):
        return f"write `{compact}`"
    parts = _PART.findall(compact)
    if parts and "".join(number + unit for number, unit in parts) == compact:
        return "write the longest unit first, and each once, like 1h30m"
    return _UNITS


def _shown(text: str) -> str:
    """Shorten what is quoted in a message; nobody means a longer one."""
    most = 40
    return text if len(text) <= most else f"{text[:most]}…"
