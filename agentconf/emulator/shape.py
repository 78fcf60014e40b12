"""How a server completes a body: defaults filled in, absent values null, unknown fields gone."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentconf.emulator.documents import Schema


def complete(value: Any, schema: Schema, *, keep_unknown: bool) -> Any:
    """Return a body as a server stores it after validating it.

    Args:
        value: a body, or a part of one, that fits the schema.
        schema: its schema, without references; `default` says what an absent field becomes, and one that
            may be null becomes null.
        keep_unknown: whether fields stay that the schema does not name.

    """
    match value:
        case dict():
            return _complete_object(value, _variant(value, schema), keep_unknown=keep_unknown)
        case list() if "items" in schema:
            return [complete(item, schema["items"], keep_unknown=keep_unknown) for item in value]
        case _:
            return value


def _complete_object(value: dict[str, Any], schema: Schema, *, keep_unknown: bool) -> dict[str, Any]:
    properties = schema.get("properties")
    if properties is None:
        return value
    result: dict[str, Any] = {}
    for name, part in properties.items():
        if name in value:
            result[name] = complete(value[name], part, keep_unknown=keep_unknown)
        elif "default" in part:
            result[name] = deepcopy(part["default"])
        elif _may_be_null(part):
            result[name] = None
    if keep_unknown:
        result |= {name: item for name, item in value.items() if name not in properties}
    return result


def _may_be_null(schema: Schema) -> bool:
    if "anyOf" in schema:
        return any(_may_be_null(branch) for branch in schema["anyOf"])
    return "null" in schema.get("type", ())


def _variant(value: dict[str, Any], schema: Schema) -> Schema:
    """Follow a union to the branch that an object belongs to; one of an unknown type has no schema."""
    if "anyOf" in schema:
        return _variant(value, schema["anyOf"][0])
    if "allOf" not in schema:
        return schema
    for branch in schema["allOf"]:
        tag = branch["if"]["properties"]["type"]
        if value["type"] == tag.get("const") or value["type"] in tag.get("enum", ()):
            then: Schema = branch["then"]
            return then
    return {}
