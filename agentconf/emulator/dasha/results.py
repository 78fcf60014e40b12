"""Searching what became of Dasha's calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.emulator.clock import MICROSECONDS, timestamp
from agentconf.emulator.dasha.store import COLUMNS, STATUS, Call, among, row_to_call
from agentconf.emulator.wire import dump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.emulator.dasha.options import RunningIn
    from agentconf.emulator.dasha.queries import Search
    from agentconf.emulator.database import Database

_SORTS = {
    "completedTime": "over_at",
    "createdTime": "created_at",
    "durationSeconds": "talking",
    "endpoint": "endpoint",
    "callStatus": "status",
}
_DAY = 86_400 * MICROSECONDS


class DashaResults:
    """The results of calls in a database: of those that are over, and where asked for of those that run.

    Args:
        database: the emulator's.
        running_in: which list shows a call that is running.

    """

    def __init__(self, database: Database, running_in: RunningIn) -> None:
        self._database = database
        self._from = "coalesce(started_at, over_at)" if running_in in ("results", "both") else "over_at"

    def find(self, organisation: str, search: Search, now: int) -> tuple[int, tuple[Call, ...]]:
        """Return how many results a search has, and those on its page."""
        where, values = self._where(organisation, search, now)
        total: int = self._database.rows(f"SELECT count(*) FROM dasha_calls WHERE {where}", values)[0][0]  # noqa: S608 - constants
        way = "ASC" if search.ascending else "DESC"
        values |= {"size": search.size, "skip": search.page * search.size}
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM dasha_calls WHERE {where}"  # noqa: S608 - constants
            f" ORDER BY {_SORTS[search.sort]} {way}, seq {way} LIMIT :size OFFSET :skip",
            values,
        )
        return total, tuple(row_to_call(row) for row in rows)

    def aggregate(self, organisation: str, search: Search, now: int) -> dict[str, Any]:
        """Return what a search finds, counted in several ways."""
        where, values = self._where(organisation, search, now)

        def counts(column: str) -> list[tuple[Any, int]]:
            return self._database.rows(
                f"SELECT {column}, count(*) FROM dasha_calls WHERE {where} GROUP BY 1 ORDER BY 1",  # noqa: S608 - constants
                values,
            )

        days = counts(f"over_at / {_DAY}")
        return {
            "statusCounts": dict(counts(STATUS)),
            "agentCounts": dict(counts("agent_id")),
            "endpointCounts": dict(counts("endpoint")),
            "dateHistogram": [{"date": timestamp(day * _DAY), "count": count} for day, count in days],
            "customAggregations": {},
        }

    def _where(self, organisation: str, search: Search, now: int) -> tuple[str, dict[str, object]]:
        values: dict[str, object] = {"organisation": organisation, "now": now}
        conditions = ["organisation = :organisation", f"{self._from} <= :now"]
        for name, condition, value in _conditions(search):
            conditions.append(condition)
            values[name] = value
        return " AND ".join(conditions), values


def _conditions(search: Search) -> Iterator[tuple[str, str, object]]:
    """Yield the name of each value, the condition that it is for, and the value."""
    for name, column, words in (
        ("agents", "agent_id", search.agent_ids),
        ("calls", "id", search.call_ids),
        ("statuses", STATUS, search.statuses),
    ):
        if words:
            yield name, f"{column} {among(name)}", dump(words)
    if search.since is not None:
        yield "since", "over_at >= :since", search.since
    if search.until is not None:
        yield "until", "over_at <= :until", search.until
    if search.endpoint is not None:
        yield "endpoint", "endpoint = :endpoint", search.endpoint
    if search.text:
        yield "text", "instr(endpoint || char(10) || additional_data, :text) > 0", search.text
    for index, (key, value) in enumerate(search.data.items()):
        found = (
            f"(SELECT 1 FROM json_each(additional_data) WHERE key = :key{index} AND value = :value{index})"  # noqa: S608 - constants
        )
        yield f"key{index}", f"EXISTS {found}", key
        yield f"value{index}", "TRUE", value
