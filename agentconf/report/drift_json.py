"""Drift for programs: one JSON document, described by schemas/drift.schema.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from agentconf.plan.encode import change_document

if TYPE_CHECKING:
    from agentconf.plan.drift import Drift, Drifted

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(drift: Drift) -> str:
    """Write drift as one JSON document.

    Args:
        drift: what changed outside.

    """
    document = {
        "format_version": VERSION,
        "environment": drift.plan.environment,
        "organisation": drift.plan.organisation,
        "agents": [_agent(one) for one in drift.agents],
        "notes": [{"kind": one.kind, "message": one.message, "key": one.key} for one in drift.notes],
    }
    return json.dumps(document, indent=2)


def _agent(one: Drifted) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "id": one.id,
        "deleted": one.deleted,
        "conflict": one.conflict,
        "unknown": one.unknown,
        "changes": [change_document(change) for change in one.changes],
    }
