"""The calls that Dasha remembers, and where each stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.emulator.clock import MICROSECONDS
from agentconf.emulator.wire import dump

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.emulator.dasha.options import RunningIn
    from agentconf.emulator.dasha.queries import Slice
    from agentconf.emulator.database import Database

STATUS = f"""CASE WHEN over_at <= :now THEN outcome WHEN started_at <= :now THEN 'Running'
    WHEN queued_at <= :now THEN 'Queued' WHEN created_at + {MICROSECONDS} <= :now THEN 'Pending'
    ELSE 'Created' END"""
"""Where a call stands at a time."""

COLUMNS = (
    "id, organisation, agent_id, endpoint, additional_data, priority, deadline, timezone, override,"
    f" created_at, queued_at, ringing, talking, outcome, reason, started_at, over_at, {STATUS} AS status"
)
_INSERTED = (
    "id, organisation, agent_id, endpoint, additional_data, priority, deadline, timezone, override,"
    " created_at, queued_at, ringing, talking, outcome, reason"
)
_MARKS = ", ".join("?" * len(_INSERTED.split(",")))


@dataclass(frozen=True, slots=True)
class Call:
    """A call.

    Args:
        id: its id.
        organisation: whose it is.
        agent_id: who speaks.
        endpoint: who is called.
        additional_data: what was sent with it.
        priority: higher goes first.
        deadline: canceled unless it runs by then; moments are in microseconds since the epoch.
        timezone: an IANA name.
        override: another caller than the agent's.
        created_at: when it was scheduled.
        queued_at: when it waits for a line.
        ringing: how long it rings, in microseconds.
        talking: how long the conversation is, in microseconds.
        outcome: how it ends, or has ended.
        reason: why it fails or was canceled.
        started_at: when it got a line.
        over_at: when it is over, once that is decided.
        status: where it stood when it was looked at.

    """

    id: str
    organisation: str
    agent_id: str
    endpoint: str
    additional_data: dict[str, Any]
    priority: int
    deadline: int
    timezone: str | None
    override: dict[str, Any] | None
    created_at: int
    queued_at: int
    ringing: int
    talking: int
    outcome: str
    reason: str | None
    started_at: int | None = None
    over_at: int | None = None
    status: str = "Created"


class DashaStore:
    """The calls in a database.

    Args:
        database: the emulator's.
        running_in: which list shows a call that is running.

    """

    def __init__(self, database: Database, running_in: RunningIn) -> None:
        self._database = database
        self._while = "(over_at IS NULL OR over_at > :now)"
        if running_in in ("results", "none"):
            self._while += " AND (started_at IS NULL OR started_at > :now)"

    def insert(self, calls: Iterable[Call]) -> None:
        """Add calls that have not started."""
        for call in calls:
            override = None if call.override is None else dump(call.override)
            head = (call.id, call.organisation, call.agent_id, call.endpoint, dump(call.additional_data))
            plan = (call.priority, call.deadline, call.timezone, override, call.created_at, call.queued_at)
            fate = (call.ringing, call.talking, call.outcome, call.reason)
            self._database.rows(
                f"INSERT INTO dasha_calls ({_INSERTED}) VALUES ({_MARKS})",  # noqa: S608 - constants
                (*head, *plan, *fate),
            )

    def call(self, organisation: str, call_id: str, now: int) -> Call | None:
        """Return a call of an organisation as it stands."""
        found = self._database.rows(
            f"SELECT {COLUMNS} FROM dasha_calls WHERE organisation = :organisation AND id = :id",  # noqa: S608 - constants
            {"organisation": organisation, "id": call_id, "now": now},
        )
        return row_to_call(found[0]) if found else None

    def cancel(self, call_id: str, now: int) -> None:
        """Take a call that waits out of the queue."""
        self._database.rows(
            "UPDATE dasha_calls SET outcome = 'Canceled', reason = 'The call was canceled', talking = 0,"
            " over_at = ? WHERE id = ?",
            (now, call_id),
        )

    def queue(self, organisation: str, part: Slice, now: int) -> tuple[int, tuple[Call, ...]]:
        """Return how many calls are in a part of the queue, and those asked for, the next to run first."""
        values: dict[str, object] = {"organisation": organisation, "now": now}
        where = f"organisation = :organisation AND {self._while}"
        found = _filtered(where, values, part.agent_id, part.since, part.until)
        if part.statuses:
            found += f" AND {STATUS} {among('statuses')}"
            values["statuses"] = dump(part.statuses)
        total: int = self._database.rows(f"SELECT count(*) FROM dasha_calls WHERE {found}", values)[0][0]  # noqa: S608 - constants
        values |= {"take": part.take, "skip": part.skip}
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM dasha_calls WHERE {found}"  # noqa: S608 - constants
            " ORDER BY started_at IS NULL, priority DESC, seq LIMIT :take OFFSET :skip",
            values,
        )
        return total, tuple(row_to_call(row) for row in rows)

    def statuses(
        self, organisation: str, agent_id: str | None, since: int | None, until: int | None, now: int
    ) -> dict[str, int]:
        """Return how many calls stand where."""
        values: dict[str, object] = {"organisation": organisation, "now": now}
        where = _filtered("organisation = :organisation", values, agent_id, since, until)
        rows = self._database.rows(
            f"SELECT {STATUS} AS status, count(*) FROM dasha_calls WHERE {where} GROUP BY 1 ORDER BY 1",  # noqa: S608 - constants
            values,
        )
        return dict(rows)

    def running(self, organisation: str, now: int) -> int:
        """Return how many calls are on a line."""
        found = self._database.rows(
            "SELECT count(*) FROM dasha_calls WHERE organisation = ? AND free_at > ? AND started_at <= ?",
            (organisation, now, now),
        )
        count: int = found[0][0]
        return count


def among(name: str) -> str:
    """Return the condition that a column is among the values of a JSON array, given by the array's name."""
    return f"IN (SELECT value FROM json_each(:{name}))"  # noqa: S608 - the name of a parameter


def _filtered(
    where: str, values: dict[str, object], agent_id: str | None, since: int | None, until: int | None
) -> str:
    """Narrow a condition to an agent and to when calls were made; their values go into `values`."""
    for condition, name, value in (
        ("agent_id = :agent", "agent", agent_id),
        ("created_at >= :since", "since", since),
        ("created_at <= :until", "until", until),
    ):
        if value is not None:
            where += f" AND {condition}"
            values[name] = value
    return where


def row_to_call(row: tuple[Any, ...]) -> Call:
    """Read a call from `COLUMNS`."""
    call_id, organisation, agent_id, endpoint, data, priority, deadline, timezone, override, *rest = row
    return Call(
        call_id,
        organisation,
        agent_id,
        endpoint,
        json.loads(data),
        priority,
        deadline,
        timezone,
        None if override is None else json.loads(override),
        *rest,
    )
