"""What Dasha reads from a question: which part of the queue, which results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.emulator.dasha.bodies import refuse_any
from agentconf.emulator.dasha.fields import MAX_INT32, Fields, read_integer, read_moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconf.emulator.dasha.problem import Errors

STATUSES = ("Unknown", "Created", "Pending", "Queued", "Completed", "Failed", "Canceled", "Running")
"""API contract, CallStatus."""

SORT_FIELDS = ("completedTime", "createdTime", "durationSeconds", "endpoint", "callStatus")


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the queue.

    Args:
        skip: calls to leave out at its head.
        take: most calls to return.
        agent_id: only this agent's.
        since: only calls made then or later, in microseconds since the epoch.
        until: only calls made then or earlier.
        statuses: only these; empty for all.

    """

    skip: int = 0
    take: int = 20
    agent_id: str | None = None
    since: int | None = None
    until: int | None = None
    statuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What to search the results for; empty and None stand for no condition.

    Args:
        page: from 0.
        size: results on a page.
        agent_ids: only of these agents.
        call_ids: only these calls.
        statuses: only calls that ended so.
        since: only calls that were over then or later, in microseconds since the epoch.
        until: only calls that were over then or earlier.
        endpoint: only calls to it.
        text: only calls in whose endpoint or data this text occurs.
        data: what their additional data holds, by name.
        sort: what to sort by.
        ascending: whether the smallest comes first.
        aggregated: whether to count what was found.

    """

    page: int
    size: int
    agent_ids: tuple[str, ...]
    call_ids: tuple[str, ...]
    statuses: tuple[str, ...]
    since: int | None
    until: int | None
    endpoint: str | None
    text: str | None
    data: Mapping[str, str]
    sort: str
    ascending: bool
    aggregated: bool


def read_slice(query: Sequence[tuple[str, str]]) -> Slice:
    """Read which part of the queue is asked for.

    Raises:
        DashaRefusal: 400.

    """
    errors: Errors = {}
    found = Slice(
        skip=_number(query, "skip", 0, (0, MAX_INT32), errors),
        take=_number(query, "take", 20, (1, 1000), errors),
        agent_id=_last(query, "agentId"),
        since=_moment(query, "fromDate", errors),
        until=_moment(query, "toDate", errors),
        statuses=_statuses("status", [value for name, value in query if name == "status"], errors),
    )
    refuse_any(errors)
    return found


def read_search(value: Any) -> Search:
    """Read what the results are searched for.

    Raises:
        DashaRefusal: 400.

    """
    errors: Errors = {}
    fields = Fields(value, errors)
    found = Search(
        page=fields.integer("page", 0) or 0,
        size=fields.integer("size", 1, 100) or 20,
        agent_ids=fields.texts("agentIds"),
        call_ids=fields.texts("callIds"),
        statuses=_statuses("callStatuses", fields.texts("callStatuses"), errors),
        since=fields.moment("fromDate"),
        until=fields.moment("toDate"),
        endpoint=fields.text("endpoint"),
        text=fields.text("searchText"),
        data=_data(fields),
        sort=fields.choice("sortField", SORT_FIELDS) or "completedTime",
        ascending=fields.choice("sortDirection", ("Ascending", "Descending")) == "Ascending",
        aggregated=fields.flag("includeAggregations"),
    )
    refuse_any(errors)
    return found


def _data(fields: Fields) -> dict[str, str]:
    """Read conditions on the additional data, whose names are written `callAdditionalData.<name>`."""
    conditions: dict[str, str] = {}
    for key, value in (fields.mapping("additionalDataFilters") or {}).items():
        prefix, _, name = key.partition(".")
        if prefix == "callAdditionalData" and name and isinstance(value, str):
            conditions[name] = value
        else:
            fields.reject(
                "additionalDataFilters", "Filters should be callAdditionalData.<name> with a string."
            )
    return conditions


def _statuses(place: str, words: Sequence[str], errors: Errors) -> tuple[str, ...]:
    known = {status.lower(): status for status in STATUSES}
    if any(word.lower() not in known for word in words):
        errors.setdefault(place, []).append(f"The value should be one of {', '.join(STATUSES)}.")
        return ()
    return tuple(known[word.lower()] for word in words)


def _last(query: Sequence[tuple[str, str]], name: str) -> str | None:
    values = [value for key, value in query if key == name and value]
    return values[-1] if values else None


def _number(
    query: Sequence[tuple[str, str]], name: str, default: int, bounds: tuple[int, int], errors: Errors
) -> int:
    text = _last(query, name)
    number = default if text is None else read_integer(text)
    if number is None or not bounds[0] <= number <= bounds[1]:
        errors[name] = [f"The field {name} must be between {bounds[0]} and {bounds[1]}."]
        return default
    return number


def _moment(query: Sequence[tuple[str, str]], name: str, errors: Errors) -> int | None:
    text = _last(query, name)
    moment = None if text is None else read_moment(text)
    if text is not None and moment is None:
        errors[name] = ["The value should be a date-time."]
    return moment
