"""What changed outside since the last apply: the dashboard's side of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agentconf.plan.change import Action, Change, ChangeKind, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconf.model.live import LiveAgent
    from agentconf.plan.make import Reconciliation
    from agentconf.plan.plan import Note, Plan

OUTSIDE = frozenset({Origin.THEIRS, Origin.BOTH, Origin.UNKNOWN})
"""Origins of a difference that somebody may have made in the dashboard."""


@dataclass(frozen=True, slots=True)
class Drifted:
    """One agent that is not what was applied.

    Args:
        key: its handle.
        name: its live name; the name it had, when it is gone.
        id: the platform's id.
        live: the live agent; None, when it is gone.
        changes: what changed, from the file's value (`before`) to the live one (`after`); of a conflict the
            file's value is `before` too. Empty when the agent is gone.
        deleted: whether it is gone.

    """

    key: str
    name: str
    id: str | None
    changes: tuple[Change, ...] = ()
    deleted: bool = False
    live: LiveAgent | None = field(default=None, repr=False)

    @property
    def unknown(self) -> bool:
        """Whether nothing is remembered of it, so that nobody can tell who made the differences."""
        return any(change.origin is Origin.UNKNOWN for change in self.changes)

    @property
    def conflict(self) -> bool:
        """Whether a field was changed in its file too."""
        return any(change.origin is Origin.BOTH for change in self.changes)


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed outside.

    Args:
        plan: what an apply would do; for its environment, its counts and what it does not cover.
        agents: those that drifted, by key.

    """

    plan: Plan
    agents: tuple[Drifted, ...]

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was not looked at."""
        return tuple(note for note in self.plan.notes if note.kind in {"not-covered", "checked-at-apply"})


def drift_of(reconciled: Reconciliation, live: Sequence[LiveAgent]) -> Drift:
    """Take from a plan what the dashboard changed, and turn it round: from the files to what is live.

    Args:
        reconciled: made from all the agents that are of interest.
        live: all living agents.

    """
    return Drift(reconciled.plan, tuple(_drifted(reconciled, {agent.id: agent for agent in live})))


def _drifted(reconciled: Reconciliation, live: Mapping[str, LiveAgent]) -> Iterator[Drifted]:
    for operation in reconciled.plan.operations:
        if operation.action is Action.UPDATE and operation.live is not None:
            changes = tuple(_turned(one) for one in operation.changes if _outside(one))
            if changes:
                name = operation.renamed_from or operation.name
                agent = live.get(operation.live.id)
                yield Drifted(operation.key, name, operation.live.id, changes, live=agent)
        elif operation.action is Action.CREATE and operation.key in reconciled.vanished:
            former = reconciled.vanished[operation.key]
            yield Drifted(operation.key, former.name, former.id, deleted=True)


def _outside(change: Change) -> bool:
    """Tell whether somebody outside may have made a difference; secrets that are sent are ours."""
    return change.origin in OUTSIDE and not (change.note or "").startswith(("sent again", "rotated"))


def _turned(change: Change) -> Change:
    kinds = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
    note = change.note if change.note in {"lost", "detached"} else None
    return replace(
        change,
        kind=kinds.get(change.kind, change.kind),
        before=change.after,
        after=change.before,
        note=note,
    )
