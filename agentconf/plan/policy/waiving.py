"""Exceptions from policies: what they cover, until when, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from agentconf.plan.policy.concerned import concerned
from agentconf.plan.policy.reach import covers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from agentconf.model.policy import Waiver
    from agentconf.plan.policy.view import PolicyChange

SOON = timedelta(days=14)
"""A waiver that ends within this is said to end soon; ours: two weeks to find whoever answers for it."""


@dataclass(frozen=True, slots=True)
class Waived:
    """Changes, sorted by what waivers say of them.

    Args:
        kept: no waiver that still counts covers them.
        excused: each waiver that covers some, with these.
        expired: each waiver that covered some of what is kept, and counts no more.

    """

    kept: tuple[PolicyChange, ...]
    excused: tuple[tuple[Waiver, tuple[PolicyChange, ...]], ...]
    expired: tuple[Waiver, ...]


def waive(changes: Sequence[PolicyChange], waivers: Sequence[Waiver], today: date) -> Waived:
    """Take out what is excepted; of several waivers that cover a change the first one is named.

    Args:
        changes: that a policy selects.
        waivers: of the policy.
        today: the day, in UTC; a waiver counts on its last day.

    """
    kept = tuple(changes)
    excused: list[tuple[Waiver, tuple[PolicyChange, ...]]] = []
    for waiver in waivers:
        covered = tuple(change for change in kept if _covers(waiver, change))
        if covered and waiver.expires >= today:
            excused.append((waiver, covered))
            kept = tuple(change for change in kept if not _covers(waiver, change))
    over = (one for one in waivers if one.expires < today)
    expired = tuple(one for one in over if any(_covers(one, change) for change in kept))
    return Waived(kept, tuple(excused), expired)


def notes(waived: Waived, today: date) -> Iterator[tuple[str, tuple[PolicyChange, ...]]]:
    """Say of each waiver in use what it covers, why, who answers for it, and that it ends soon."""
    for waiver, changes in waived.excused:
        soon = ", which is soon: renew it or do without" if waiver.expires - today <= SOON else ""
        whom = f"waived by {waiver.owner} until {waiver.expires}{soon}, for {concerned(changes)}"
        yield f"{whom}: {waiver.reason}", changes


def gone(waived: Waived) -> str:
    """Name the waivers that have expired, to stand behind an objection; empty without any."""
    names = [
        f"the waiver of {one.owner} for {', '.join(one.agents)} expired on {one.expires}"
        for one in waived.expired
    ]
    return f" ({'; '.join(names)})" if names else ""


def _covers(waiver: Waiver, change: PolicyChange) -> bool:
    if not change.of(*waiver.agents):
        return False
    return waiver.paths is None or any(covers(pattern, change.path) for pattern in waiver.paths)
