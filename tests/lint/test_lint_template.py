from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconf.lint.template import (
    FaultKind,
    MissingVariableError,
    Placeholder,
    _Scanner,
    mentions,
    placeholders,
    scan,
    substitute,
    variables,
)


def read(text: str) -> list[tuple[str, str]]:
    """Tell of each part what it is (a variable, or a kind of fault) and its characters."""
    return [
        (part.name if isinstance(part, Placeholder) else part.kind.name, text[part.start : part.end])
        for part in scan(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("no braces at all", []),
        ("single {braces} are { text }", []),
        ("{{name}}", [("name", "{{name}}")]),
        ("Hi {{ name }}!", [("name", "{{ name }}")]),
        ("{{\n name\t}}", [("name", "{{\n name\t}}")]),
        ("{{first-name}}", [("first-name", "{{first-name}}")]),
        ("{{_x1}}", [("_x1", "{{_x1}}")]),
        ("{{year}}{{año}}", [("year", "{{year}}"), ("año", "{{año}}")]),
        ("{{a}} and {{a}}", [("a", "{{a}}"), ("a", "{{a}}")]),
        ("a}b {{c}} d{", [("c", "{{c}}")]),
        ("🙂{{a}}日本", [("a", "{{a}}")]),
    ],
)
def test_placeholders_are_names_between_double_braces(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{name", [("UNMATCHED", "{{name")]),
        ("Hi {{", [("UNMATCHED", "{{")]),
        ("Hi {{name, how are you?", [("UNMATCHED", "{{name,")]),
        ("name}} hi", [("UNMATCHED", "}}")]),
        ("{name}}", [("UNMATCHED", "}}")]),
        ("{{name}", [("UNMATCHED", "{{name")]),
        ("{{{name}}", [("UNMATCHED", "{{{name}}")]),
        ("{{name}}}", [("UNMATCHED", "{{name}}}")]),
        ("{{{{name}}", [("UNMATCHED", "{{{{name}}")]),
        ("{{name}}}}", [("name", "{{name}}"), ("UNMATCHED", "}}")]),
        ("}}{{", [("UNMATCHED", "}}"), ("UNMATCHED", "{{")]),
        ("{{a {{b}} }}", [("NESTED", "{{a {{b}} }}")]),
        ("{{{{a}} {{b}}}}", [("UNMATCHED", "{{{{a}}"), ("b", "{{b}}"), ("UNMATCHED", "}}")]),
        ("Hi {{a, you owe {{b}}.", [("UNMATCHED", "{{a,"), ("b", "{{b}}")]),
        ("{{a}} }} {{b}}", [("a", "{{a}}"), ("UNMATCHED", "}}"), ("b", "{{b}}")]),
        ('{"a": {"b": 1}}', [("UNMATCHED", "}}")]),
    ],
)
def test_braces_without_a_counterpart_are_faults(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"id": {{id}}}', [("id", "{{id}}")]),
        ('{"a": {"id": {{id}} } }', [("id", "{{id}}")]),
        ('{"a": {"id": {{id}}}}', [("id", "{{id}}"), ("UNMATCHED", "}}")]),
        ('{"a": 1} {{b}}}', [("UNMATCHED", "{{b}}}")]),
        ("} {{b}} {", [("b", "{{b}}")]),
    ],
)
def test_single_braces_that_json_opened_before_a_placeholder_are_text(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{{}}", FaultKind.EMPTY),
        ("{{  }}", FaultKind.EMPTY),
        ("{{#if vip}}", FaultKind.BLOCK),
        ("{{# each items }}", FaultKind.BLOCK),
        ("{{^vip}}", FaultKind.BLOCK),
        ("{{/if}}", FaultKind.BLOCK_END),
        ("{{else}}", FaultKind.BLOCK_END),
        ("{{ else if vip }}", FaultKind.BLOCK_END),
        ("{{> footer}}", FaultKind.PARTIAL),
        ("{{! note }}", FaultKind.COMMENT),
        ("{{!-- note --}}", FaultKind.COMMENT),
        ("{{{name}}}", FaultKind.UNESCAPED),
        ("{{&name}}", FaultKind.UNESCAPED),
        ("{{a.b}}", FaultKind.PATH),
        ("{{../a}}", FaultKind.PATH),
        ("{{a/b}}", FaultKind.PATH),
        ("{{a.[0]}}", FaultKind.PATH),
        ("{{@index}}", FaultKind.PATH),
        ("{{upper name}}", FaultKind.WORDS),
        ("{{patient name}}", FaultKind.WORDS),
        ("{{a + 1}}", FaultKind.EXPRESSION),
        ("{{a|upper}}", FaultKind.EXPRESSION),
        ("{{a, b}}", FaultKind.EXPRESSION),
        ("{{'text'}}", FaultKind.EXPRESSION),
        ("{{~name~}}", FaultKind.EXPRESSION),
        ("{{name: 1}}", FaultKind.EXPRESSION),
        ("{{$name}}", FaultKind.EXPRESSION),
        ("{{(name)}}", FaultKind.EXPRESSION),
        ('{{"a": {"b": 1} }}', FaultKind.EXPRESSION),
        ("{{{{name}}}}", FaultKind.EXPRESSION),
    ],
)
def test_what_is_no_name_is_said_to_be_what_it_is(text: str, kind: FaultKind) -> None:
    assert read(text) == [(kind.name, text)]


def test_a_name_beyond_ascii_is_not_plain() -> None:
    assert [part.plain for part in placeholders("{{name}} {{año}} {{2nd}} {{_x-y}}")] == [
        True,
        False,
        False,
        True,
    ]


def test_variables_are_named_once_in_order() -> None:
    assert variables("{{b}} {{a}} {{ b }} {{#if c}}") == ("b", "a")


def test_mentions_hold_the_words_of_faults_too() -> None:
    assert mentions("{{a}} {{#if vip}} {{b.c}} {{open") == {"a", "if", "vip", "b", "c", "open"}


def test_values_are_put_in_once_as_they_stand() -> None:
    assert (
        substitute("{{a}}-{{ b }}-{{a}} {{#x}}", {"a": "{{b}}", "b": "&<>", "c": "unused"})
        == "{{b}}-&<>-{{b}} {{#x}}"
    )


def test_a_missing_value_is_named() -> None:
    with pytest.raises(MissingVariableError) as caught:
        substitute("{{a}} {{b}} {{c}}", {"b": ""})
    assert (caught.value.names, str(caught.value)) == (("a", "c"), "no value for a, c")


def test_many_open_braces_take_no_quadratic_time() -> None:
    text = "{{a " * 200_000
    assert len(scan(text)) == 200_000


@given(st.text(alphabet="{}ab _.#\n", max_size=40))
def test_parts_are_in_order_and_do_not_overlap(text: str) -> None:
    ends = [0]
    for part in scan(text):
        assert ends[-1] <= part.start < part.end <= len(text)
        ends.append(part.end)


@given(st.text(alphabet="{}ab _", max_size=40))
def test_no_double_braces_go_unnoticed(text: str) -> None:
    rest = list(text)
    for part in scan(text):
        rest[part.start : part.end] = ["·"] * (part.end - part.start)
    assert not re.search(r"\{\{|\}\}", "".join(rest))


@given(st.lists(st.sampled_from(["{{a}}", "{{ b }}", "text ", "{ ", " } ", "é"])), st.text(), st.text())
def test_substitution_replaces_every_placeholder_and_nothing_else(parts: list[str], a: str, b: str) -> None:
    expected = "".join({"{{a}}": a, "{{ b }}": b}.get(part, part) for part in parts)
    assert substitute("".join(parts), {"a": a, "b": b}) == expected


_PIECES = st.sampled_from(["{{", "}}", "{", "}", "{{ ", " }}", "{{name}}", "a", "1", "-", "~", "else", "\n"])


@given(st.lists(_PIECES).map("".join))
def test_texts_with_plain_placeholders_only_read_the_same_on_the_short_way(text: str) -> None:
    assert list(scan(text)) == list(_Scanner(text).parts())
