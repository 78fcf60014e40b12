"""The document of a plan: what is saved, and what programs read (schemas/plan.schema.json).

It is JSON, deterministic to the byte, and holds no secret: a reference is `{"$secret": NAME}`, and a key of
the user's data that looks like that is escaped by one more `$`. An absent value has no key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import sha256
from agentconf.plan.change import ABSENT, Action, Change, Operation

if TYPE_CHECKING:
    from agentconf.plan.plan import Plan

FORMAT = 1
"""Version of the document. It grows when a reader of the former version could misread the new one."""

_SECRET = "$secret"  # noqa: S105 - the name of a key
_ESCAPED = re.compile(r"\$+secret")


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
        "body": _encode(operation.body),
        "expected": _encode(operation.expected),
    }


def change_document(change: Change) -> dict[str, Any]:
    """Return the document of one change (schemas/plan.schema.json, `Change`)."""
    sides = {"before": change.before, "after": change.after}
    return {
        "path": list(change.path),
        "kind": change.kind.value,
        **{name: _encode(value) for name, value in sides.items() if value is not ABSENT},
        "impacts": [impact.value for impact in change.impacts],
        "note": change.note,
        "origin": change.origin.value,
        **({"base": _encode(change.base)} if change.base is not ABSENT else {}),
        "place": list(change.place),
    }


def _encode(value: Any) -> Any:
    match value:
        case SecretRef(env=env):
            return {_SECRET: env}
        case dict():
            return {_escape(name): _encode(value[name]) for name in sorted(value)}
        case list():
            return [_encode(child) for child in value]
        case _:
            return value


def _escape(name: str) -> str:
    return f"${name}" if _ESCAPED.fullmatch(name) else name


def decode(value: Any) -> Any:
    """Read a value as `document` writes it: references and escaped keys."""
    match value:
        case {"$secret": str(env)}:
            return SecretRef(env)
        case dict():
            return {
                name[1:] if _ESCAPED.fullmatch(name) else name: decode(child) for name, child in value.items()
            }
        case list():
            return [decode(child) for child in value]
        case _:
            return value
