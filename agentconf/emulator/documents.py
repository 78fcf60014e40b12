"""The JSON Schemas of the contract: where they lie, and how one is read with all its references filled in."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from agentconf.resources import schemas_folder

Schema = dict[str, Any]
"""A JSON Schema (2020-12) as read from a file."""


@cache
def _read(name: str) -> Schema:
    document: Schema = json.loads((schemas_folder() / "slng" / name).read_text(encoding="utf-8"))
    return document


def read_schema(name: str) -> Schema:
    """Read a schema of the contract as one document without references.

    The contract has no recursive schema, so every `$ref` can be replaced by what it points at: nothing is
    left to look up while validating, let alone over a network.

    Args:
        name: the file's name without its extension, such as `agent-create.keyed`.

    """
    document = _read(f"{name}.json")
    schema: Schema = _fill_in(document, document)
    return schema


def _fill_in(node: Any, document: Schema) -> Any:
    match node:
        case {"$ref": str(reference), **siblings}:
            name, _, pointer = reference.partition("#")
            source = _read(name) if name else document
            return {**_fill_in(_walk(source, pointer), source), **_fill_in(siblings, document)}
        case dict():
            return {key: _fill_in(value, document) for key, value in node.items() if key != "$defs"}
        case list():
            return [_fill_in(item, document) for item in node]
        case _:
            return node


def _walk(document: Schema, pointer: str) -> Any:
    node: Any = document
    for key in pointer.split("/")[1:]:
        node = node[key]
    return node
