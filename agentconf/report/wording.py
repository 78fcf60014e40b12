"""The words of plans and outcomes: what text, Markdown and the summaries say alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.plan.change import Action, Origin
from agentconf.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.plan.change import Operation
    from agentconf.plan.plan import Note, Plan

SIGILS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
DRIFT_SIGIL = "!"
"""Stands before an agent that somebody else changed since the last apply."""

DRIFTED = frozenset({Origin.THEIRS, Origin.BOTH})
_FEW = 3
_LABELS = {
    "not-covered": "Not covered",
    "left-alone": "Left alone",
    "suggestion": "Suggestion",
    "not-live": "Note",
    "origin-unknown": "Note",
    "orphan": "Without a file",
    "moved": "Moved",
    "policy": "Policy",
    "checked-at-apply": "Checked at apply",
}
_SHORT_ID = 12


def count(number: int, noun: str) -> str:
    """Say a number of things: `1 agent`, `2 agents`, `1,204 agents`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def sigil(operation: Operation) -> str:
    """Choose the sign before an agent."""
    return DRIFT_SIGIL if drifted(operation) else SIGILS[operation.action]


def title(operation: Operation) -> str:
    """Name the agent of an operation: its key, or its name where it has no key but the platform's id."""
    keyless = operation.live is not None and operation.live.id == operation.key
    return visible(operation.name if keyless else operation.key)


def drifted(operation: Operation) -> bool:
    """Tell whether somebody else changed the live agent."""
    return any(change.origin in DRIFTED for change in operation.changes)


def impacts(operation: Operation) -> str:
    """Name what an operation touches, most serious first."""
    names = [impact.value for impact in operation.impacts]
    return ", ".join(["drift", *names] if drifted(operation) else names)


def header(plan: Plan) -> str:
    """Say in a line what is compared with what: environment, organisation, agents in files and live."""
    environment = visible(plan.environment)
    return " · ".join(
        [
            environment[:1].upper() + environment[1:],
            f"organisation {short(plan.organisation)}" if plan.organisation else "organisation not known yet",
            f"{count(plan.agents, 'agent')} in files, {plan.live:,} live",
        ]
    )


def short(identifier: str) -> str:
    """Shorten an id to its two ends."""
    text = visible(identifier)
    return text if len(text) <= _SHORT_ID else f"{text[:4]}…{text[-4:]}"


def summary(plan: Plan) -> str:
    """Say in a line or two sentences what the plan comes to."""
    unmanaged = _unmanaged(len(plan.unmanaged))
    if plan.empty:
        return f"No changes.{_as_declared(len(plan.unchanged), plan.agents)}{unmanaged}"
    return f"Plan: {tally(plan)}.{unmanaged}"


def tally(plan: Plan) -> str:
    """Count what the plan would do, by action."""
    drifting = sum(drifted(operation) for operation in plan.operations)
    aside = f" ({drifting:,} drifted)" if drifting else ""
    return (
        f"{plan.count(Action.CREATE):,} to create, {plan.count(Action.UPDATE):,} to change{aside}, "
        f"{plan.count(Action.DELETE):,} to delete, {len(plan.unchanged):,} unchanged"
    )


def _as_declared(compared: int, agents: int) -> str:
    """Say how many agents were found to be as declared, and that others were not looked at.

    Args:
        compared: agents without a difference.
        agents: all that the files declare.

    """
    if not agents:
        return " No agents are declared."
    if not compared:
        return " None of the declared agents was compared."
    verb = "is" if compared == 1 else "are"
    if compared == agents:
        return f" {count(compared, 'agent')} {verb} as declared."
    return f" {compared:,} of {count(agents, 'agent')} {verb} as declared; the rest was not compared."


def _unmanaged(number: int) -> str:
    if not number:
        return ""
    return f" {count(number, 'live agent')} {'is' if number == 1 else 'are'} not managed here."


def labelled(notes: Sequence[Note]) -> list[tuple[str, list[str]]]:
    """Group notes under their labels; what is said of several agents is said once, with their keys behind it.

    Returns:
        Label and sentences, without a final full stop, in the order of the first of each.

    """
    grouped: dict[str, dict[str, list[str]]] = {}
    for note in notes:
        keys = grouped.setdefault(label(note.kind), {}).setdefault(note.message.rstrip("."), [])
        if note.key is not None:
            keys.append(note.key)
    return [
        (name, [_keyed(keys, message) for message, keys in messages.items()])
        for name, messages in grouped.items()
    ]


def label(kind: str) -> str:
    """Name a kind of note: `not-covered` is `Not covered`."""
    return _LABELS.get(kind) or visible(kind.replace("-", " ").capitalize())


def _keyed(keys: Sequence[str], message: str) -> str:
    text = visible(message)
    if not keys or (len(keys) == 1 and keys[0] in message):
        return text
    more = len(keys) - _FEW
    names = ", ".join(visible(key) for key in keys[:_FEW])
    return f"{text} [{names} and {more:,} more]" if more > 0 else f"{text} [{names}]"
