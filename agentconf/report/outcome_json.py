"""An apply for programs: one JSON document, described by schemas/apply.schema.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from agentconf.apply.outcome import Outcome

if TYPE_CHECKING:
    from agentconf.apply.outcome import Report, Result
    from agentconf.plan.plan import Plan

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(report: Report, plan: Plan) -> str:
    """Write how an apply ended as one JSON document.

    Args:
        report: how each operation ended.
        plan: what was applied.

    """
    document = {
        "format_version": VERSION,
        "environment": plan.environment,
        "organisation": plan.organisation,
        "complete": report.complete,
        "interrupted": report.interrupted,
        "denied": report.denied,
        "summary": {outcome.value.replace("-", "_"): report.count(outcome) for outcome in Outcome},
        "results": [_result(result) for result in report.results],
    }
    return json.dumps(document, indent=2)


def _result(result: Result) -> dict[str, Any]:
    operation = result.operation
    return {
        "key": operation.key,
        "name": operation.name,
        "action": operation.action.value,
        "impacts": [impact.value for impact in operation.impacts],
        "outcome": result.outcome.value,
        "message": result.message,
        "help": result.help,
        "agent_id": result.agent_id,
    }
