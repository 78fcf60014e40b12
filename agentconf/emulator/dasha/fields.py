"""Values as Dasha reads them out of JSON and queries; what is wrong is collected, and never repeated."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from agentconf.emulator.clock import MICROSECONDS

if TYPE_CHECKING:
    from collections.abc import Collection

    from agentconf.emulator.dasha.problem import Errors

_T = TypeVar("_T")

MAX_INT32 = 2**31 - 1

_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII | re.IGNORECASE
)
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Fields:
    """A JSON object that is read field by field; an absent field and null are the same.

    Args:
        value: what was sent; anything but an object counts as wrong, and as empty.
        errors: where to say what is wrong.
        place: the way to the object.

    """

    def __init__(self, value: Any, errors: Errors, place: str = "") -> None:
        self._errors = errors
        self._place = place
        self._value: dict[str, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            errors.setdefault(place or "$", []).append("The JSON value should be an object.")

    def reject(self, name: str, message: str) -> None:
        """Say what is wrong with a field."""
        place = f"{self._place}.{name}" if self._place else name
        self._errors.setdefault(place, []).append(message)

    def text(self, name: str, *, required: bool = False) -> str | None:
        """Read a text; a required one has at least one character."""
        value = self._typed(name, str, "string")
        if required and (self._value.get(name) is None or (value is not None and not value.strip())):
            self.reject(name, f"The {name} field is required.")
        return value

    def integer(self, name: str, lowest: int = -MAX_INT32 - 1, highest: int = MAX_INT32) -> int | None:
        """Read a whole number within bounds, by default those of 32 bits."""
        value = self._typed(name, int, "whole number")
        if value is not None and not lowest <= value <= highest:
            self.reject(name, f"The field {name} must be between {lowest} and {highest}.")
        return value

    def flag(self, name: str) -> bool:
        """Read a boolean; absent is false."""
        return self._typed(name, bool, "boolean") or False

    def moment(self, name: str) -> int | None:
        """Read a date-time, in microseconds since the epoch."""
        text = self._typed(name, str, "date-time")
        moment = None if text is None else read_moment(text)
        if text is not None and moment is None:
            self.reject(name, "The JSON value should be a date-time.")
        return moment

    def mapping(self, name: str) -> dict[str, Any] | None:
        """Read an object."""
        return self._typed(name, dict, "object")

    def texts(self, name: str) -> tuple[str, ...]:
        """Read an array of texts; absent is empty."""
        values = self._typed(name, list, "array") or []
        if not all(isinstance(item, str) for item in values):
            self.reject(name, "The JSON value should be an array of strings.")
            return ()
        return tuple(values)

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """Read one of several words."""
        value = self.text(name)
        if value is not None and value not in choices:
            self.reject(name, f"The value should be one of {', '.join(choices)}.")
        return value

    def _typed(self, name: str, kind: type[_T], words: str) -> _T | None:
        """Read a value of exactly one type: true is no number."""
        value = self._value.get(name)
        if value is None or type(value) is kind:
            return value
        self.reject(name, f"The JSON value should be of the type {words}.")
        return None


def read_moment(text: str) -> int | None:
    """Read a date-time, in microseconds since the epoch; one without an offset is UTC, another text None."""
    if not _DATE_TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        since = (moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError):
        return None
    return (since.days * 86_400 + since.seconds) * MICROSECONDS + since.microseconds


def read_integer(text: str) -> int | None:
    """Read a whole number of a query; None for another text."""
    return int(text) if _INTEGER.fullmatch(text) else None
