"""Remembering what an apply did: after each operation, at most once a second, and always on the way out."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from agentconf.apply.event import Event, Finished
from agentconf.apply.outcome import Outcome, Result
from agentconf.errors import StaleError, StoreError
from agentconf.model.memory import Remembered, State
from agentconf.plan.change import Action
from agentconf.plan.order import SUFFIX
from agentconf.plan.remembering import with_answer
from agentconf.plan.secrets import API_KEY, place_of, places
from agentconf.plan.toolids import tools_of
from agentconf.state.fingerprint import Fingerprints

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from agentconf.model.agent import AgentData
    from agentconf.plan.make import Reconciliation
    from agentconf.state.store import Snapshot, Store

EVERY_SECONDS = 1.0
"""How often the state is written while an apply runs; ours: what a killed process forgets is remembered again
by the next apply, from what is live."""

ATTEMPTS = 5
"""How often a write is tried when somebody else wrote in between, although the lock is ours."""

Entries = Callable[[], Sequence[str]]


def new_state(environment: str, organisation: str | None) -> State:
    """Begin a memory.

    Args:
        environment: whose it is.
        organisation: whose agents these are; None while no agent tells.

    """
    return State(environment, str(uuid4()), 0, secrets.token_hex(16), organisation)


@dataclass(frozen=True, slots=True)
class _Memory:
    """What is to be remembered of one agent.

    Args:
        id: the platform's id.
        name: as applied.
        base: see `Remembered`.
        prevent_destroy: see `Remembered`.
        sent: environment variables of the secrets that were sent, by place.

    """

    id: str
    name: str
    base: AgentData = field(repr=False)
    prevent_destroy: bool
    sent: Mapping[str, str] = field(default_factory=dict)


class Recorder:
    """Keeps a store up with an apply. `listener` takes the events; `running` writes while it lasts.

    Args:
        store: where the state lives; the caller holds its lock.
        snapshot: the state as it was read; None: there is none yet.
        environment: name of the environment.
        reconciled: the plan that is carried out, and the bases it leaves behind.
        values: of secrets, by environment variable.
        entries: gives the journal's lines that are to be written with the state.

    """

    def __init__(
        self,
        store: Store,
        snapshot: Snapshot | None,
        environment: str,
        reconciled: Reconciliation,
        *,
        values: Mapping[str, str],
        entries: Entries = tuple,
    ) -> None:
        self._store = store
        self._snapshot = snapshot
        self._state = snapshot.state if snapshot else new_state(environment, None)
        self._reconciled = reconciled
        self._values = values
        self._entries = entries
        self._fingerprints = Fingerprints(self._state.salt)
        self._held: tuple[str, ...] = ()
        self._pending: dict[str, _Memory | None] = {}
        self._changes: dict[str, _Memory | None] = dict(self._at_once())
        self._organisation = reconciled.plan.organisation
        self.fault: StoreError | StaleError | None = None

    def listener(self, event: Event) -> None:
        """Take note of an operation that has ended."""
        if isinstance(event, Finished):
            self._changes |= dict(self._after(event.result))
            if event.result.live is not None:
                self._organisation = self._organisation or event.result.live.organisation_id

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write what is new once a second while the context lasts, and the rest at its end.

        A store that fails meanwhile is tried again; whether the last attempt failed is told by `fault`.
        """
        over = asyncio.Event()
        writer = asyncio.create_task(self._write_on(over))
        try:
            yield
        finally:
            over.set()
            await writer
            self._try()

    async def _write_on(self, over: asyncio.Event) -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), EVERY_SECONDS)
            if not over.is_set():
                self._gather()
                await asyncio.to_thread(self._write)

    def _try(self) -> None:
        self._gather()
        self._write()

    def _gather(self) -> None:
        """Take over what came in since the last time; in the event loop, where `listener` is called too."""
        self._pending |= self._changes
        self._changes = {}
        self._held = (*self._held, *self._entries())

    def _write(self) -> None:
        self.fault = None
        try:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    return self._write_once()
                except StaleError:
                    if attempt == ATTEMPTS:
                        raise
                    self._reread()
        except (StoreError, StaleError) as error:
            self.fault = error

    def _write_once(self) -> None:
        state = self._applied(self._state)
        if state == self._state and not self._held:
            return
        expected = self._snapshot.version if self._snapshot else None
        written = replace(state, serial=state.serial + 1)
        self._snapshot = self._store.write(written, expected=expected, entries=self._held)
        self._state, self._pending, self._held = self._snapshot.state, {}, ()

    def _reread(self) -> None:
        """Look at what somebody else wrote; what happened here is laid over it, agent by agent."""
        found = self._store.read()
        if found is not None and found.state.lineage != self._state.lineage and self._snapshot is not None:
            raise StoreError(
                f"another state stands in {self._store.address} now",
                help="`agentconf state list` shows it; apply again once it is the right one",
            )
        self._snapshot = found
        if found is not None:
            self._state = found.state
            self._fingerprints = Fingerprints(found.state.salt)

    def _applied(self, state: State) -> State:
        agents = dict(state.agents)
        for key, memory in self._pending.items():
            if memory is None:
                agents.pop(key, None)
            else:
                agents[key] = self._remembered(key, memory, agents.get(key))
        organisation = state.organisation_id or self._organisation
        return replace(state, agents=dict(sorted(agents.items())), organisation_id=organisation)

    def _remembered(self, key: str, memory: _Memory, former: Remembered | None) -> Remembered:
        known = former is not None and former.id == memory.id
        former_prints = former.fingerprints if former is not None and known else self._inherited(key)
        prints = {
            **_still(former_prints, memory.base),
            **{place: self._fingerprints.of(self._values[env]) for place, env in memory.sent.items()},
        }
        base = memory.base
        return Remembered(
            memory.id, memory.name, base, dict(sorted(prints.items())), prevent_destroy=memory.prevent_destroy
        )

    def _inherited(self, key: str) -> Mapping[str, str]:
        """Return the fingerprints that a copy has of its original: of all but the key, which is its own."""
        known = self._reconciled.inherited.get(key, {})
        return {place: one for place, one in known.items() if place != API_KEY}

    def _at_once(self) -> Iterator[tuple[str, _Memory | None]]:
        """Yield what is known before the first operation: agents that are as declared, and what is gone."""
        reconciled = self._reconciled
        claimed = {identifier_: key for key, identifier_ in reconciled.ids.items()}
        for key, one in self._state.agents.items():
            if claimed.get(one.id, key) != key:
                yield key, None
        for key in reconciled.forgotten:
            yield key, None
        busy = {one.key for one in reconciled.plan.operations}
        for key, base in reconciled.bases.items():
            if key not in busy and key in reconciled.ids:
                yield key, self._memory(key, reconciled.ids[key], str(base["name"]), base)

    def _after(self, result: Result) -> Iterator[tuple[str, _Memory | None]]:
        operation = result.operation
        key = operation.key
        if key.endswith(SUFFIX):
            return
        if operation.action is Action.DELETE:
            if result.outcome is Outcome.DONE:
                yield key, None
            return
        base = self._reconciled.bases.get(key)
        if result.agent_id is None or base is None:
            return
        sent = {place: reference.env for place, reference in places(operation.body)}
        if result.outcome is Outcome.DONE:
            base = base if result.live is None else with_answer(base, result.live.body)
            yield key, self._memory(key, result.agent_id, operation.name, base, sent)
        elif operation.action is Action.CREATE and result.outcome is Outcome.FAILED:
            # It is there, but not as it should be: nobody can say what its fields were meant to be.
            yield key, self._memory(key, result.agent_id, operation.name, {}, sent)

    def _memory(
        self, key: str, agent_id: str, name: str, base: AgentData, sent: Mapping[str, str] | None = None
    ) -> _Memory:
        protects = key in self._reconciled.protected
        return _Memory(agent_id, name, base, protects, sent or {})


def _still(fingerprints: Mapping[str, str], base: AgentData) -> dict[str, str]:
    """Return the fingerprints of places that are still there."""
    kept = {API_KEY}
    for tool in tools_of(base):
        prefix = place_of(str(tool.get("id")), "")
        kept |= {place for place in fingerprints if place.startswith(prefix)}
    return {place: one for place, one in fingerprints.items() if place in kept}
