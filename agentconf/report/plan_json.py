"""A plan for programs: the document that `plan -o` saves and `apply` takes (schemas/plan.schema.json)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.plan.saved import dump

if TYPE_CHECKING:
    from agentconf.plan.plan import Plan


def render(plan: Plan) -> str:
    """Write a plan as one JSON document."""
    return dump(plan)
