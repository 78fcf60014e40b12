"""Runs of an environment, for programs (schemas/history.schema.json, history-show.schema.json)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.apply.history import RunRecord, Step

VERSION: Final = 1
"""Version of the formats: it grows with what is taken away or means something else, not with additions."""


def listed(records: Sequence[RunRecord]) -> str:
    """Write runs as one JSON document, the newest first."""
    document = {"format_version": VERSION, "runs": [_run(one) for one in records]}
    return json.dumps(document, indent=2, ensure_ascii=False)


def shown(record: RunRecord) -> str:
    """Write one run as one JSON document, with what each agent was before and after."""
    document = {
        "format_version": VERSION,
        **_run(record),
        "operations": [{**_step(one), "before": one.before, "after": one.after} for one in record.steps],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _run(one: RunRecord) -> dict[str, Any]:
    return {
        "run": one.id,
        "begun": one.begun,
        "command": one.command,
        "undoes": one.undoes,
        "environment": one.environment,
        "organisation": one.organisation,
        "tool_version": one.tool_version,
        "review_hash": one.review_hash,
        "provenance": dict(one.provenance),
        "exit_code": one.exit_code,
        "aborted": one.aborted,
        "operations": [_step(step) for step in one.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "key": step.key,
        "name": step.name,
        "action": step.action,
        "agent_id": step.agent_id,
        "outcome": step.outcome,
        "message": step.message,
    }
