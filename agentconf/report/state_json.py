"""What is remembered, for programs (schemas/state-list.schema.json and state-show.schema.json)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from agentconf.model.memory import Remembered, State

VERSION: Final = 1
"""Version of the formats: it grows with what is taken away or means something else, not with additions."""


def listed(state: State, address: str) -> str:
    """Write the agents of a state as one JSON document.

    Args:
        state: what is remembered.
        address: where.

    """
    document = {
        "format_version": VERSION,
        "address": address,
        "environment": state.environment,
        "lineage": state.lineage,
        "serial": state.serial,
        "organisation": state.organisation_id,
        "agents": [_agent(key, one) for key, one in sorted(state.agents.items())],
    }
    return json.dumps(document, indent=2)


def shown(key: str, one: Remembered, address: str) -> str:
    """Write what is remembered of one agent as one JSON document.

    Args:
        key: the agent's key.
        one: what is remembered.
        address: where.

    """
    document = {"format_version": VERSION, "address": address, **_agent(key, one), "base": one.base}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _agent(key: str, one: Remembered) -> dict[str, Any]:
    return {
        "key": key,
        "id": one.id,
        "name": one.name,
        "prevent_destroy": one.prevent_destroy,
        "secrets": sorted(one.fingerprints),
    }
