"""From files and the live platform to a plan; shared by plan, apply and destroy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.cli.policing import policed
from agentconf.cli.project import find_definition
from agentconf.plan import inputs
from agentconf.plan.make import make_plan
from agentconf.plan.options import Desired, PlanOptions, desired_of

if TYPE_CHECKING:
    from agentconf.plan.plan import Plan
    from agentconf.project.definition import Project
    from agentconf.remote.platform import AgentPlatform


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan is asked to cover, and what it is allowed to do.

    Args:
        agents: keys to limit the plan to; all when empty.
        destroy: keys to delete.
        prune: delete live agents that no file claims.
        max_deletes: raise the threshold of deletions to this.
        allow: impact classes approved for this run.
        send_secrets: send every declared secret again.
        send_defaults: send the template defaults again that only tools use.
        accept_organisation: go on when no live agent tells the organisation.

    """

    agents: tuple[str, ...] = ()
    destroy: tuple[str, ...] = ()
    prune: bool = False
    max_deletes: int | None = None
    allow: tuple[str, ...] = ()
    send_secrets: bool = False
    send_defaults: bool = False
    accept_organisation: bool = False


def plan_options(project: Project, scope: Scope) -> PlanOptions:
    """Combine the environment's settings with what the command line asks for."""
    from agentconf.model.impact import Impact  # noqa: PLC0415

    settings = project.environment.settings
    return PlanOptions(
        environment=project.environment.name,
        ownership=settings.ownership or project.settings.ownership,
        contract=settings.contract or project.settings.contract,
        organisation=settings.organisation,
        accept_organisation=scope.accept_organisation,
        prune=scope.prune,
        max_deletes=scope.max_deletes,
        require_approval=tuple(Impact(name) for name in settings.require_approval),
        allow=frozenset(Impact(name) for name in scope.allow),
        resend_secrets=scope.send_secrets,
        resend_defaults=scope.send_defaults,
        select=frozenset(scope.agents) or None,
        destroy=frozenset(scope.destroy),
    )


async def make(project: Project, platform: AgentPlatform, scope: Scope) -> Plan:
    """Read the live agents with one request and compare."""
    for key in scope.agents:
        find_definition(project, key)
    live = await platform.list_agents()
    return policed(project, make_plan(desired_of_project(project), live, plan_options(project, scope)))


def inputs_of(project: Project) -> str:
    """Return the fingerprint of what the files declare, as a plan holds it."""
    return inputs.inputs_of(desired_of_project(project))


def desired_of_project(project: Project) -> list[Desired]:
    """Take from every definition what a plan needs."""
    return [desired_of(definition) for definition in project.definitions]
