"""The document of a plan: what is saved, and what programs read (schemas/plan.schema.json).

It is JSON, deterministic to the byte, and holds no secret: a reference is `{"$secret": NAME}`, and a key of
the user's data that looks like that is escaped by one more `$`. An absent value has no key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.plan.canonical import sha256
from agentconf.plan.change import Action, Operation
from agentconf.plan.encode import change_document, encode
from agentconf.plan.review import review_hash

if TYPE_CHECKING:
    from agentconf.plan.plan import Plan

FORMAT = 1
"""Version of the document. It grows when a reader of the former version could misread the new one."""


def document(plan: Plan) -> dict[str, Any]:
    """Return the document that is saved and that `plan --json` prints (schemas/plan.schema.json)."""
    content = {
        "format_version": FORMAT,
        "tool_version": plan.version,
        "environment": plan.environment,
        "organisation": plan.organisation,
        "allowed": [impact.value for impact in plan.allowed],
        "summary": _summary(plan),
        "operations": [_operation(operation) for operation in plan.operations],
        "unchanged": list(plan.unchanged),
        "unmanaged": list(plan.unmanaged),
        "blockers": [
            {"guard": one.guard, "message": one.message, "help": one.help, "key": one.key}
            for one in plan.blockers
        ],
        "notes": [{"kind": one.kind, "message": one.message, "key": one.key} for one in plan.notes],
        "inputs": plan.inputs,
        "resolutions": plan.resolutions.texts(),
        "review_hash": review_hash(plan),
    }
    return {**content, "hash": sha256(content)}


def _summary(plan: Plan) -> dict[str, int]:
    return {
        "agents": plan.agents,
        "live": plan.live,
        "create": plan.count(Action.CREATE),
        "update": plan.count(Action.UPDATE),
        "delete": plan.count(Action.DELETE),
        "unchanged": len(plan.unchanged),
        "unmanaged": len(plan.unmanaged),
        "blockers": len(plan.blockers),
    }


def _operation(operation: Operation) -> dict[str, Any]:
    live = operation.live
    return {
        "key": operation.key,
        "name": operation.name,
        "action": operation.action.value,
        "impacts": [impact.value for impact in operation.impacts],
        "renamed_from": operation.renamed_from,
        "after": list(operation.after),
        "live": {"id": live.id, "updated_at": live.updated_at, "digest": live.digest} if live else None,
        "changes": [change_document(change) for change in operation.changes],
        "body": encode(operation.body),
        "expected": encode(operation.expected),
    }
