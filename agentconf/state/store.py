"""What a state holds, and what any store of it must do.

No store ships yet: plan and apply work without memory, by name. `make_plan` takes the remembered ids as an
argument, so a store plugs in without changing how plans are made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of one agent.

    Args:
        id: the platform's id.
        name: the name as last applied.
        base: canonical, secret-free form as last applied; the base of a three-way comparison.
        fingerprints: of write-only values, by path.
        prevent_destroy: protection that outlives the agent's file.

    """

    id: str
    name: str
    base: Mapping[str, Any] = field(default_factory=dict, repr=False)
    fingerprints: Mapping[str, str] = field(default_factory=dict, repr=False)
    prevent_destroy: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """One environment's memory.

    Args:
        serial: grows by one with each write.
        lineage: a UUID given at creation; tells two states apart that share a serial.
        organisation_id: whose agents these are.
        agents: by agent key.

    """

    serial: int
    lineage: str
    organisation_id: str
    agents: Mapping[str, Remembered] = field(default_factory=dict)

    @property
    def ids(self) -> Mapping[str, str]:
        """The remembered platform ids by agent key, as `make_plan` takes them."""
        return {key: agent.id for key, agent in self.agents.items()}


class Store(Protocol):
    """Where a state lives."""

    def read(self) -> State | None:
        """Return the state; None when there is none yet. A corrupt one raises `ConfigurationError`."""
        ...

    def write(self, state: State, *, expected_serial: int | None) -> None:
        """Replace the state of the expected serial (None: if there is none), else raise `StaleError`."""
        ...

    def lock(self, holder: str) -> AbstractContextManager[None]:
        """Hold the state for one apply; raises `BlockedError` naming the present holder."""
        ...
