"""What every store of a state does: read, write by compare-and-swap, lock, and keep the journal.

A store is used by one thread at a time and does its work at once, without an event loop. The state and what
is added to the journal with it are written together: a reader sees both or neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from agentconf.model.memory import State


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state as it was read, and which version of it that is.

    Args:
        state: what was read.
        version: the store's own mark of this version (an ETag, a commit, a serial); only compared.

    """

    state: State
    version: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a state.

    Args:
        id: of this lock (UUID); `state unlock` takes it.
        who: user, or what CI says of itself.
        host: name of the machine.
        pid: of the process.
        operation: what it does, such as `apply`.
        since: when it took the lock, in UTC.
        expires: when others may take it over, in UTC; it is pushed forward while the holder is alive.

    """

    id: str
    who: str
    host: str
    pid: int
    operation: str
    since: datetime
    expires: datetime


class Store(Protocol):
    """Where one environment's state lives."""

    @property
    def address(self) -> str:
        """Where that is, as messages name it: without any secret."""
        ...

    def read(self) -> Snapshot | None:
        """Return the state; None when there is none yet.

        Raises:
            ConfigurationError: what is there is corrupt, foreign, or of a newer version; it is left as it is.
            StoreError: the store cannot be reached.

        """
        ...

    def version(self) -> str | None:
        """Return which version stands there, readable or not; None when there is none.

        Raises:
            StoreError: the store cannot be reached.

        """
        ...

    def write(self, state: State, *, expected: str | None, entries: Sequence[str] = ()) -> Snapshot:
        """Replace the state of an expected version, and add lines to the journal.

        Args:
            state: what to write; its serial is the former one's plus one.
            expected: the version that was read; None: there was none.
            entries: lines of JSON for the journal, without line feeds, the oldest first.

        Returns:
            What stands there now.

        Raises:
            StaleError: somebody else wrote in the meantime; nothing was written.
            StoreError: the store cannot be reached or written.

        """
        ...

    def journal(self) -> Iterator[str]:
        """Yield the lines of the journal, the oldest first."""
        ...

    def lock(self, operation: str, *, patience: float = 0.0) -> AbstractContextManager[Holder]:
        """Hold the state for one run.

        Args:
            operation: what for, as others are told.
            patience: seconds to wait for the present holder.

        Raises:
            BlockedError: somebody holds it, and did not let go in time; who, where and since when is said,
                and the command that frees it.

        """
        ...

    def holder(self) -> Holder | None:
        """Tell who holds the state; None when nobody does, or the lock has expired."""
        ...

    def unlock(self, lock_id: str) -> Holder:
        """Free a lock by force.

        Args:
            lock_id: the lock's id, so that nobody frees another one than was looked at.

        Returns:
            Who held it.

        Raises:
            ConfigurationError: there is no lock of that id.

        """
        ...
