"""Canaries in the credential, the number and the arguments: no answer, error, log or representation shows one."""

from __future__ import annotations

import logging
import re
from functools import partial
from typing import Any

import httpx
import pytest
from remote_calls import TARGETS, Answers
from remote_world import API_KEY, answer

from agentconf.errors import AgentconfError
from agentconf.remote.calling import CallRequest, PlatformName
from agentconf.remote.message import Request

NUMBER = "+4930231250123"
VALUES = ("Ada Byron", "Bo", 'say "hi" to Zoë', "+442079460123")
PLATFORMS: tuple[PlatformName, ...] = ("slng", "sipgate", "dasha")
CANARY = re.compile(r"30.?231.?250.?123|2079460123|Ada|Byron|\bBo\b|Zo|\bhi\b|" + re.escape(API_KEY))


def calls(name: PlatformName, count: int) -> list[CallRequest]:
    arguments = {} if name == "sipgate" else {f"v{index}": value for index, value in enumerate(VALUES)}
    return [CallRequest(f"key-{index}", NUMBER, arguments) for index in range(count)]


def echo(status: int, shape: str) -> Any:
    """Answer with all that was sent, in one of the shapes of errors."""

    def handle(request: httpx.Request) -> httpx.Response:
        body = request.content.decode()
        texts = f"{body} by {request.headers['authorization']}"
        texts += " to 030 231250-123" if NUMBER[1:] in body else ""
        texts += f" for {', '.join(VALUES)}" if "Ada" in body else ""
        shapes: dict[str, Any] = {
            "error": {"error": texts},
            "detail": {"detail": texts},
            "problems": {"detail": [{"loc": ["body", texts], "msg": texts, "input": texts}]},
            "message": {"name": "PARAMETER_INVALID", "message": texts},
            "details": {"title": "Bad", "detail": texts, "errors": {"endpoint": [texts]}},
        }
        if shape == "html":
            return httpx.Response(status, html=texts)
        if shape == "text":
            return httpx.Response(status, text=texts)
        return answer(status, shapes[shape])

    return handle


async def place(name: PlatformName, batch: list[CallRequest], platform: Any) -> Any:
    return await platform.place(TARGETS[name], batch, timeout=5)


@pytest.mark.parametrize("status", [200, 400, 401, 402, 404, 413, 422, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("shape", ["error", "detail", "problems", "message", "details", "html", "text"])
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_platform_that_repeats_what_it_was_sent_leaks_nothing(
    name: PlatformName, shape: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    platform = Answers(name, echo(status, shape))
    for batch in (calls(name, 1), calls(name, 2))[: 2 if name == "dasha" else 1]:
        result = platform.ask(partial(place, name, batch))
        assert CANARY.findall(repr(result)) == []
    logged = "".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert CANARY.findall(logged) == []


@pytest.mark.parametrize("name", PLATFORMS)
def test_the_canaries_were_in_play(name: PlatformName) -> None:
    platform = Answers(name, answer(200))
    platform.ask(lambda one: one.place(TARGETS[name], calls(name, 1), timeout=5))
    sent = platform.requests[0].content.decode() + platform.requests[0].headers["authorization"]
    found = set(CANARY.findall(sent))
    assert {"30231250123" if name == "sipgate" else "Ada", API_KEY} <= found


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError,
        httpx.ReadTimeout,
        httpx.ReadError,
        httpx.LocalProtocolError,
        httpx.DecodingError,
        OSError,
    ],
)
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_library_that_quotes_headers_and_bodies_leaks_nothing(
    name: PlatformName, fault: type[Exception]
) -> None:
    platform = Answers(name, fault(f"Illegal header value b'Bearer {API_KEY}', body {NUMBER} {VALUES}"))
    result = platform.ask(lambda one: one.place(TARGETS[name], calls(name, 1), timeout=5))
    assert CANARY.findall(repr(result)) == []


@pytest.mark.parametrize("shape", ["error", "detail", "problems", "text"])
@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_session_that_is_refused_leaks_nothing(shape: str, status: int) -> None:
    arguments = {f"v{index}": value for index, value in enumerate(VALUES)}
    platform = Answers("slng", echo(status, shape))
    with pytest.raises(AgentconfError) as caught:
        platform.ask(lambda one: one.open_session("a-1", arguments, "Bo"), tries=2, budget=5)
    assert CANARY.findall(f"{caught.value!r} {caught.value.message} {caught.value.help}") == []


def test_requests_show_nobody_in_their_representation() -> None:
    request = Request("POST", "/x", NUMBER.encode(), hidden=(API_KEY,), personal=(NUMBER, *VALUES))
    assert CANARY.findall(f"{request!r} {calls('slng', 1)!r}") == []
