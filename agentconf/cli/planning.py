"""From files, the live platform and the memory to a plan; shared by plan, apply, destroy and drift."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agentconf.cli.memory import fingerprints
from agentconf.cli.policing import policed
from agentconf.cli.project import find_definition
from agentconf.plan import inputs
from agentconf.plan.copies import as_copies
from agentconf.plan.ignored import segments
from agentconf.plan.make import Reconciliation, reconcile
from agentconf.plan.options import Desired, PlanOptions, desired_of
from agentconf.plan.resolution import Resolutions, Resolve, Side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconf.cli.options import Session
    from agentconf.model.live import LiveAgent
    from agentconf.model.memory import State
    from agentconf.project.definition import Project


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan is asked to cover, and what it is allowed to do.

    Args:
        agents: keys to limit the plan to; all when empty.
        destroy: keys to delete.
        prune: delete agents that were applied from here and that no file claims any more.
        prune_unmanaged: delete every live agent that no file claims.
        max_deletes: raise the threshold of deletions to this.
        allow: impact classes approved for this run.
        send_secrets: send every declared secret again.
        send_secret: places whose secret is sent again: `AGENT:tools.NAME`, `AGENT:slng_api_key`, or without
            an agent for all.
        send_defaults: send the template defaults again that only tools use.
        accept_organisation: go on when no live agent tells the organisation.
        ours: let every conflict end with the file's value.
        theirs: let every conflict end with the live value.
        resolve: single conflicts, as `AGENT:PATH=ours` or `=theirs`.
        desired: agents in the place of those that the files declare, and no others; None: the files'.
        copies: of which agent each of them is made by the platform as a copy, by key.

    """

    agents: tuple[str, ...] = ()
    destroy: tuple[str, ...] = ()
    prune: bool = False
    prune_unmanaged: bool = False
    max_deletes: int | None = None
    allow: tuple[str, ...] = ()
    send_secrets: bool = False
    send_secret: tuple[str, ...] = ()
    send_defaults: bool = False
    accept_organisation: bool = False
    ours: bool = False
    theirs: bool = False
    resolve: tuple[str, ...] = ()
    desired: tuple[Desired, ...] | None = None
    copies: Mapping[str, str] = field(default_factory=dict)

    @property
    def resolutions(self) -> Resolutions:
        """How conflicts are settled.

        Raises:
            UsageError: a path is none.

        """
        default = Side.OURS if self.ours else Side.THEIRS if self.theirs else None
        return Resolutions(default, tuple(map(Resolve.parse, self.resolve)))


def plan_options(project: Project, scope: Scope, known: Mapping[str, str] | None = None) -> PlanOptions:
    """Combine the environment's settings with what the command line asks for.

    Args:
        project: resolved for the environment.
        scope: what was asked for.
        known: fingerprints of the secrets that are set here, by environment variable.

    """
    from agentconf.model.impact import Impact  # noqa: PLC0415

    settings = project.environment.settings
    return PlanOptions(
        environment=project.environment.name,
        ownership=settings.ownership or project.settings.ownership,
        contract=settings.contract or project.settings.contract,
        organisation=settings.organisation,
        accept_organisation=scope.accept_organisation,
        prune=scope.prune,
        prune_unmanaged=scope.prune_unmanaged,
        max_deletes=scope.max_deletes,
        require_approval=tuple(Impact(name) for name in settings.require_approval),
        allow=frozenset(Impact(name) for name in scope.allow),
        resend_secrets=scope.send_secrets,
        resend_places=tuple(map(_place, scope.send_secret)),
        resend_defaults=scope.send_defaults,
        select=_select(scope),
        destroy=frozenset(scope.destroy),
        resolutions=scope.resolutions,
        fingerprints=known or {},
    )


def _select(scope: Scope) -> frozenset[str] | None:
    if scope.desired is not None:
        return frozenset(one.key for one in scope.desired)
    return frozenset(scope.agents) or None


def _place(text: str) -> tuple[str | None, tuple[str, ...]]:
    agent, colon, path = text.partition(":")
    return (agent, segments(path)) if colon else (None, segments(text))


def make(
    session: Session, project: Project, live: Sequence[LiveAgent], scope: Scope, state: State | None
) -> Reconciliation:
    """Compare, and ask the project's policies; see `compare`. Only such a plan may be carried out."""
    found = compare(session, project, live, scope, state)
    return replace(found, plan=policed(project, found.plan))


def compare(
    session: Session, project: Project, live: Sequence[LiveAgent], scope: Scope, state: State | None
) -> Reconciliation:
    """Compare the files with the live agents and with what is remembered.

    Args:
        session: the invocation.
        project: resolved for the environment.
        live: all living agents.
        scope: what was asked for.
        state: what is remembered; None: nothing.

    """
    for key in scope.agents:
        find_definition(project, key)
    desired = desired_of_project(project) if scope.desired is None else list(scope.desired)
    options = plan_options(project, scope, fingerprints(session, desired, state))
    found = reconcile(desired, live, options, state)
    if scope.desired is None:
        return found
    known = state.agents if state is not None else {}
    inherited = {key: known[one].fingerprints for key, one in scope.copies.items() if one in known}
    plan = as_copies(found.plan) if scope.copies else found.plan
    return replace(found, plan=plan, forgotten=(), inherited=inherited)


def inputs_of(project: Project) -> str:
    """Return the fingerprint of what the files declare, as a plan holds it."""
    return inputs.inputs_of(desired_of_project(project))


def desired_of_project(project: Project) -> list[Desired]:
    """Take from every definition what a plan needs."""
    return [desired_of(definition) for definition in project.definitions]
