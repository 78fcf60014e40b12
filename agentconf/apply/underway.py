"""Calls in progress with agents that an apply would delete, or whose routing it would change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.model.impact import Impact
from agentconf.plan.change import Action
from agentconf.remote.calling import Target
from agentconf.remote.slng.calls import PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.plan.plan import Plan
    from agentconf.remote.calling import CallPlatform

STATUSES = ("queued", "ringing", "in_progress")
"""What a call is before it is over, in this order (API contract, CallListItem).

They are asked for in this order, so that a call which moves on meanwhile is seen twice and never missed.
"""


@dataclass(frozen=True, slots=True)
class Exposed:
    """An agent whose callers an apply would reach in the middle of a call.

    Args:
        name: as messages name it: its key, or its name where it has none.
        id: the platform's id.

    """

    name: str
    id: str


def exposed(plan: Plan) -> tuple[Exposed, ...]:
    """List the live agents that a plan deletes or whose routing it changes, in the plan's order."""
    found: dict[str, Exposed] = {}
    for operation in plan.operations:
        live = operation.live
        if live is not None and (operation.action is Action.DELETE or Impact.ROUTING in operation.impacts):
            name = operation.name if operation.key == live.id else operation.key
            found.setdefault(live.id, Exposed(name, live.id))
    return tuple(found.values())


async def calls_underway(platform: CallPlatform, agents: Iterable[Exposed]) -> dict[str, int]:
    """Count the calls and web sessions of some agents that are not over.

    Args:
        platform: where they are placed.
        agents: whose.

    Returns:
        How many, by the agent's name; agents without any are left out.

    Raises:
        RemoteError: they cannot be listed.

    """
    several = tuple(agents)
    try:
        async with asyncio.TaskGroup() as group:
            counts = [group.create_task(_count(platform, one)) for one in several]
    except ExceptionGroup as failed:
        # Each says the same of another agent.
        raise failed.exceptions[0] from None
    return {one.name: number for one, task in zip(several, counts, strict=True) if (number := task.result())}


async def _count(platform: CallPlatform, agent: Exposed) -> int:
    listed: set[str] = set()
    beyond = 0
    for status in STATUSES:
        page = await platform.list_calls(Target("slng", agent.id), status=status, page_size=PAGE_SIZE)
        running = {call.id for call in page.calls if call.outcome is None}
        listed |= running
        if len(running) == len(page.calls):
            beyond += max(page.total - len(page.calls), 0)
    return len(listed) + beyond
