"""The hash of a review: it names what was looked at, whoever plans it again, and with which secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.plan.canonical import sha256
from agentconf.plan.encode import change_document
from agentconf.plan.secrets import Reason

if TYPE_CHECKING:
    from agentconf.plan.change import Change, Operation
    from agentconf.plan.plan import Plan

LEAST = 16
"""Fewest hexadecimal digits of a hash that are taken for it; ours: 64 bits are not met by chance."""

_OURS = frozenset({Reason.ROTATED.value})


def review_hash(plan: Plan) -> str:
    """Return the SHA-256, as hex, of what a plan does to which live agents.

    Two plans of one hash have the same environment, organisation, definitions and operations, against live
    agents in the same state. Blockers and notes do not count, nor does who made a difference, which depends
    on what is remembered; nor do secrets that rotated, since a plan is reviewed without them.
    """
    return sha256(
        {
            "environment": plan.environment,
            "organisation": plan.organisation,
            "inputs": plan.inputs,
            "operations": [
                _operation(one, changes) for one in plan.operations if (changes := _reviewed(one)) is not None
            ],
        }
    )


def fits(expected: str, plan: Plan) -> bool:
    """Tell whether a plan is the one of a hash.

    Args:
        expected: the hash, or its first `LEAST` digits or more.
        plan: made now.

    """
    given = expected.strip().lower()
    return len(given) >= LEAST and review_hash(plan).startswith(given)


def _reviewed(operation: Operation) -> list[Change] | None:
    """Return the changes that count; None where an operation does nothing but send rotated secrets."""
    changes = [change for change in operation.changes if change.note not in _OURS]
    return changes if changes or not operation.changes else None


def _operation(operation: Operation, changes: list[Change]) -> dict[str, Any]:
    live = operation.live
    return {
        "key": operation.key,
        "name": operation.name,
        "action": operation.action.value,
        "live": None if live is None else [live.id, live.updated_at, live.digest],
        "changes": [_change(change) for change in changes],
    }


def _change(change: Change) -> dict[str, Any]:
    told = change_document(change)
    return {name: told[name] for name in ("path", "before", "after") if name in told}
