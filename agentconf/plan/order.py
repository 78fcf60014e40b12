"""In which order operations can be done: a name is freed before it is taken, deletions come last."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError
from agentconf.plan.change import Action, Operation
from agentconf.plan.changes import change_of_name
from agentconf.plan.temporary import temporary_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconf.model.live import LiveAgent

SUFFIX = "#temporary-name"
"""Ends the key of an operation that gives an agent a name for the time until its own is free."""


def arrange(operations: Sequence[Operation], live: Sequence[LiveAgent]) -> tuple[Operation, ...]:
    """Put operations in an order in which they can be done, and say what each waits for.

    Creations and updates come by key, deletions behind them by name. An operation that takes a name waits for
    the one that frees it, be it a deletion. Where names go round in a circle, the first agent of the circle
    gets a temporary name first, by an operation of its own.

    Raises:
        ConfigurationError: a name is to be taken that a live agent keeps.

    """
    holders = {agent.name: agent for agent in sorted(live, key=lambda one: one.id)}
    freed = {_frees(one): one.key for one in operations if _frees(one) is not None}
    _refuse_taken(operations, holders, freed)
    waits = {one.key: {freed[_takes(one)]} for one in operations if _takes(one) in freed}
    temporary = _break_circles(operations, waits, {*holders, *(one.name for one in operations)})
    return _sorted([*operations, *temporary], waits)


def _takes(operation: Operation) -> str | None:
    """Return the name that an operation takes; None when it takes none."""
    renames = operation.renamed_from is not None
    return operation.name if operation.action is Action.CREATE or renames else None


def _frees(operation: Operation) -> str | None:
    """Return the name that an operation frees; None when it frees none."""
    return operation.name if operation.action is Action.DELETE else operation.renamed_from


def _refuse_taken(
    operations: Sequence[Operation], holders: Mapping[str, LiveAgent], freed: Mapping[str | None, str]
) -> None:
    taken = [
        f"`{one.key}` cannot take the name `{name}`: the live agent {holders[name].id} keeps it"
        for one in operations
        if (name := _takes(one)) is not None and name in holders and name not in freed
    ]
    if taken:
        raise ConfigurationError(
            "; ".join(taken), help="rename or delete that agent in the same plan, or choose another name"
        )


def _break_circles(
    operations: Sequence[Operation], waits: dict[str, set[str]], names: set[str]
) -> list[Operation]:
    """Give one agent of each circle a temporary name; `waits` is changed so that no circle is left."""
    by_key = {one.key: one for one in operations}
    extra = []
    for circle in _circles(waits):
        first = by_key[circle[0]]
        detour = _temporary(first, names)
        extra.append(detour)
        for key, before in waits.items():
            if first.key in before:
                waits[key] = (before - {first.key}) | {detour.key}
        waits[first.key].add(detour.key)
    return extra


def _circles(waits: Mapping[str, set[str]]) -> list[list[str]]:
    """Find the circles: every operation waits for at most one, so following it leads out, or round."""
    found: list[list[str]] = []
    seen: set[str] = set()
    for start in sorted(waits):
        path: list[str] = []
        key: str | None = start
        while key is not None and key not in seen:
            seen.add(key)
            path.append(key)
            key = next(iter(waits.get(key, ())), None)
        if key in path:
            circle = path[path.index(key) :]
            lowest = circle.index(min(circle))
            found.append(circle[lowest:] + circle[:lowest])
    return found


def _temporary(operation: Operation, names: set[str]) -> Operation:
    name = temporary_name(operation.name, names)
    names.add(name)
    former = operation.renamed_from or ""
    return replace(
        operation,
        key=operation.key + SUFFIX,
        name=name,
        changes=(change_of_name(former, name, "for a moment, until the name is free"),),
        body={"name": name},
        expected={"name": name},
    )


def _sorted(operations: Sequence[Operation], waits: Mapping[str, set[str]]) -> tuple[Operation, ...]:
    by_key = {one.key: one for one in operations}
    open_for = {one.key: set(waits.get(one.key, ())) for one in operations}
    dependents: dict[str, list[str]] = {}
    for key, before in open_for.items():
        for other in before:
            dependents.setdefault(other, []).append(key)
    ready = [_rank(one) for one in operations if not open_for[one.key]]
    heapq.heapify(ready)
    result = []
    while ready:
        *_, key = heapq.heappop(ready)
        result.append(replace(by_key[key], after=tuple(sorted(waits.get(key, ())))))
        for dependent in dependents.get(key, ()):
            open_for[dependent].discard(key)
            if not open_for[dependent]:
                heapq.heappush(ready, _rank(by_key[dependent]))
    return tuple(result)


def _rank(operation: Operation) -> tuple[bool, str, str]:
    """Rank deletions last, and by name: one of an agent without a file has an id for a key."""
    deletes = operation.action is Action.DELETE
    return deletes, operation.name if deletes else operation.key, operation.key
