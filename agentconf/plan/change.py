"""Changes and operations: what a plan is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentconf.model.agent import AgentData
    from agentconf.model.impact import Impact


class Action(StrEnum):
    """What an operation does to one live agent."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class ChangeKind(StrEnum):
    """How a value changes."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Origin(StrEnum):
    """Who made a difference since the last apply; `UNKNOWN` without a base."""

    UNKNOWN = "unknown"
    YOURS = "yours"
    THEIRS = "theirs"
    BOTH = "both"


class _Absent:
    """The value of a field that is not there."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"

    def __copy__(self) -> _Absent:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> _Absent:
        return self


ABSENT = _Absent()
"""Stands for a value that is not there; differs from None, which is JSON's null."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changes.

    Args:
        path: where, with tools by name: `("tools", "transfer_to_support", "phone_number")`. Segments are
            keys, or indexes inside lists.
        kind: added, changed or removed.
        before: the live value, default filled in; `ABSENT` when there is none. Never a secret.
        after: the value that the file wants, default filled in; `ABSENT` when there is none. `SecretRef` for
            secrets.
        impacts: what it means for callers, most serious first; never empty.
        note: a few words beside it: `default`, `lost`, `the platform fills it in` …
        origin: who made the difference.
        base: the value as last applied, default filled in; `ABSENT` when there was none, or nothing is
            remembered. Never a secret.
        place: the same path with tools by id, as `lifecycle.ignore_changes` and resolutions take it too.

    """

    path: tuple[str | int, ...]
    kind: ChangeKind
    before: Any
    after: Any
    impacts: tuple[Impact, ...]
    note: str | None = None
    origin: Origin = Origin.UNKNOWN
    base: Any = ABSENT
    place: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class LiveRef:
    """The live agent that an operation was planned against.

    Args:
        id: the platform's id.
        updated_at: the platform's timestamp, as text.
        digest: SHA-256 of the canonical live form, as hex.

    """

    id: str
    updated_at: str
    digest: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What is done to one agent.

    Args:
        key: the agent's handle; for a pruned agent, which has none, its id.
        name: the name that the agent has afterwards (for a deletion: has now).
        action: create, update or delete.
        changes: what differs; of a creation: every declared field as added.
        body: what is sent, `SecretRef` in write-only places: the whole body of a creation, the smallest
            patch of an update, empty for a deletion.
        expected: what the platform must answer after the write, for the fields that are sent: canonical
            form, compared by `plan.readback.not_kept`.
        live: the agent as planned against; None for a creation.
        after: keys of operations that must be done before this one.
        renamed_from: the live name, when it changes.

    """

    key: str
    name: str
    action: Action
    changes: tuple[Change, ...]
    body: AgentData = field(default_factory=dict, repr=False)
    expected: AgentData = field(default_factory=dict, repr=False)
    live: LiveRef | None = None
    after: tuple[str, ...] = ()
    renamed_from: str | None = None

    @property
    def impacts(self) -> tuple[Impact, ...]:
        """All impact classes of the operation, most serious first, each once."""
        order = {impact: None for change in self.changes for impact in change.impacts}
        return tuple(sorted(order, key=list(type(next(iter(order)))).index)) if order else ()
