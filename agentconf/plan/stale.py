"""Whether a plan can still be carried out: what has moved since it was made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agentconf.errors import StaleError
from agentconf.plan.canonical import digest
from agentconf.plan.change import Action, Operation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconf.model.live import LiveAgent
    from agentconf.plan.plan import Plan


def verify(plan: Plan, live: Sequence[LiveAgent]) -> tuple[str, ...]:
    """Say what has moved since a plan was made; nothing when it can be carried out as it is.

    Args:
        plan: made earlier.
        live: all living agents now.

    """
    agents = {agent.id: agent for agent in live}
    moved = [*_organisation(plan, live)]
    for operation in plan.operations:
        moved += _moved(operation, agents)
    moved += _names_taken(plan, live)
    return tuple(dict.fromkeys(moved))


def remainder(plan: Plan, live: Sequence[LiveAgent]) -> Plan:
    """Return the part of a plan that can still be carried out: without what moved, and what waits for it.

    Args:
        plan: made earlier.
        live: all living agents now.

    Raises:
        StaleError: the organisation is another one, so nothing of it can.

    """
    if wrong := [*_organisation(plan, live)]:
        raise StaleError("; ".join(wrong), help="use the key of the right organisation")
    agents = {agent.id: agent for agent in live}
    kept: list[Operation] = []
    left: set[str] = set()
    for operation in plan.operations:
        alone = replace(plan, operations=(*kept, operation))
        waits = left & {*operation.after, operation.key}
        if waits or any(_moved(operation, agents)) or any(_names_taken(alone, live)):
            left.add(operation.key)
        else:
            kept.append(operation)
    return replace(plan, operations=tuple(kept))


def _organisation(plan: Plan, live: Sequence[LiveAgent]) -> Iterator[str]:
    found = sorted({agent.organisation_id for agent in live})
    if plan.organisation is not None and any(one != plan.organisation for one in found):
        yield f"the organisation is {', '.join(found)}, the plan was made for {plan.organisation}"


def _moved(operation: Operation, agents: Mapping[str, LiveAgent]) -> Iterator[str]:
    planned = operation.live
    if planned is None:
        return
    name = operation.renamed_from or operation.name
    agent = agents.get(planned.id)
    if agent is None:
        yield f"the agent `{name}` ({planned.id}) is gone"
    elif digest(agent.body) != planned.digest:
        yield f"the agent `{name}` ({planned.id}) was changed at {agent.updated_at}"
    elif agent.updated_at != planned.updated_at:
        yield f"the agent `{name}` ({planned.id}) was written at {agent.updated_at}; no change shows"


def _names_taken(plan: Plan, live: Sequence[LiveAgent]) -> Iterator[str]:
    freed = {
        operation.renamed_from or operation.name
        for operation in plan.operations
        if operation.action is Action.DELETE or operation.renamed_from is not None
    }
    holders = {agent.name: agent for agent in live}
    for operation in plan.operations:
        takes = operation.action is Action.CREATE or operation.renamed_from is not None
        if takes and operation.name in holders and operation.name not in freed:
            yield f"the name `{operation.name}` is now taken by the agent {holders[operation.name].id}"
