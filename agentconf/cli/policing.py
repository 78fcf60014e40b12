"""Asking a project's policies about a plan: those in its files, and the plug-ins that it lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.plan.plan import Plan
    from agentconf.plan.policy.verdict import Verdict
    from agentconf.project.definition import Project


def policed(project: Project, plan: Plan, *, today: date | None = None) -> Plan:
    """Return a plan with what the project's policies say of it.

    Whoever carries a plan out has to ask for itself: a policy may have changed, and a waiver expired, since a
    plan was saved.

    Args:
        project: resolved for the plan's environment.
        plan: just made, or read from a file.
        today: the day on which waivers are looked at, in UTC; None for this one.

    """
    if not (any(project.policies) or project.settings.policies.plugins):
        return plan
    from agentconf.plan.policy.passing import with_verdicts  # noqa: PLC0415 - many projects have no policies

    return with_verdicts(plan, _verdicts(project, plan, today or datetime.now(UTC).date()))


def _verdicts(project: Project, plan: Plan, today: date) -> Iterator[Verdict]:
    from agentconf.plan.policy.judge import judge  # noqa: PLC0415 - as above
    from agentconf.plan.policy.plugins import ask_plugins  # noqa: PLC0415
    from agentconf.plan.policy.verdict import PolicyContext, Verdict  # noqa: PLC0415
    from agentconf.plan.policy.view import view_of  # noqa: PLC0415

    context = PolicyContext(plan.environment, today, tuple(sorted(one.value for one in plan.allowed)))
    view = view_of(plan)
    for problem in project.policies.problems:
        message = f"policies could not be evaluated: {problem.message} ({problem.location})"
        yield Verdict(message, help="`agentconf lint` shows all")
    yield from judge(view, project.policies.definitions, context)
    yield from ask_plugins(view, project.settings.policies.plugins, context)
