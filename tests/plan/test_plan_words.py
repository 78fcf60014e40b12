"""Word-level differences."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconf.plan.words import GROUP, Hunk, Segment, word_diff

ALL = 10**9
texts = st.lists(
    st.sampled_from(
        ["one", "two", " ", "\n", "{{brand}}", ".", "\t", "ä", "見", "見積", "don't", "\r\n", "\u2028"]
    ),
    max_size=30,
).map("".join) | st.text(max_size=30)


def shown(before: str, after: str, context: int = 8) -> list[str]:
    """Hunks as people write them: [-gone-]{+come+}, `…` where text is left out."""
    marks = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return [
        "…" * hunk.cut_before
        + "".join(marks[segment.kind].format(segment.text) for segment in hunk.segments)
        + "…" * hunk.cut_after
        for hunk in word_diff(before, after, context)
    ]


def test_equal_texts_have_no_hunks() -> None:
    assert word_diff("the same\ntext", "the same\ntext") == ()


@pytest.mark.parametrize(
    ("before", "after", "hunks"),
    [
        (
            "Thanks for calling {{brand}} support. How can I help you today?",
            "Thanks for calling {{brand}} support. What can I do for you?",
            ["Thanks for calling {{brand}} support. [-How can I help you today-]{+What can I do for you+}?"],
        ),
        ("", "new", ["{+new+}"]),
        ("old", "", ["[-old-]"]),
        ("a", "b", ["[-a-]{+b+}"]),
        ("be brief", "be very brief", ["be {+very +}brief"]),
        ("be very brief", "be brief", ["be [-very -]brief"]),
        ("a  b", "a b", ["a[-  -]{+ +}b"]),
        ("one\n", "one", ["one[-\n-]"]),
        ("Hi {{name}}", "Hi {{first_name}}", ["Hi [-{{name}}-]{+{{first_name}}+}"]),
        ("don't stop", "don\u2019t stop", ["[-don't-]{+don\u2019t+} stop"]),
        ("東京駅です", "大阪駅です", ["[-東京-]{+大阪+}駅です"]),
        ("a\nb\nc\n", "a\nB\nc\n", ["a\n[-b-]{+B+}\nc\n"]),
        ("a\n", "a\nb\n", ["a\n{+b\n+}"]),
    ],
)
def test_words_that_go_and_come_are_marked(before: str, after: str, hunks: list[str]) -> None:
    assert shown(before, after) == hunks


def test_two_equal_words_between_changes_are_shown_as_changed() -> None:
    assert shown("a x y b", "c x y d") == ["[-a x y b-]{+c x y d+}"]


def test_three_equal_words_between_changes_stay() -> None:
    assert shown("a x y z b", "c x y z d") == ["[-a-]{+c+} x y z [-b-]{+d+}"]


def test_a_line_end_between_changes_stays() -> None:
    assert shown("a\nb", "c\nd") == ["[-a-]{+c+}\n[-b-]{+d+}"]


def test_far_context_is_left_out() -> None:
    before = "1 2 3 4 5 6 7 8 9"
    assert shown(before, before.replace("5", "x"), context=2) == ["…3 4 [-5-]{+x+} 6 7…"]


def test_nothing_is_left_out_within_reach_of_the_context() -> None:
    before = "1 2 3 4 5"
    assert shown(before, before.replace("3", "x"), context=2) == ["1 2 [-3-]{+x+} 4 5"]


def test_changes_that_are_far_apart_are_hunks_of_their_own() -> None:
    before = "a 1 2 3 4 5 6 7 8 b"
    assert shown(before, "x 1 2 3 4 5 6 7 8 y", context=2) == ["[-a-]{+x+} 1 2…", "…7 8 [-b-]{+y+}"]


def test_changes_that_are_near_each_other_are_one_hunk() -> None:
    assert shown("a 1 2 3 4 b", "x 1 2 3 4 y", context=2) == ["[-a-]{+x+} 1 2 3 4 [-b-]{+y+}"]


def test_without_context_only_the_changes_are_left() -> None:
    assert shown("1 2 a 3 4 5 6 b 7", "1 2 x 3 4 5 6 y 7", context=0) == ["…[-a-]{+x+}…", "…[-b-]{+y+}…"]


def test_a_hunk_says_whether_text_is_left_out() -> None:
    assert word_diff("1 2 3 a", "1 2 3 b", context=1) == (
        Hunk((Segment("equal", "3 "), Segment("delete", "a"), Segment("insert", "b")), cut_before=True),
    )


@settings(deadline=None, max_examples=300)
@given(before=texts, after=texts)
def test_with_all_context_the_segments_make_up_both_texts(before: str, after: str) -> None:
    hunks = word_diff(before, after, ALL)
    assert len(hunks) == (before != after)
    segments = [segment for hunk in hunks for segment in hunk.segments]
    if before != after:
        assert "".join(one.text for one in segments if one.kind != "insert") == before
        assert "".join(one.text for one in segments if one.kind != "delete") == after


@settings(deadline=None, max_examples=200)
@given(before=texts, after=texts, context=st.integers(0, 4))
def test_every_change_is_in_a_hunk_whatever_the_context(before: str, after: str, context: int) -> None:
    def changed(width: int) -> list[Segment]:
        hunks = word_diff(before, after, width)
        return [segment for hunk in hunks for segment in hunk.segments if segment.kind != "equal"]

    assert changed(context) == changed(ALL)


@settings(deadline=None, max_examples=200)
@given(before=texts, after=texts, context=st.integers(0, 4))
def test_no_segment_is_empty_and_no_two_neighbours_are_alike(before: str, after: str, context: int) -> None:
    for hunk in word_diff(before, after, context):
        assert all(segment.text for segment in hunk.segments)
        kinds = [segment.kind for segment in hunk.segments]
        assert all(one != other for one, other in itertools.pairwise(kinds))
        assert set(kinds) != {"equal"}


WORDS = [f"word{number}" for number in range(400)]


def lines(count: int, seed: int) -> list[str]:
    chooser = random.Random(seed)
    return [" ".join(chooser.choice(WORDS) for _ in range(12)) for _ in range(count)]


LONG = lines(10_000, 1)


@pytest.mark.parametrize(
    "after",
    [
        [f"{line} more" for line in LONG],
        [f"{line} more" if number % 7 == 0 else line for number, line in enumerate(LONG)],
        lines(10_000, 2),
        lines(9_000, 3),
        random.Random(4).sample(LONG, len(LONG)),
        [*LONG[:5000], "one line more", *LONG[5000:]],
        [f"new {line}" for number, line in enumerate(LONG) if number % 80 != 40],
        ["the same line"] * 10_000,
        [" ".join(LONG)],
    ],
)
def test_long_prompts_take_a_bounded_time(after: list[str]) -> None:
    start = time.process_time()
    assert word_diff("\n".join(LONG), "\n".join(after))
    assert time.process_time() - start < 20


def test_of_a_large_group_of_lines_as_many_as_before_each_is_compared_by_words() -> None:
    before = [f"{number} is a line" for number in range(GROUP)]
    after = [f"{number} is my line" for number in range(GROUP)]
    hunks = word_diff("\n".join(before), "\n".join(after), 2)
    assert shown("\n".join(before[:1]), "\n".join(after[:1]), 2) == ["0 is [-a-]{+my+} line"]
    assert sum(segment.kind == "insert" for hunk in hunks for segment in hunk.segments) == GROUP


def test_a_large_group_of_other_lines_is_replaced_altogether() -> None:
    before, after = "\n".join(["a b"] * GROUP), "\n".join(["c d"] * (GROUP + 1))
    assert word_diff(before, after) == (Hunk((Segment("delete", before), Segment("insert", after))),)
