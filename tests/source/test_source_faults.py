"""Broken YAML: what is said, and where."""

from __future__ import annotations

from typing import Any

import pytest

from agentconf.source.compose import compose
from agentconf.source.document import Document, Problem
from agentconf.source.stop import StopReading
from agentconf.source.yaml_reader import PARSERS, read_yaml


def stop(text: str, parser: Any = PARSERS[0]) -> Problem:
    with pytest.raises(StopReading) as raised:
        read_yaml(Document("a.yaml", text), [], parser)
    return raised.value.problem


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)
@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("a: Hello: world\n", "a second `: ` in an unquoted text", "1:9"),
        ("a: 1\n  b: 2\n", "a key cannot stand here", "2:4"),
        ("a: {b: 1\nc: 2\n", "`,` or the closing bracket is missing here", "2:2"),
        ("a: [1, 2\nb: 3\n", "`,` or the closing bracket is missing here", "2:2"),
        ("a: [1, 2\n", "the bracket that opens here is never closed", "1:4"),
        ("a: {b: 1\n", "the bracket that opens here is never closed", "1:4"),
        ("a: [\n", "the bracket that opens here is never closed", "1:4"),
        ("a: [[1], {b: 2},\n", "the bracket that opens here is never closed", "1:4"),
        ("a:\n\tb: 1\n", "a tab cannot indent YAML", "2:1"),
        ("a:\n  b: 1\n\tc: 2\n", "a tab cannot indent YAML", "3:1"),
        ('a: "hello\nb: 1\n', "the quote that opens here is never closed", "1:4"),
        ("a: 'hello\n---\nb: 1\n", "the quote that opens here is never closed", "1:4"),
        ("a: {b: ${env:X}}\n", "an unquoted `${` inside of { } or [ ]", "1:8"),
        ("a: [${env:X}]\n", "an unquoted `${` inside of { } or [ ]", "1:5"),
        ("a:\n    b: 1\n  c: 2\n", "the indentation fits no mapping above", "3:3"),
        ("a: - b\n", "a list cannot begin here", "1:4"),
        ("a: 1\nhello\nb: 2\n", "a line without `: ` where a key is expected", "2:1"),
        ("a: %x\n", "an unquoted text cannot begin with `%`", "1:4"),
        ("a: @x\n", "an unquoted text cannot begin with `@`", "1:4"),
        ("a: *\n", "an unquoted text cannot begin with `*`: it names an anchor in YAML", "1:4"),
        ("a: & b\n", "an unquoted text cannot begin with `&`: it names an anchor in YAML", "1:4"),
        ('a: "\\q"\n', "unknown escape in a double-quoted text", "1:5"),
        ('a: "\\xZZ"\n', "unknown escape in a double-quoted text", "1:5"),
        ('a: "x" y\n', "there is text behind the closing quote", "1:8"),
        ("- a\nb: 1\n", "a list item has to begin with `- `", "2:1"),
        ("a: 1\n- b\n", "a list item where a key is expected", "2:1"),
        ("a: }\n", "a value is missing before `}`", "1:4"),
        ("a: |x\n  foo\n", "text behind `|` or `>`", "1:5"),
        ("a: !e!foo x\n", "this tag has no meaning here", "1:4"),
        ("%YAML 2.0\n---\na: 1\n", "this is no version of YAML that can be read", "1:1"),
        ("  a: 1\nb: 2\n", "the file's value has ended above", "2:1"),
        (
            "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
            "a merge conflict is left in the file",
            "2:1",
        ),
    ],
)
def test_broken_yaml_is_explained_at_the_place_to_mend(
    text: str, message: str, place: str, parser: Any
) -> None:
    problem = stop(text, parser)
    assert (problem.code, problem.message, str(problem.location)) == ("AC001", message, f"a.yaml:{place}")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: {b: 1\nc: 2\n", "a.yaml:1:4", "opened here"),
        ("a:\n    b: 1\n  c: 2\n", "a.yaml:1:1", "this mapping is still open"),
        ("- a\nb: 1\n", "a.yaml:1:1", "this list is still open"),
    ],
)
def test_what_is_still_open_is_shown_beside_the_fault(text: str, place: str, words: str) -> None:
    (label,) = stop(text).labels
    assert (str(label.location), label.text) == (place, words)


def test_an_unknown_complaint_is_passed_on() -> None:
    assert stop("%YAML 1.1\n%YAML 1.1\n---\na: 1\n").message == "not YAML: found duplicate %YAML directive"


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)
@pytest.mark.parametrize(
    ("character", "name"), [("\0", "U+0000"), ("\x07", "U+0007"), ("\ud800", "U+D800"), ("\uffff", "U+FFFF")]
)
def test_a_character_of_no_text_is_named_where_it_stands(character: str, name: str, parser: Any) -> None:
    problem = stop(f"a: 1\nb: é {character}\n", parser)
    assert (problem.code, problem.message, str(problem.location)) == (
        "AC008",
        f"the character {name} cannot stand in a text file",
        "a.yaml:2:6",
    )


def test_what_was_wrong_before_the_fault_is_reported_too() -> None:
    composed = compose("a: 1\na: 2\nb: [\n", "a.yaml")
    assert [problem.code for problem in composed.problems] == ["AC002", "AC001"]
    assert composed.tree is None


def test_a_fault_at_the_very_end_stays_inside_of_the_text() -> None:
    text = "a: {"
    composed = compose(text, "a.yaml")
    assert composed.problems[0].location.span.end <= len(text)
