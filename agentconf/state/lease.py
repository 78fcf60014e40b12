"""Locks where there is no operating system to hold them: a document that is written by compare-and-swap.

It is renewed while its holder lives. Once it has expired, others take it over; of two that try, one wins,
since both compare with the same former document. Clocks of two machines differ: a lock counts as expired only
when it has been so for `SKEW`. A holder that lost its lock all the same writes nothing over anybody, because
the state itself is written by compare-and-swap too.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from agentconf.errors import ConfigurationError, StaleError, StoreError
from agentconf.state import holder
from agentconf.state.holder import LEASE, holder_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from agentconf.state.store import Holder

SKEW = timedelta(seconds=60)
"""By how much the clocks of two machines may differ; ours."""

_LEAST, _MOST = 0.1, 1.0
"""Seconds between two looks at a lock that somebody else holds."""


class Slot(Protocol):
    """A place for one small document, written by compare-and-swap."""

    def get(self) -> tuple[bytes, str] | None:
        """Return the document and its version; None when there is none."""
        ...

    def put(self, content: bytes, expected: str | None) -> str:
        """Replace the document of a version (None: none), and return the new version.

        Raises:
            StaleError: it is another one.

        """
        ...

    def clear(self, expected: str) -> None:
        """Remove the document of a version; nothing happens when it is another one."""
        ...


class Leases:
    """The lock of one state.

    Args:
        slot: where it is kept.
        address: of the state, for messages.
        environment: whose state it is.
        environ: the environment variables, for the holder's name.
        lease: how long a lock lasts that nobody renews.

    """

    def __init__(
        self,
        slot: Slot,
        *,
        address: str,
        environment: str,
        environ: Mapping[str, str],
        lease: timedelta = LEASE,
    ) -> None:
        self._slot = slot
        self._address = address
        self._environment = environment
        self._environ = environ
        self._lease = lease
        self._skew = min(SKEW, lease)

    @contextlib.contextmanager
    def hold(self, operation: str, *, patience: float) -> Iterator[Holder]:
        """Hold the lock; see `Store.lock`."""
        mine, version = self._take(operation, time.monotonic() + patience)
        keeper = _Keeper(self._slot, mine, version, self._lease)
        keeper.start()
        try:
            yield mine
        finally:
            keeper.end()

    def _take(self, operation: str, deadline: float) -> tuple[Holder, str]:
        pause = _LEAST
        while True:
            found = self._slot.get()
            other = holder.load(found[0]) if found is not None else None
            if other is None or self._expired(other):
                mine = self._renewed(holder_of(operation, self._environ))
                with contextlib.suppress(StaleError):
                    return mine, self._slot.put(holder.dump(mine).encode(), found[1] if found else None)
            if time.monotonic() >= deadline:
                raise holder.refusal(self.holder(), self._address, self._environment)
            time.sleep(max(0.0, min(pause, deadline - time.monotonic())))
            pause = min(_MOST, pause * 1.5)

    def holder(self) -> Holder | None:
        """Tell who holds it; None when nobody does."""
        found = self._slot.get()
        other = holder.load(found[0]) if found is not None else None
        return None if other is None or self._expired(other) else other

    def unlock(self, lock_id: str) -> Holder:
        """Free it by force; see `Store.unlock`."""
        found = self._slot.get()
        other = holder.load(found[0]) if found is not None else None
        if found is None or other is None or other.id != lock_id:
            raise ConfigurationError(
                f"nobody holds the state in {self._address} with the lock {lock_id}",
                help="`agentconf state unlock` shows who holds it",
            )
        self._slot.clear(found[1])
        return other

    def _renewed(self, one: Holder) -> Holder:
        return replace(one, expires=datetime.now(UTC) + self._lease)

    def _expired(self, other: Holder) -> bool:
        return datetime.now(UTC) > other.expires + self._skew


class Leased:
    """The part of a store that locks, for stores that keep a lease in a slot."""

    _leases: Leases

    def lock(self, operation: str, *, patience: float = 0.0) -> AbstractContextManager[Holder]:
        """Hold the state; see `Store.lock`."""
        return self._leases.hold(operation, patience=patience)

    def holder(self) -> Holder | None:
        """Tell who holds the state; see `Store.holder`."""
        return self._leases.holder()

    def unlock(self, lock_id: str) -> Holder:
        """Free a lock by force; see `Store.unlock`."""
        return self._leases.unlock(lock_id)


class _Keeper(threading.Thread):
    """Pushes a lock's end forward while its holder lives."""

    def __init__(self, slot: Slot, mine: Holder, version: str, lease: timedelta) -> None:
        super().__init__(name="agentconf-lock", daemon=True)
        self._slot = slot
        self._mine = mine
        self._version = version
        self._lease = lease
        self._over = threading.Event()

    def run(self) -> None:
        every = self._lease.total_seconds() / 3
        while not self._over.wait(every):
            mine = replace(self._mine, expires=datetime.now(UTC) + self._lease)
            try:
                self._version = self._slot.put(holder.dump(mine).encode(), self._version)
            except StaleError:
                return  # freed by force: the state's own comparison sees to the rest
            except StoreError:
                continue  # out of reach for now; it lasts for another two turns

    def end(self) -> None:
        """Stop, and free the lock."""
        self._over.set()
        self.join()
        with contextlib.suppress(StoreError, StaleError):
            self._slot.clear(self._version)
