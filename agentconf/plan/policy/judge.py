"""Judging a plan by the policies in files: a pure function, the same to the byte for the same input."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.plan.canonical import free, same
from agentconf.plan.policy.concerned import concerned
from agentconf.plan.policy.reach import fits
from agentconf.plan.policy.verdict import Verdict
from agentconf.plan.policy.waiving import gone, notes, waive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.model.policy import Policy, Requirement, Selection, ValueRule
    from agentconf.plan.policy.verdict import PolicyContext
    from agentconf.plan.policy.view import PolicyChange, PolicyPlan
    from agentconf.project.policy import PolicyDefinition

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_FEW = 5


@dataclass(frozen=True, slots=True)
class _Objection:
    """What is not as a policy requires: in words, for which changes, and what else than a waiver helps."""

    words: str
    changes: tuple[PolicyChange, ...]
    help: str | None = None


def judge(
    plan: PolicyPlan, policies: Sequence[PolicyDefinition], context: PolicyContext
) -> tuple[Verdict, ...]:
    """Ask all policies.

    Args:
        plan: what would be done.
        policies: sound ones.
        context: environment, day and approvals.

    Returns:
        What they say, in their order. Each message names the policy, its place, the agents and the paths.

    """
    return tuple(
        verdict
        for definition in policies
        if any(fits(context.environment, glob) for glob in definition.policy.environments or ("*",))
        for verdict in _judge(plan, definition, context)
    )


def _judge(plan: PolicyPlan, definition: PolicyDefinition, context: PolicyContext) -> Iterator[Verdict]:
    policy, name = definition.policy, f"{definition.policy.id} ({definition.where})"
    waived = waive(_selected(plan, policy.select), policy.waivers, context.today)
    for text, changes in notes(waived, context.today):
        yield _verdict(f"{name}: {text}", changes, warns=True)
    said = policy.deny or policy.warn
    for one in _objections(policy, waived.kept, context):
        words = f"{said} ({one.words})" if said and one.words else said or one.words
        text = f"{name}: {words}: {concerned(one.changes)}{gone(waived)}"
        yield _verdict(text, one.changes, warns=policy.warn is not None, help_=one.help)


def _selected(plan: PolicyPlan, selection: Selection) -> tuple[PolicyChange, ...]:
    """Find the changes that fit every key; each place once, whatever number of patterns mean it."""
    found: dict[tuple[str, tuple[str, ...]], PolicyChange] = {}
    for change in plan.changes:
        if not _fits_whole(change, selection):
            continue
        patterns = selection.paths
        several = [change] if patterns is None else [one for glob in patterns for one in change.at(glob)]
        for one in several:
            if selection.kinds is None or one.kind in selection.kinds:
                found.setdefault((one.agent, one.path), one)
    return tuple(found.values())


def _fits_whole(change: PolicyChange, selection: Selection) -> bool:
    return (
        (selection.agents is None or change.of(*selection.agents))
        and (selection.actions is None or change.action in selection.actions)
        and (selection.origins is None or change.origin in selection.origins)
        and (selection.impacts is None or not set(selection.impacts).isdisjoint(change.impacts))
    )


def _objections(
    policy: Policy, changes: tuple[PolicyChange, ...], context: PolicyContext
) -> Iterator[_Objection]:
    if not changes:
        return
    require = policy.require
    if require is None:
        yield _Objection("", changes, _waive(changes))
        return
    if require.value is not None:
        wrong = tuple(change for change in changes if _is_wrong(require.value, change))
        if wrong:
            yield _Objection(_condition(require.value), wrong, _waive(wrong))
    if require.approval is not None and require.approval not in context.approved:
        option = f"--allow {require.approval}"
        help_ = f"add {option} (to `agentconf plan -o` when the plan is saved)"
        yield _Objection(f"this needs an approval, {option}", changes, help_)
    yield from _too_many(require, changes)


def _too_many(require: Requirement, changes: tuple[PolicyChange, ...]) -> Iterator[_Objection]:
    agents = len({change.agent for change in changes})
    for noun, number, most in (
        ("change", len(changes), require.max_changes),
        ("agent", agents, require.max_agents),
    ):
        if most is not None and number > most:
            many = f"{number:,} {noun}{'' if number == 1 else 's'}, where at most {most:,} may be in one plan"
            help_ = f"plan fewer at a time: name agents, as in `agentconf plan {changes[0].agent}`"
            yield _Objection(many, changes, help_)


def _is_wrong(rule: ValueRule, change: PolicyChange) -> bool:
    """Tell whether a value is not as required; what goes with its agent or its tool has none to be judged."""
    value = change.after
    if value is None and (change.action == "delete" or change.inside):
        return False
    if rule.absent is not None:
        return rule.absent is not (value is None)
    if rule.matches is not None:
        return not (isinstance(value, str) and re.fullmatch(rule.matches, value, re.DOTALL))
    wanted = [rule.equals] if rule.one_of is None else rule.one_of
    return not any(same(free(one), value) for one in wanted)


def _condition(rule: ValueRule) -> str:
    if rule.absent is not None:
        return "no value may stand there" if rule.absent else "a value has to stand there"
    if rule.matches is not None:
        return f"the value has to match `{rule.matches}`"
    if rule.one_of is not None:
        return f"the value has to be one of {', '.join(map(_shown, rule.one_of))}"
    return f"the value has to be {_shown(rule.equals)}"


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _waive(changes: tuple[PolicyChange, ...]) -> str:
    """Give the line that excepts these agents, to paste below `waivers`."""
    agents = list(dict.fromkeys(change.agent for change in changes))
    names = ", ".join(name if _PLAIN.fullmatch(name) else _shown(name) for name in agents[:_FEW])
    more = ", …" if len(agents) > _FEW else ""
    return (
        "change what would be applied, or add to the policy's `waivers`: "
        f"- {{agents: [{names}{more}], reason: …, owner: …, expires: YYYY-MM-DD}}"
    )


def _verdict(
    message: str, changes: tuple[PolicyChange, ...], *, warns: bool, help_: str | None = None
) -> Verdict:
    return Verdict(
        message,
        "warn" if warns else "deny",
        tuple(dict.fromkeys(change.agent for change in changes)),
        tuple(dict.fromkeys(change.where for change in changes if change.path)),
        help_,
    )
