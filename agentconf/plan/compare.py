"""One agent: what has to be done so that the live one is as declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.model.agent import AgentBody, AgentData
from agentconf.model.fields import fields_of
from agentconf.plan.body import creation, patch
from agentconf.plan.canonical import canonical, digest, same
from agentconf.plan.change import Action, LiveRef, Operation
from agentconf.plan.changes import Update, changes_of_creation, changes_of_deletion, changes_of_update
from agentconf.plan.defaults import FIELD, Defaults, compare_defaults
from agentconf.plan.ignored import NOTHING, aimless, ignored
from agentconf.plan.secrets import API_KEY, ToolSecret, tool_secrets
from agentconf.plan.target import Scope, target, without_defaults
from agentconf.plan.toolids import with_tool_ids

if TYPE_CHECKING:
    from agentconf.model.live import LiveAgent
    from agentconf.plan.options import Desired, PlanOptions

_COMPUTED = tuple(name for name, spec in fields_of(AgentBody).items() if spec.computed)
_DASHBOARD = tuple(name for name, spec in fields_of(AgentBody).items() if spec.dashboard)
_LEFT_WHEN_UNDECLARED = (*_COMPUTED, *_DASHBOARD)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out for one agent.

    Args:
        operation: what to do; None when the agent is as declared.
        left_alone: fields with a live value that the file leaves to the dashboard.
        hidden: declared template defaults that no answer shows.
        cleared: variables that come into view and whose stored default, if there is one, goes.
        kept_secrets: how many tools keep the secret they have.
        kept_key: whether the `slng_api_key` it has is kept.
        aimless: paths of `ignore_changes` that name nothing.

    """

    operation: Operation | None
    left_alone: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    kept_secrets: int = 0
    kept_key: bool = False
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
        send_key: whether `slng_api_key` is sent.

    """

    body: AgentData
    goal: AgentData
    before: AgentData
    after: AgentData
    defaults: Defaults
    secrets: tuple[ToolSecret, ...] = ()
    send_key: bool = False

    @property
    def equal(self) -> bool:
        """Whether there is nothing to do."""
        sends = self.send_key or any(secret.sent for secret in self.secrets)
        return self.before is self.after and not self.defaults.sent and not sends


def compare(desired: Desired, live: LiveAgent, options: PlanOptions) -> Comparison:
    """Compare a declared agent with its live one.

    Raises:
        ConfigurationError: two tools end up with the same id.

    """
    sides = _sides(desired, live, options)
    operation = None if sides.equal else _update(desired, live, sides)
    return Comparison(
        operation=operation if operation is not None and operation.body else None,
        left_alone=tuple(
            name for name in _DASHBOARD if name not in desired.body and live.body.get(name) is not None
        ),
        hidden=() if sides.defaults.resent else sides.defaults.hidden,
        cleared=sides.defaults.cleared,
        kept_secrets=sum(not secret.sent for secret in sides.secrets),
        kept_key=API_KEY in desired.body and options.contract == "keyed" and not sides.send_key,
        aimless=aimless(desired.lifecycle.ignore_changes, (sides.body, live.body)),
    )


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


def _sides(desired: Desired, live: LiveAgent, options: PlanOptions) -> _Sides:
    paths = desired.lifecycle.ignore_changes
    scope = Scope(declared_only=options.ownership == "declared", ignored=ignored(paths) if paths else NOTHING)
    body = with_tool_ids(desired.key, desired.body, live.body)
    before = _shown(canonical(without_defaults(live.body)))
    goal = body
    if scope != Scope() or not same(before, _plainly(body, before)):
        goal = target(body, live.body, scope)
    after = before if goal is body else _shown(canonical(goal))
    after = before if same(before, after) else after
    resend = options.resend_secrets
    return _Sides(
        body=body,
        goal=goal,
        before=before,
        after=after,
        defaults=compare_defaults(body, live, before, after, scope, resend=options.resend_defaults),
        secrets=tool_secrets(goal, live.body, resend=resend),
        send_key=resend
        and options.contract == "keyed"
        and _has_key(body)
        and not scope.at(API_KEY).ignored.whole,
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


def _has_key(body: AgentData) -> bool:
    return body.get(API_KEY) is not None


def _update(desired: Desired, live: LiveAgent, sides: _Sides) -> Operation:
    changes = changes_of_update(
        Update(
            before=sides.before,
            after=sides.after,
            declared=sides.body,
            defaults=sides.defaults,
            shown_defaults=live.body.get(FIELD) or {},
            secrets=sides.secrets,
            send_key=sides.send_key,
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
