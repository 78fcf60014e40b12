"""`make_plan`: a pure function of (desired, live, remembered), the same to the byte for the same input."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentconf import __version__
from agentconf.errors import ConfigurationError
from agentconf.model.impact import Impact
from agentconf.plan.alike import suggested_renames
from agentconf.plan.compare import Comparison, compare, create, delete
from agentconf.plan.guards import Situation, blockers, organisation_of
from agentconf.plan.identity import Matching, match
from agentconf.plan.inputs import check, inputs_of
from agentconf.plan.notes import (
    checked_at_apply,
    notes_of,
    nothing_to_destroy,
    nothing_to_rename,
    origin_unknown,
)
from agentconf.plan.options import Desired, PlanOptions, desired_of
from agentconf.plan.order import arrange
from agentconf.plan.plan import Note, Plan
from agentconf.plan.recollection import Recollection
from agentconf.plan.remembering import base_of_creation
from agentconf.plan.variables import shown_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent
    from agentconf.model.memory import Remembered, State
    from agentconf.plan.change import Change, Operation

__all__ = ["Desired", "PlanOptions", "Reconciliation", "desired_of", "inputs_of", "make_plan", "reconcile"]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A plan, and what is to be remembered once it is carried out.

    Args:
        plan: what would be done.
        bases: of every agent that was compared or is created, by key.
        ids: the platform's id of every live agent that was compared, by key.
        forgotten: keys that are remembered, no longer declared, and no longer live.
        protected: keys of agents whose files refuse their deletion.
        vanished: what is remembered of agents that are declared and no longer live, by key.
        unchecked: environment variables of secrets that may have changed and are not set here, sorted.
        inherited: fingerprints of secrets that the platform copies along with an agent, by the copy's key.

    """

    plan: Plan
    bases: Mapping[str, AgentData] = field(default_factory=dict, repr=False)
    ids: Mapping[str, str] = field(default_factory=dict)
    forgotten: tuple[str, ...] = ()
    protected: frozenset[str] = frozenset()
    vanished: Mapping[str, Remembered] = field(default_factory=dict, repr=False)
    unchecked: tuple[str, ...] = ()
    inherited: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)


def make_plan(
    desired: Sequence[Desired],
    live: Sequence[LiveAgent],
    options: PlanOptions,
    state: State | None = None,
) -> Plan:
    """Compare what is declared with what is live; see `reconcile`."""
    return reconcile(desired, live, options, state).plan


def reconcile(
    desired: Sequence[Desired],
    live: Sequence[LiveAgent],
    options: PlanOptions,
    state: State | None = None,
) -> Reconciliation:
    """Compare what is declared with what is live, and with what was last applied.

    Args:
        desired: the declared agents, in any order.
        live: all living agents of the organisation, in any order.
        options: what the plan covers and may do.
        state: what is remembered; None: nothing.

    Raises:
        ConfigurationError: an agent is not sound enough to be compared, `select` or `destroy` name a key that
            there is not, names or ids contradict each other, or the live agents belong to several
            organisations. What is wrong with identities is told in one error.

    """
    ordered = sorted(desired, key=lambda one: one.key)
    agents = sorted(live, key=lambda one: (one.name, one.id))
    check(ordered)
    inputs = inputs_of(ordered)
    _check_keys(ordered, options)
    organisation = organisation_of(agents)
    memory = Recollection.of(state)
    matching = match(ordered, agents, memory.ids)
    draft = _Draft(options, matching, memory)
    for one in ordered:
        if options.select is None or one.key in options.select:
            draft.add(one)
    draft.prune()
    draft.refuse_conflicts()
    operations = arrange(draft.operations, agents)
    plan = Plan(
        environment=options.environment,
        organisation=organisation,
        operations=operations,
        unchanged=tuple(draft.unchanged),
        unmanaged=tuple(agent.name for agent in draft.unmanaged),
        blockers=blockers(
            Situation(ordered, operations, agents, organisation, options, memory, tuple(draft.unsettled))
        ),
        notes=draft.notes(),
        agents=sum(not one.absent for one in ordered),
        live=len(agents),
        inputs=inputs,
        version=__version__,
        allowed=tuple(impact for impact in Impact if impact in options.allow),
        resolutions=options.resolutions,
    )
    protected = frozenset(one.key for one in ordered if one.lifecycle.prevent_destroy)
    vanished = {one.key: memory.agents[one.key] for one in draft.created if one.key in memory.agents}
    forgotten = memory.forgotten(ordered, agents)
    unchecked = tuple(sorted({name for one in draft.compared.values() for name in one.unchecked}))
    return Reconciliation(plan, draft.bases, draft.ids, forgotten, protected, vanished, unchecked)


@dataclass(slots=True)
class _Draft:
    """A plan while the agents are gone through, one by one."""

    options: PlanOptions
    matching: Matching
    memory: Recollection
    operations: list[Operation] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    compared: dict[str, Comparison] = field(default_factory=dict)
    bases: dict[str, AgentData] = field(default_factory=dict)
    unsettled: list[tuple[str, Change]] = field(default_factory=list)
    created: list[Desired] = field(default_factory=list)
    deleted: list[LiveAgent] = field(default_factory=list)
    conflicts: list[ConfigurationError] = field(default_factory=list)
    missing: list[Note] = field(default_factory=list)

    def add(self, one: Desired) -> None:
        """Decide what to do about one declared agent."""
        live = self.matching.live.get(one.key)
        try:
            if one.absent or one.key in self.options.destroy:
                self._delete(one, live)
            elif live is None:
                made = create(one, self.options)
                self.operations.append(made)
                self.bases[one.key] = base_of_creation(made)
                self.created.append(one)
                self.missing += nothing_to_rename(one)
                self.missing += self.memory.deleted_outside(one)
            else:
                self._compare(one, live)
        except ConfigurationError as error:
            self.conflicts.append(error)

    def prune(self) -> None:
        """Delete what no file claims, if that was asked for and the plan is not limited to some keys."""
        if self.options.select is not None:
            return
        for agent in self.matching.unclaimed:
            ours = self.memory.key_of(agent.id)
            if self.options.prune_unmanaged or (self.options.prune and ours is not None):
                self.operations.append(delete(ours or agent.id, agent))
                self.deleted.append(agent)

    def refuse_conflicts(self) -> None:
        """Raise what is wrong with tools' ids, all at once."""
        if self.conflicts:
            raise ConfigurationError(
                "; ".join(error.message for error in self.conflicts), help=self.conflicts[0].help
            )

    @property
    def ids(self) -> dict[str, str]:
        """The platform's id of each agent that was compared."""
        return {key: agent.id for key, agent in self.matching.live.items() if key in self.bases}

    @property
    def left(self) -> tuple[LiveAgent, ...]:
        """Live agents that stay and that no file claims."""
        gone = {agent.id for agent in self.deleted}
        return tuple(agent for agent in self.matching.unclaimed if agent.id not in gone)

    @property
    def unmanaged(self) -> tuple[LiveAgent, ...]:
        """Those of them that were never ours."""
        return tuple(agent for agent in self.left if self.memory.key_of(agent.id) is None)

    def notes(self) -> tuple[Note, ...]:
        """Say what is not covered, left alone or suggested."""
        hidden = {key: one.hidden for key, one in self.compared.items()}
        gone = sorted((*self.deleted, *self.left), key=lambda agent: (agent.name, agent.id))
        covered = self.options.select
        return (
            *notes_of(self.compared, hidden | {one.key: _hidden(one) for one in self.created}),
            *(note for note in self.matching.notes if covered is None or note.key in covered),
            *self.missing,
            *self.memory.notes(self.left, self.matching.live, covered, asked=self.options.prune),
            *suggested_renames(self.created, gone),
            *checked_at_apply(self.operations, self.compared.values()),
            *origin_unknown(self.operations),
        )

    def _delete(self, one: Desired, live: LiveAgent | None) -> None:
        if live is not None:
            self.operations.append(delete(one.key, live))
            self.deleted.append(live)
        elif one.key in self.options.destroy:
            self.missing.append(nothing_to_destroy(one))

    def _compare(self, one: Desired, live: LiveAgent) -> None:
        compared = compare(one, live, self.options, self.memory.of_agent(live.id))
        self.compared[one.key] = compared
        self.bases[one.key] = compared.base
        self.unsettled += [(one.key, change) for change in compared.conflicts]
        if compared.operation is None:
            self.unchanged.append(one.key)
        else:
            self.operations.append(compared.operation)


def _hidden(one: Desired) -> tuple[str, ...]:
    defaults = one.body.get("template_defaults")
    return tuple(sorted(set(defaults) - shown_variables(one.body))) if isinstance(defaults, dict) else ()


def _check_keys(desired: Sequence[Desired], options: PlanOptions) -> None:
    keys = [one.key for one in desired]
    unknown = sorted({*(options.select or ()), *options.destroy} - set(keys))
    if unknown:
        names = ", ".join(f"`{key}`" for key in unknown)
        raise ConfigurationError(f"there is no agent {names}", help=_did_you_mean(unknown, keys))


def _did_you_mean(unknown: Iterable[str], keys: Sequence[str]) -> str:
    close = [match for key in unknown for match in difflib.get_close_matches(key, keys, n=1)]
    if close:
        return f"did you mean {', '.join(f'`{key}`' for key in close)}?"
    return f"the agents are: {', '.join(keys)}" if keys else "the project has no agents"
