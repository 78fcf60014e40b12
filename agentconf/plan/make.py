"""`make_plan`: a pure function of (desired, live, remembered), the same to the byte for the same input."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentconf import __version__
from agentconf.errors import ConfigurationError
from agentconf.plan.alike import suggested_renames
from agentconf.plan.compare import Comparison, compare, create, delete
from agentconf.plan.guards import Situation, blockers, organisation_of
from agentconf.plan.identity import Matching, match
from agentconf.plan.inputs import check, inputs_of
from agentconf.plan.notes import checked_at_apply, notes_of, nothing_to_destroy, nothing_to_rename
from agentconf.plan.options import Desired, PlanOptions, desired_of
from agentconf.plan.order import arrange
from agentconf.plan.plan import Note, Plan
from agentconf.plan.variables import shown_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentconf.model.live import LiveAgent
    from agentconf.plan.change import Operation

__all__ = ["Desired", "PlanOptions", "desired_of", "inputs_of", "make_plan"]


def make_plan(
    desired: Sequence[Desired],
    live: Sequence[LiveAgent],
    options: PlanOptions,
    remembered: Mapping[str, str] | None = None,
) -> Plan:
    """Compare what is declared with what is live.

    Args:
        desired: the declared agents, in any order.
        live: all living agents of the organisation, in any order.
        options: what the plan covers and may do.
        remembered: the platform's id by key, where a state remembers it.

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
    matching = match(ordered, agents, remembered or {})
    draft = _Draft(options, matching)
    for one in ordered:
        if options.select is None or one.key in options.select:
            draft.add(one)
    draft.prune()
    draft.refuse_conflicts()
    operations = arrange(draft.operations, agents)
    return Plan(
        environment=options.environment,
        organisation=organisation,
        operations=operations,
        unchanged=tuple(draft.unchanged),
        unmanaged=tuple(agent.name for agent in draft.unmanaged),
        blockers=blockers(Situation(ordered, operations, agents, organisation, options)),
        notes=draft.notes(),
        agents=sum(not one.absent for one in ordered),
        live=len(agents),
        inputs=inputs,
        version=__version__,
    )


@dataclass(slots=True)
class _Draft:
    """A plan while the agents are gone through, one by one."""

    options: PlanOptions
    matching: Matching
    operations: list[Operation] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    compared: dict[str, Comparison] = field(default_factory=dict)
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
                self.operations.append(create(one, self.options))
                self.created.append(one)
                self.missing += nothing_to_rename(one)
            else:
                self._compare(one, live)
        except ConfigurationError as error:
            self.conflicts.append(error)

    def prune(self) -> None:
        """Delete what no file claims, if that was asked for and the plan is not limited to some keys."""
        if self.options.prune and self.options.select is None:
            self.operations += [delete(agent.id, agent) for agent in self.matching.unclaimed]
            self.deleted += self.matching.unclaimed

    def refuse_conflicts(self) -> None:
        """Raise what is wrong with tools' ids, all at once."""
        if self.conflicts:
            raise ConfigurationError(
                "; ".join(error.message for error in self.conflicts), help=self.conflicts[0].help
            )

    @property
    def unmanaged(self) -> tuple[LiveAgent, ...]:
        """Live agents that stay and that no file claims."""
        gone = {agent.id for agent in self.deleted}
        return tuple(agent for agent in self.matching.unclaimed if agent.id not in gone)

    def notes(self) -> tuple[Note, ...]:
        """Say what is not covered, left alone or suggested."""
        hidden = {key: one.hidden for key, one in self.compared.items()}
        gone = sorted((*self.deleted, *self.unmanaged), key=lambda agent: (agent.name, agent.id))
        covered = self.options.select
        return (
            *notes_of(self.compared, hidden | {one.key: _hidden(one) for one in self.created}),
            *(note for note in self.matching.notes if covered is None or note.key in covered),
            *self.missing,
            *suggested_renames(self.created, gone),
            *checked_at_apply(self.operations),
        )

    def _delete(self, one: Desired, live: LiveAgent | None) -> None:
        if live is not None:
            self.operations.append(delete(one.key, live))
            self.deleted.append(live)
        elif one.key in self.options.destroy:
            self.missing.append(nothing_to_destroy(one))

    def _compare(self, one: Desired, live: LiveAgent) -> None:
        compared = compare(one, live, self.options)
        self.compared[one.key] = compared
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
