"""How a message names what it is about: agents with the same places together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconf.plan.policy.view import PolicyChange

MOST_AGENTS = 20
"""How many agents a message names before it counts the rest; the plan above it shows each."""

_MOST_PATHS = 5


def concerned(changes: Iterable[PolicyChange]) -> str:
    """Name agents and places: `support-router, clinic (tools.transfer.phone_number)`."""
    by_agent: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for change in changes:
        by_agent[_name(change)][change.where] = None
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for agent, paths in list(by_agent.items())[:MOST_AGENTS]:
        groups[few([path for path in paths if path], _MOST_PATHS)].append(agent)
    texts = [f"{', '.join(agents)}{f' ({paths})' if paths else ''}" for paths, agents in groups.items()]
    return few(texts, MOST_AGENTS, len(by_agent) - MOST_AGENTS)


def few(names: Sequence[str], most: int, left_out: int = 0) -> str:
    """List names, the first ones of many.

    Args:
        names: all.
        most: how many are listed.
        left_out: further ones that were left out before.

    """
    more = max(left_out, 0) + max(len(names) - most, 0)
    return ", ".join(names[:most]) + (f" and {more:,} more" if more else "")


def _name(change: PolicyChange) -> str:
    """Name an agent by its key; one that has none but the platform's id, by its name."""
    return change.agent if change.named else change.names[-1]
