"""The log of the requests that an emulator was sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.emulator.wire import dump

if TYPE_CHECKING:
    from agentconf.emulator.database import Database

_WHERE = """FROM requests WHERE seq > :after AND (:method IS NULL OR method = :method)
    AND substr(path, 1, length(:prefix)) = :prefix ORDER BY seq"""

_ENTRIES = f"SELECT at, method, path, query, status, fault, body, began_at, ended_at, seq {_WHERE}"

_JSON = f"""SELECT '{{"seq":' || seq || ',"at":' || json_quote(at) || ',"method":' || json_quote(method)
    || ',"path":' || json_quote(path) || ',"query":' || json_quote(query)
    || ',"status":' || json_quote(status) || ',"fault":' || json_quote(fault)
    || ',"began_at":' || began_at || ',"ended_at":' || ended_at
    || ',"body":' || coalesce(body, 'null') || '}}' {_WHERE}"""
"""Written by SQLite: logs are long, and bodies are JSON already."""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request as the log remembers it.

    Args:
        at: when it came, by the emulator's clock.
        method: the HTTP method.
        path: the path, without the query.
        query: the query, without its question mark.
        status: what was answered; None when the connection was reset.
        fault: what went wrong on purpose.
        body: its JSON with every secret as `***`; None for none, and for what is not JSON.
        began_at: when it came, by this machine's clock, in microseconds since the epoch.
        ended_at: when its answer was handed over or its connection cut, in the same.
        seq: its number, which grows from one to the next; the log gives it.

    """

    at: str
    method: str
    path: str
    query: str
    status: int | None
    fault: str | None
    body: Any
    began_at: int
    ended_at: int
    seq: int = 0


class RequestLog:
    """The log in a database.

    Args:
        database: the emulator's.
        limit: how many requests it keeps.

    """

    def __init__(self, database: Database, limit: int) -> None:
        self._database = database
        self._limit = limit

    def record(self, request: LoggedRequest) -> None:
        """Add a request and forget the oldest beyond the limit."""
        body = None if request.body is None else dump(request.body)
        answered = (request.status, request.fault, body, request.began_at, request.ended_at)
        with self._database.transaction():
            self._database.rows(
                "INSERT INTO requests (at, method, path, query, status, fault, body, began_at, ended_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (request.at, request.method, request.path, request.query, *answered),
            )
            self._database.rows(
                "DELETE FROM requests WHERE seq <= (SELECT max(seq) FROM requests) - ?", (self._limit,)
            )

    def entries(self) -> tuple[LoggedRequest, ...]:
        """Return all requests, oldest first."""
        return tuple(_entry(row) for row in self._database.rows(_ENTRIES, _filter(0, None, "")))

    def as_json(self, *, after: int = 0, method: str | None = None, path_prefix: str = "") -> str:
        """Return requests as a JSON array, oldest first.

        Args:
            after: only those with a higher number.
            method: only those of this method; None for all.
            path_prefix: only those whose path begins so.

        """
        rows = self._database.rows(_JSON, _filter(after, method, path_prefix))
        return "[" + ",".join(entry for (entry,) in rows) + "]"

    def clear(self) -> None:
        """Forget all requests; numbers go on from where they were."""
        self._database.rows("DELETE FROM requests")


def _filter(after: int, method: str | None, path_prefix: str) -> dict[str, object]:
    return {"after": after, "method": method, "prefix": path_prefix}


def _entry(row: tuple[Any, ...]) -> LoggedRequest:
    at, method, path, query, status, fault, body, began_at, ended_at, seq = row
    sent = None if body is None else json.loads(body)
    return LoggedRequest(at, method, path, query, status, fault, sent, began_at, ended_at, seq)
