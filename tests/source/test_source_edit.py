"""An edit changes one value of a file that people wrote, and no other byte."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconf.errors import ConfigurationError
from agentconf.source.compose import compose
from agentconf.source.edit import GONE, edit

FILE = textwrap.dedent("""\
    # What this is about.
    name:   Support Router   # spoken by nobody
    language: 'no'
    greeting: "Hello \\u00fc"   # said first

    system_prompt: |  # the prompt
      You help.

      Be brief.

    models: {stt: a/b:en, llm: "c/d", kwargs: {}}
    nested:
      deep:
        # why
        value: 1
        other: two
    empty:
    tools:
      # the first
      - type: webhook
        name: look_up   # kept
        url: https://crm.example.com/a
      - {type: template, template: hangup}  # inline
    list: [1, 2, 3]
    dashes:
    - one
    - two
    last: end
""")


def changed(
    path: tuple[Any, ...], value: Any, *, text: str = FILE, order: tuple[str, ...] = (), name: str = "a.yaml"
) -> str:
    after = edit(text, name, path, value, order=order).text
    read = compose(after, name)
    assert read.tree is not None
    assert read.problems == ()
    return after


def diff(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went and those that came."""
    old, new = before.split("\n"), after.split("\n")
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new


@pytest.mark.parametrize(
    ("path", "value", "gone", "come"),
    [
        (("name",), "Front Desk", ["name:   Support Router   # spoken by nobody"], ["name:   Front Desk   # spoken by nobody"]),
        (("name",), "no", ["name:   Support Router   # spoken by nobody"], ["name:   'no'   # spoken by nobody"]),
        (("language",), "de", ["language: 'no'"], ["language: 'de'"]),
        (("greeting",), "Hi: you", ['greeting: "Hello \\u00fc"   # said first'], ['greeting: "Hi: you"   # said first']),
        (("models", "llm"), "x/y", ['models: {stt: a/b:en, llm: "c/d", kwargs: {}}'], ['models: {stt: a/b:en, llm: "x/y", kwargs: {}}']),
        (("models", "stt"), "z", ['models: {stt: a/b:en, llm: "c/d", kwargs: {}}'], ['models: {stt: z, llm: "c/d", kwargs: {}}']),
        (("models", "kwargs"), {"a": [1]}, ['models: {stt: a/b:en, llm: "c/d", kwargs: {}}'], ['models: {stt: a/b:en, llm: "c/d", kwargs: {"a": [1]}}']),
        (("nested", "deep", "value"), 2, ["    value: 1"], ["    value: 2"]),
        (("nested", "deep", "value"), {"a": 1}, ["    value: 1"], ["    value:", "      a: 1"]),
        (("nested", "deep", "more"), True, [], ["    more: true"]),
        (("nested", "deep", "other"), GONE, ["    other: two"], []),
        (("empty",), "full", ["empty:"], ["empty: full"]),
        (("empty", "key"), 1, [], ["  key: 1"]),
        (("tools", 0, "name"), "find", ["    name: look_up   # kept"], ["    name: find   # kept"]),
        (("tools", 0, "type"), GONE, ["  - type: webhook", "    name: look_up   # kept"], ["  - name: look_up   # kept"]),
        (("tools", 0), GONE, ["  - type: webhook", "    name: look_up   # kept", "    url: https://crm.example.com/a"], []),
        (("tools", 1, "template"), GONE, ["  - {type: template, template: hangup}  # inline"], ["  - {type: template}  # inline"]),
        (("tools", 2), {"type": "x", "id": "1"}, [], ["  - type: x", "    id: '1'"]),
        (("dashes", 2), "three", [], ["- three"]),
        (("list", 3), 4, ["list: [1, 2, 3]"], ["list: [1, 2, 3, 4]"]),
        (("list", 0), GONE, ["list: [1, 2, 3]"], ["list: [2, 3]"]),
        (("last",), "a\nb\n", ["last: end"], ["last: |", "  a", "  b"]),
        (("new",), {"a": {"b": "c"}}, [], ["new:", "  a:", "    b: c"]),
        (("new", "a", "b"), "c", [], ["new:", "  a:", "    b: c"]),
        (("name",), GONE, ["name:   Support Router   # spoken by nobody"], []),
    ],
)  # fmt: skip
def test_nothing_but_the_value_changes(
    path: tuple[Any, ...], value: Any, gone: list[str], come: list[str]
) -> None:
    assert diff(FILE, changed(path, value)) == (gone, come)


def test_a_block_stays_a_block_with_its_comment() -> None:
    after = changed(("system_prompt",), "You sing.\n\n- loudly\n")
    assert "system_prompt: |  # the prompt\n  You sing.\n\n  - loudly\n\nmodels:" in after


def test_a_new_key_has_its_place_among_its_siblings() -> None:
    order = ("name", "language", "region", "greeting")
    assert "language: 'no'\nregion: us-east\ngreeting" in changed(("region",), "us-east", order=order)
    first = changed(("id",), "x", text="name: a\n", order=("id", "name"))
    assert first == "id: x\nname: a\n"


def test_line_ends_and_a_missing_final_one_are_kept() -> None:
    text = "a: 1\r\nb: two\r\nc:\r\n  d: 3"
    assert changed(("b",), "x", text=text) == "a: 1\r\nb: x\r\nc:\r\n  d: 3"
    assert changed(("c", "e"), 4, text=text) == "a: 1\r\nb: two\r\nc:\r\n  d: 3\r\n  e: 4"
    assert changed(("a",), GONE, text=text) == "b: two\r\nc:\r\n  d: 3"


JSON = '{\n  "name": "a",\n  "tools": [\n    {"type": "x"}\n  ],\n  "empty": {}\n}\n'


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("name",), 'b "c"', JSON.replace('"a"', '"b \\"c\\""')),
        (("more",), [1], JSON.replace('"empty": {}\n', '"empty": {},\n  "more": [1]\n')),
        (("tools", 1), {"type": "y"}, JSON.replace('{"type": "x"}\n', '{"type": "x"},\n    {"type": "y"}\n')),
        (("empty", "a"), None, JSON.replace("{}", '{"a": null}')),
        (("tools",), GONE, JSON.replace(',\n  "tools": [\n    {"type": "x"}\n  ]', "")),
        (("name",), GONE, JSON.replace('"name": "a",\n  ', "")),
    ],
)
def test_json_stays_json(path: tuple[Any, ...], value: Any, expected: str) -> None:
    assert changed(path, value, text=JSON, name="a.json") == expected


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("a: &x {k: 1}\nb: *x\n", ("a", "k"), 2),
        ("a: &x 1\nb: *x\n", ("b",), 3),
        ("base: &x {k: 1}\nb:\n  <<: *x\n  l: 2\n", ("b", "k"), 2),
        ("a: 1\na: 2\n", ("a",), 3),
        ("a: [\n", ("a",), 3),
        ("- 1\n", ("a",), 3),
        ("a: 1\n", ("a", "b"), 3),
        ("a: 1\n", ("b",), GONE),
        ("a: [1]\n", ("a", 5), 3),
        ("a:\n  # why\n  k: 1\n", ("a",), 5),
        ("a:\n  # why\n  k: 1\n", ("a", "k"), GONE),
        ("a: |  # why\n  text\n", ("a",), "one line"),
    ],
)
def test_what_would_touch_anything_else_is_refused(text: str, path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(ConfigurationError):
        edit(text, "a.yaml", path, value)


KEYS = st.sampled_from(["a", "b", "key", "no", "with space", "ü", "x-y"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-99, 99)
    | st.sampled_from(
        [
            "text",
            "no",
            "9:30",
            "# not",
            "a: b",
            "two\nlines\n",
            "x\n\ny",
            " lead",
            "'q'",
            '"d"',
            "",
            "ü",
            "tail ",
        ]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, tuple[Any, ...], Any]:
    """A file with comments, a place in it, and what is to stand there."""
    data = draw(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
    path: list[Any] = []
    holder: Any = data
    while isinstance(holder, (dict, list)) and holder and (not path or draw(st.booleans())):
        segment = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        path.append(segment)
        holder = holder[segment]
    return commented(data, draw(st.booleans())), tuple(path), draw(VALUES | st.just(GONE))


def commented(data: Any, flow: bool) -> str:
    text: str = yaml.safe_dump(
        data, default_flow_style=None if flow else False, sort_keys=False, allow_unicode=True
    )
    return "# above\n" + text + "# below\n"


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_an_edit_of_a_plain_file_is_exact(case: tuple[str, tuple[Any, ...], Any]) -> None:
    text, path, value = case
    if compose(text, "a.yaml").problems:
        return
    after = edit(text, "a.yaml", path, value).text
    assert after.startswith("# above\n")
    assert after.endswith("# below\n")
