"""The calls that an emulator remembers, and what stands where in their lives at a given time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.emulator.timeline import Timeline
from agentconf.emulator.wire import dump

if TYPE_CHECKING:
    from agentconf.emulator.database import Database

_STATUS = """CASE WHEN :now < ring_at THEN 'queued'
    WHEN :now < coalesce(answer_at, end_at) THEN 'ringing'
    WHEN :now < end_at THEN 'in_progress' ELSE outcome END"""
_CONDITIONS = {
    "queued": "end_at > :now AND ring_at > :now",
    "ringing": "end_at > :now AND ring_at <= :now AND coalesce(answer_at, end_at) > :now",
    "in_progress": "end_at > :now AND answer_at <= :now",
    "completed": "end_at <= :now AND outcome = 'completed'",
    "failed": "end_at <= :now AND outcome = 'failed'",
}
"""What `_STATUS` says, as conditions that an index on `end_at` narrows down."""

_COLUMNS = (
    "id, organisation, agent_id, direction, phone_number, arguments, prompt,"
    f" created_at, ring_at, answer_at, end_at, outcome, reason, {_STATUS} AS status"
)
_LARGEST = 2**62
"""SQLite's integers have 64 bits; no page lies beyond this."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call or a web session.

    Args:
        id: its id.
        organisation: whose it is.
        agent_id: who speaks.
        direction: `outbound` or `web`.
        phone_number: who is called; empty for a web session.
        arguments: the values of its variables.
        prompt: the system prompt with the variables filled in.
        timeline: how it goes.
        status: where it stood when it was looked at.

    """

    id: str
    organisation: str
    agent_id: str
    direction: str
    phone_number: str
    arguments: dict[str, str]
    prompt: str
    timeline: Timeline
    status: str = "queued"


class CallStore:
    """The calls in a database.

    Args:
        database: the emulator's.

    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, call: Call) -> None:
        """Add a call."""
        time = call.timeline
        self._database.rows(
            "INSERT INTO calls (id, organisation, agent_id, direction, phone_number, arguments, prompt,"
            " created_at, ring_at, answer_at, end_at, outcome, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                call.id,
                call.organisation,
                call.agent_id,
                call.direction,
                call.phone_number,
                dump(call.arguments),
                call.prompt,
                time.created_at,
                time.ring_at,
                time.answer_at,
                time.end_at,
                time.outcome,
                time.reason,
            ),
        )

    def total(self) -> int:
        """Return how many calls and sessions were placed by anyone; none is ever removed."""
        count: int = self._database.rows("SELECT coalesce(max(seq), 0) FROM calls")[0][0]
        return count

    def call(self, agent_id: str, call_id: str, now: int) -> Call | None:
        """Return a call of an agent as it stands at a time."""
        found = self._database.rows(
            f"SELECT {_COLUMNS} FROM calls WHERE agent_id = :agent AND id = :call",  # noqa: S608 - constants
            {"now": now, "agent": agent_id, "call": call_id},
        )
        return _call(found[0]) if found else None

    def page(
        self, agent_id: str, now: int, *, status: str | None, page: int, page_size: int
    ) -> tuple[int, tuple[Call, ...]]:
        """Return how many calls an agent has, and one page of them, newest first.

        Args:
            agent_id: whose calls.
            now: the time at which they are looked at, in microseconds since the epoch.
            status: only those that stand there; None for all.
            page: from 1.
            page_size: at least 1.

        """
        condition = "TRUE" if status is None else _CONDITIONS.get(status, "FALSE")
        found = f"FROM calls WHERE agent_id = :agent AND {condition}"
        values: dict[str, object] = {"now": now, "agent": agent_id}
        total: int = self._database.rows(f"SELECT count(*) {found}", values)[0][0]
        values |= {"size": min(page_size, _LARGEST), "skip": min((page - 1) * page_size, _LARGEST)}
        rows = self._database.rows(
            f"SELECT {_COLUMNS} {found} ORDER BY seq DESC LIMIT :size OFFSET :skip", values
        )
        return total, tuple(_call(row) for row in rows)

    def add_execution(self, call_id: str, execution: dict[str, Any]) -> None:
        """Add a tool execution to a call."""
        self._database.rows(
            "INSERT INTO executions (call_id, body) VALUES (?, ?)", (call_id, dump(execution))
        )

    def executions(self, call_id: str) -> list[dict[str, Any]]:
        """Return the tool executions of a call, oldest first."""
        found = self._database.rows("SELECT body FROM executions WHERE call_id = ? ORDER BY seq", (call_id,))
        return [json.loads(body) for (body,) in found]


def _call(row: tuple[Any, ...]) -> Call:
    call_id, organisation, agent_id, direction, phone_number, arguments, prompt, *moments, status = row
    created_at, ring_at, answer_at, end_at, outcome, reason = moments
    return Call(
        call_id,
        organisation,
        agent_id,
        direction,
        phone_number,
        json.loads(arguments),
        prompt,
        Timeline(created_at, ring_at, answer_at, end_at, outcome, reason),
        status,
    )
