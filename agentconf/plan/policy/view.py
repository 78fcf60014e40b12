"""What policies see of a plan: its changes as plain data, copied, secrets as the references they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from agentconf.model.secret import SecretRef
from agentconf.plan.change import ABSENT
from agentconf.plan.policy.reach import Place, fits, places, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.plan.change import Change, Operation
    from agentconf.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One value that changes.

    Args:
        agent: the agent's key; the platform's id of an agent that has none.
        names: the live names that the agent has now and afterwards.
        action: `create`, `update` or `delete`: what is done to the agent.
        path: keys from the root, tools by name, indexes as text; empty for an agent of which no single value
            changes.
        kind: `added`, `changed` or `removed`.
        before: the live value; None when there is none. JSON, with a secret as `${env:NAME}`.
        after: the value afterwards, in the same way.
        impacts: impact classes, most serious first.
        origin: `yours`, `theirs`, `both`, or `unknown` without a memory.
        inside: whether it was looked up inside of a value that changes as a whole.
        named: whether `agent` is a key; the platform's id otherwise.

    """

    agent: str
    names: tuple[str, ...]
    action: str
    path: tuple[str, ...]
    kind: str
    before: Any = field(repr=False)
    after: Any = field(repr=False)
    impacts: tuple[str, ...]
    origin: str
    inside: bool = False
    named: bool = True

    @property
    def where(self) -> str:
        """The path as people write it: `tools.transfer.phone_number`."""
        return written(self.path)

    def of(self, *agents: str) -> bool:
        """Tell whether it is a change of one of some agents.

        Args:
            agents: globs of keys or live names.

        """
        return any(fits(name, glob) for glob in agents for name in (self.agent, *self.names))

    def at(self, pattern: str) -> Iterator[PolicyChange]:
        """Find what a pattern means of it.

        Args:
            pattern: such as `tools.*.phone_number`; a place stands for all below it.

        Yields:
            The change itself, or the changes inside of it that are meant: a tool is added as a whole.

        """
        for place in places(Place(self.path, self.before, self.after), pattern):
            if place.path == self.path:
                yield self
            else:
                kind = "added" if place.before is None else "removed" if place.after is None else "changed"
                yield replace(
                    self, path=place.path, kind=kind, before=place.before, after=place.after, inside=True
                )


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """What a plan would do.

    Args:
        environment: name of the environment.
        organisation: the platform's id of it; None while it is not known.
        changes: all of them, in the order of the plan.
        unchanged: keys of agents that are as declared.
        unmanaged: names of live agents that no file claims.

    """

    environment: str
    organisation: str | None
    changes: tuple[PolicyChange, ...]
    unchanged: tuple[str, ...] = ()
    unmanaged: tuple[str, ...] = ()

    def at(self, pattern: str) -> tuple[PolicyChange, ...]:
        """Find the changes that a pattern means, as `PolicyChange.at` does."""
        return tuple(found for change in self.changes for found in change.at(pattern))


def view_of(plan: Plan) -> PolicyPlan:
    """Show a plan to policies. Nothing they do to it reaches the plan."""
    return PolicyPlan(
        environment=plan.environment,
        organisation=plan.organisation,
        changes=tuple(change for operation in plan.operations for change in _changes(operation)),
        unchanged=plan.unchanged,
        unmanaged=plan.unmanaged,
    )


def _changes(operation: Operation) -> Iterator[PolicyChange]:
    names = tuple(dict.fromkeys(name for name in (operation.renamed_from, operation.name) if name))
    named = operation.live is None or operation.live.id != operation.key
    action = operation.action.value
    blank = PolicyChange(operation.key, names, action, (), "changed", None, None, (), "unknown", named=named)
    if not operation.changes:
        # Whatever such an operation does, a policy over its agent has to see it.
        yield blank
    for change in operation.changes:
        yield _shown(change, blank)


def _shown(change: Change, blank: PolicyChange) -> PolicyChange:
    return replace(
        blank,
        path=tuple(map(str, change.path)),
        kind=change.kind.value,
        before=_plain(change.before),
        after=_plain(change.after),
        impacts=tuple(impact.value for impact in change.impacts),
        origin=change.origin.value,
    )


def _plain(value: Any) -> Any:
    match value:
        case SecretRef():
            return str(value)
        case dict():
            return {name: _plain(child) for name, child in value.items()}
        case list():
            return [_plain(child) for child in value]
        case _:
            return None if value is ABSENT else value
