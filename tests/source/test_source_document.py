from __future__ import annotations

import pytest

from agentconf.source.compose import compose
from agentconf.source.document import Document, Location, Position, Span


@pytest.mark.parametrize(
    ("offset", "position"),
    [(0, (1, 1)), (2, (1, 3)), (4, (2, 1)), (5, (3, 1)), (6, (3, 2)), (8, (3, 4)), (99, (3, 4))],
)
def test_offsets_have_lines_and_columns_whatever_the_line_ends_are(
    offset: int, position: tuple[int, int]
) -> None:
    assert Document("x.yaml", "ab\r\n\rcd\u2028").position(offset) == Position(*position)


def test_columns_count_characters_not_bytes() -> None:
    document = Document("x.yaml", "greeting: 😀 日本 hello")
    assert document.position(document.text.index("hello")).column == 16


def test_lines_come_without_their_ends() -> None:
    document = Document("x.yaml", "a\r\nb\n")
    assert [document.line(number + 1) for number in range(document.line_count)] == ["a", "b", ""]


def test_a_masked_span_is_shown_as_asterisks_of_its_length() -> None:
    document = Document("x.yaml", "token: |\r\n  secret\r\n  text\r\nnext: 1\r\n")
    document.mask(Span(7, 27))
    assert [document.line(number) for number in (1, 2, 3, 4)] == ["token: *", "********", "******", "next: 1"]


def test_masking_twice_masks_once() -> None:
    document = Document("x.yaml", "token: abc")
    document.mask(Span(7, 10))
    document.mask(Span(7, 10))
    assert document.masks == [Span(7, 10)]


def test_a_document_prints_its_path_and_nothing_of_its_text() -> None:
    assert repr(Document("x.yaml", "token: abc")) == "Document('x.yaml')"


def test_a_location_reads_as_editors_take_it() -> None:
    document = Document("agents/a.yaml", "a: 1\nb: 2\n")
    location = Location(document, Span(8, 9))
    assert (str(location), location.path, location.end) == (
        "agents/a.yaml:2:4",
        "agents/a.yaml",
        Position(2, 5),
    )


def test_a_path_is_followed_as_far_as_it_goes() -> None:
    tree = compose("tools:\n  - name: a\n", "a.yaml").tree
    assert tree is not None
    found = {path: tree.find(path) for path in [("tools", 0, "name"), ("tools", 1), ("tools", "x"), ("y",)]}
    assert {path: (one.data(), depth) for path, (one, depth) in found.items()} == {
        ("tools", 0, "name"): ("a", 3),
        ("tools", 1): ([{"name": "a"}], 1),
        ("tools", "x"): ([{"name": "a"}], 1),
        ("y",): ({"tools": [{"name": "a"}]}, 0),
    }


def test_a_value_without_a_key_stands_for_its_key() -> None:
    tree = compose("[a]", "a.yaml").tree
    assert tree is not None
    assert tree.value[0].key is None
    assert tree.value[0].key_location == tree.value[0].location
