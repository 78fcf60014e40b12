"""One agent: what has to be done so that the live one is as declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentconf.model.agent import AgentBody, AgentData
from agentconf.model.fields import fields_of
from agentconf.model.memory import Remembered
from agentconf.plan.body import creation, patch
from agentconf.plan.canonical import canonical, digest, same
from agentconf.plan.change import Action, LiveRef, Operation
from agentconf.plan.changes import Update, changes_of_creation, changes_of_deletion, changes_of_update
from agentconf.plan.defaults import FIELD, Defaults, compare_defaults
from agentconf.plan.ignored import NOTHING, aimless, chained, ignored, joined
from agentconf.plan.remembering import base_of
from agentconf.plan.secrets import API_KEY, Known, Reason, ToolSecret, key_reason, references, tool_secrets
from agentconf.plan.settling import reach, settled
from agentconf.plan.target import Scope, target, without_defaults
from agentconf.plan.toolids import with_tool_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.model.live import LiveAgent
    from agentconf.plan.change import Change
    from agentconf.plan.diff import KeyPath
    from agentconf.plan.options import Desired, PlanOptions

_COMPUTED = tuple(name for name, spec in fields_of(AgentBody).items() if spec.computed)
_DASHBOARD = tuple(name for name, spec in fields_of(AgentBody).items() if spec.dashboard)
_LEFT_WHEN_UNDECLARED = (*_COMPUTED, *_DASHBOARD)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out for one agent.

    Args:
        operation: what to do; None when the agent is as declared.
        base: what is to be remembered of it once that is done.
        conflicts: changes of both sides that nobody settled.
        left_alone: fields with a live value that the file leaves to the dashboard.
        hidden: declared template defaults that no answer shows.
        cleared: variables that come into view and whose stored default, if there is one, goes.
        kept_secrets: how many tools keep the secret they have, of which nothing is remembered.
        kept_key: whether the `slng_api_key` it has is kept, of which nothing is remembered.
        unchecked: environment variables of secrets that may have changed and are not set here.
        aimless: paths of `ignore_changes` that name nothing.

    """

    operation: Operation | None
    base: AgentData = field(default_factory=dict, repr=False)
    conflicts: tuple[Change, ...] = ()
    left_alone: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    kept_secrets: int = 0
    kept_key: bool = False
    unchecked: tuple[str, ...] = ()
    aimless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sides:
    """One agent from both sides, in all forms that are needed.

    Args:
        body: as declared, with an id on every tool.
        goal: the body after the apply, references in it; without template defaults.
        before: canonical live body, without template defaults.
        after: canonical goal.
        defaults: the template defaults.
        secrets: of the tools.
        key_reason: why `slng_api_key` is sent, or is not; None where none is to be sent in any case.

    """

    body: AgentData
    goal: AgentData
    before: AgentData
    after: AgentData
    defaults: Defaults
    secrets: tuple[ToolSecret, ...] = ()
    key_reason: Reason | None = None

    @property
    def equal(self) -> bool:
        """Whether there is nothing to do."""
        sends = any(secret.sent for secret in self.secrets) or (
            self.key_reason is not None and self.key_reason.sent
        )
        return self.before is self.after and not self.defaults.sent and not sends


def compare(
    desired: Desired, live: LiveAgent, options: PlanOptions, remembered: Remembered | None = None
) -> Comparison:
    """Compare a declared agent with its live one.

    Args:
        desired: the declared agent.
        live: the live one.
        options: what the plan covers.
        remembered: what is remembered of the live one.

    Raises:
        ConfigurationError: two tools end up with the same id.

    """
    memory = remembered or Remembered(live.id, live.name)
    sides = _sides(desired, live, options, memory, kept=())
    operation = None if sides.equal else _update(desired, live, sides, memory.base)
    conflicts, kept = settled(desired.key, operation, options.resolutions)
    if kept:
        reaches = tuple(dict.fromkeys(reach(path, (sides.body, live.body)) for path in kept))
        sides = _sides(desired, live, options, memory, kept=reaches)
        operation = None if sides.equal else _update(desired, live, sides, memory.base)
        conflicts, _ = settled(desired.key, operation, options.resolutions)
        kept = reaches
    return Comparison(
        operation=operation if operation is not None and operation.body else None,
        base=base_of(sides.after, sides.defaults.to_remember, memory.base, kept),
        conflicts=conflicts,
        left_alone=tuple(
            name for name in _DASHBOARD if name not in desired.body and live.body.get(name) is not None
        ),
        hidden=() if sides.defaults.resent else sides.defaults.hidden,
        cleared=sides.defaults.cleared,
        kept_secrets=sum(secret.reason is Reason.KEPT for secret in sides.secrets),
        kept_key=sides.key_reason is Reason.KEPT,
        unchecked=tuple(_unchecked(sides)),
        aimless=aimless(desired.lifecycle.ignore_changes, (sides.body, live.body)),
    )


def _unchecked(sides: _Sides) -> Iterator[str]:
    if sides.key_reason is Reason.UNCHECKED:
        yield from (one.env for one in references(sides.body[API_KEY]))
    for secret in sides.secrets:
        if secret.reason is Reason.UNCHECKED:
            yield from (one.env for one in references(secret.auth))


def create(desired: Desired, options: PlanOptions) -> Operation:
    """Plan the creation of an agent.

    Raises:
        ConfigurationError: two tools end up with the same id.

    """
    body = creation(with_tool_ids(desired.key, desired.body, {}), options.contract)
    return Operation(
        key=desired.key,
        name=str(desired.name),
        action=Action.CREATE,
        changes=changes_of_creation(body),
        body=body,
        expected=canonical(body),
    )


def delete(key: str, live: LiveAgent) -> Operation:
    """Plan the deletion of a live agent."""
    return Operation(
        key=key,
        name=live.name,
        action=Action.DELETE,
        changes=changes_of_deletion(live.body),
        live=reference(live),
    )


def reference(live: LiveAgent) -> LiveRef:
    """Say which live agent is meant, and in which state."""
    return LiveRef(live.id, live.updated_at, digest(live.body))


def _sides(
    desired: Desired,
    live: LiveAgent,
    options: PlanOptions,
    memory: Remembered,
    *,
    kept: tuple[KeyPath, ...],
) -> _Sides:
    paths = desired.lifecycle.ignore_changes
    governed = joined(ignored(paths), chained(kept)) if paths or kept else NOTHING
    scope = Scope(declared_only=options.ownership == "declared", ignored=governed)
    body = with_tool_ids(desired.key, desired.body, live.body)
    before = _shown(canonical(without_defaults(live.body)))
    goal = body
    if scope != Scope() or not same(before, _plainly(body, before)):
        goal = target(body, live.body, scope)
    after = before if goal is body else _shown(canonical(goal))
    after = before if same(before, after) else after
    known = Known(memory.fingerprints, options.fingerprints)
    resend = options.resends(desired.key)
    hides_key = options.contract != "keyed" or scope.at(API_KEY).ignored.whole
    return _Sides(
        body=body,
        goal=goal,
        before=before,
        after=after,
        defaults=compare_defaults(
            body, live, before, after, scope, base=memory.base, resend=options.resend_defaults
        ),
        secrets=tool_secrets(goal, live.body, known, resend),
        key_reason=None if hides_key else key_reason(body, known, resend=resend.at(API_KEY).whole),
    )


def _plainly(body: AgentData, before: AgentData) -> AgentData:
    """Return what the live agent is if it is as declared and there is nothing that we do not know."""
    plain = _shown(canonical(without_defaults(body)))
    for name in _LEFT_WHEN_UNDECLARED:
        if name in before and body.get(name) is None and not (name in _DASHBOARD and name in body):
            plain[name] = before[name]
    return plain


def _shown(body: AgentData) -> AgentData:
    return {name: value for name, value in body.items() if value is not None}


def _update(desired: Desired, live: LiveAgent, sides: _Sides, base: AgentData) -> Operation:
    changes = changes_of_update(
        Update(
            before=sides.before,
            after=sides.after,
            declared=sides.body,
            defaults=sides.defaults,
            shown_defaults=live.body.get(FIELD) or {},
            secrets=sides.secrets,
            base=base,
            key_reason=sides.key_reason,
        )
    )
    names = {str(change.path[0]) for change in changes} | ({FIELD} if sides.defaults.sent else set())
    goal = {**sides.goal, FIELD: sides.defaults.target}
    body = patch(goal, sides.before, names, {secret.tool_id for secret in sides.secrets if secret.sent})
    name = str(goal.get("name", live.name))
    return Operation(
        key=desired.key,
        name=name,
        action=Action.UPDATE,
        changes=changes,
        body=body,
        expected=canonical(body),
        live=reference(live),
        renamed_from=live.name if name != live.name else None,
    )
