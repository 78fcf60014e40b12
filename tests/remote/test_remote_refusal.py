from __future__ import annotations

from typing import Any

import pytest

from agentconf.errors import AuthenticationError, ExitCode, RemoteError
from agentconf.remote.message import Answer
from agentconf.remote.slng.refusal import refusal
from agentconf.remote.words import said


def told(status: int, data: Any = None, **changes: Any) -> RemoteError:
    return refusal(Answer(status, data=data, **changes), "create agent 'X'", ["s3cret"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"error": "Too many requests"}, "Too many requests"),
        ({"detail": "Agent with name 'X' already exists"}, "Agent with name 'X' already exists"),
        (
            {"detail": [{"loc": ["body", "tools", 0, "url"], "msg": "bad url", "type": "x", "input": "s"}]},
            "tools.0.url: bad url",
        ),
        (
            {"detail": [{"loc": ["query", "page"], "msg": "a"}, {"loc": ["body"], "msg": "b"}]},
            "query.page: a; b",
        ),
        ({"detail": [{"msg": "no place"}, "just text", 7]}, "no place; just text; an unnamed problem"),
    ],
)
def test_each_shape_of_error_is_read(data: Any, words: str) -> None:
    assert told(422, data).message == f"could not create agent 'X': {words} (422 Unprocessable Entity)"


@pytest.mark.parametrize("data", [None, [], "text", {}, {"detail": ""}, {"detail": []}, {"detail": {"a": 1}}])
def test_an_answer_without_words_is_told_by_its_status(data: Any) -> None:
    message = "could not create agent 'X': the platform answers 400 Bad Request"
    assert told(400, data).message == message


def test_an_unknown_status_is_told_as_it_is() -> None:
    assert said(Answer(599), []) == "the platform answers 599"


def test_what_the_platform_quotes_of_a_secret_is_blanked_out() -> None:
    assert "invalid token ***" in told(400, {"detail": "invalid token s3cret"}).message


def test_an_input_that_validation_repeats_is_never_shown() -> None:
    data = {
        "detail": [{"loc": ["body", "name"], "msg": "too long", "input": "CANARY", "ctx": {"x": "CANARY"}}]
    }
    assert "CANARY" not in told(422, data).message


def test_a_refused_key_is_an_authentication_error() -> None:
    error = told(401, {"detail": "User not found"})
    assert (type(error), error.exit_code) == (AuthenticationError, ExitCode.DENIED)
    assert "api_key" in str(error.help)


def test_a_user_without_an_organisation_is_told_what_to_do() -> None:
    error = told(403, {"detail": "User is not a member of any organisation"})
    assert isinstance(error, AuthenticationError)
    assert "invited" in str(error.help)


def test_any_other_403_is_about_rights() -> None:
    assert "right to write" in str(told(403, {"error": "Forbidden"}).help)


@pytest.mark.parametrize(("status", "words"), [(402, "top up"), (409, "names are unique"), (413, "shorten")])
def test_refusals_that_one_can_act_on_come_with_help(status: int, words: str) -> None:
    assert words in str(told(status, {"detail": "no"}).help)


def test_a_redirect_says_where_to_but_is_no_invitation() -> None:
    error = told(307, location="https://elsewhere.example.com/v1/agents?token=x")
    assert "redirected to elsewhere.example.com (307 Temporary Redirect)" in error.message
    assert "not followed" in str(error.help)


def test_a_redirect_within_the_host_says_so() -> None:
    assert "redirected to another path" in told(301, location="/login").message


def test_a_web_page_points_at_the_base_url() -> None:
    assert "base_url" in str(told(404, html=True, readable=False).help)
