from __future__ import annotations

import json
from typing import Any

import pytest

from agentconf.source.compose import Composed, compose


def read(text: str) -> Composed:
    return compose(text, "a.json")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        ' {"a": [1, -2.5, 1e3, true, false, null, "x", {}, []]} \n',
        '"text"',
        "0",
        r'"\ud83d\ude00 \u00e9 \n \" \\ \/"',
        '{"a": {"a": "a"}, "": 1}',
        '{"a":1,"b":2}\r\n',
    ],
)
def test_json_reads_as_the_standard_library_reads_it(text: str) -> None:
    composed = read(text)
    assert composed.problems == ()
    assert composed.tree is not None
    assert composed.tree.data() == json.loads(text)


def test_values_and_keys_know_their_characters() -> None:
    text = '{\r\n  "näme": "😀",\r\n  "list": [ 1 , {"a": true} ]\r\n}'
    tree = read(text).tree
    assert tree is not None
    found = [
        (text[child.key_start : child.key_end], text[child.start : child.end])
        for child in tree.value.values()
    ]
    assert found == [('"näme"', '"😀"'), ('"list"', '[ 1 , {"a": true} ]')]
    assert [text[item.start : item.end] for item in tree.value["list"].value] == ["1", '{"a": true}']
    assert (tree.start, tree.end) == (0, len(text))


def test_a_scalar_keeps_how_it_was_written() -> None:
    tree = read('{"n": 1.0, "t": "\\u0061", "b": true}').tree
    assert tree is not None
    assert [(child.raw, child.plain) for child in tree.value.values()] == [
        ("1.0", True),
        ("a", False),
        ("true", True),
    ]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("", "the file is empty", "1:1"),
        (" \n", "the file is empty", "1:1"),
        ('{"a": 1,}', "a comma before the closing `}`", "1:8"),
        ("[1, 2, ]", "a comma before the closing `]`", "1:6"),
        ('{"a": 1 "b": 2}', "`,` or `}` is missing here", "1:9"),
        ("[1 2]", "`,` or `]` is missing here", "1:4"),
        ('{"a": 1', "the bracket that opens here is never closed", "1:1"),
        ('{"a": [1', "the bracket that opens here is never closed", "1:7"),
        ('{"a": 1,', "the file ends where a key is expected", "1:9"),
        ('{"a":', "the file ends where a value is expected", "1:6"),
        ('{"a" 1}', "`:` is missing behind the key", "1:6"),
        ("{a: 1}", "a key has to stand in double quotes", "1:2"),
        ("{'a': 1}", "a key has to stand in double quotes", "1:2"),
        ("{\"a\": 'x'}", "JSON texts stand in double quotes", "1:7"),
        ('{"a": x}', "`x` needs quotes in JSON", "1:7"),
        ('{"a": }', "a value is missing here", "1:7"),
        ('{"a": NaN}', "JSON has no `NaN`", "1:7"),
        ('{"a": -Infinity}', "JSON has no `-Infinity`", "1:7"),
        ('{"a": True}', "JSON has no `True`", "1:7"),
        ('{"a": None}', "JSON has no `None`", "1:7"),
        ('{"a": +1}', "`+1` is not a number in JSON", "1:7"),
        ('{"a": 012}', "`012` is not a number in JSON", "1:7"),
        ('{"a": 1.}', "`1.` is not a number in JSON", "1:7"),
        ('{"a": 0x1F}', "`0x1F` is not a number in JSON", "1:7"),
        ('{"a": "x', "the quote that opens here is never closed", "1:7"),
        ('{"a": "x\ny"}', "a line break or tab inside of a text", "1:9"),
        ('{"a": "\\q"}', "unknown escape in a text", "1:8"),
        ('{"a": "\\ud83d"}', "half of a surrogate pair", "1:7"),
        ('{"a": 1} {}', "there is text behind the end of the JSON value", "1:10"),
        ('{"a": 1} // x', "JSON has no comments", "1:10"),
        ('{ # x\n"a": 1}', "JSON has no comments", "1:3"),
        ('{"a": /* x */ 1}', "JSON has no comments", "1:7"),
    ],
)
def test_broken_json_is_explained_at_the_place_to_mend(text: str, message: str, place: str) -> None:
    composed = read(text)
    (problem,) = composed.problems
    assert composed.tree is None
    assert (problem.code, problem.message, str(problem.location)) == ("AC001", message, f"a.json:{place}")


def test_a_nul_is_named_where_it_stands() -> None:
    (problem,) = read('{"a": "\0"}').problems
    assert (problem.code, str(problem.location)) == ("AC008", "a.json:1:8")


def test_a_key_that_stands_twice_is_reported_and_the_first_is_kept() -> None:
    composed = read('{"a": 1, "a": 2}')
    (problem,) = composed.problems
    assert composed.tree is not None
    assert composed.tree.data() == {"a": 1}
    assert (problem.code, str(problem.location), str(problem.labels[0].location)) == (
        "AC002",
        "a.json:1:10",
        "a.json:1:2",
    )


def test_a_hundred_levels_are_read() -> None:
    assert read("[" * 100 + "]" * 100).problems == ()


@pytest.mark.parametrize("level", ["[", '{"a":'])
def test_a_level_more_is_refused(level: str) -> None:
    (problem,) = read(level * 100_000).problems
    assert (problem.code, problem.location.start.column) == ("AC001", 100 * len(level) + 1)


def test_the_suffix_tells_json_in_capitals_too() -> None:
    assert compose("a: 1", "A.JSON").tree is None


@pytest.mark.parametrize("value", [10**400, "1e999"])
def test_numbers_beyond_a_float_stay_values(value: Any) -> None:
    tree = read(f"[{value}]").tree
    assert tree is not None
    assert tree.data() == json.loads(f"[{value}]")
