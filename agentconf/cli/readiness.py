"""Whether an agent may be dialled with: deployed, as its files say, and able to call out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.cli.connect import connect
from agentconf.cli.memory import recall
from agentconf.cli.planning import Scope, compare
from agentconf.cli.project import find_definition, sound_agent
from agentconf.errors import AuthenticationError, BlockedError
from agentconf.plan.change import Action

if TYPE_CHECKING:
    from agentconf.cli.options import Session
    from agentconf.model.agent import Agent
    from agentconf.plan.plan import Plan
    from agentconf.project.definition import Project

SHOWN = 6
"""Differing fields that a refusal names; `agentconf plan` shows all."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """An agent of the project and its live counterpart.

    Args:
        key: its handle.
        id: the platform's id of it; empty when it is not deployed.
        agent: its definition.
        objections: why it may not be dialled with, each with its next action; empty when it may.

    """

    key: str
    id: str
    agent: Agent
    objections: tuple[tuple[str, str], ...] = ()


async def speaker(
    session: Session, project: Project, key: str, *, allow_drift: bool = False, dials: bool = True
) -> Speaker:
    """Find an agent on the platform and hold it against its files.

    Args:
        session: the invocation.
        project: resolved for the environment.
        key: the agent's handle.
        allow_drift: whether a live agent that differs from its files is good enough.
        dials: whether it needs an outbound connection.

    Raises:
        UsageError: there is no agent of that handle.
        FindingsError: its definition has errors.
        AuthenticationError: the platform answers for another organisation.

    """
    agent = sound_agent(find_definition(project, key))
    state = recall(session, project)
    async with connect(session, project) as platform:
        live = await platform.list_agents()
    compared = compare(session, project, live, Scope(agents=(key,)), state)
    plan = compared.plan
    _check_organisation(plan)
    found = next((agent for agent in live if agent.id == compared.ids.get(key)), None)
    if found is None:
        return Speaker(key, "", agent, (_undeployed(project, key),))
    objections = []
    differing = _differing(plan, key)
    if differing and not allow_drift:
        objections.append(_drifted(project, key, differing))
    if dials and not found.body.get("sip_outbound_trunk_id"):
        objections.append(_trunkless(project, key))
    return Speaker(key, found.id, agent, tuple(objections))


def refuse_unready(objections: tuple[tuple[str, str], ...]) -> None:
    """Refuse an agent that may not be dialled with, with every objection.

    Raises:
        BlockedError: there is one.

    """
    if objections:
        raise BlockedError(
            "; ".join(message for message, _ in objections) + "; nobody was called",
            help="; ".join(help_ for _, help_ in objections),
        )


def _check_organisation(plan: Plan) -> None:
    for blocker in plan.blockers:
        if blocker.guard == "organisation":
            raise AuthenticationError(f"nobody was called: {blocker.message}", help=blocker.help)


def _undeployed(project: Project, key: str) -> tuple[str, str]:
    environment = project.environment.name
    return f"{key} is not deployed in {environment}", f"agentconf apply -e {environment} --agent {key}"


def _differing(plan: Plan, key: str) -> tuple[str, ...]:
    """Name what differs between the live agent and its files, by top-level field or tool."""
    for operation in plan.operations:
        if operation.key == key and operation.action is not Action.CREATE:
            paths = (change.path for change in operation.changes)
            return tuple(
                dict.fromkeys(".".join(map(str, path[: 2 if path[0] == "tools" else 1])) for path in paths)
            )
    return ()


def _drifted(project: Project, key: str, differing: tuple[str, ...]) -> tuple[str, str]:
    more = len(differing) - SHOWN
    names = ", ".join(differing[:SHOWN]) + (f" and {more} more" if more > 0 else "")
    environment = project.environment.name
    return (
        f"{key} is not what its files say in {environment}: {names}",
        f"look with `agentconf plan -e {environment}`, then apply; or call all the same with --allow-drift",
    )


def _trunkless(project: Project, key: str) -> tuple[str, str]:
    return (
        f"{key} has no outbound trunk in {project.environment.name}, so it cannot call anybody",
        "set sip_outbound_trunk_id (Telephony page of the dashboard) and apply",
    )
