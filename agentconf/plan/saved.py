"""A plan as a file: written, read back exactly, and checked against the live agents of a later moment.

The document is JSON and deterministic to the byte. It holds no secret: a reference is `{"$secret": NAME}`,
and a key of the user's data that looks like that is escaped by one more `$`. An absent value has no key. The
document carries its own hash, so that an edited plan is refused.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from agentconf import __version__
from agentconf.errors import ConfigurationError
from agentconf.model.impact import Impact
from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import sha256
from agentconf.plan.change import ABSENT, Action, Change, ChangeKind, LiveRef, Operation, Origin
from agentconf.plan.plan import Blocker, Note, Plan
from agentconf.plan.stale import verify

if TYPE_CHECKING:
    from agentconf.model.agent import AgentData

__all__ = ["FORMAT", "document", "dump", "load", "verify"]

FORMAT = 1
"""Version of the document. It grows when a reader of the former version could misread the new one."""

_SECRET = "$secret"  # noqa: S105 - the name of a key
_ESCAPED = re.compile(r"\$+secret")
_AGAIN = "plan again: agentconf plan -o FILE"


def dump(plan: Plan) -> str:
    """Write a plan as JSON, with a line feed at the end."""
    return json.dumps(document(plan), indent=2, allow_nan=False) + "\n"


def document(plan: Plan) -> dict[str, Any]:
    """Return the document that is saved and that `plan --json` prints (schemas/plan.schema.json)."""
    content = {
        "format_version": FORMAT,
        "tool_version": plan.version,
        "environment": plan.environment,
        "organisation": plan.organisation,
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
    }
    return {**content, "hash": sha256(content)}


def load(text: str) -> Plan:
    """Read a saved plan.

    Raises:
        ConfigurationError: it is not a saved plan, was edited, or was made by another version.

    """
    data = _parsed(text)
    _check(data)
    try:
        return _plan(data)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ConfigurationError(
            f"the saved plan is not as this version writes it ({error})", help=_AGAIN
        ) from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigurationError("the file is not a saved plan: it is not JSON", help=_AGAIN) from None
    if not isinstance(data, dict) or "format_version" not in data:
        raise ConfigurationError("the file is not a saved plan: it has no format_version", help=_AGAIN)
    return data


def _check(data: dict[str, Any]) -> None:
    found, version = data["format_version"], data.get("tool_version")
    if found != FORMAT or isinstance(found, bool):
        raise ConfigurationError(
            f"the saved plan has format {found!r}, made by agentconf {version}; this is {__version__} and "
            f"reads format {FORMAT}",
            help=_AGAIN,
        )
    content = {name: value for name, value in data.items() if name != "hash"}
    try:
        intact = sha256(content) == data.get("hash")
    except (ValueError, RecursionError):
        intact = False
    if not intact:
        raise ConfigurationError(
            "the saved plan was changed after it was made: its hash does not fit", help=_AGAIN
        )
    if version != __version__:
        raise ConfigurationError(
            f"the saved plan was made by agentconf {version}; this is {__version__}", help=_AGAIN
        )


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
        "changes": [_change(change) for change in operation.changes],
        "body": _encode(operation.body),
        "expected": _encode(operation.expected),
    }


def _change(change: Change) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    return {
        "path": list(change.path),
        "kind": change.kind.value,
        **{name: _encode(value) for name, value in sides.items() if value is not ABSENT},
        "impacts": [impact.value for impact in change.impacts],
        "note": change.note,
        "origin": change.origin.value,
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


def _decode(value: Any) -> Any:
    match value:
        case {"$secret": str(env)} if len(value) == 1:
            return SecretRef(env)
        case dict():
            return {
                name[1:] if _ESCAPED.fullmatch(name) else name: _decode(child)
                for name, child in value.items()
            }
        case list():
            return [_decode(child) for child in value]
        case _:
            return value


def _plan(data: dict[str, Any]) -> Plan:
    return Plan(
        environment=data["environment"],
        organisation=data["organisation"],
        operations=tuple(_read_operation(one) for one in data["operations"]),
        unchanged=tuple(data["unchanged"]),
        unmanaged=tuple(data["unmanaged"]),
        blockers=tuple(Blocker(**one) for one in data["blockers"]),
        notes=tuple(Note(**one) for one in data["notes"]),
        agents=data["summary"]["agents"],
        live=data["summary"]["live"],
        inputs=data["inputs"],
        version=data["tool_version"],
    )


def _read_operation(data: dict[str, Any]) -> Operation:
    live = data["live"]
    body: AgentData = _decode(data["body"])
    return Operation(
        key=data["key"],
        name=data["name"],
        action=Action(data["action"]),
        changes=tuple(_read_change(one) for one in data["changes"]),
        body=body,
        expected=_decode(data["expected"]),
        live=LiveRef(**live) if live is not None else None,
        after=tuple(data["after"]),
        renamed_from=data["renamed_from"],
    )


def _read_change(data: dict[str, Any]) -> Change:
    return Change(
        path=tuple(data["path"]),
        kind=ChangeKind(data["kind"]),
        before=_decode(data["before"]) if "before" in data else ABSENT,
        after=_decode(data["after"]) if "after" in data else ABSENT,
        impacts=tuple(Impact(one) for one in data["impacts"]),
        note=data["note"],
        origin=Origin(data["origin"]),
    )
