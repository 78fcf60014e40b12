"""What Dasha does with calls, none of which reaches anybody."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agentconf.emulator.clock import MICROSECONDS
from agentconf.emulator.dasha.problem import DashaRefusal
from agentconf.emulator.dasha.queue import Queue
from agentconf.emulator.dasha.results import DashaResults
from agentconf.emulator.dasha.store import Call, DashaStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.emulator.clock import Clock
    from agentconf.emulator.dasha.bodies import Wanted
    from agentconf.emulator.dasha.queries import Search, Slice
    from agentconf.emulator.database import Database
    from agentconf.emulator.options import EmulatorOptions

_DAY_SECONDS = 86_400
_QUEUED_SECONDS = 2
_RINGING_SECONDS = (2, 8)
_UNANSWERED_SECONDS = (15, 30)
_FAILURES = ("No answer", "Busy", "Declined")
_WAITING = ("Created", "Pending", "Queued")


class DashaCalls:
    """The calls of an emulator; each method is one request, done whole or not at all.

    Args:
        database: where they are remembered.
        options: how the emulator behaves.
        clock: its time.

    """

    def __init__(self, database: Database, options: EmulatorOptions, clock: Clock) -> None:
        self._database = database
        self._options = options
        self._clock = clock
        self._queue = Queue(database, options.dasha.concurrency)
        self._store = DashaStore(database, options.dasha.running_in)
        self._results = DashaResults(database, options.dasha.running_in)

    def schedule(self, organisation: str, agent_id: str | None, wanted: Sequence[Wanted]) -> tuple[Call, ...]:
        """Schedule calls, all or none.

        Raises:
            DashaRefusal: 400 without an agent, for a disabled one or for too many calls; 402 without
                credit; 404.

        """
        agent = self._agent(agent_id)
        most = self._options.dasha.bulk_max
        if most is not None and len(wanted) > most:
            raise DashaRefusal(400, errors={"": [f"A request holds at most {most} calls."]})
        with self._database.transaction():
            now = self._run(organisation)
            ordinal = self._database.spend("dasha", organisation, self._options.credit, calls=len(wanted))
            if ordinal is None:
                raise DashaRefusal(402, "There is no credit left.")
            made = tuple(
                self._plan(call, organisation, agent, ordinal + index, now)
                for index, call in enumerate(wanted)
            )
            self._store.insert(made)
        return made

    def get(self, organisation: str, call_id: str) -> Call:
        """Return a call.

        Raises:
            DashaRefusal: 404.

        """
        with self._database.transaction():
            return self._call(organisation, call_id, self._run(organisation))

    def cancel(self, organisation: str, call_id: str) -> None:
        """Take a call back that does not run yet.

        Raises:
            DashaRefusal: 404, or as configured for a call that runs or is over.

        """
        with self._database.transaction():
            now = self._run(organisation)
            if self._call(organisation, call_id, now).status not in _WAITING:
                raise DashaRefusal(self._options.dasha.not_canceled, "Only scheduled calls can be canceled.")
            self._store.cancel(call_id, now)

    def queue(self, organisation: str, part: Slice) -> tuple[int, tuple[Call, ...]]:
        """Return how many calls are in a part of the queue, and those asked for."""
        with self._database.transaction():
            return self._store.queue(organisation, part, self._run(organisation))

    def statuses(self, organisation: str, part: Slice) -> dict[str, int]:
        """Return how many calls of an agent and a time stand where."""
        with self._database.transaction():
            now = self._run(organisation)
            return self._store.statuses(organisation, part.agent_id, part.since, part.until, now)

    def active(self, organisation: str) -> int:
        """Return how many calls run."""
        with self._database.transaction():
            return self._store.running(organisation, self._run(organisation))

    def search(
        self, organisation: str, search: Search
    ) -> tuple[int, tuple[Call, ...], dict[str, Any] | None]:
        """Return how many results a search has, those on its page, and where asked for its counts."""
        with self._database.transaction():
            now = self._run(organisation)
            counts = self._results.aggregate(organisation, search, now) if search.aggregated else None
            return *self._results.find(organisation, search, now), counts

    def _run(self, organisation: str) -> int:
        now = self._clock.now()
        self._queue.run(organisation, now)
        return now

    def _agent(self, agent_id: str | None) -> str:
        if not agent_id:
            raise DashaRefusal(400, errors={"agentId": ["The agentId field is required."]})
        agents = self._options.dasha.agents
        if agents and agent_id not in agents:
            raise DashaRefusal(404, "The agent was not found.")
        if agents and not agents[agent_id]:
            raise DashaRefusal(400, "The agent is disabled.")
        return agent_id

    def _call(self, organisation: str, call_id: str, now: int) -> Call:
        call = self._store.call(organisation, call_id, now)
        if call is None:
            raise DashaRefusal(404, "The call was not found.")
        return call

    def _plan(self, wanted: Wanted, organisation: str, agent_id: str, ordinal: int, now: int) -> Call:
        """Decide how a call goes once it has a line; the same number and seed make the same call."""
        draw = Random(f"{self._options.random_seed}:dasha:{ordinal}")  # noqa: S311 - reproducible, not secret
        failed = draw.random() < self._options.call_failure_rate
        ringing = draw.randint(*(_UNANSWERED_SECONDS if failed else _RINGING_SECONDS))
        talking = 0 if failed else draw.randint(*self._options.talk_seconds)
        return Call(
            id=str(uuid4()),
            organisation=organisation,
            agent_id=agent_id,
            endpoint=wanted.endpoint,
            additional_data=wanted.additional_data,
            priority=1 if wanted.priority is None else wanted.priority,
            deadline=now + _DAY_SECONDS * MICROSECONDS if wanted.deadline is None else wanted.deadline,
            timezone=wanted.timezone,
            override=wanted.override,
            created_at=now,
            queued_at=now + _QUEUED_SECONDS * MICROSECONDS,
            ringing=ringing * MICROSECONDS,
            talking=talking * MICROSECONDS,
            outcome="Failed" if failed else "Completed",
            reason=draw.choice(_FAILURES) if failed else None,
        )
