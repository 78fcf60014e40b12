from __future__ import annotations

import math

import pytest

from agentconf.source.scalars import FIRST, resolve, resolve_tagged


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("false", False),
        ("False", False),
        ("FALSE", False),
        ("0", 0),
        ("-17", -17),
        ("+17", 17),
        ("012", 12),
        ("+14155551234", 14155551234),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1e3", -1000.0),
        ("1.5E-2", 0.015),
        ("1e999", math.inf),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("+.Inf", math.inf),
    ],
)
def test_a_scalar_of_the_core_schema_has_its_value(text: str, value: object) -> None:
    assert (type(resolve(text)), resolve(text)) == (type(value), value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_a_number(text: str) -> None:
    value = resolve(text)
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "No",
        "on",
        "off",
        "yes",
        "y",
        "n",
        "9:30",
        "1_000",
        "0b1",
        "0x",
        "0o8",
        "1.2.3",
        "2026-07-01",
        "nUll",
        "tRUE",
        ".Nan",
        "inf",
        "nan",
        "-",
        "+",
        ".",
        "1e",
        "١٢",
        "0X1F",
        "+0x1",
    ],
)
def test_what_only_other_schemas_resolve_is_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [("9" * 5000, math.inf), ("-" + "9" * 5000, -math.inf), ("0x" + "f" * 5000, math.inf)],
)
def test_a_number_beyond_what_python_can_print_is_infinite(text: str, value: float) -> None:
    assert resolve(text) == value


def test_every_scalar_that_is_not_text_begins_with_a_character_worth_a_look() -> None:
    firsts = {chr(code) for code in range(33, 127)}
    looked_at = {
        first
        for first in firsts
        for rest in ("", "0", ".5", "rue", "RUE", "alse", "ALSE", "ull", "ULL", "inf", "0x1")
        if resolve(first + rest) != first + rest
    }
    assert looked_at <= FIRST


@pytest.mark.parametrize(
    ("text", "tag", "value"),
    [
        ("5", "str", "5"),
        ("5", "int", 5),
        ("5", "float", 5.0),
        ("true", "bool", True),
        ("", "null", None),
        ("", "str", ""),
    ],
)
def test_a_tag_decides_what_a_scalar_is(text: str, tag: str, value: object) -> None:
    found = resolve_tagged(text, f"tag:yaml.org,2002:{tag}")
    assert (type(found), found) == (type(value), value)


def test_the_tag_without_a_name_means_text() -> None:
    assert resolve_tagged("5", "!") == "5"


@pytest.mark.parametrize(("text", "tag"), [("five", "int"), ("1.5", "int"), ("maybe", "bool"), ("0", "null")])
def test_a_text_that_does_not_fit_its_tag_is_refused(text: str, tag: str) -> None:
    with pytest.raises(ValueError, match=text):
        resolve_tagged(text, f"tag:yaml.org,2002:{tag}")


@pytest.mark.parametrize("tag", ["!foo", "tag:yaml.org,2002:binary", "tag:yaml.org,2002:timestamp"])
def test_a_tag_beyond_the_core_schema_is_unknown(tag: str) -> None:
    with pytest.raises(LookupError):
        resolve_tagged("x", tag)
