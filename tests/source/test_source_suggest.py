from __future__ import annotations

import pytest

from agentconf.source.suggest import suggest

FIELDS = ("name", "greeting", "system_prompt", "timeout_seconds", "region")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("greting", "greeting"),
        ("Greeting", "greeting"),
        ("systemPrompt", "system_prompt"),
        ("timeout-seconds", "timeout_seconds"),
        ("timeoutSecs", "timeout_seconds"),
        ("reigon", "region"),
    ],
)
def test_a_slip_finds_what_was_meant(word: str, meant: str) -> None:
    assert suggest(word, FIELDS) == meant


@pytest.mark.parametrize("word", ["", "-", "voice", "x", "id"])
def test_a_word_that_is_close_to_nothing_finds_nothing(word: str) -> None:
    assert suggest(word, FIELDS) is None


def test_the_word_itself_is_no_suggestion() -> None:
    assert suggest("region", FIELDS) is None


def test_there_is_no_suggestion_without_candidates() -> None:
    assert suggest("region", ()) is None


def test_a_text_is_not_compared_with_names() -> None:
    assert suggest("a" * 121, ["a" * 122]) is None


def test_of_equal_forms_the_first_candidate_wins() -> None:
    assert suggest("BASE-URL", ["base_url", "baseUrl"]) == "base_url"
