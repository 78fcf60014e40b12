"""The `parameters` of a webhook: a JSON Schema (2020-12) that describes an object.

Most schemas are plain, and a look at them is enough; what is not plain goes to `jsonschema`, whose import
alone takes longer than linting a hundred agents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentconf.lint.wording import shorten
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import ValidationError

    from agentconf.source.tree import Path

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
"""Types of JSON Schema (2020-12, Validation, 6.1.1)."""

DEPTH_LIMIT = 32
"""Deepest nesting that is looked at; a model that is to fill in more is asked too much."""

_FOREIGN_TYPES = {
    "str": "string",
    "text": "string",
    "int": "integer",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "bool": "boolean",
    "list": "array",
    "tuple": "array",
    "dict": "object",
    "map": "object",
    "none": "null",
    "any": "leave `type` out",
}
_TEXTS = frozenset({"title", "description", "format", "$comment"})
_COUNTS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"})
_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_LISTS = frozenset({"enum", "examples"})
_FLAGS = frozenset({"uniqueItems", "readOnly", "writeOnly", "deprecated"})
_CLOSER = frozenset(
    {
        *("$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "$defs"),
        *("definitions", "dependencies", "dependentSchemas", "dependentRequired", "propertyNames", "pattern"),
        *("prefixItems", "contains", "patternProperties", "if", "then", "else", "not", "multipleOf"),
        *("unevaluatedItems", "unevaluatedProperties", "minContains", "maxContains", "contentEncoding"),
        *("contentMediaType", "contentSchema", "$recursiveAnchor", "$recursiveRef"),
    }
)
"""Keywords of JSON Schema that are not looked at here; whatever is no keyword may have any value."""


class SchemaFault(NamedTuple):
    """What is wrong with a schema.

    Args:
        path: where, from the schema's root.
        message: one sentence.
        help: the next action.
        certain: False when the schema is valid and only hardly meant.

    """

    path: Path
    message: str
    help: str | None = None
    certain: bool = True


def check_parameters(schema: dict[str, Any]) -> Iterator[SchemaFault]:
    """Hold a webhook's parameters against JSON Schema, and against what the platform wants of them."""
    if _depth(schema) > DEPTH_LIMIT:
        yield SchemaFault((), f"the schema is nested more than {DEPTH_LIMIT} levels deep", "flatten it")
        return
    if schema.get("type") != "object":
        yield _no_object(schema)
    if not _plain({**schema, "type": "object"}):
        yield from _validated(schema)
    yield from _unlisted(schema)


def _depth(schema: object) -> int:
    """Measure nesting without recursion: definitions come from anywhere."""
    depth, level = 0, [schema]
    while level and depth <= DEPTH_LIMIT:
        depth += 1
        level = [
            child
            for one in level
            for child in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
            if isinstance(child, dict | list)
        ]
    return depth


def _no_object(schema: dict[str, Any]) -> SchemaFault:
    if "type" not in schema:
        return SchemaFault(
            (), "the parameters do not say `type: object`", "add `type: object` and `properties`"
        )
    return SchemaFault(("type",), "the parameters must be an object", "write `type: object`")


def _plain(schema: object) -> bool:
    """Tell whether a schema is obviously valid; False means only that it takes a closer look."""
    if isinstance(schema, bool):
        return True
    return isinstance(schema, dict) and all(_plain_keyword(key, value) for key, value in schema.items())


def _plain_keyword(key: object, value: object) -> bool:
    match key:
        case "type":
            return isinstance(value, str) and value in TYPES
        case "properties":
            return isinstance(value, dict) and all(_plain(child) for child in value.values())
        case "anyOf" | "oneOf" | "allOf":
            return isinstance(value, list) and bool(value) and all(_plain(child) for child in value)
        case "items" | "additionalProperties":
            return _plain(value)
        case "required":
            return _names(value)
    return _plain_leaf(key, value)


def _plain_leaf(key: object, value: object) -> bool:
    if key in _TEXTS:
        return isinstance(value, str)
    if key in _LISTS:
        return isinstance(value, list)
    if key in _COUNTS:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if key in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, bool) if key in _FLAGS else key not in _CLOSER


def _names(value: object) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(name, str) for name in value)
        and len(set(value)) == len(value)
    )


def _validated(schema: dict[str, Any]) -> Iterator[SchemaFault]:
    """Ask `jsonschema` for what is wrong, each place once."""
    from jsonschema.validators import Draft202012Validator, validator_for  # noqa: PLC0415 - 50 ms, rarely needed

    named = isinstance(schema.get("$schema"), str)
    kind = validator_for(schema, default=Draft202012Validator) if named else Draft202012Validator
    seen: set[Path] = set()
    errors = kind(kind.META_SCHEMA).iter_errors(schema)
    for error in sorted(
        errors, key=lambda one: ([str(key) for key in one.absolute_path], str(one.validator))
    ):
        fault = _explain(error)
        if fault.path not in seen and fault.path != ("type",):
            seen.add(fault.path)
            yield fault
    yield from _dangling(schema, schema, ())


def _explain(error: ValidationError) -> SchemaFault:
    """Put an error of the meta-schema into words; the schema's own values are shown short."""
    path: Path = tuple(error.absolute_path)
    value: Any = error.instance
    shown = f"`{shorten(value)}`"
    keyword = next((segment for segment in reversed(path) if isinstance(segment, str)), "")
    if keyword == "type":
        return _type_fault(path, value)
    if keyword == "required" and isinstance(value, bool):
        return SchemaFault(
            path, "`required` is a list of names", "list the property in `required` beside `properties`"
        )
    if error.validator == "type":
        wanted = error.validator_value
        words = " or ".join(wanted) if isinstance(wanted, list) else str(wanted)
        return SchemaFault(path, f"`{keyword or 'parameters'}` must be of type {words}, not {shown}")
    return SchemaFault(path, f"{shown} is not a value of `{keyword}` in a JSON Schema")


def _type_fault(path: Path, value: object) -> SchemaFault:
    near = None
    if isinstance(value, str):
        near = _FOREIGN_TYPES.get(value.lower()) or suggest(value, TYPES)
    advice = (
        f"one of {', '.join(TYPES)}" if near is None else near if " " in near else f"did you mean `{near}`?"
    )
    return SchemaFault(path, f"`{shorten(value)}` is not a type of JSON Schema", advice)


def _dangling(schema: object, root: dict[str, Any], path: Path) -> Iterator[SchemaFault]:
    """Find local references that lead nowhere."""
    children: Any = ()
    if isinstance(schema, dict):
        target = schema.get("$ref")
        if isinstance(target, str) and target.startswith("#/") and not _leads_somewhere(root, target):
            yield SchemaFault((*path, "$ref"), f"`{target}` is not in these parameters")
        children = schema.items()
    elif isinstance(schema, list):
        children = enumerate(schema)
    for key, child in children:
        yield from _dangling(child, root, (*path, key))


def _leads_somewhere(root: object, target: str) -> bool:
    here = root
    for segment in target[2:].split("/"):
        key = segment.replace("~1", "/").replace("~0", "~")
        if isinstance(here, list) and key.isdecimal() and int(key) < len(here):
            here = here[int(key)]
        elif isinstance(here, dict) and key in here:
            here = here[key]
        else:
            return False
    return True


def _unlisted(schema: dict[str, Any]) -> Iterator[SchemaFault]:
    """Find required names that no property describes: the model is made to give what it knows nothing of."""
    properties, required = schema.get("properties", {}), schema.get("required")
    if not isinstance(properties, dict) or not isinstance(required, list):
        return
    for index, name in enumerate(required):
        if isinstance(name, str) and name not in properties:
            near = suggest(name, properties)
            yield SchemaFault(
                ("required", index),
                f"`{name}` is required, but is not among the properties",
                f"did you mean `{near}`?" if near else f"describe `{name}` under `properties`",
                certain=False,
            )
