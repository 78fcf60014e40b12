"""No state: nothing is remembered (`state: none`)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError
from agentconf.state.holder import holder_of
from agentconf.state.store import Holder, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconf.model.memory import State


class NoStore:
    """Remembers nothing, and holds nothing.

    Args:
        environ: the environment variables, for the holder's name.

    """

    address = "none"

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def read(self) -> Snapshot | None:
        """Return None."""
        return None

    def version(self) -> str | None:
        """Return None."""
        return None

    def write(self, state: State, *, expected: str | None, entries: Sequence[str] = ()) -> Snapshot:  # noqa: ARG002 - the protocol's
        """Forget it."""
        return Snapshot(state, "none")

    def journal(self) -> Iterator[str]:
        """Yield nothing."""
        return iter(())

    @contextlib.contextmanager
    def lock(self, operation: str, *, patience: float = 0.0) -> Iterator[Holder]:  # noqa: ARG002 - the protocol's
        """Hold nothing."""
        yield holder_of(operation, self._environ)

    def holder(self) -> Holder | None:
        """Return None."""
        return None

    def unlock(self, lock_id: str) -> Holder:
        """Refuse: there is no lock.

        Raises:
            ConfigurationError: always.

        """
        raise ConfigurationError(f"there is no state, so there is no lock {lock_id}")
