from __future__ import annotations

import pytest

from agentconf.report.ink import Ink, Style, cells, flow, spread
from agentconf.report.visible import cut, visible

PLAIN = Ink(colour=False)
PAINTED = Ink(colour=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("tab\there", "tab\\there"),
        ("\r\n", "\\r\\n"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x7f\x9b", "\\x7f\\x9b"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("a\u2028b", "a\\u2028b"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud83d", "\\ud83d"),
        ("a\u00a0b\u3000c", "a\u00a0b\u3000c"),
        ("👩\u200d👧 क\u200cष", "👩\u200d👧 क\u200cष"),
        ("\U0001faea \ue000", "\U0001faea \ue000"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_becomes_an_escape(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_line_feeds_stay_where_lines_are_wanted() -> None:
    assert visible("one\n\x1b\r\ntwo", lines=True) == "one\n\\x1b\\r\ntwo"


@pytest.mark.parametrize(
    ("length", "expected"),
    [(100, 100), (140, 140), (141, "… 41 more characters"), (1304, "… 1,204 more characters")],
)
def test_a_text_is_cut_only_when_that_makes_it_shorter(length: int, expected: int | str) -> None:
    shown = cut("x" * length, 100)
    assert (len(shown) if isinstance(expected, int) else shown[100:]) == expected


def test_no_blank_stands_before_the_cut() -> None:
    assert cut("word " * 100, 100).startswith("word word")
    assert " …" not in cut("word " * 100, 100)


@pytest.mark.parametrize(("text", "expected"), [("abc", 3), ("é", 1), ("日本", 4), ("🙂", 2), ("é\x01", 2)])
def test_cells_counts_columns(text: str, expected: int) -> None:
    assert cells(text) == expected


def test_lines_break_between_words() -> None:
    assert flow([(Style.PLAIN, "one two three four")], 9, PLAIN) == ["one two", "three", "four"]


def test_a_long_word_stays_whole() -> None:
    assert flow([(Style.PLAIN, "a abcdefghijkl b")], 5, PLAIN) == ["a", "abcdefghijkl", "b"]


def test_a_words_parts_of_several_styles_are_painted_one_by_one() -> None:
    pieces = [(Style.PLAIN, "say "), (Style.RED, "[-old-]"), (Style.GREEN, "{+new words+}")]
    assert flow(pieces, 12, PLAIN) == ["say [-old-]", "{+new", "words+}"]
    assert flow(pieces, 12, PAINTED) == [
        "say \x1b[31m[-old-]\x1b[0m",
        "\x1b[32m{+new\x1b[0m",
        "\x1b[32mwords+}\x1b[0m",
    ]


def test_lines_of_the_text_stay_lines_with_their_indentation() -> None:
    assert flow([(Style.PLAIN, "a\n\n  b\n")], 20, PLAIN) == ["a", "", "  b", ""]


def test_nothing_flows_into_one_empty_line() -> None:
    assert flow([], 20, PLAIN) == [""]


def test_the_right_end_is_flush() -> None:
    assert list(spread([(Style.STRONG, "left")], "right", 20, PLAIN)) == ["left" + " " * 11 + "right"]


def test_what_does_not_fit_beside_stands_below() -> None:
    assert list(spread([(Style.PLAIN, "left side")], "right side", 20, PLAIN)) == [
        "left side",
        " " * 10 + "right side",
    ]
    assert list(spread([(Style.PLAIN, "left")], "a long right side", 10, PLAIN)) == [
        "left",
        "a long right side",
    ]


def test_nothing_at_the_right_leaves_no_blanks() -> None:
    assert list(spread([(Style.PLAIN, "left  ")], "", 20, PLAIN)) == ["left"]


def test_paint_leaves_plain_and_empty_text_alone() -> None:
    assert PAINTED.paint(Style.PLAIN, "x") == "x"
    assert PAINTED.paint(Style.RED, "") == ""
    assert PAINTED.paint(Style.RED, "x") == "\x1b[31mx\x1b[0m"
    assert PLAIN.paint(Style.RED, "x") == "x"
