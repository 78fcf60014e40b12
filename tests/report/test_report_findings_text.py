"""Frames, one-liners and the count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agentconf.lint.finding import Edit, Finding, Severity
from agentconf.lint.result import LintResult
from agentconf.report.findings_text import concise, full, summary
from agentconf.source.document import Document, Label, Location, Span

TEXT = """\
tools:
  - type: webhook
    url: https://{{tenant}}.example.com/orders/{{order_id}}
"""


def place(document: Document, needle: str, *, end: str | None = None) -> Location:
    start = document.text.index(needle)
    stop = start + len(needle) if end is None else document.text.index(end) + len(end)
    return Location(document, Span(start, stop))


def finding(location: Location, **fields: object) -> Finding:
    given = Finding(
        code="AC306",
        name="url-placeholder-outside-path-or-query",
        severity=Severity.ERROR,
        message="placeholder in the host of a webhook URL",
        location=location,
    )
    return replace(given, **fields)  # type: ignore[arg-type]


def drawn(location: Location, *, width: int = 100, **fields: object) -> list[str]:
    """Draw a finding and leave its heading out."""
    lines = full([finding(location, **fields)], colour=False, width=width).splitlines()
    return lines[next(index for index, line in enumerate(lines) if "-->" in line) :]


def test_a_finding_is_a_frame_with_its_reason_and_the_next_action() -> None:
    shown = full(
        [
            finding(
                place(Document("agents/support.yaml", TEXT), "{{tenant}}"),
                label="the host must be literal",
                why="the origin is fixed when the tool is saved",
                help="pass the tenant in the path",
            )
        ],
        colour=False,
        width=100,
    )
    assert (
        shown
        == """\
error[AC306] url-placeholder-outside-path-or-query: placeholder in the host of a webhook URL
 --> agents/support.yaml:3:18
  |
2 |   - type: webhook
3 |     url: https://{{tenant}}.example.com/orders/{{order_id}}
  |                  ^^^^^^^^^^ the host must be literal
  = why: the origin is fixed when the tool is saved
  = help: pass the tenant in the path"""
    )


def test_findings_are_parted_by_a_blank_line() -> None:
    one = finding(place(Document("a.yaml", TEXT), "tools"))
    assert "\n\nerror[AC306]" in full([one, one], colour=False, width=100)


def test_no_findings_are_no_text() -> None:
    assert (full([], colour=True, width=80), concise([], colour=True)) == ("", "")


def test_the_first_line_has_no_line_before_it() -> None:
    assert drawn(place(Document("a.yaml", TEXT), "tools")) == [
        " --> a.yaml:1:1",
        "  |",
        "1 | tools:",
        "  | ^^^^^",
    ]


def test_line_numbers_are_aligned() -> None:
    document = Document("a.yaml", "\n" * 98 + "a: 1\nb: 2\n")
    assert drawn(place(document, "b")) == [
        "   --> a.yaml:100:1",
        "    |",
        " 99 | a: 1",
        "100 | b: 2",
        "    | ^",
    ]


def test_a_span_of_several_lines_shows_its_first() -> None:
    document = Document("a.yaml", TEXT)
    assert drawn(place(document, "type", end="order_id}}"))[-1] == "  |     ^^^^^^^^^^^^^"


@pytest.mark.parametrize(("offset", "underline"), [(0, "^"), (2, "  ^"), (4, "    ^")])
def test_an_empty_span_is_a_caret(offset: int, underline: str) -> None:
    document = Document("a.yaml", "a: 1\n")
    assert drawn(Location(document, Span(offset, offset)))[-1] == f"  | {underline}"


def test_a_span_at_the_end_of_the_file_is_a_caret() -> None:
    document = Document("a.yaml", "a: 1\n")
    assert drawn(Location(document, Span(5, 5))) == [
        " --> a.yaml:2:1",
        "  |",
        "1 | a: 1",
        "2 |",
        "  | ^",
    ]


def test_a_file_without_text_has_no_frame() -> None:
    assert drawn(Location(Document("a.yaml", ""), Span(0, 0)), help="save it") == [
        " --> a.yaml:1:1",
        "  = help: save it",
    ]


def test_labels_of_the_same_file_are_in_the_same_frame() -> None:
    document = Document("a.yaml", "a: 1\nb: 2\nc: 3\nd: 4\na: 5\n")
    second = Location(document, Span(20, 21))
    first = Label(Location(document, Span(0, 1)), "the first one")
    assert drawn(second, label="again", labels=(first,)) == [
        " --> a.yaml:5:1",
        "  |",
        "1 | a: 1",
        "  | - the first one",
        "...",
        "5 | a: 5",
        "  | ^ again",
    ]


def test_labels_on_the_same_line_are_underlined_one_below_the_other() -> None:
    document = Document("a.yaml", "a: {b: 1, b: 2}\n")
    label = Label(Location(document, Span(4, 5)), "the first one")
    assert drawn(Location(document, Span(10, 11)), labels=(label,))[-2:] == [
        "  |           ^",
        "  |     - the first one",
    ]


def test_labels_of_other_files_have_a_frame_of_their_own() -> None:
    other = Document("b.yaml", "c: 1\nd: 2\n")
    label = Label(place(other, "d"), "the default")
    assert drawn(place(Document("a.yaml", "a: 1\n"), "a"), labels=(label,)) == [
        " --> a.yaml:1:1",
        "  |",
        "1 | a: 1",
        "  | ^",
        " ::: b.yaml:2:1",
        "  |",
        "1 | c: 1",
        "2 | d: 2",
        "  | - the default",
    ]


@pytest.mark.parametrize(
    ("line", "needle", "underline"),
    [
        ("name: Größe x", "x", "            ^"),
        ("name: 日本語 x", "x", "             ^"),
        ("name: 日本語 x", "本", "        ^^"),
        ("name: e\u0301te\u0301 x", "x", "          ^"),
        ("name: 👩‍👩‍👧 x", "x", "         ^"),
        ("name: 👍🏽 x", "x", "         ^"),
        ("name: ☎️ x", "x", "         ^"),
        ("\tname: x", "x", "          ^"),
        ("é\tname: x", "x", "           ^"),
    ],
)
def test_columns_are_those_of_the_terminal(line: str, needle: str, underline: str) -> None:
    assert drawn(place(Document("a.yaml", line), needle))[-1] == f"  | {underline}"


def test_a_tab_is_drawn_as_four_blanks() -> None:
    assert drawn(place(Document("a.yaml", "a:\tb"), "b"))[-2:] == ["1 | a:    b", "  |       ^"]


def test_a_long_line_is_cut_at_its_end() -> None:
    document = Document("a.yaml", "greeting: " + "a" * 100)
    assert drawn(place(document, "greeting"), width=44)[-2:] == [
        "1 | greeting: aaaaaaaaaaaaaaaaaaaaaaaaaaaaa…",
        "  | ^^^^^^^^",
    ]


def test_a_long_line_is_cut_around_what_is_underlined() -> None:
    document = Document("a.yaml", "a" * 200 + "HERE" + "b" * 200)
    line, underline = drawn(place(document, "HERE"), width=64)[-2:]
    assert (len(line), line[4], line[-1]) == (64, "…", "…")
    assert line[underline.index("^") : underline.rindex("^") + 1] == "HERE"


@pytest.mark.parametrize("filler", ["a", "日", "e\u0301", "\u0301"])
def test_a_line_of_a_million_characters_is_drawn_at_once(filler: str) -> None:
    document = Document("a.json", filler * 500_000 + "HERE" + filler * 500_000)
    label = Label(Location(document, Span(3, 5)), "far away")
    shown = drawn(place(document, "HERE"), width=64, labels=(label,))
    assert "HERE" in shown[2]
    assert "^^^^" in shown[3]


def test_a_span_longer_than_the_terminal_is_cut_with_its_line() -> None:
    document = Document("a.yaml", "a: " + "b" * 200)
    line, underline = drawn(place(document, "b" * 200), width=50)[-2:]
    assert (len(line), len(underline)) == (50, 50)


def test_a_long_line_of_wide_characters_keeps_its_columns() -> None:
    document = Document("a.yaml", "日" * 100 + "x" + "本" * 100)
    line, underline = drawn(place(document, "x"), width=60)[-2:]
    before = line[: line.index("x")]
    assert sum(2 if character in "日本" else 1 for character in before) == underline.index("^")


def test_a_narrow_terminal_still_shows_something() -> None:
    assert len(drawn(place(Document("a.yaml", "a: " + "b" * 99), "a"), width=1)[-2]) == 40


def test_secrets_are_masked_in_the_line_and_in_the_line_before() -> None:
    document = Document("a.yaml", "token: sk-live-1\nother: sk-live-2\n")
    document.mask(Span(7, 16))
    document.mask(Span(24, 33))
    assert drawn(place(document, "other"))[-3:] == [
        "1 | token: *********",
        "2 | other: *********",
        "  | ^^^^^",
    ]


def test_control_characters_are_shown_and_not_obeyed() -> None:
    document = Document("a\x1b[2J.yaml", "a: \x1b[31mred\u202e b\n")
    shown = full(
        [finding(place(document, "b"), message="no \x1b[0m", why="\r", help="\x9b")], colour=False, width=80
    )
    assert not {"\x1b", "\r", "\x9b", "\u202e"} & set(shown)
    assert "1 | a: \\x1b[31mred\\u202e b\n  |                      ^" in shown


def test_colours_are_written_only_when_asked_for() -> None:
    one = finding(place(Document("a.yaml", TEXT), "tools"), label="here", help="do it")
    plain, coloured = (full([one], colour=colour, width=80) for colour in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[1;31merror[AC306]\x1b[0m" in coloured


@pytest.mark.parametrize("severity", list(Severity))
def test_each_severity_is_coloured_and_named(severity: Severity) -> None:
    one = finding(place(Document("a.yaml", TEXT), "tools"), severity=severity)
    assert f"m{severity}[AC306]\x1b[0m" in full([one], colour=True, width=80)


def test_concise_is_one_line_a_finding() -> None:
    one = finding(place(Document("a\n.yaml", TEXT), "{{tenant}}"), message="of\ntwo lines")
    assert concise([one, one], colour=False).splitlines() == [
        "a\\n.yaml:3:18: error AC306 of\\ntwo lines",
        "a\\n.yaml:3:18: error AC306 of\\ntwo lines",
    ]


def result(*severities: Severity, agents: int = 14, concerned: int = 2) -> LintResult:
    location = place(Document("a.yaml", TEXT), "tools")
    findings = tuple(finding(location, severity=severity, fix=(Edit(0, 1, ""),)) for severity in severities)
    return LintResult(findings, agents, concerned)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (result(concerned=0), "All checks passed: 14 agents."),
        (result(concerned=0, agents=1), "All checks passed: 1 agent."),
        (
            result(Severity.ERROR, concerned=1, agents=1),
            "Found 1 error in 1 of 1 agent. 1 fixable with --fix.",
        ),
        (
            result(Severity.ERROR, Severity.ERROR, Severity.ERROR, Severity.WARNING),
            "Found 3 errors and 1 warning in 2 of 14 agents. 4 fixable with --fix.",
        ),
        (
            result(Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.INFO),
            "Found 1 error, 1 warning and 2 infos in 2 of 14 agents. 4 fixable with --fix.",
        ),
        (
            result(Severity.WARNING, concerned=0),
            "Found 1 warning in the project's files; 14 agents checked. 1 fixable with --fix.",
        ),
    ],
)
def test_the_summary_counts(given: LintResult, expected: str) -> None:
    assert summary(given) == expected


def test_sentences_are_broken_between_words_at_the_terminal_s_width() -> None:
    shown = full(
        [
            finding(
                place(Document("agents/support.yaml", TEXT), "{{tenant}}"),
                message="placeholder in the host of a webhook URL that is rather long",
                why="the origin is fixed when the tool is saved and nothing changes it",
                help="pass the tenant in the path of https://api.example.com/a-very-long-path/that/stays/whole",
            )
        ],
        colour=False,
        width=60,
    )
    assert (
        shown
        == """\
error[AC306] url-placeholder-outside-path-or-query:
  placeholder in the host of a webhook URL that is rather
  long
 --> agents/support.yaml:3:18
  |
2 |   - type: webhook
3 |     url: https://{{tenant}}.example.com/orders/{{order_…
  |                  ^^^^^^^^^^
  = why: the origin is fixed when the tool is saved and
         nothing changes it
  = help: pass the tenant in the path of
          https://api.example.com/a-very-long-path/that/stays/whole"""
    )


@pytest.mark.parametrize(
    ("message", "environments", "said"),
    [
        ("`mars` is not a region", ("b",), "in environment b"),
        ("`mars` is not a region", ("a", "b"), "in environments a, b"),
        ("`mars` is not a region", None, None),
        ("two agents are named `x` in environment b", ("b",), None),
        ("the variable `x` is not set in the environment `b`", ("b",), None),
        ("the environment variable `X` is not set", ("b",), "in environment b"),
    ],
)
def test_it_is_said_where_a_finding_holds_unless_the_message_says_it(
    message: str, environments: tuple[str, ...] | None, said: str | None
) -> None:
    location = place(Document("a.yaml", TEXT), "{{tenant}}")
    one = finding(location, message=message, environments=environments)
    notes = [line for line in full([one], colour=False, width=100).splitlines() if line.startswith("  = ")]
    assert notes == ([f"  = only: {said}"] if said else [])
    only = f" ({said})" if said else ""
    assert concise([one], colour=False) == f"a.yaml:3:18: error AC306 {message}{only}"
