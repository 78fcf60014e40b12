from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from agentconf.lint.parameters import DEPTH_LIMIT, check_parameters


def told(schema: dict[str, Any]) -> list[tuple[str, str]]:
    """Tell where each fault is, and what it says."""
    return [("/".join(map(str, fault.path)), fault.message) for fault in check_parameters(schema)]


def of(properties: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        of({}),
        of({}, required=[]),
        of({"a": {"type": "string", "description": "x", "title": "y", "format": "date", "minLength": 1}}),
        of({"a": {"type": "integer", "minimum": 1, "maximum": 9.5, "default": 3}}, required=["a"]),
        of({"a": {"enum": ["x", 1, None]}, "b": {"const": 1}, "c": True, "d": {}}),
        of({"a": {"type": "array", "items": {"type": "object", "properties": {"b": {"type": "null"}}}}}),
        of({"a": {"type": ["string", "null"]}}),
        of({"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "b": {"pattern": "^a$"}}),
        of({"a": {"type": "string", "nullable": True, "x-order": 1, "example": "b"}}),
        of({"a": {"$ref": "#/$defs/id"}}, **{"$defs": {"id": {"type": "string"}}}),
        of({"a": {"allOf": [{"$ref": "#/properties/b"}]}, "b": {"prefixItems": [{"type": "string"}]}}),
        of({"a": {"$ref": "#/properties/b~1c/anyOf/0"}, "b/c": {"anyOf": [{"type": "string"}]}}),
        of({"a": {"$ref": "https://example.com/schema"}}),
        of({"a": {"if": {"type": "string"}, "then": {"minLength": 2}}}, additionalProperties=False),
        {"$schema": "http://json-schema.org/draft-07/schema#", **of({"a": {"items": [{"type": "string"}]}})},
        {"$schema": "https://example.com/unknown", **of({"a": {"type": "string"}})},
    ],
)
def test_valid_schemas_of_objects_pass(schema: dict[str, Any]) -> None:
    assert told(schema) == []


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, [("", "the parameters do not say `type: object`")]),
        ({"properties": {}}, [("", "the parameters do not say `type: object`")]),
        ({"type": "array"}, [("type", "the parameters must be an object")]),
        ({"type": ["object"]}, [("type", "the parameters must be an object")]),
        ({"type": "objekt"}, [("type", "the parameters must be an object")]),
        (of([]), [("properties", "`properties` must be of type object, not `[]`")]),
        (of({"a": "string"}), [("properties/a", "`a` must be of type object or boolean, not `string`")]),
        (of({"a": None}), [("properties/a", "`a` must be of type object or boolean, not `null`")]),
        (of({"a": {"type": "str"}}), [("properties/a/type", "`str` is not a type of JSON Schema")]),
        (of({"a": {"type": 5}}), [("properties/a/type", "`5` is not a type of JSON Schema")]),
        (of({"a": {"type": []}}), [("properties/a/type", "`[]` is not a type of JSON Schema")]),
        (of({"a": {"required": True}}), [("properties/a/required", "`required` is a list of names")]),
        (of({}, required="a"), [("required", "`required` must be of type array, not `a`")]),
        (
            of({"a": {}}, required=["a", "a"]),
            [("required", "`['a', 'a']` is not a value of `required` in a JSON Schema")],
        ),
        (of({"a": {"enum": "x"}}), [("properties/a/enum", "`enum` must be of type array, not `x`")]),
        (
            of({"a": {"minLength": -1}}),
            [("properties/a/minLength", "`-1` is not a value of `minLength` in a JSON Schema")],
        ),
        (
            of({"a": {"minimum": "1"}}),
            [("properties/a/minimum", "`minimum` must be of type number, not `1`")],
        ),
        (
            of({"a": {"uniqueItems": 1}}),
            [("properties/a/uniqueItems", "`uniqueItems` must be of type boolean, not `1`")],
        ),
        (
            of({"a": {"description": 1}}),
            [("properties/a/description", "`description` must be of type string, not `1`")],
        ),
        (
            of({"a": {"anyOf": []}}),
            [("properties/a/anyOf", "`[]` is not a value of `anyOf` in a JSON Schema")],
        ),
        (
            of({"a": {"items": {"type": "int"}}}),
            [("properties/a/items/type", "`int` is not a type of JSON Schema")],
        ),
        (
            of({"a": {"$ref": "#/$defs/id"}}),
            [("properties/a/$ref", "`#/$defs/id` is not in these parameters")],
        ),
        (
            of({"a": {"anyOf": [{"$ref": "#/properties/b/anyOf/7"}]}, "b": {"anyOf": [{}]}}),
            [("properties/a/anyOf/0/$ref", "`#/properties/b/anyOf/7` is not in these parameters")],
        ),
        (
            {"$schema": [], **of({})},
            [("$schema", "`$schema` must be of type string, not `[]`")],
        ),
    ],
)
def test_what_is_no_schema_of_an_object_is_told(
    schema: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert told(schema) == expected


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("int", "did you mean `integer`?"),
        ("STR", "did you mean `string`?"),
        ("bool", "did you mean `boolean`?"),
        ("dict", "did you mean `object`?"),
        ("intger", "did you mean `integer`?"),
        ("any", "leave `type` out"),
        ("xyz", "one of string, number, integer, boolean, object, array, null"),
        (5, "one of string, number, integer, boolean, object, array, null"),
    ],
)
def test_types_of_other_languages_are_recognised(written: object, advice: str) -> None:
    assert [fault.help for fault in check_parameters(of({"a": {"type": written}}))] == [advice]


def test_a_required_name_without_a_property_is_a_doubt() -> None:
    faults = list(check_parameters(of({"order_id": {}}, required=["order_id", "ordr_id", "zip", 5])))
    doubts = [(fault.path, fault.help) for fault in faults if not fault.certain]
    assert doubts == [
        (("required", 1), "did you mean `order_id`?"),
        (("required", 2), "describe `zip` under `properties`"),
    ]


def test_one_mistake_does_not_hide_the_next() -> None:
    schema = of({"a": {"type": "int"}, "b": {"type": "str"}}, required=["c"])
    assert [path for path, _ in told(schema)] == ["properties/a/type", "properties/b/type", "required/0"]


def test_a_schema_that_is_nested_too_deep_is_not_walked() -> None:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(5000):
        schema = of({"a": schema, "b": [schema]})
    assert told(schema) == [("", f"the schema is nested more than {DEPTH_LIMIT} levels deep")]


def test_plain_schemas_need_no_jsonschema() -> None:
    code = (
        "import sys; from agentconf.lint.parameters import check_parameters as check;"
        "assert not [*check({'type': 'object', 'properties': {'a': {'type': 'string'}}, 'required': ['a']})];"
        "sys.exit('jsonschema' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
