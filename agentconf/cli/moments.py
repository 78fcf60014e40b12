"""Times on the command line: lengths of time, deadlines, calling windows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from datetime import datetime

    from agentconf.calls.campaign import Window

_WINDOW = re.compile(r"(?:(?P<days>[a-z,-]+)\s+)?(?P<opens>[0-9:]+)-(?P<closes>[0-9:]+)", re.IGNORECASE)


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A length of time, such as `500ms` or `1h30m`, in seconds.

    Args:
        least: shortest that is taken, in seconds.
        most: longest that is taken, in seconds; None: no bound of the option's own.

    """

    name = "duration"

    def __init__(self, least: float = 0.0, most: float | None = None) -> None:
        self._least = least
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read one, or end with what is wrong with it."""
        from agentconf.model.duration import DurationFault, duration_text, parse_duration  # noqa: PLC0415 - keeps --help light

        if isinstance(value, float):
            return value
        seconds = parse_duration(value)
        if isinstance(seconds, DurationFault):
            self.fail(f"{seconds.message}; {seconds.help}", param, ctx)
        if seconds < self._least:
            self.fail(f"{value!r} is less than {duration_text(self._least)}", param, ctx)
        if self._most is not None and seconds > self._most:
            self.fail(f"{value!r} is more than {duration_text(self._most)}", param, ctx)
        return seconds


class Zone(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A time zone of the IANA database."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take one, or end with what is wrong with it."""
        from agentconf.lint.timezone import check_timezone  # noqa: PLC0415 - keeps --help light

        fault = check_timezone(value)
        if fault is not None:
            self.fail(f"{fault.message}; {fault.help}", param, ctx)
        return str(value)


class Deadline(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """Seconds from the first run, or a moment."""

    name = "deadline"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | datetime:
        """Read one, or end with what is wrong with it."""
        from agentconf.calls.contacts.moments import MomentFault, parse_deadline  # noqa: PLC0415 - keeps --help light

        deadline = parse_deadline(value)
        if isinstance(deadline, MomentFault):
            self.fail(f"{deadline.message}; {deadline.help}", param, ctx)
        return deadline


class Hours(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A calling window, such as `mon-fri 09:00-18:00`."""

    name = "window"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Window:
        """Read one, or end with what is wrong with it."""
        from pydantic import ValidationError  # noqa: PLC0415 - keeps --help light

        from agentconf.calls.campaign import Window  # noqa: PLC0415
        from agentconf.model.campaign import Window as Checked  # noqa: PLC0415

        match = _WINDOW.fullmatch(value.strip())
        if match is None:
            self.fail(f'{value!r} is no window; write it like "mon-fri 09:00-18:00"', param, ctx)
        given: dict[str, Any] = {"from": match["opens"], "to": match["closes"]}
        if match["days"] is not None:
            given["days"] = self._days(match["days"].lower(), param, ctx)
        try:
            checked = Checked.model_validate(given)
        except ValidationError as error:
            self.fail(f"{value!r}: {error.errors()[0]['msg']}", param, ctx)
        if checked.closes is not None and checked.closes <= checked.opens:
            self.fail(f"{value!r} ends before it begins; a window ends on its day, at 24:00", param, ctx)
        return Window(frozenset(checked.days), checked.opens, checked.closes)

    def _days(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> list[str]:
        from agentconf.calls.campaign import DAYS  # noqa: PLC0415 - keeps --help light

        days: list[str] = []
        for part in text.split(","):
            first, dash, last = part.partition("-")
            ends = (first, last if dash else first)
            if any(day not in DAYS for day in ends) or DAYS.index(ends[0]) > DAYS.index(ends[1]):
                self.fail(f"{part!r} are no days; write them like mon-fri or mon,wed,sat", param, ctx)
            days += DAYS[DAYS.index(ends[0]) : DAYS.index(ends[1]) + 1]
        return list(dict.fromkeys(days))


HOUR = 3600.0
MINUTE = 60.0

DURATION, DEADLINE, WINDOW, ZONE = Duration(), Deadline(), Hours(), Zone()
INTERVAL = Duration(most=HOUR)
"""From one request to the next one; the bound is that of campaign files."""

TIMEOUT = Duration(1.0, 10 * MINUTE)
"""To wait for an answer. What is given up too early leaves calls in doubt, so there is a least; ours."""
