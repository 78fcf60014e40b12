"""Plans whose creations are copies that the platform makes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agentconf.plan.notes import checked_at_apply

if TYPE_CHECKING:
    from agentconf.model.agent import AgentData
    from agentconf.plan.plan import Plan


def as_copies(plan: Plan) -> Plan:
    """Return a plan whose agents the platform makes from others.

    A copy is alike its original, which is no sign of a rename. Its tools come with their stored secrets and
    with ids that are the platform's to choose: they are not sent, and no answer is held against them.

    Args:
        plan: made as if the agents were created from their files.

    """
    operations = tuple(
        replace(one, body=_without_tools(one.body), expected=_without_tools(one.expected))
        for one in plan.operations
    )
    kept = [one for one in plan.notes if one.kind not in {"suggestion", "checked-at-apply"}]
    return replace(plan, operations=operations, notes=(*kept, *checked_at_apply(operations)))


def _without_tools(body: AgentData) -> AgentData:
    return {name: value for name, value in body.items() if name != "tools"}
