from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agentconf.source.compose import Composed, compose
from agentconf.source.document import Document, Problem
from agentconf.source.yaml_reader import PARSERS, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.source.tree import Tree

BOTH = pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)


def read(text: str, parser: Any = PARSERS[0]) -> tuple[Tree, list[Problem]]:
    problems: list[Problem] = []
    return read_yaml(Document("a.yaml", text), problems, parser), problems


def data(text: str) -> Any:
    composed = compose(text, "a.yaml")
    assert composed.problems == ()
    assert composed.tree is not None
    return composed.tree.data()


def said(composed: Composed) -> list[tuple[str, str, str]]:
    """Tell each problem as code, message and the text that it underlines."""
    return [
        (one.code, one.message, composed.document.text[one.location.span.start : one.location.span.end])
        for one in composed.problems
    ]


def source(tree: Tree) -> str:
    return tree.document.text[tree.start : tree.end]


def key_source(tree: Tree) -> str:
    return tree.document.text[tree.key_start : tree.key_end]


# ── values ────────────────────────────────────────────────────────────


@BOTH
def test_a_definition_reads_as_yaml_1_2(parser: Any) -> None:
    text = (
        "language: no\nopening: 9:30\nsince: 2026-07-01\ncode: 012\nphone: +14155551234\n"
        "quoted: \"12\"\nsingle: 'true'\nempty:\ntilde: ~\nlist: [1, 2.5, yes, {a: b}]\n"
        "block: |\n  one\n  two\nfolded: >-\n  one\n  two\nplain: one\n  two\n"
    )
    tree, problems = read(text, parser)
    assert problems == []
    assert tree.data() == {
        "language": "no",
        "opening": "9:30",
        "since": "2026-07-01",
        "code": 12,
        "phone": 14155551234,
        "quoted": "12",
        "single": "true",
        "empty": None,
        "tilde": None,
        "list": [1, 2.5, "yes", {"a": "b"}],
        "block": "one\ntwo\n",
        "folded": "one two",
        "plain": "one two",
    }


def test_keys_are_texts_as_they_were_written() -> None:
    assert data("no: a\n404: b\nnull: c\n1.0: d\n'x y': e\n~: f\n") == {
        "no": "a",
        "404": "b",
        "null": "c",
        "1.0": "d",
        "x y": "e",
        "~": "f",
    }


def test_a_number_that_was_a_text_keeps_how_it_was_written() -> None:
    tree, _ = read("phone: +14155551234\nquoted: '12'\n")
    phone, quoted = tree.value["phone"], tree.value["quoted"]
    assert (phone.raw, phone.plain, quoted.raw, quoted.plain) == ("+14155551234", True, "12", False)


def test_infinite_and_huge_numbers_stay_values() -> None:
    assert data(f"a: .inf\nb: 1{'0' * 400}\nc: {'9' * 5000}\n") == {
        "a": math.inf,
        "b": 10**400,
        "c": math.inf,
    }


def test_tags_of_the_core_schema_decide() -> None:
    text = "a: !!str 5\nb: !!int '5'\nc: ! 5\nd: !!map {x: 1}\ne: !!seq [1]\nf: !!float 1\n"
    assert data(text) == {"a": "5", "b": 5, "c": "5", "d": {"x": 1}, "e": [1], "f": 1.0}


def test_a_comment_is_not_a_value() -> None:
    assert data("# top\na: 1 # one\nb: '#2'\n") == {"a": 1, "b": "#2"}


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85"])
def test_characters_that_only_yaml_1_1_takes_for_line_ends_are_text(end: str) -> None:
    text = f"# a comment{end}b: 2\na: 'x{end}y'\n'k{end}': [plain{end}text, *x]\n".replace("*x", "1")
    assert data(text) == {"a": f"x{end}y", f"k{end}": [f"plain{end}text", 1]}


def test_a_shared_value_with_an_old_line_end_is_restored_once() -> None:
    assert data("a: &x {t: 'x\u2028y'}\nb: *x\n") == {"a": {"t": "x\u2028y"}, "b": {"t": "x\u2028y"}}


def test_an_emoji_and_a_text_beyond_ascii_are_read_as_they_are() -> None:
    assert data("a: Grüße 😀 日本\n") == {"a": "Grüße 😀 日本"}


# ── places ────────────────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_value_knows_its_characters(line_end: str, parser: Any) -> None:
    text = (
        "# 😀\u00e9\nplain: one\nquoted: \"t\u00efo\"\nflow: [1, 'b']\n"
        "map:\n  inner: x # c\n\nlist:\n- y\n- z\n"
        "block: |\n  one\n\nlast: end\n"
    ).replace("\n", line_end)
    tree, _ = read(text, parser)
    assert {key: source(child) for key, child in tree.value.items()} == {
        "plain": "one",
        "quoted": '"t\u00efo"',
        "flow": "[1, 'b']",
        "map": "inner: x",
        "list": f"- y{line_end}- z",
        "block": f"|{line_end}  one",
        "last": "end",
    }
    assert [source(item) for item in tree.value["flow"].value] == ["1", "'b'"]


@BOTH
def test_every_key_knows_its_characters(parser: Any) -> None:
    tree, _ = read(
        "plain: 1\n'single': 2\n{\"a\": 3}: 4\n".replace('{"a": 3}: 4\n', '"double" : 5\n'), parser
    )
    assert [key_source(child) for child in tree.value.values()] == ["plain", "'single'", '"double"']


@BOTH
def test_an_anchor_or_a_tag_is_not_part_of_the_value(parser: Any) -> None:
    tree, _ = read("a: &x London\nb: !!str 5\nc: &y\n  d: 1\ne: &z [1]\nf: &w\n", parser)
    assert [source(child) for child in tree.value.values()] == ["London", "5", "d: 1", "[1]", ""]


def test_an_empty_value_stands_behind_its_colon() -> None:
    tree, _ = read("a:\nb: 1\n")
    assert (tree.value["a"].start, tree.value["a"].end) == (2, 2)


def test_a_whole_mapping_stands_from_its_first_key_to_its_last_value() -> None:
    text = "# top\na: 1\nb:\n  c: 2\n\n# bottom\n"
    tree, _ = read(text)
    assert source(tree) == "a: 1\nb:\n  c: 2"


# ── keys ────────────────────────────────────────────────────────────


@BOTH
def test_a_key_that_stands_twice_is_reported_and_the_first_is_kept(parser: Any) -> None:
    tree, problems = read("a: 1\nb: 2\n'a': {a: 3, a: 4}\n", parser)
    assert tree.data() == {"a": 1, "b": 2}
    assert [(one.code, str(one.location), str(one.labels[0].location)) for one in problems] == [
        ("AC002", "a.yaml:3:13", "a.yaml:3:7"),
        ("AC002", "a.yaml:3:1", "a.yaml:1:1"),
    ]


@pytest.mark.parametrize(
    ("text", "message", "underlined"),
    [
        ("a: 1\n? [b, c]\n: 2\n", "a list cannot be a key", "[b, c]"),
        ("a: 1\n? {b: c}\n: 2\n", "a mapping cannot be a key", "{b: c}"),
        ("a: &x 1\n*x : 2\n", "an alias cannot be a key", "*x"),
        ("a: 1\nb: {{name}}\n", "an unquoted text cannot begin with `{{`", "{{name}"),
    ],
)
def test_a_key_that_is_no_text_is_left_out(text: str, message: str, underlined: str) -> None:
    composed = compose(text, "a.yaml")
    assert said(composed) == [("AC001", message, underlined)]
    assert composed.tree is not None
    assert composed.tree.value["a"].value == 1


def test_an_unquoted_placeholder_is_not_taken_for_what_it_reads_as() -> None:
    composed = compose("greeting: {{name}}\n", "a.yaml")
    assert composed.tree is not None
    assert composed.tree.value["greeting"].unresolved
    assert (
        composed.problems[0].help == "put the whole value in quotes: an unquoted `{{` opens a mapping in YAML"
    )


def test_a_placeholder_at_the_beginning_of_a_text_is_explained_once() -> None:
    composed = compose("greeting: {{name}}, hello\n", "a.yaml")
    assert [(code, message) for code, message, _ in said(composed)] == [
        ("AC001", "an unquoted text cannot begin with `{{`")
    ]


def test_a_key_may_carry_an_anchor_or_a_tag() -> None:
    assert data("&k a: 1\n!!str 5: *k\n") == {"a": 1, "5": "a"}


# ── tags ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message", "underlined", "value"),
    [
        ("a: !foo x\n", "the tag `!foo` has no meaning here", "!foo", "x"),
        ("a: !!binary eA==\n", "the tag `!!binary` has no meaning here", "!!binary", "eA=="),
        ("a: !!set {x: 1}\n", "the tag `!!set` has no meaning here", "!!set", {"x": 1}),
        ("a: !!int five\n", "not a value of `!!int`", "!!int five", "five"),
    ],
)
def test_an_unknown_tag_is_reported_and_the_value_kept(
    text: str, message: str, underlined: str, value: Any
) -> None:
    composed = compose(text, "a.yaml")
    assert said(composed) == [("AC001", message, underlined)]
    assert composed.tree is not None
    assert composed.tree.data() == {"a": value}


def test_a_tag_by_another_name_is_reported_where_it_stands() -> None:
    composed = compose("%TAG !e! tag:example.com,2000:\n---\na: !e!foo x\n", "a.yaml")
    (problem,) = composed.problems
    assert (problem.code, str(problem.location)) == ("AC001", "a.yaml:3:4")


# ── documents ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "---\na: 1\n",
        "a: 1\n---\n",
        "a: 1\n...\n",
        "---\n---\na: 1\n...\n---\n# nothing\n",
        "%YAML 1.2\n---\na: 1\n",
    ],
)
def test_empty_documents_do_not_count(text: str) -> None:
    assert data(text) == {"a": 1}


@BOTH
def test_a_second_document_is_reported_and_the_first_is_used(parser: Any) -> None:
    tree, problems = read("a: 1\n---\nb: 2\n---\n: : :\n", parser)
    assert tree.data() == {"a": 1}
    assert [(one.code, str(one.location)) for one in problems] == [("AC003", "a.yaml:2:1")]


def test_anchors_end_with_their_document() -> None:
    composed = compose("--- \n---\n&x a: *y\n", "a.yaml")
    assert said(composed) == [("AC001", "no anchor `y` stands above", "*y")]


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "---\n...\n"])
def test_an_empty_file_is_said_to_be_empty(text: str) -> None:
    composed = compose(text, "a.yaml")
    assert (said(composed), composed.tree) == ([("AC001", "the file is empty", "")], None)


# ── aliases ────────────────────────────────────────────────────────────


@BOTH
def test_an_alias_is_the_value_under_a_key_of_its_own(parser: Any) -> None:
    tree, problems = read("a: &x {k: v}\nb: *x\nc: [*x]\nd: &x 5\ne: *x\n", parser)
    assert problems == []
    assert tree.data() == {"a": {"k": "v"}, "b": {"k": "v"}, "c": [{"k": "v"}], "d": 5, "e": 5}
    assert (key_source(tree.value["a"]), key_source(tree.value["b"])) == ("a", "b")
    assert source(tree.value["b"]) == "{k: v}"


def test_an_alias_without_an_anchor_names_the_one_that_was_meant() -> None:
    composed = compose("a: &hangup 1\nb: *hangpu\n", "a.yaml")
    assert said(composed) == [("AC001", "no anchor `hangpu` stands above", "*hangpu")]
    assert composed.problems[0].help == "did you mean `*hangup`?"


@pytest.mark.parametrize("text", ["a: &x [*x]\n", "a: &x\n  b: {c: *x}\n"])
def test_an_alias_inside_of_its_own_anchor_is_refused(text: str) -> None:
    composed = compose(text, "a.yaml")
    assert said(composed) == [("AC004", "the alias `*x` stands inside of its own anchor", "*x")]
    assert composed.tree is None


def test_aliases_may_add_up_to_the_cap() -> None:
    text = "a: &x [" + "1, " * 98 + "1]\nb: [" + "*x, " * 99 + "*x]\n"
    assert sum(map(len, data(text)["b"])) == 100 * 99


def test_aliases_beyond_the_cap_are_refused() -> None:
    text = "a: &x [" + "1, " * 98 + "1]\nb: [" + "*x, " * 100 + "*x]\n"
    composed = compose(text, "a.yaml")
    assert said(composed) == [("AC004", "aliases make this document more than 10,000 values larger", "*x")]
    assert str(composed.problems[0].labels[0].location) == "a.yaml:1:7"


def test_a_file_as_large_as_it_likes_needs_no_cap() -> None:
    assert len(data("a: [" + "1, " * 20_000 + "1]\n")["a"]) == 20_001


def test_aliases_cannot_nest_deeper_than_a_text_may() -> None:
    deep = "[" * 60 + "]" * 60
    composed = compose(f"a: &x {deep}\nb: &y {'[' * 60}*x{']' * 60}\n", "a.yaml")
    assert said(composed) == [("AC001", "nested more than 100 levels deep", "*x")]


# ── merge keys ────────────────────────────────────────────────────────────


@BOTH
def test_a_merge_key_brings_what_the_mapping_does_not_say_itself(parser: Any) -> None:
    text = (
        "base: &b {x: 1, y: 2}\nother: &o {y: 3, z: 4}\n"
        "one:\n  <<: *b\n  x: 9\nboth:\n  x: 8\n  <<: [*o, *b]\n"
    )
    tree, problems = read(text, parser)
    assert problems == []
    assert tree.value["one"].data() == {"x": 9, "y": 2}
    assert tree.value["both"].data() == {"x": 8, "y": 3, "z": 4}


def test_a_merged_value_stands_where_it_was_written() -> None:
    tree, _ = read("base: &b {x: 1}\none:\n  <<: *b\n")
    merged = tree.value["one"].value["x"]
    assert (key_source(merged), merged.key_location.start.line) == ("x", 1)


@pytest.mark.parametrize("value", ["text", "[1]", "[{a: 1}, 2]"])
def test_a_merge_key_takes_mappings_only(value: str) -> None:
    composed = compose(f"a:\n  <<: {value}\n  b: 1\n", "a.yaml")
    assert said(composed) == [("AC001", "`<<` takes a mapping, or a list of mappings", "<<")]


def test_a_quoted_merge_key_is_a_key() -> None:
    assert data("'<<': 1\n") == {"<<": 1}


def test_a_second_merge_key_is_a_key_that_stands_twice() -> None:
    composed = compose("a: &a {x: 1}\nb:\n  <<: *a\n  <<: {y: 1}\n", "a.yaml")
    assert said(composed) == [("AC002", "the key `<<` stands twice in one mapping", "<<")]


# ── nesting ────────────────────────────────────────────────────────────


@BOTH
def test_a_hundred_levels_are_read(parser: Any) -> None:
    tree, problems = read("[" * 100 + "]" * 100, parser)
    assert problems == []
    assert tree.find((0,) * 99)[1] == 99


@pytest.mark.parametrize("level", ["[", "- ", "{a: ", "? "])
def test_a_level_more_is_refused_where_it_begins(level: str) -> None:
    composed = compose(level * 101, "a.yaml")
    (problem,) = composed.problems
    assert (problem.code, problem.message) == ("AC001", "nested more than 100 levels deep")
    assert problem.location.start.column == 100 * len(level) + 1


# ── both parsers ────────────────────────────────────────────────────────────

FILES = sorted((Path(__file__).parents[2] / "agents").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_without_libyaml_the_same_values_stand_in_the_same_places(file: Path) -> None:
    trees = [read(file.read_text(encoding="utf-8"), parser)[0] for parser in PARSERS]
    assert len({repr(list(flat(tree))) for tree in trees}) == 1


def flat(tree: Tree) -> Iterator[tuple[Any, ...]]:
    value = tree.value
    yield tree.start, tree.end, tree.key_start, tree.key_end, tree.raw, tree.plain
    if isinstance(value, (dict, list)):
        for child in value.values() if isinstance(value, dict) else value:
            yield from flat(child)
    else:
        yield (value,)
