"""Values and changes as JSON data: a reference is `{"$secret": NAME}`, an absent value has no key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconf.model.secret import SecretRef
from agentconf.plan.change import ABSENT

if TYPE_CHECKING:
    from agentconf.plan.change import Change

_SECRET = "$secret"  # noqa: S105 - the name of a key
_ESCAPED = re.compile(r"\$+secret")


def change_document(change: Change) -> dict[str, Any]:
    """Return the document of one change (schemas/plan.schema.json, `Change`)."""
    sides = {"before": change.before, "after": change.after}
    return {
        "path": list(change.path),
        "kind": change.kind.value,
        **{name: encode(value) for name, value in sides.items() if value is not ABSENT},
        "impacts": [impact.value for impact in change.impacts],
        "note": change.note,
        "origin": change.origin.value,
        **({"base": encode(change.base)} if change.base is not ABSENT else {}),
        "place": list(change.place),
    }


def encode(value: Any) -> Any:
    """Write a value: references by name, and keys that look like one escaped by one more `$`."""
    match value:
        case SecretRef(env=env):
            return {_SECRET: env}
        case dict():
            return {_escape(name): encode(value[name]) for name in sorted(value)}
        case list():
            return [encode(child) for child in value]
        case _:
            return value


def _escape(name: str) -> str:
    return f"${name}" if _ESCAPED.fullmatch(name) else name


def decode(value: Any) -> Any:
    """Read a value as `encode` writes it: references and escaped keys."""
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
