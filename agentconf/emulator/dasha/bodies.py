"""What Dasha reads from a request's body: calls to schedule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from agentconf.emulator.dasha.fields import Fields
from agentconf.emulator.dasha.problem import DashaRefusal, Errors
from agentconf.emulator.wire import Refusal, is_json, parse

if TYPE_CHECKING:
    from agentconf.emulator.dasha.options import Deadline

_SPELLINGS = ("callDeadline", "callDeadLine")
_OUTBOUND = ("phoneNumber", "credentialsId", "displayName")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call as it is asked for.

    Args:
        endpoint: who is called.
        additional_data: values for the prompt, and whatever else the caller wants to find again.
        priority: higher goes first; None for the usual one.
        deadline: in microseconds since the epoch; None for the usual one.
        timezone: an IANA name.
        override: another caller than the agent's.

    """

    endpoint: str
    additional_data: dict[str, Any]
    priority: int | None
    deadline: int | None
    timezone: str | None
    override: dict[str, Any] | None


def read_json(body: bytes, content_type: str) -> Any:
    """Read a request's JSON.

    Raises:
        DashaRefusal: 400 or 415; no body, or none that is JSON.

    """
    if not is_json(content_type):
        raise DashaRefusal(415)
    if not body:
        raise DashaRefusal(400, errors={"": ["A non-empty request body is required."]})
    try:
        return parse(body)
    except Refusal:
        raise DashaRefusal(400, errors={"$": ["The body is not valid JSON."]}) from None


def read_call(value: Any, spelling: Deadline) -> Wanted:
    """Read one call.

    Raises:
        DashaRefusal: 400.

    """
    errors: Errors = {}
    wanted = _wanted(Fields(value, errors), spelling)
    refuse_any(errors)
    return wanted


def read_calls(value: Any, spelling: Deadline) -> tuple[Wanted, ...]:
    """Read a bare array of calls: all of them or none.

    Raises:
        DashaRefusal: 400; every reason is named.

    """
    if not isinstance(value, list):
        raise DashaRefusal(400, errors={"$": ["The JSON value should be an array."]})
    errors: Errors = {}
    wanted = tuple(_wanted(Fields(item, errors, f"[{index}]"), spelling) for index, item in enumerate(value))
    refuse_any(errors)
    return wanted


def _wanted(fields: Fields, spelling: Deadline) -> Wanted:
    timezone = fields.text("timezone")
    if timezone is not None and timezone not in _zones():
        fields.reject("timezone", "The value should be an IANA time zone.")
    override = fields.mapping("overrideOutboundConfig")
    deadlines = [fields.moment(name) for name in _SPELLINGS if spelling in ("any", name)]
    return Wanted(
        endpoint=fields.text("endpoint", required=True) or "",
        additional_data=fields.mapping("additionalData") or {},
        priority=fields.integer("priority"),
        deadline=next((moment for moment in deadlines if moment is not None), None),
        timezone=timezone,
        override=None if override is None else {name: override.get(name) for name in _OUTBOUND},
    )


def refuse_any(errors: Errors) -> None:
    """Refuse a request with which something is wrong.

    Raises:
        DashaRefusal: 400; every reason is named.

    """
    if errors:
        raise DashaRefusal(400, errors=errors)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
