"""Which operation may start when.

The plan's order is kept: what comes first in it starts first. An operation waits for the earlier ones whose
keys are in its `after`, and for earlier ones of its own key. Writes and deletions follow each other in
stages: whatever stands before a run of deletions in the plan has ended before the first of them starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import groupby
from typing import TYPE_CHECKING

from agentconf.plan.change import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.plan.change import Operation


@dataclass(frozen=True, slots=True)
class Stage:
    """Operations next to each other in the plan that only wait for each other as `after` says.

    Args:
        indexes: their places in the plan.
        deletes: whether they are deletions.

    """

    indexes: tuple[int, ...]
    deletes: bool


def stages(operations: Sequence[Operation]) -> Iterator[Stage]:
    """Split a plan where writes turn into deletions, and back."""
    runs = groupby(range(len(operations)), key=lambda index: operations[index].action is Action.DELETE)
    for deletes, indexes in runs:
        yield Stage(tuple(indexes), deletes)


def prerequisites(operations: Sequence[Operation]) -> tuple[tuple[int, ...], ...]:
    """Tell for each operation which ones must be done before it, as places in the plan.

    Raises:
        ValueError: an operation comes after one that stands later in the plan: such a plan cannot be done.

    """
    all_keys = {operation.key for operation in operations}
    places: dict[str, list[int]] = {}
    result = []
    for index, operation in enumerate(operations):
        if late := [key for key in operation.after if key in all_keys and key not in places]:
            raise ValueError(f"the plan is out of order: {operation.key} comes before {', '.join(late)}")
        keys = dict.fromkeys((*operation.after, operation.key))
        result.append(tuple(place for key in keys for place in places.get(key, ())))
        places.setdefault(operation.key, []).append(index)
    return tuple(result)


class Queue:
    """The operations of one stage that have not been started.

    Args:
        stage: the stage.
        before: what `prerequisites` says; those outside the stage have ended.

    """

    def __init__(self, stage: Stage, before: Sequence[tuple[int, ...]]) -> None:
        members = set(stage.indexes)
        self._open = {index: sum(place in members for place in before[index]) for index in stage.indexes}
        self._dependents: dict[int, list[int]] = {}
        for index in stage.indexes:
            for place in before[index]:
                self._dependents.setdefault(place, []).append(index)
        self._ready = [index for index, waits in self._open.items() if not waits]
        heapify(self._ready)

    def take(self) -> int | None:
        """Return the next operation that may start, in the plan's order; None while there is none."""
        return heappop(self._ready) if self._ready else None

    def ended(self, index: int) -> None:
        """Let go of those that waited for an operation."""
        for dependent in self._dependents.get(index, ()):
            self._open[dependent] -= 1
            if not self._open[dependent]:
                heappush(self._ready, dependent)
