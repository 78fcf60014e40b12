from __future__ import annotations

from typing import Any

import pytest

from agentconf.remote.message import Answer
from agentconf.remote.redact import blank
from agentconf.remote.words import said, words_of

NUMBER = "+4930231250123"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"error": "Too many requests"}, "Too many requests"),
        ({"detail": "No", "error": "other"}, "No"),
        ({"detail": " ", "error": "other"}, "other"),
        ({"name": "RESOURCE_NOT_FOUND", "message": "no such flow"}, "RESOURCE_NOT_FOUND: no such flow"),
        ({"name": "FORBIDDEN"}, "FORBIDDEN"),
        ({"name": "FORBIDDEN", "message": ""}, "FORBIDDEN"),
        ({"message": "no such flow"}, "no such flow"),
        ({"name": None, "message": 5}, ""),
        ({"title": "Not Found", "status": 404}, "Not Found"),
        ({"title": "Conflict", "detail": "It runs."}, "Conflict: It runs."),
        (
            {"title": "Invalid", "errors": {"[0].endpoint": ["Required.", "Too short."], "": ["Whole."]}},
            "Invalid: [0].endpoint: Required.; [0].endpoint: Too short.; Whole.",
        ),
        ({"errors": {"agentId": "Required."}}, "agentId: Required."),
        ({"title": None, "detail": "It runs."}, "It runs."),
        ({"title": "Invalid", "errors": {"a": [5, None]}}, "Invalid"),
        ({"title": "Invalid", "errors": ["x"]}, "Invalid"),
        ([], ""),
        (None, ""),
    ],
)
def test_each_platforms_shape_of_error_is_read(data: Any, words: str) -> None:
    assert words_of(Answer(400, data=data)) == words


@pytest.mark.parametrize(
    "written",
    [
        "+4930231250123",
        "4930231250123",
        "004930231250123",
        "030231250123",
        "+49 30 231250-123",
        "(030) 231 250 123",
        "tel:+49-30-231250123",
        "%2B4930231250123",
        "+49.30.23125.0123",
    ],
)
def test_a_number_is_blanked_out_however_it_is_written(written: str) -> None:
    text = blank(f"'{written}' is not a valid number", [NUMBER])
    assert "231" not in text
    assert text.endswith("is not a valid number")


@pytest.mark.parametrize("text", ["at most 8192 characters", "+14155550100 is ours", "2026-01-01T00:00:00Z"])
def test_other_numbers_stay(text: str) -> None:
    assert blank(text, [NUMBER]) == text


def test_values_are_blanked_out_as_whole_words_in_any_case() -> None:
    text = blank("Ann, ANN and Annual: 'ada byron' in Bonn.", ["ann", "Ada Byron", " Bonn "])
    assert text == "***, *** and Annual: '***' in ***."


def test_the_longest_value_is_blanked_out_first() -> None:
    assert blank("Ada Byron called", ["Ada", "Ada Byron"]) == "*** called"


@pytest.mark.parametrize("values", [[], [""], [" "], ["a"], ["."]])
def test_what_tells_nothing_about_anybody_stays(values: list[str]) -> None:
    assert blank("This is a sentence.", values) == "This is a sentence."


def test_a_value_that_looks_like_a_pattern_is_taken_as_it_is() -> None:
    assert blank("x .* y a.c", [".*", "abc"]) == "x *** y a.c"


def test_what_is_said_holds_neither_secrets_nor_people() -> None:
    answer = Answer(422, data={"detail": f"{NUMBER} for Ann with key s3cret"})
    assert said(answer, ["s3cret"], [NUMBER, "Ann"]) == "*** for *** with key *** (422 Unprocessable Entity)"


def test_a_value_is_blanked_out_as_json_writes_it_too() -> None:
    answer = Answer(400, data={"detail": 'got {"who": "M\\u00fcller \\"x\\""}'})
    assert "u00fc" not in said(answer, [], ['Müller "x"'])
