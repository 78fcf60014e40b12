"""Short ways to judge a plan by policies."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from simulated import body, desired, hangup, live, transfer

from agentconf.model.policy import Policy
from agentconf.plan.make import PlanOptions, make_plan
from agentconf.plan.policy.judge import judge
from agentconf.plan.policy.verdict import PolicyContext, Verdict
from agentconf.plan.policy.view import view_of
from agentconf.project.policy import PolicyDefinition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.model.live import LiveAgent
    from agentconf.plan.options import Desired
    from agentconf.plan.plan import Plan

TODAY = date(2026, 6, 15)
OTHER = "+14155550199"
PHONE = {"paths": ["tools.*.phone_number"]}


def moved(key: str = "support-router", number: int = 0) -> tuple[Desired, LiveAgent]:
    """An agent whose transfer goes to another number than before, as declared and as live."""
    name, id_ = f"{key} agent", f"550e8400-e29b-41d4-a716-44665544{number:04}"
    wanted = desired(key, body(name=name, tools=[hangup(), transfer(phone_number=OTHER)]))
    return wanted, live(body(name=name, tools=[hangup(), transfer()]), id=id_)


def plan_of(*agents: tuple[Desired | None, LiveAgent | None], **options: Any) -> Plan:
    """A plan of agents, each as declared and as live; None where it is not."""
    return make_plan(
        [one for one, _ in agents if one is not None],
        [one for _, one in agents if one is not None],
        PlanOptions(**options),
    )


def policy(**said: Any) -> PolicyDefinition:
    return PolicyDefinition(Policy.model_validate({"id": "rule"} | said), "policies/a.yaml:3")


def context(*approved: str, environment: str = "local", today: date = TODAY) -> PolicyContext:
    return PolicyContext(environment, today, approved)


def verdicts(plan: Plan, *policies: PolicyDefinition, **said: Any) -> tuple[Verdict, ...]:
    """Judge a plan by policies; by one policy, when its keys are given."""
    asked = (*policies, policy(**said)) if said else policies
    return judge(view_of(plan), asked, context())


def selected(plan: Plan, **select: Any) -> list[tuple[str, str]]:
    """Tell which changes a selection means: agent and path."""
    return [
        (agent, path)
        for verdict in verdicts(plan, select=select, warn="x")
        for agent in verdict.agents
        for path in verdict.paths or ("",)
    ]


def paths_of(plan: Plan, pattern: str) -> list[str]:
    return [change.where for change in view_of(plan).at(pattern)]


def shown(several: Sequence[Verdict]) -> list[tuple[str, str]]:
    return [(one.effect, one.message) for one in several]
