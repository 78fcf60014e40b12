"""Time as campaign files write it: lengths of time, times of day and deadlines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import core_schema

from agentconf.model.duration import DURATION_PATTERN, DurationFault, duration_text, parse_duration
from agentconf.model.fault import fault

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

TIME_PATTERN = r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$"
END_PATTERN = r"^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$"
MOMENT_PATTERN = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?$"
)
_TIME = re.compile(TIME_PATTERN.removesuffix("$"))
_MOMENT = re.compile(MOMENT_PATTERN.removesuffix("$"))
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = range(1971, 9999)
"""Years that every time zone can show, whatever its offset."""

_MIDNIGHT = ("24:00", "00:00", "0:00")


def is_date(text: str) -> bool:
    """Tell whether a text is a date without a time of day."""
    return _DATE.fullmatch(text) is not None


def parse_moment(text: str) -> datetime | None:
    """Read a moment: `2026-07-01T18:00`, or with a zone `2026-07-01T18:00+02:00`; None: it is none."""
    try:
        moment = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.year in _YEARS else None


class Duration(float):
    """A length of time in seconds that reads and writes itself as files do: `1h30m`."""

    __slots__ = ()

    def __str__(self) -> str:
        return duration_text(self)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_duration)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": DURATION_PATTERN}


@dataclass(frozen=True, slots=True)
class Within:
    """Bounds of a length of time, for `AfterValidator`.

    Args:
        least: as files write it.
        most: as files write it; None: no bound of the field's own.

    """

    least: str
    most: str | None = None

    def __call__(self, value: Any) -> Any:
        """Return a length of time that is within the bounds, and anything else as it is."""
        if isinstance(value, Duration):
            if value < _duration(self.least):
                raise fault("AC105", f"is at least {self.least}")
            if self.most is not None and value > _duration(self.most):
                raise fault("AC105", f"is at most {self.most}")
        return value


def _duration(value: Any) -> Duration:
    if isinstance(value, Duration):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise fault("AC103", "takes a length of time", "write it with its unit, like 500ms, 30s or 1h30m")
    seconds = parse_duration(str(value))
    if isinstance(seconds, DurationFault):
        raise fault("AC105", f"takes a length of time; {seconds.message}", seconds.help)
    return Duration(seconds)


def _time(value: Any) -> time:
    if isinstance(value, time):
        return value
    if not isinstance(value, str):
        raise fault("AC103", "takes a time of day", 'write hours and minutes, like "09:00"')
    if not _TIME.fullmatch(value):
        raise fault("AC105", "takes a time of day", "write hours and minutes, from 00:00 to 23:59")
    hour, minute = map(int, value.split(":"))
    return time(hour, minute)


def _end(value: Any) -> time | None:
    return None if value is None or value in _MIDNIGHT else _time(value)


def _deadline(value: Any) -> Duration | datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or value[4:5] != "-":
        return _duration(value)
    if is_date(value):
        raise fault("AC105", "takes a time of day beside the date", f"write it like {value}T18:00")
    moment = parse_moment(value)
    if moment is None:
        raise fault(
            "AC105", "takes a length of time or a moment", "write it like 2d, or like 2026-07-01T18:00"
        )
    return moment


Time = Annotated[time, BeforeValidator(_time), WithJsonSchema({"type": "string", "pattern": TIME_PATTERN})]
"""A time of day."""

End = Annotated[
    time | None, BeforeValidator(_end), WithJsonSchema({"type": "string", "pattern": END_PATTERN})
]
"""A time of day at which something ends; None is midnight, written `24:00` or `00:00`."""

Deadline = Annotated[
    Duration | datetime,
    BeforeValidator(_deadline),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": pattern} for pattern in (DURATION_PATTERN, MOMENT_PATTERN)]}
    ),
]
"""A length of time from a beginning, or a moment; one without a zone is by the clock of each callee."""
