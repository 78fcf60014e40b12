"""Keys are put in order; comments, quotes, anchors and values stay."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconf.source.compose import compose
from agentconf.source.reorder import laid_out

ORDER = ("a", "b", "c", "d")


def ordered(text: str) -> str | None:
    return laid_out(text, "x.yaml", lambda _path, _data: ORDER)


def block(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("b: 1\na: 2\n", "a: 2\nb: 1\n"),
        ("z: 0\nb: 1\ny: 9\na: 2\n", "a: 2\nb: 1\nz: 0\ny: 9\n"),
        ("b: 1   # one\n# of a\n# more\na: 2  # two\n", "# of a\n# more\na: 2  # two\nb: 1   # one\n"),
        ("# head\n\nb: 1\na: 2\n", "# head\n\na: 2\nb: 1\n"),
        ("b: 1\n\na: 2\nc: 3\n", "a: 2\n\nb: 1\nc: 3\n"),
        ("b: |\n  text\n\n  # no comment\na: 2\n", "a: 2\nb: |\n  text\n\n  # no comment\n"),
        ("b: {b: 1, a: 2}\na: [1,\n  2]\n", "a: [1,\n  2]\nb: {b: 1, a: 2}\n"),
        ("c:\n  b: 1\n  # of a\n  a: 2\n", "c:\n  # of a\n  a: 2\n  b: 1\n"),
        ("c:\n- b: 1\n  a: 2\n- a: 3\n", "c:\n- a: 2\n  b: 1\n- a: 3\n"),
        ("c:\n  -   b: 1\n      a: 2\n", "c:\n  -   a: 2\n      b: 1\n"),
        ("c:\n  - b: 1\n    # of a\n    a: 2\n", "c:\n  - b: 1\n    # of a\n    a: 2\n"),
        ("b: &x 1\na: *x\n", "b: &x 1\na: *x\n"),
        ("b: 'x'\na: \"y\"\n", "a: \"y\"\nb: 'x'\n"),
        ("b: 1\na: 2", "a: 2\nb: 1\n"),
        ("a: 1  \n\n\n\nb: 2\t\n\n\n", "a: 1\n\nb: 2\n"),
        ("a: |\n  x  \n\n\n\n  y\nb: 1\n", "a: |\n  x  \n\n\n\n  y\nb: 1\n"),
        ("a: |+\n  x\n\n\n", "a: |+\n  x\n\n\n"),
        ("b: 1\r\na: 2\r\n", "a: 2\r\nb: 1\r\n"),
        ("---\nb: 1\na: 2\n...\n", None),
        ("", ""),
        ("# only\n", "# only\n"),
    ],
)
def test_a_text_is_laid_out(before: str, after: str | None) -> None:
    found = ordered(before)
    if after is None:
        assert found is not None
        assert compose(found, "x.yaml").tree is not None
    else:
        assert found == after or (after == "" and found in ("", None)) or (found is None and "only" in before)
    if found is not None:
        assert ordered(found) == found


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2\n", "a: 1\n---\nb: 2\n", "\tb: 1\n"])
def test_a_text_with_errors_is_left_alone(text: str) -> None:
    assert ordered(text) is None


KEYS = st.sampled_from(["a", "b", "c", "d", "e", "f g"])
SCALARS = st.sampled_from(["1", "'x'", '"y: z"', "plain text", "~", "[1, 2]", "{b: 1, a: 2}", "&n 5"])
COMMENTS = st.sampled_from(["", "", "  # aside", "   "])


@st.composite
def blocks(draw: Any, depth: int = 0) -> list[str]:
    lines: list[str] = []
    for key in draw(st.lists(KEYS, min_size=1, max_size=5, unique=True)):
        lines += ["" for _ in range(draw(st.integers(0, 2)) // 2)]
        lines += [f"# above {key}" for _ in range(draw(st.integers(0, 2)))]
        kind = draw(st.integers(0, 5 if depth < 2 else 1))
        if kind <= 2:
            anchor = draw(SCALARS).replace("&n", f"&n{draw(st.integers(0, 10**9))}")
            lines.append(f"{key}: {anchor}{draw(COMMENTS)}")
        elif kind == 3:
            lines += [f"{key}: |", "  a text", "", "  # of a text"]
        elif kind == 4:
            lines += [
                f"{key}:{draw(COMMENTS)}",
                *(f"  {line}" if line else "" for line in draw(blocks(depth + 1))),
            ]
        else:
            inner = draw(blocks(depth + 1))
            while inner and not inner[0].strip():
                inner.pop(0)
            lines.append(f"{key}:")
            if inner[0].startswith("#"):
                lines += [f"  {line}" if line else "" for line in inner]
            else:
                lines += [f"  - {inner[0]}", *(f"    {line}" if line else "" for line in inner[1:])]
    return lines


@settings(max_examples=300, deadline=None)
@given(lines=blocks(), newline=st.sampled_from(["\n", "\r\n"]))
def test_whatever_is_laid_out_says_the_same_with_the_same_comments_and_stays_so(
    lines: list[str], newline: str
) -> None:
    text = newline.join(lines) + newline
    before = compose(text, "x.yaml")
    found = ordered(text)
    if before.tree is None or before.problems:
        assert found is None
        return
    assert found is not None
    after = compose(found, "x.yaml")
    assert after.tree is not None
    assert after.tree.data() == before.tree.data()
    assert sorted(line.strip(" -") for line in found.splitlines() if line.strip()) == sorted(
        line.strip(" -") for line in text.splitlines() if line.strip()
    )
    assert ordered(found) == found
