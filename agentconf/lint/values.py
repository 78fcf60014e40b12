"""Values that the models refuse, said in the words of the file."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from agentconf.lint.finding import Edit, Severity
from agentconf.lint.issue import SchemaIssue, named
from agentconf.lint.shape import field_at
from agentconf.model.agent import OWN_KEYS
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from agentconf.project.definition import Definition
    from agentconf.source.tree import Path, Tree

_SHOWN = 40
"""Characters of a value that a message quotes."""

_TAG = 80
"""Characters before a value in which a tag such as `!!str` is looked for."""

_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
}
_NUMBERS = {"a number": r"-?(?:0|[1-9]\d*)(?:\.\d+)?", "a whole number": r"-?(?:0|[1-9]\d*)"}
_TRUTH = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}


def wrong_value(definition: Definition, path: Path, value: Any, error: ErrorDetails) -> SchemaIssue:
    """Say what is wrong with a value.

    Args:
        definition: the agent.
        path: where the value stands.
        value: the value.
        error: what pydantic says of it.

    """
    if value is None:
        return _null(definition, path)
    kind = error["type"]
    match kind:
        case "literal_error" | "union_tag_invalid":
            return _not_one_of(path, value, error["ctx"])
        case "is_instance_of":
            return _literal_secret(path)
        case "string_too_long" | "string_too_short" | "too_short" | "greater_than_equal" | "less_than_equal":
            return SchemaIssue("AC105", path, _bound(named(path), kind, value, error["ctx"]))
        case _:
            return _wrong_type(definition, path, value, _TYPES.get(kind, "a mapping"))


def not_json(definition: Definition, path: Path, value: float | str) -> SchemaIssue:
    """Say that a value cannot travel as JSON: infinity, not-a-number, or half a surrogate pair.

    Args:
        definition: the agent.
        path: where the value stands.
        value: the value.

    """
    name = named(path)
    if isinstance(value, str):
        return SchemaIssue(
            "AC103",
            path,
            f"{name} holds half of a surrogate pair, which is no character",
            help="write the character itself; a value out of the environment has to be UTF-8",
        )
    written = definition.tree.find(path)[0].raw or ("nan" if math.isnan(value) else "inf")
    large = math.isinf(value) and "inf" not in written.lower()
    why = "which is too large" if large else "which JSON has no number for"
    return SchemaIssue("AC103", path, f"{name} is {_cut(written)}, {why}", help="write a finite number")


def _null(definition: Definition, path: Path) -> SchemaIssue:
    field = field_at(definition.data, path)
    match field:
        case _ if path[-1] == "type" or (field is not None and field.is_required()):
            instead = "give it a value: it is required"
        case None:
            instead = "remove the entry, or give it a value"
        case _ if field.default in ([], {}):
            instead = f"write `{field.default}` to clear it"
        case _ if isinstance(field.default, str | int | float):
            instead = f"leave it out: the default is {_shown(field.default)}"
        case _:
            instead = "leave it out: the default applies"
    return SchemaIssue("AC109", path, f"{named(path)} cannot be null", help=instead)


def _not_one_of(path: Path, value: Any, context: dict[str, Any]) -> SchemaIssue:
    expected: list[str] = re.findall(r"'([^']*)'", context.get("expected") or context["expected_tags"])
    meant = suggest(value, expected) if isinstance(value, str) else None
    listed = ", ".join(expected)
    newer = isinstance(value, str) and path[0] not in OWN_KEYS
    said = "" if "auth" in path else f" is {_shown(value)}, which"
    return SchemaIssue(
        "AC104",
        path,
        f"{named(path)}{said} is none of {listed}",
        why="it is sent as it is, in case the platform knows more than this version" if newer else None,
        help=f"did you mean `{meant}`?" if meant else f"use one of {listed}",
        severity=Severity.WARNING if newer else None,
    )


def _literal_secret(path: Path) -> SchemaIssue:
    variable = "SLNG_API_KEY" if path == ("slng_api_key",) else f"WEBHOOK_{str(path[-1]).upper()}"
    return SchemaIssue(
        "AC320",
        path,
        f"{named(path)} holds a secret itself instead of a reference",
        why="whoever can read the repository, its history or a plan could read the secret",
        help=f"put the secret into an environment variable and write ${{env:{variable}}}; "
        "replace it where it came from: it is no longer secret",
    )


def _bound(name: str, kind: str, value: Any, context: dict[str, Any]) -> str:
    match kind:
        case "string_too_long":
            return f"{name} is {len(value)} characters long; at most {context['max_length']} are allowed"
        case "string_too_short" | "too_short":
            return f"{name} is empty"
        case "greater_than_equal":
            return f"{name} is {_shown(value)}; it must be at least {context['ge']:g}"
        case _:
            return f"{name} is {_shown(value)}; it must be at most {context['le']:g}"


def _wrong_type(definition: Definition, path: Path, value: Any, wanted: str) -> SchemaIssue:
    tree = definition.tree.find(path)[0]
    right = _right(value, tree.raw, wanted)
    # What is shown is a number, or one of a few words: never a text that could be a secret.
    certain = right is not None or (wanted in _NUMBERS and not isinstance(value, str | list | dict))
    shown = tree.raw is not None and certain and "auth" not in path
    unquoted = " without quotes" if tree.plain and wanted not in _NUMBERS else ""
    said = f"{_cut(str(tree.raw))}{unquoted} is" if shown else "is"
    if right is None:
        action = f"write {wanted}"
    else:
        action = f"quote it: {_cut(right)}" if wanted == "text" else f"write {_cut(right)}"
    return SchemaIssue(
        "AC103",
        path,
        f"{named(path)} must be {wanted}, but {said} {_given(value, wanted)}",
        help=action,
        fix=_replacement(tree, right),
    )


def _right(value: Any, written: str | None, wanted: str) -> str | None:
    """Write the value the way it was probably meant; None when that is not certain."""
    match value, wanted:
        case ((bool() | int() | float()), "text") if written:
            return f'"{written}"'
        case str(), "true or false":
            return _TRUTH.get(value.lower())
        case str(), ("a number" | "a whole number") if re.fullmatch(_NUMBERS[wanted], value):
            return value
        case float(), "a whole number" if value.is_integer():
            return str(int(value))
        case _:
            return None


def _replacement(tree: Tree, right: str | None) -> tuple[Edit, ...]:
    """Replace a scalar that stands in the file as such: not one that a `${…}` brought."""
    if right is None or tree.reference is not None or tree.raw is None:
        return ()
    text = tree.document.text
    tagged = re.search(r"![^\s,\[\]{}]*\s+$", text[max(tree.start - _TAG, 0) : tree.start]) is not None
    if tagged or text[tree.start : tree.end].strip("\"'") != tree.raw:
        return ()
    return (Edit(tree.start, tree.end, right),)


def _given(value: Any, wanted: str = "") -> str:
    match value:
        case str():
            return "text"
        case bool():
            return "a truth value"
        case int() | float():
            return _given_number(value, wanted)
        case list():
            return "a list"
        case _:
            return "a mapping"


def _given_number(value: float, wanted: str) -> str:
    if isinstance(value, int) and wanted in _NUMBERS:
        return "too large"
    return "written with a fraction" if wanted == "a whole number" else "a number"


def _shown(value: Any) -> str:
    match value:
        case str():
            return f"`{_cut(value)}`"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case int():
            return _cut(str(value))
        case _:
            return _given(value)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
