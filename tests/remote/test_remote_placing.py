"""What every answer, and every way not to get one, means for a call on each platform."""

from __future__ import annotations

import ssl
from typing import Any

import httpx
import pytest
from remote_calls import TARGETS, Answers
from remote_world import answer

from agentconf.remote.calling import CallRequest, Deferred, Doubtful, Halted, Placed, PlatformName, Refused

PLATFORMS: tuple[PlatformName, ...] = ("slng", "sipgate", "dasha")
EVERYWHERE = pytest.mark.parametrize("name", PLATFORMS)

WORDS: dict[str, Any] = {
    "slng": {"detail": "because"},
    "sipgate": {"name": "SOMETHING", "message": "because"},
    "dasha": {"title": "Something", "detail": "because"},
}


def kind_of(result: Any) -> Any:
    """The kind of an answer and what a dispatcher goes by, without the words."""
    match result:
        case Deferred():
            return "deferred", result.wait, result.throttled, result.unreachable
        case Halted():
            return "halted", result.denied
        case Doubtful():
            return "doubtful", result.over
        case Refused():
            return ("refused",)
        case _:
            return ("placed", *result.ids)


@EVERYWHERE
@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (301, {"location": "https://elsewhere.example.com"}, ("halted", False)),
        (307, {"location": "/elsewhere"}, ("halted", False)),
        (304, {}, ("halted", False)),
        (401, {}, ("halted", True)),
        (402, {}, ("halted", False)),
        (403, {}, ("halted", True)),
        (404, {}, ("halted", False)),
        (405, {}, ("halted", False)),
        (408, {}, ("doubtful", False)),
        (409, {}, ("refused",)),
        (410, {}, ("halted", False)),
        (413, {}, ("refused",)),
        (415, {}, ("halted", False)),
        (422, {}, ("refused",)),
        (425, {}, ("deferred", None, False, False)),
        (425, {"retry-after": "3"}, ("deferred", 3, False, False)),
        (429, {}, ("deferred", None, True, False)),
        (429, {"retry-after": "7"}, ("deferred", 7, True, False)),
        (429, {"retry-after": "Thu, 01 Jan 2026 00:00:09 GMT"}, ("deferred", 9, True, False)),
        (429, {"retry-after": "300"}, ("deferred", 300, True, False)),
        (429, {"retry-after": "9" * 400}, ("deferred", 3600, True, False)),
        (500, {}, ("doubtful", True)),
        (501, {}, ("halted", False)),
        (502, {}, ("doubtful", True)),
        (503, {}, ("doubtful", True)),
        (503, {"retry-after": "11"}, ("deferred", 11, False, False)),
        (503, {"retry-after": "soon"}, ("doubtful", True)),
        (504, {}, ("doubtful", False)),
        (505, {}, ("halted", False)),
        (511, {}, ("halted", False)),
        (520, {}, ("doubtful", False)),
        (524, {}, ("doubtful", False)),
        (599, {}, ("doubtful", False)),
    ],
)
def test_each_status_has_its_meaning(
    name: PlatformName, status: int, headers: dict[str, str], expected: Any
) -> None:
    platform = Answers(name, answer(status, WORDS[name], **headers))
    assert kind_of(platform.place()) == expected
    assert len(platform.requests) == 1
    assert platform.time.slept == []


@EVERYWHERE
@pytest.mark.parametrize("status", [401, 402, 404, 409, 422, 429, 500, 502, 503, 504])
def test_the_platforms_own_words_are_told_with_the_status(name: PlatformName, status: int) -> None:
    message = Answers(name, answer(status, WORDS[name])).place().message  # type: ignore[union-attr]
    assert f"because ({status} " in message


@EVERYWHERE
@pytest.mark.parametrize(
    ("fault", "expected", "words"),
    [
        (httpx.ConnectError("x"), ("deferred", None, False, True), "api.example.com cannot be reached"),
        (httpx.ConnectTimeout("x"), ("deferred", None, False, True), "no connection to api.example.com"),
        (httpx.PoolTimeout("x"), ("deferred", None, False, True), "cannot be reached"),
        (httpx.ProxyError("x"), ("deferred", None, False, True), "cannot be reached"),
        (httpx.ReadTimeout("x"), ("doubtful", False), "no answer within"),
        (httpx.WriteTimeout("x"), ("doubtful", False), "no answer within"),
        (httpx.ReadError("x"), ("doubtful", False), "the connection broke"),
        (httpx.WriteError("x"), ("doubtful", False), "the connection broke"),
        (httpx.RemoteProtocolError("x"), ("doubtful", False), "the connection broke"),
        (ConnectionResetError("x"), ("doubtful", False), "the connection broke"),
    ],
)
def test_each_way_to_get_no_answer_has_its_meaning(
    name: PlatformName, fault: Exception, expected: Any, words: str
) -> None:
    platform = Answers(name, fault)
    result = platform.place()
    assert kind_of(result) == expected
    assert words in result.message  # type: ignore[union-attr]
    assert len(platform.requests) == 1


@pytest.mark.parametrize("name", ["slng", "dasha"])
def test_a_certificate_that_is_not_trusted_leaves_the_call_unsent(name: PlatformName) -> None:
    cause = ssl.SSLCertVerificationError(1, "x")
    cause.verify_message = "self-signed certificate"
    error = httpx.ConnectError("x")
    error.__cause__ = cause
    result = Answers(name, error).place()
    assert result == Deferred(
        "the certificate of api.example.com is not trusted: self-signed certificate", unreachable=True
    )


@EVERYWHERE
@pytest.mark.parametrize("status", [400, 404, 405, 422])
def test_a_web_page_is_not_the_api_and_stops_everything(name: PlatformName, status: int) -> None:
    result = Answers(name, httpx.Response(status, html="<h1>No</h1>")).place()
    assert isinstance(result, Halted)
    assert "base_url" in str(result.help)
    assert "<h1>" not in result.message


@EVERYWHERE
def test_a_proxy_that_takes_no_large_body_refuses_this_body_only(name: PlatformName) -> None:
    assert kind_of(Answers(name, httpx.Response(413, html="<h1>Too large</h1>")).place()) == ("refused",)


@EVERYWHERE
def test_a_web_page_as_a_success_may_hide_a_call(name: PlatformName) -> None:
    result = Answers(name, httpx.Response(200, html="<h1>Welcome to this network</h1>")).place()
    assert result == Doubtful("a web page (200)", over=True)


@pytest.mark.parametrize("name", ["slng", "dasha"])
def test_a_refusal_without_json_is_not_the_apis(name: PlatformName) -> None:
    assert kind_of(Answers(name, httpx.Response(400, text="nope")).place()) == ("halted", False)


def test_sipgate_may_refuse_without_json() -> None:
    assert Answers("sipgate", httpx.Response(422, text="nope")).place() == Refused(
        "the platform answers 422 Unprocessable Entity"
    )


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"text"', b'{"call_id": 5}', b'{"call_id": ""}', b"\xff\xfe"]
)
@pytest.mark.parametrize(("name", "status"), [("slng", 200), ("slng", 201), ("dasha", 200), ("dasha", 201)])
def test_a_success_that_does_not_say_which_call_was_placed_is_in_doubt(
    name: PlatformName, status: int, body: bytes
) -> None:
    assert Answers(name, httpx.Response(status, content=body)).place() == Doubtful(
        f"an answer that does not say which call was placed ({status})", over=True
    )


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("body", [b"", b"{", b"created", b'{"id": "x"}', b"\xff\xfe"])
def test_sipgate_has_started_a_call_when_it_says_so_by_status(status: int, body: bytes) -> None:
    assert Answers("sipgate", httpx.Response(status, content=body)).place() == Placed((None,))


@EVERYWHERE
def test_an_answer_that_is_too_large_still_has_a_status(name: PlatformName) -> None:
    body = b'{"x": "' + b"y" * 5000 + b'"}'
    result = Answers(name, httpx.Response(422, content=body)).place(max_answer_bytes=1000)
    assert result == Refused("the platform answers 422 Unprocessable Entity")


class Breaking(httpx.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def __aiter__(self) -> Any:
        yield b'{"detail": "bec'
        raise self._error


@pytest.mark.parametrize(
    ("name", "status", "expected"),
    [
        ("slng", 200, ("doubtful", False)),
        ("dasha", 201, ("doubtful", False)),
        ("sipgate", 201, ("placed", None)),
        ("slng", 422, ("refused",)),
        ("slng", 402, ("halted", False)),
        ("dasha", 429, ("deferred", None, True, False)),
        ("sipgate", 503, ("doubtful", True)),
        ("slng", 504, ("doubtful", False)),
    ],
)
@pytest.mark.parametrize("error", [httpx.ReadError("x"), httpx.RemoteProtocolError("x")])
def test_a_status_counts_although_the_body_breaks_off(
    name: PlatformName, status: int, expected: Any, error: Exception
) -> None:
    assert kind_of(Answers(name, httpx.Response(status, stream=Breaking(error))).place()) == expected


@pytest.mark.parametrize(
    ("name", "status", "data", "expected"),
    [
        (
            "slng",
            400,
            {"detail": "Outbound telephony is not configured for this agent (missing outbound connection)."},
            ("halted", False),
        ),
        ("slng", 400, {"detail": "Invalid template"}, ("refused",)),
        ("slng", 422, {"detail": [{"loc": ["body", "phone_number"], "msg": "no"}]}, ("refused",)),
        ("sipgate", 400, None, ("halted", False)),
        (
            "sipgate",
            400,
            {"name": "PARAMETER_INVALID", "message": "no phone_number configured"},
            ("halted", False),
        ),
        (
            "sipgate",
            400,
            {"name": "PARAMETER_INVALID", "message": "billingDevice is wrong"},
            ("halted", False),
        ),
        ("sipgate", 400, {"name": "PARAMETER_INVALID", "message": "toPhoneNumber is invalid"}, ("refused",)),
        ("sipgate", 400, {"message": "toPhoneNumber without a leading plus"}, ("halted", False)),
        ("sipgate", 403, {"name": "RATE_LIMIT_EXCEEDED"}, ("deferred", None, True, False)),
        (
            "dasha",
            400,
            {"title": "One or more errors", "errors": {"endpoint": ["The endpoint field is required."]}},
            ("refused",),
        ),
        ("dasha", 400, {"title": "Bad", "errors": {"agentId": ["is required"]}}, ("halted", False)),
        ("dasha", 400, {"title": "Bad", "detail": "The agent is disabled."}, ("halted", False)),
        (
            "dasha",
            400,
            {"title": "Bad", "errors": {"overrideOutboundConfig.credentialsId": ["is no UUID"]}},
            ("halted", False),
        ),
        (
            "dasha",
            409,
            {"title": "Conflict", "detail": "Concurrent limit exceeded"},
            ("deferred", None, True, False),
        ),
        ("dasha", 500, {"title": "Concurrent limit exceeded"}, ("doubtful", True)),
        ("sipgate", 502, {"name": "RATE_LIMIT_EXCEEDED"}, ("doubtful", True)),
        ("sipgate", 504, {"name": "RATE_LIMIT_EXCEEDED"}, ("doubtful", False)),
    ],
)
def test_what_a_refusal_is_about_is_read_from_its_words(
    name: PlatformName, status: int, data: Any, expected: Any
) -> None:
    assert kind_of(Answers(name, answer(status, data)).place()) == expected


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("slng", 401, "api_key"),
        ("slng", 402, "top up"),
        ("slng", 403, "right"),
        ("slng", 404, "agentconf plan"),
        ("sipgate", 400, "phone number"),
        ("sipgate", 401, "token"),
        ("sipgate", 402, "top up"),
        ("sipgate", 403, "support"),
        ("sipgate", 404, "id of the AI flow"),
        ("dasha", 401, "API key"),
        ("dasha", 402, "top up"),
        ("dasha", 403, "organisation"),
        ("dasha", 404, "id of the agent"),
        ("slng", 302, "not followed"),
    ],
)
def test_what_stops_everything_comes_with_help(name: PlatformName, status: int, words: str) -> None:
    result = Answers(name, answer(status, WORDS[name])).place()
    assert isinstance(result, Halted)
    assert words in str(result.help)


def test_a_missing_trunk_comes_with_help() -> None:
    data = {"detail": "Outbound telephony is not configured for this agent"}
    result = Answers("slng", answer(400, data)).place()
    assert isinstance(result, Halted)
    assert "sip_outbound_trunk_id" in str(result.help)


@pytest.mark.parametrize("name", ["slng", "dasha"])
def test_an_argument_that_is_no_text_is_refused_before_anything_is_sent(name: PlatformName) -> None:
    platform = Answers(name, answer(200))
    call = CallRequest("k", "+14155550100", {"patient": "\ud800"})
    result = platform.ask(lambda one: one.place(TARGETS[name], [call], timeout=1))
    assert isinstance(result, Refused)
    assert "surrogate" in result.message
    assert platform.requests == []
