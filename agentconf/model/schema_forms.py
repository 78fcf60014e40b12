"""Forms of a JSON Schema: tidied for editors, loosened for overrides, open to `${…}` references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconf.model.secret import SECRET_PATTERN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Node = dict[str, Any]
"""One schema, or one part of it."""

Definitions = dict[str, Node]
"""Named schemas that others point to: the content of `$defs`."""

POINTER = "#/$defs/"
REFERENCE: Node = {
    "title": "Reference",
    "description": "Filled in on reading: ${var:name}, ${env:NAME}, ${env:NAME:-default} or ${file:path}",
    "type": "string",
    "pattern": r"^\$\{(var|env|file):.+\}$",
}
TEXT_WITH_REFERENCE: Node = {
    "title": "Text with a reference",
    "description": "Text with ${var:…}, ${env:…} or ${file:…} in it; only the filled-in text has a length",
    "type": "string",
    "pattern": r"\$\{(var|env|file):.+\}",
}
_ANNOTATIONS = ("title", "description", "default", "examples", "writeOnly")
_TEXT_BOUNDS = frozenset({"minLength", "maxLength", "pattern", "enum", "const", "format"})
_SHAPES = frozenset({"type", "anyOf", "oneOf", "allOf", "$ref", "enum", "const"})
_NULL: Node = {"type": "null"}


def transform(node: Node, visit: Callable[[Node], Node]) -> Node:
    """Copy a schema with each of its direct parts replaced.

    Args:
        node: the schema.
        visit: what turns a part into its replacement.

    """
    copy = dict(node)
    for keyword in ("properties", "$defs"):
        if keyword in copy:
            copy[keyword] = {name: visit(part) for name, part in copy[keyword].items()}
    for keyword in ("anyOf", "oneOf", "allOf"):
        if keyword in copy:
            copy[keyword] = [visit(part) for part in copy[keyword]]
    for keyword in ("items", "additionalProperties"):
        if isinstance(copy.get(keyword), dict):
            copy[keyword] = visit(copy[keyword])
    return copy


def tidy(node: Node) -> Node:
    """Drop what only pydantic needs, and say in each description what a hover should show.

    Draft 7 ignores what stands beside a `$ref`, so such a `$ref` moves into an `allOf`.
    """
    copy = transform(node, tidy)
    copy.pop("discriminator", None)
    if "properties" in copy:
        copy["title"] = _words(copy.get("title", ""))
        copy["properties"] = {name: _hover(part) for name, part in copy["properties"].items()}
    else:
        copy.pop("title", None)
    if copy.get("pattern") == SECRET_PATTERN:
        copy["writeOnly"] = True
    default = copy.get("default", ...)
    if default is None or (isinstance(default, dict) and default):
        del copy["default"]
    if "$ref" in copy and len(copy) > 1:
        copy["allOf"] = [{"$ref": copy.pop("$ref")}]
    return copy


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _hover(node: Node) -> Node:
    extra = facts(node)
    if "description" not in node or not extra:
        return node
    return node | {"description": f"{node['description']}. {'. '.join(extra)}."}


def facts(node: Node) -> tuple[str, ...]:
    """Say default and bounds of a field in words.

    Args:
        node: the field's schema.

    Returns:
        Sentences without full stops; none for a field that has neither.

    """
    within = bounds(node)
    found = [within] if within else []
    default = node.get("default")
    if isinstance(default, bool):
        found.insert(0, f"Default: {str(default).lower()}")
    elif isinstance(default, str | int | float):
        found.insert(0, f"Default: {default}")
    return tuple(found)


def bounds(node: Node) -> str | None:
    """Say the bounds of a field in words: of its size, its length, or how many entries it has.

    Args:
        node: the field's schema.

    Returns:
        A few words; None for a field without bounds.

    """
    return next((text for part in options(node) if (text := _bounds(part))), None)


def _bounds(node: Node) -> str | None:
    for low, high, unit in (
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " of them"),
    ):
        least, most = node.get(low), node.get(high)
        if least is not None and most is not None:
            return f"{least:,} to {most:,}{unit}"
        if least is not None:
            return f"At least {least:,}{unit}"
        if most is not None:
            return f"At most {most:,}{unit}"
    return None


def options(node: Node) -> list[Node]:
    """List what a field may be: the members of its `anyOf`, else the field itself without its annotations."""
    if "anyOf" in node:
        members: list[Node] = node["anyOf"]
        return members
    return [{key: value for key, value in node.items() if key not in _ANNOTATIONS}]


def admit(node: Node, *further: Node) -> Node:
    """Let a field also be something else; its annotations stay in front."""
    annotations = {key: node[key] for key in _ANNOTATIONS if key in node}
    return annotations | {"anyOf": [*options(node), *further]}


def nullable(node: Node) -> Node:
    """Let a field also be null, which removes what a weaker layer says."""
    if not _SHAPES & node.keys() or "const" in node or _NULL in options(node):
        return node
    return admit(node, _NULL)


def referable(node: Node) -> Node:
    """Let the fields of an object also be `${…}` references, wherever a text would not do already.

    Write-only fields have a form of their own, and what tells the kinds of an object apart is literal.
    """
    copy = transform(node, referable)
    if "properties" in copy:
        copy["properties"] = {name: _with_reference(part) for name, part in copy["properties"].items()}
    return copy


def _with_reference(node: Node) -> Node:
    members = options(node)
    texts = [member for member in members if member.get("type") == "string"]
    if any("const" in member or "writeOnly" in member for member in (node, *members)):
        return node
    if not _SHAPES & node.keys() or any(not _TEXT_BOUNDS & text.keys() for text in texts):
        return node
    name = "TextWithReference" if any("enum" not in text for text in texts) else "Reference"
    return admit(node, {"$ref": POINTER + name})


def loosen(node: Node, definitions: Definitions, made: Definitions) -> Node:
    """Turn a field's schema into that of an override: of objects nothing is required, lists stay whole.

    Args:
        node: the field's schema, tidied.
        definitions: the named schemas that it points to.
        made: takes up the loosened named schemas, called `Partial…`.

    """
    if "$ref" in node:
        name = node["$ref"].removeprefix(POINTER)
        partial = f"Partial{name}"
        if partial not in made:
            made[partial] = {}
            made[partial].update(loosen_objects([definitions[name]], definitions, made))
        return {"$ref": POINTER + partial}
    if "oneOf" in node:
        kinds = [definitions[part["$ref"].removeprefix(POINTER)] for part in node["oneOf"]]
        return loosen_objects(kinds, definitions, made)
    if node.get("type") == "array":
        return node
    return transform(node, lambda part: loosen(part, definitions, made))


def loosen_objects(kinds: Iterable[Node], definitions: Definitions, made: Definitions) -> Node:
    """Merge the schemas of an object's kinds into one of which nothing is required and any field may be null.

    Args:
        kinds: schemas of objects, tidied.
        definitions: the named schemas that they point to.
        made: takes up the loosened named schemas.

    """
    found: dict[str, list[Node]] = {}
    titles: list[str] = []
    for kind in kinds:
        titles.append(kind["title"])
        for name, part in kind["properties"].items():
            loose = nullable(loosen(part, definitions, made))
            loose = {key: value for key, value in loose.items() if key != "default"}
            if loose not in found.setdefault(name, []):
                found[name].append(loose)
    return {
        "title": " or ".join(titles),
        "type": "object",
        "properties": {name: _either(parts) for name, parts in found.items()},
        "additionalProperties": False,
    }


def _either(parts: list[Node]) -> Node:
    first, *others = parts
    if not others:
        return first
    members: list[Node] = []
    for member in (member for part in parts for member in options(part)):
        if member not in members:
            members.append(member)
    kinds = [f"{part['const']}: {part['description']}" for part in parts if "const" in part]
    return {"description": "; ".join(kinds) or first["description"], "anyOf": members}


def pointers(node: object) -> Iterator[str]:
    """Name the definitions that a schema points to, at any depth."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix(POINTER)
        for part in node.values():
            yield from pointers(part)
    elif isinstance(node, list):
        for part in node:
            yield from pointers(part)
