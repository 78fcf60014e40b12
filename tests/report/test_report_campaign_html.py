from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from sample_campaigns import (
    BERLIN,
    CAMPAIGN,
    HOSTILE,
    NOTHING,
    PACED,
    START,
    Made,
    attempt,
    contact,
    few,
    number,
    standing,
    three_days,
)

from agentconf.calls.campaign import Campaign, Pacing
from agentconf.calls.contact import State
from agentconf.calls.turn import Phase
from agentconf.remote.calling import Target
from agentconf.report.campaign_figures import share
from agentconf.report.campaign_html import View, render
from agentconf.report.campaign_plot import number as figure

BIG = three_days()
VOID = frozenset({"meta", "br"})
ALLOWED = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "header",
        "main",
        "section",
        "footer",
        "h1",
        "h2",
        "p",
        "dl",
        "dt",
        "dd",
        "span",
        "ul",
        "li",
        "b",
        "figure",
        "figcaption",
        "svg",
        "g",
        "rect",
        "line",
        "text",
        "polyline",
        "details",
        "summary",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
    ]
)


class Reader(HTMLParser):
    """Reads a page strictly: every element is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def inside(self, tag: str) -> list[str]:
        return [text for parent, text in self.texts if parent == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(text for tag, text in self.texts if tag != "style").split())


def page(made: Made, campaign: Campaign = PACED, **changes: object) -> str:
    return render(
        standing(made.contacts, **changes),
        campaign,
        iter(made.contacts),
        iter(made.attempts),
        View(made.now, BERLIN, number),
    )


PAGE = page(BIG)


def hostile() -> str:
    states = (State.FAILED, State.UNKNOWN, State.SKIPPED, State.CANCELED, State.PLACED)
    contacts = [
        contact(
            line,
            state,
            to=HOSTILE,
            reason=HOSTILE,
            call_id=HOSTILE,
            identity=HOSTILE,
            outcome=HOSTILE,
            timezone=HOSTILE,
        )
        for line, state in enumerate(states, 2)
    ]
    attempts = [
        attempt(
            START + n, result, key=HOSTILE, worker=HOSTILE, message=HOSTILE, outcome=HOSTILE, reason=HOSTILE
        )
        for n, result in enumerate(("placed", "refused", HOSTILE, "unknown", "placed"))
    ]
    campaign = replace(
        CAMPAIGN,
        id=HOSTILE,
        environment=HOSTILE,
        agent=HOSTILE,
        instead=HOSTILE,
        target=Target("slng", HOSTILE),
    )
    given = standing(
        contacts,
        id=HOSTILE,
        environment=HOSTILE,
        agent=HOSTILE,
        platform=HOSTILE,
        phase=Phase.HALTED,
        reason=HOSTILE,
    )
    return render(given, campaign, contacts, attempts, View(START, BERLIN, str))


@pytest.mark.parametrize(
    "text", [PAGE, page(few()), page(NOTHING), hostile()], ids=["big", "few", "none", "hostile"]
)
def test_a_page_is_sound_html_of_known_elements(text: str) -> None:
    reader = Reader(text)
    assert reader.open == []
    assert {tag for tag, _ in reader.elements} <= ALLOWED
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes.get("aria-labelledby") or "" for _, attributes in reader.elements]
    assert {name for names in named for name in names.split()} <= set(ids)


def test_whatever_others_wrote_stays_text() -> None:
    reader = Reader(hostile())
    names = {name for _, attributes in reader.elements for name in attributes}
    assert [name for name in names if name.startswith("on")] == []
    assert "script" not in {tag for tag, _ in reader.elements}
    assert reader.text.count('<script>alert("x")</script>') >= 12
    assert [char for char in hostile() if not char.isprintable() and char != "\n"] == []


@pytest.mark.parametrize("text", [PAGE, hostile()], ids=["big", "hostile"])
def test_a_page_needs_nothing_from_outside(text: str) -> None:
    reader = Reader(text)
    names = {name for _, attributes in reader.elements for name in attributes}
    assert names & {"src", "href", "xlink:href", "srcset", "action", "style", "background"} == set()
    [style] = reader.inside("style")
    assert re.findall(r"url\(|@import|expression", style) == []


def test_the_policy_allows_nothing_but_the_pages_own_style() -> None:
    reader = Reader(PAGE)
    [policy] = [given["content"] for tag, given in reader.elements if tag == "meta" and "http-equiv" in given]
    [style] = reader.inside("style")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == (f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")


def test_the_policy_stands_before_the_style() -> None:
    assert PAGE.index("Content-Security-Policy") < PAGE.index("<style>")


def test_the_style_is_for_light_dark_and_paper() -> None:
    [style] = Reader(PAGE).inside("style")
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style


def test_every_colour_that_is_used_is_set() -> None:
    [style] = Reader(PAGE).inside("style")
    assert set(re.findall(r"var\((--\w+)\)", style)) == set(re.findall(r"(--\w+):", style))


def test_a_page_has_landmarks_and_a_language() -> None:
    elements = Reader(PAGE).elements
    tags = [tag for tag, _ in elements]
    assert [tags.count(tag) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    assert elements[0] == ("html", {"lang": "en"})


def test_every_drawing_has_a_text_in_its_place() -> None:
    elements = Reader(PAGE).elements
    drawings = [attributes for tag, attributes in elements if tag == "svg"]
    assert all(given.get("aria-hidden") == "true" or given.get("aria-labelledby") for given in drawings)
    figures = [tag for tag, _ in elements].count("figure")
    assert figures == [tag for tag, _ in elements].count("details") == 3


def test_every_table_has_a_caption() -> None:
    tags = [tag for tag, _ in Reader(PAGE).elements]
    assert tags.count("table") == tags.count("caption") == 6


def test_key_figures_are_those_of_the_campaign() -> None:
    text = Reader(PAGE).text
    assert "Contacts 10,000 99 not to be called" in text
    assert "Placed 9,405 94.0 % of contacts" in text
    assert "Answered 6,200 68.7 % of ended calls" in text
    assert "Failed 455 4.5 % of contacts Unknown 41 answers lost Still open 0" in text


def test_bars_of_a_stretch_say_what_they_stand_for() -> None:
    titles = [text for text in Reader(PAGE).inside("title") if text.startswith("Mon 2024-11-18 09:00 CET")]
    assert titles == [
        "Mon 2024-11-18 09:00 CET\nanswered: 261\nnot answered: 128\nplaced, end not known yet: 14\nfailed: 23\nunknown: 2",
        "Mon 2024-11-18 09:00 CET\nplaced so far: 403\nanswered so far: 261",
        "Mon 2024-11-18 09:00 CET\nrequests a minute: 7.3",
    ]


def test_bars_stay_within_the_drawing() -> None:
    boxes = [given for tag, given in Reader(PAGE).elements if tag == "rect" and "x" in given]
    assert boxes
    for given in boxes:
        x, y, width, height = (float(given[name] or "nan") for name in ("x", "y", "width", "height"))
        assert x >= 56
        assert x + width <= 880 - 12 + 0.1
        assert y >= 12 - 2
        assert y + height <= 250 - 30 + 0.1


def test_the_pace_is_shown_against_its_limit() -> None:
    assert 'class="bound"' in PAGE
    assert "The limit is now 7.5 a minute on average." in Reader(PAGE).text


def test_a_limit_that_is_far_away_is_told_and_not_drawn() -> None:
    text = page(BIG, replace(PACED, pacing=Pacing(interval=0.001)))
    assert 'class="bound"' not in text
    assert "The limit is now 60,000 a minute on average." in Reader(text).text


def test_without_a_limit_none_is_shown() -> None:
    text = page(BIG, replace(PACED, pacing=Pacing(interval=0.0)))
    assert 'class="bound"' not in text
    assert "There is no limit." in Reader(text).text


def test_requests_that_brought_nothing_are_told() -> None:
    assert "Of 10,189 requests 288 brought nothing" in Reader(PAGE).text


def test_contacts_that_need_a_look_are_listed_by_their_pseudonyms() -> None:
    assert "+1415" not in PAGE
    assert "4 n-034bbc8d98 failed the number is not in service (422)" in Reader(PAGE).text


def test_numbers_are_shown_when_they_are_asked_for() -> None:
    made = few()
    text = render(standing(made.contacts), PACED, made.contacts, made.attempts, View(made.now, BERLIN, str))
    assert "<code>+14155550103</code>" in text


def test_the_rest_of_many_contacts_is_counted() -> None:
    contacts = [contact(line, State.FAILED, reason=f"reason {line % 30}") for line in range(1000)]
    text = Reader(page(Made(contacts, [], START))).text
    assert "… and 500 more contacts; the CSV report has all of them." in text
    assert "… and 10 more reasons, of 330 contacts." in text


def test_a_campaign_that_called_nobody_yet_says_so() -> None:
    text = Reader(page(NOTHING)).text
    assert "No call has been begun yet." in text
    assert "no call ended yet" in text
    assert "Contacts that need a look" not in text


def test_a_few_requests_have_no_course_to_be_drawn() -> None:
    assert page(few()).count("<figure") == 1


def test_a_campaign_that_placed_nothing_has_no_total_to_be_drawn() -> None:
    refused = [attempt(START + n * 10, "refused") for n in range(9)]
    text = page(Made([], refused, START))
    assert 'id="calls-title"' in text
    assert 'id="together-title"' not in text


def test_a_campaign_of_weeks_is_told_by_the_day() -> None:
    text = page(Made([], [attempt(START + day * 86_400) for day in range(20)], START))
    assert "Each bar is 1 day;" in text
    assert "<title>Mon 2024-11-18\nplaced, end not known yet: 1</title>" in text


def test_only_what_occurs_is_in_the_legend() -> None:
    made = Made([], [attempt(START + n * 10) for n in range(9)], START)
    text = page(made)
    assert "placed, end not known yet" in text
    assert "answered so far" not in text
    assert "not answered" not in text


def test_a_stopped_campaign_and_a_test_are_told_at_the_top() -> None:
    text = Reader(
        page(few(), replace(PACED, instead="+14155550199"), phase=Phase.HALTED, reason="no credit")
    ).text
    assert "Halted: no credit" in text
    assert "A test: n-034bbc8df7 was called in place of every contact." in text


def test_a_zone_without_a_name_is_told_by_its_abbreviation() -> None:
    text = render(standing([]), PACED, [], [], View(START, UTC, number))
    assert "Times are of UTC." in text


def test_the_page_of_a_great_campaign_with_the_longest_texts_is_less_than_a_megabyte() -> None:
    contacts = [
        contact(line, State.FAILED, reason=f"{line}" + '"' * 5000, call_id="&" * 5000) for line in range(1000)
    ]
    attempts = [attempt(START + n * 3600, result) for n in range(168) for result in ("placed", "refused")]
    assert len(page(Made(contacts, attempts, START)).encode()) < 1_000_000


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, ""),
        (0, 5, "0.0 %"),
        (1, 3, "33.3 %"),
        (5, 5, "100 %"),
        (1, 100_000, "< 0.1 %"),
        (99_999, 100_000, "> 99.9 %"),
    ],
)
def test_shares_never_round_to_all_or_nothing(part: int, whole: int, said: str) -> None:
    assert said == share(part, whole)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (1204, "1,204"), (1.966, "1.97"), (0.0031, "0.0031"), (60_000.5, "60,000")],
)
def test_figures_are_short(value: float, said: str) -> None:
    assert said == figure(value)
