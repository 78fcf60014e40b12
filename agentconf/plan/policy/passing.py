"""Verdicts made part of a plan: what denies stands in its way, what warns is a note."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agentconf.plan.plan import Blocker, Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.plan.plan import Plan
    from agentconf.plan.policy.verdict import Verdict

GUARD = "policy"
"""The guard, and the kind of note, that verdicts are."""


def with_verdicts(plan: Plan, verdicts: Iterable[Verdict]) -> Plan:
    """Add verdicts to a plan.

    What policies objected to before stays: a saved plan that was refused is not made good by another
    checkout. Their former warnings are replaced.

    Args:
        plan: just made, or read from a file.
        verdicts: of all policies, now.

    """
    blockers, notes = list(plan.blockers), [note for note in plan.notes if note.kind != GUARD]
    for one in verdicts:
        key = one.agents[0] if len(one.agents) == 1 else None
        if one.effect == "warn":
            notes.append(Note(GUARD, one.message, key))
            continue
        blocker = Blocker(GUARD, one.message, one.help, key)
        if blocker not in blockers:
            blockers.append(blocker)
    return replace(plan, blockers=tuple(blockers), notes=tuple(notes))
