"""What stands in the way of a plan: each guard objects by itself, and says what lets it pass."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError
from agentconf.model.impact import Impact
from agentconf.plan.change import Action, Operation
from agentconf.plan.plan import Blocker
from agentconf.plan.recollection import Recollection
from agentconf.plan.resolution import Side, flag, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.model.live import LiveAgent
    from agentconf.plan.change import Change
    from agentconf.plan.options import Desired, PlanOptions

FREE_DELETIONS = 3
"""More deletions than this are held back, unless the user allows them by number."""

FREE_SHARE = 0.2
"""So are several deletions that are more than this share of the live agents."""

_NAMED = 10
"""How many agents a message names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What guards look at.

    Args:
        desired: the declared agents.
        operations: what the plan would do.
        live: all living agents.
        organisation: whose they are; None while there are none.
        options: what was asked for.
        memory: what is remembered.
        conflicts: changes of both sides that nobody settled, with the agent's key.

    """

    desired: Sequence[Desired]
    operations: Sequence[Operation]
    live: Sequence[LiveAgent]
    organisation: str | None
    options: PlanOptions
    memory: Recollection = field(default_factory=Recollection)
    conflicts: Sequence[tuple[str, Change]] = ()


def blockers(situation: Situation) -> tuple[Blocker, ...]:
    """Ask all guards."""
    return tuple(objection for guard in _GUARDS for objection in guard(situation))


def organisation_of(live: Sequence[LiveAgent]) -> str | None:
    """Tell whose agents these are; None when there are none.

    Raises:
        ConfigurationError: they belong to several organisations, which no credential can mean.

    """
    found = sorted({agent.organisation_id for agent in live})
    if len(found) > 1:
        raise ConfigurationError(
            f"the live agents belong to {len(found):,} organisations: {', '.join(found)}",
            help="check base_url and the key of this environment",
        )
    return found[0] if found else None


def _organisation(situation: Situation) -> Iterator[Blocker]:
    expected, found = situation.options.organisation, situation.organisation
    known = situation.memory.organisation
    if None not in (known, found) and known != found:
        yield Blocker(
            "organisation",
            f"what is remembered is of the organisation {known}, the live agents belong to {found}",
            "use the key of the right organisation, or give the environment a `state` of its own",
        )
    if expected is None or found == expected:
        return
    if found is not None:
        yield Blocker(
            "organisation",
            f"the live agents belong to the organisation {found}, not to {expected}",
            "use the key of the right organisation, or correct `organisation` of the environment",
        )
    elif not situation.options.accept_organisation:
        yield Blocker(
            "organisation-unknown",
            f"no live agent tells whether this is the organisation {expected}",
            f"check the key, then {_add('--accept-organisation')}",
        )


def _empty_project(situation: Situation) -> Iterator[Blocker]:
    """Hold back a pruning that would delete all there is; what tombstones delete was written down."""
    present = [one for one in situation.desired if not one.absent]
    declared = {one.key for one in situation.desired}
    pruned = [one for one in _deletions(situation) if one.key not in declared]
    if pruned and not present:
        yield Blocker(
            "empty-project",
            "the files declare no agent, so --prune would delete every live one",
            "check the project's folder; to delete agents, name them: agentconf destroy",
        )


def _protected(situation: Situation) -> Iterator[Blocker]:
    protected = {one.key for one in situation.desired if one.lifecycle.prevent_destroy}
    declared = {one.key for one in situation.desired}
    for operation in _deletions(situation):
        former = situation.memory.of_agent(operation.live.id) if operation.live is not None else None
        if former is not None and former.prevent_destroy and operation.key not in declared:
            yield Blocker(
                "prevent-destroy",
                f"{_named(operation)} was protected by `lifecycle.prevent_destroy` when it was applied last",
                f"put its file back without `prevent_destroy` and apply, or give the agent up: "
                f"agentconf state rm {operation.key}",
                operation.key,
            )
        if operation.key in protected:
            yield Blocker(
                "prevent-destroy",
                f"{_named(operation)} is protected by `lifecycle.prevent_destroy`",
                "remove `prevent_destroy` from its file first",
                operation.key,
            )


def _threshold(situation: Situation) -> Iterator[Blocker]:
    count, live = len(_deletions(situation)), len(situation.live)
    allowed = situation.options.max_deletes
    if allowed is None:
        refused = count > FREE_DELETIONS or (count > 1 and count > FREE_SHARE * live)
        limit = f"at most {FREE_DELETIONS}, and of several at most {FREE_SHARE:.0%}, go without asking"
    else:
        refused = count > allowed
        limit = f"--max-deletes allows {allowed:,}"
    if refused:
        yield Blocker(
            "deletions",
            f"{count:,} of {live:,} live agents would be deleted ({_listed(_deletions(situation))}); {limit}",
            f"if that is meant, {_add(f'--max-deletes {count}')}",
        )


def _approval(situation: Situation) -> Iterator[Blocker]:
    options = situation.options
    for impact in Impact:
        if impact in options.allow or impact not in options.require_approval:
            continue
        concerned = [one for one in situation.operations if impact in one.impacts]
        if concerned:
            yield Blocker(
                "approval",
                f"changes of class {impact.value} need approval: {_listed(concerned)}",
                _add(f"--allow {impact.value}"),
            )


def _conflicts(situation: Situation) -> Iterator[Blocker]:
    """Hold back what would undo an edit of the dashboard that the file has never seen."""
    for key, change in situation.conflicts:
        ours, theirs = (shlex.quote(flag(key, change, side)) for side in (Side.OURS, Side.THEIRS))
        yield Blocker(
            "conflict",
            f"{written(change.path)} of `{key}` was changed here and in the dashboard since the last apply",
            f"--resolve {ours} writes the file's value, --resolve {theirs} leaves the live one; --ours or "
            "--theirs settles all; `agentconf drift --adopt` takes the live value into the file",
            key,
        )


_GUARDS = (_organisation, _conflicts, _empty_project, _protected, _threshold, _approval)


def _deletions(situation: Situation) -> list[Operation]:
    return [one for one in situation.operations if one.action is Action.DELETE]


def _listed(operations: Sequence[Operation]) -> str:
    names = [_named(one) for one in operations[:_NAMED]]
    more = len(operations) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _named(operation: Operation) -> str:
    """Name an agent by its key and the name it has live; by one of them where both say the same."""
    if operation.live is None:
        return f"`{operation.key}`"
    name = operation.renamed_from or operation.name
    if operation.key in (name, operation.live.id):
        return f"`{name}`"
    return f"`{operation.key}` (`{name}`)"


def _add(option: str) -> str:
    """Say where an option belongs: guards are asked when a plan is made, a saved one keeps their answer."""
    return f"add {option} (to `agentconf plan -o` when the plan is saved)"
