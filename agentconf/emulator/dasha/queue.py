"""Dasha's queue: which call runs when, decided whenever somebody looks, for the time until then.

A call is Created, a second later Pending, after another Queued. From then on it waits for a line: an
organisation has so many, and each carries one call at a time. The call of the highest priority goes first,
among equals the oldest. One that has no line by its deadline is canceled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconf.emulator.database import Database

_WAITING = "organisation = :organisation AND started_at IS NULL AND over_at IS NULL"

_NEXT_QUEUED = f"SELECT min(queued_at) FROM dasha_calls WHERE {_WAITING}"  # noqa: S608 - constants
_START_FIRST = f"""UPDATE dasha_calls SET started_at = :at,
    free_at = :at + ringing + talking, over_at = :at + ringing + talking
    WHERE seq = (SELECT seq FROM dasha_calls INDEXED BY dasha_waiting WHERE {_WAITING} AND queued_at <= :at
        ORDER BY priority DESC, seq LIMIT 1)"""  # noqa: S608 - constants
"""Along its own index: SQLite would rather sort all that wait, once for each call."""

_CANCEL_LATE = f"""UPDATE dasha_calls SET outcome = 'Canceled', reason = 'The deadline has passed',
    talking = 0, over_at = max(deadline, created_at)
    WHERE {_WAITING} AND deadline <= :at"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue of each organisation.

    Args:
        database: where the calls are.
        lines: how many calls of an organisation run at a time; 0: any number.

    """

    database: Database
    lines: int

    def run(self, organisation: str, now: int) -> None:
        """Decide what has happened until now, within a transaction; what was decided stays.

        Args:
            organisation: whose queue.
            now: in microseconds since the epoch.

        """
        while (at := self._next_start(organisation)) is not None and at <= now:
            self._cancel_late(organisation, at)
            self._start_first(organisation, at)
        self._cancel_late(organisation, now)

    def _next_start(self, organisation: str) -> int | None:
        """Return when a call is queued and a line is free; None when no call waits."""
        found = self.database.rows(_NEXT_QUEUED, {"organisation": organisation})
        queued: int | None = found[0][0]
        return None if queued is None else max(queued, self._line_free(organisation))

    def _line_free(self, organisation: str) -> int:
        """Return when a line is free.

        A call always takes the line that is free first, so the calls that end last are on the lines now.
        """
        if not self.lines:
            return 0
        found = self.database.rows(
            "SELECT free_at FROM dasha_calls WHERE organisation = ? AND free_at IS NOT NULL"
            " ORDER BY free_at DESC LIMIT 1 OFFSET ?",
            (organisation, self.lines - 1),
        )
        return found[0][0] if found else 0

    def _start_first(self, organisation: str, at: int) -> None:
        self.database.rows(_START_FIRST, {"organisation": organisation, "at": at})

    def _cancel_late(self, organisation: str, at: int) -> None:
        self.database.rows(_CANCEL_LATE, {"organisation": organisation, "at": at})
