from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from golden import check
from markdown_it import MarkdownIt
from sample_plans import FULL, HOSTILE, NOTHING, PROMPT, change, create, delete, plan, update

from agentconf.model.impact import Impact
from agentconf.plan.change import ABSENT
from agentconf.plan.plan import Blocker, Note
from agentconf.report.plan_markdown import BUDGET, render

if TYPE_CHECKING:
    from markdown_it.token import Token

    from agentconf.plan.plan import Plan

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def tokens(text: str) -> list[Token]:
    return [part for token in GITHUB.parse(text) for part in (token, *(token.children or []))]


class Page(HTMLParser):
    """What a browser sees: elements that are opened and closed, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""
        self.feed(GITHUB.render(text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


ALLOWED = {
    *("h3", "p", "br", "code", "pre", "strong", "ul", "li", "blockquote"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
}


def assert_sound(text: str) -> Page:
    """Check that everything that is opened is closed, and that only our own elements are there."""
    page = Page(text)
    assert page.open == []
    assert set(page.seen) <= ALLOWED
    assert page.seen.count("details") == page.seen.count("summary")
    return page


def fences(text: str) -> list[str]:
    return [token.content for token in tokens(text) if token.type == "fence"]


def rows(text: str) -> int:
    return Page(text).seen.count("tr")


LONG = PROMPT * 3


def many(number: int) -> Plan:
    return plan(
        *(
            update(
                f"agent-{one:04}",
                change("system_prompt", LONG, LONG.replace("angry", f"upset {one}"), Impact.BEHAVIOUR),
                change("greeting", "Hi " * 50, "Ho " * (50 + one % 50), Impact.SPEECH),
                change("language", "en", "de", Impact.SPEECH),
                change("tools.transfer.phone_number", "+14155550100", "+14155550101", Impact.ROUTING),
            )
            for one in range(number)
        ),
        blockers=(Blocker("approval", "`routing` needs approval", "apply with --allow routing"),),
        notes=tuple(Note("left-alone", f"trunk {one} is attached") for one in range(20)),
    )


def test_a_plan_reads_as_agreed() -> None:
    check("plan.md", render(FULL))


def test_a_plan_without_changes_reads_as_agreed() -> None:
    check("plan_nothing.md", render(NOTHING))


@pytest.mark.parametrize("budget", [12_000, 6_000, 4_000, 2_500])
def test_a_plan_that_has_to_be_short_reads_as_agreed(budget: int) -> None:
    given = replace(many(8), operations=(*FULL.operations, *many(8).operations))
    check(f"plan_{budget}.md", render(given, budget=budget))


def test_the_same_plan_gives_the_same_text() -> None:
    assert render(many(200)) == render(many(200))


def test_the_whole_plan_is_sound_markdown() -> None:
    page = assert_sound(render(FULL))
    assert page.seen.count("details") == len(FULL.operations)
    assert page.seen.count("table") == sum(token.type == "table_open" for token in tokens(render(FULL)))


def test_the_summary_has_a_row_an_agent() -> None:
    summary, _, _ = render(FULL).partition("<details>")
    assert rows(summary) == 1 + len(FULL.operations)


def test_passages_are_fenced_as_diffs() -> None:
    prompt, greeting = fences(render(FULL))
    assert (
        prompt
        == """\
  …
  about orders by yourself.

- - Be short.
+ - Be short and kind.
  - Never promise a refund.

  Ask
  …
- both back slowly. When the caller is angry, transfer the call.
+ both back slowly. When the caller is upset or asks twice, transfer the call.
"""
    )
    assert (
        greeting
        == """\
- Thanks for calling {{brand_name}} support. How can I help you today?
+ Thanks for calling {{brand_name}} support. What can I do for you?
"""
    )


@pytest.mark.parametrize("before", [ABSENT, "Hello there. " * 10])
def test_a_text_that_comes_or_goes_has_lines_of_one_kind(before: object) -> None:
    after = "Hello there. " * 10 if before is ABSENT else ABSENT
    (block,) = fences(render(plan(update("a", change("inbound_greeting", before, after)))))
    assert {line[0] for line in block.splitlines()} == {"+" if before is ABSENT else "-"}


def test_text_that_is_left_out_behind_a_passage_shows() -> None:
    tail = " word" * 40
    (block,) = fences(render(plan(update("a", change("greeting", f"old{tail}", f"new{tail}")))))
    assert block.splitlines()[-1] == "  …"


def test_blanks_at_the_end_of_a_line_show() -> None:
    (block,) = fences(render(plan(update("a", change("system_prompt", "one\ntwo\n", "one  \ntwo\n")))))
    assert block.splitlines()[:3] == ["- one", "+ one··", "  two"]


def test_a_secret_never_shows() -> None:
    operation = update("a", change("tools.x.auth", ABSENT, {"type": "bearer", "token": "hunter2-literal"}))
    assert "hunter2-literal" not in render(plan(operation, create("b", {"slng_api_key": "hunter2-literal"})))


@pytest.mark.parametrize("number", [0, 1, 60, 2_000])
@pytest.mark.parametrize("budget", [BUDGET, 20_000, 5_000, 1_500])
def test_a_plan_of_any_size_stays_within_its_budget(number: int, budget: int) -> None:
    text = render(many(number), budget=budget)
    assert len(text) <= len(text.encode("utf-8")) <= budget
    assert_sound(text)


def test_a_small_plan_stays_within_any_budget_that_holds_its_header() -> None:
    given = plan(update("a", change("greeting", "old " * 40, "new " * 40, Impact.SPEECH)))
    for budget in range(260, 1_500, 7):
        text = render(given, budget=budget)
        assert len(text.encode("utf-8")) <= budget
        assert_sound(text)


def test_every_level_of_detail_is_sound() -> None:
    given = many(12)
    whole = len(render(given, budget=10**9))
    sizes = set()
    for budget in range(1_200, whole + 500, 500):
        text = render(given, budget=budget)
        assert len(text.encode("utf-8")) <= budget
        page = assert_sound(text)
        sizes.add((page.seen.count("details"), len(fences(text)), rows(text)))
    assert len(sizes) > 10


@pytest.mark.parametrize(
    ("budget", "passages", "folded"),
    [
        (6_000, [4132, 330], 2),
        (4_000, [460, 330], 2),
        (1_400, [330], 2),
        (1_300, [], 2),
        (1_000, [], 1),
        (600, [], 0),
    ],
)
def test_detail_goes_level_by_level_longest_agents_first(
    budget: int, passages: list[int], folded: int
) -> None:
    long = update("long", change("system_prompt", "old " * 1500, "new " * 1500))
    short = update("short", change("greeting", "old " * 40, "new " * 40))
    text = render(plan(long, short), budget=budget)
    assert [len(passage) for passage in fences(text)] == passages
    assert Page(text).seen.count("details") == folded


def test_what_is_left_out_is_said() -> None:
    assert "left out here to fit" not in render(FULL)
    assert "left out here to fit" in render(FULL, budget=3_000)


def test_rows_of_the_summary_go_last_and_are_counted() -> None:
    text = render(many(3_000))
    assert "<details>" not in text
    shown = rows(text) - 1
    assert shown > 100
    assert f"… and {3_000 - shown:,} more agents." in text


def test_without_room_for_a_row_the_agents_are_counted() -> None:
    assert "… and 300 agents." in render(many(300), budget=800)


def test_notes_are_counted_when_there_is_no_room() -> None:
    assert "17 more." in Page(render(many(3_000))).text
    assert "20 notes." in Page(render(many(300), budget=100)).text


def test_blockers_are_never_cut() -> None:
    names = ", ".join(f"`agent-{number}`" for number in range(300))
    given = replace(many(100), blockers=(Blocker("deletions", f"would be deleted: {names}", "allow it"),))
    for budget in (BUDGET, 10_000, 100):
        page = assert_sound(render(given, budget=budget))
        assert all(f"agent-{number}," in page.text for number in range(299))


def test_the_header_is_never_cut() -> None:
    text = Page(render(many(100), budget=1)).text
    assert "Plan: 0 to create, 100 to change, 0 to delete, 4 unchanged." in text
    assert "Staging · organisation 8b1e…0001 · 104 agents in files, 4 live" in text


def hostile(text: str) -> Plan:
    return plan(
        update(
            f"key {text}",
            change("greeting", text, f"{text} new"),
            change("system_prompt", ABSENT, text * 3),
            change("language", text[:50], text[-50:], note=text),
            change(f"tools.{text.replace('.', '')}.url", "a", text[:40]),
            change("models.stt_kwargs", {text: text[:5]}, {text: [text[:9]]}),
            renamed_from=text,
            name=text,
        ),
        create(text, {"name": text, "greeting": text, "tools": [{"type": "webhook", "url": text}]}),
        delete(text, text),
        environment=text,
        organisation=text,
        blockers=(Blocker(text, text, text),),
        notes=(Note(text, text, text), Note("left-alone", text)),
    )


PIECES = [
    *("```", "~~~", "</details>", "</code></pre>", "<b>x", "<!--", "-->", "<details>", "]]>", "<?php"),
    *(
        "|",
        "\\|",
        "\\",
        "1. x",
        "- x",
        "+ x",
        "* x",
        "---",
        "===",
        "`",
        "``",
        "`|`",
        "`</code>`",
        "*x*",
        "_x_",
    ),
    *("_x_", "**", "~~x~~", "[x](y)", "![x](y)", "<https://x.io>", "&lt;", "&#96;", "&", "&amp;lt;", "$x$"),
    *("\t", "\r", "\x00", "\x1b[31m", "\u2028", "\u202e", "\ud800", "🙂", "'\""),
]
SEVERAL_LINES = ["````\n```", "| a |\n| - |", "\n\n", "\n# x", "\n- x", "\n> x", "\n</pre>\n\n<b>"]


@pytest.mark.parametrize("piece", [HOSTILE, *PIECES, *SEVERAL_LINES], ids=ascii)
def test_no_text_breaks_out(piece: str) -> None:
    for budget in (BUDGET, 5_000, 2_000, 500):
        page = assert_sound(render(hostile(piece), budget=budget))
        assert set(page.seen) <= ALLOWED - {"h1", "a", "img", "em", "del", "ol", "hr"}


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_the_columns_of_a_table_stay_what_they_are(piece: str) -> None:
    plain = [token.type for token in GITHUB.parse(render(hostile("plain")))]
    shown = [token.type for token in GITHUB.parse(render(hostile(piece)))]
    cells = ("tr_open", "th_open", "td_open", "html_block", "blockquote_open", "heading_open")
    assert [shown.count(cell) for cell in cells] == [plain.count(cell) for cell in cells]


def test_nobody_is_notified_and_no_issue_is_linked() -> None:
    text = "@acme/team and @everyone, mail@example.com, see #12, GH-34 and acme/app#56"
    given = plan(blockers=(Blocker("approval", text),), notes=(Note("suggestion", text),))
    shown = Page(render(given)).text
    assert not re.search(r"(?<!\w)@\w|#\d|GH-\d", shown)
    assert "mail@example.com" in shown


def test_quoted_names_in_messages_become_code() -> None:
    given = plan(blockers=(Blocker("prune", "`a|b` and `c` go; a lone ` stays"),))
    codes = re.findall(r"<code>(.*?)</code>", GITHUB.render(render(given)))
    assert [code for code in codes if code in {"a|b", "c"}] == ["a|b", "c"]
    assert "a lone ` stays" in Page(render(given)).text


def test_a_value_shows_exactly_what_it_is() -> None:
    value = "a | b \\| c `d` *e* <f> &g; #1 $h$"
    shown = Page(render(plan(update("a", change("language", "x", value))))).text
    assert value in shown


def test_the_table_names_a_few_paths_and_counts_the_rest() -> None:
    text = Page(render(plan(update("a", *(change(f"field_{number}", "a", "b") for number in range(9)))))).text
    assert "field_0, field_1, field_2, field_3 and 5 more" in text


def test_an_update_of_the_name_alone_has_nothing_to_list() -> None:
    renamed = update("a", change("name", "Old", "New"), renamed_from="Old", name="New")
    assert_sound(render(plan(renamed)))
