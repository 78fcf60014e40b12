"""Canaries in the credential and in every secret that is sent: no error, log or representation holds one."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from remote_world import API_KEY, SECRETS, Canned, agent_body, answer, live_answer, world

from agentconf.errors import AgentconfError
from agentconf.remote.message import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.remote.slng.client import SlngPlatform

CANARIES = (API_KEY, *SECRETS.values())


def forms(canary: str) -> Iterator[str]:
    yield canary
    yield json.dumps(canary)[1:-1]
    yield base64.b64encode(canary.encode()).decode()


def leaks(text: str) -> list[str]:
    return [form for canary in CANARIES for form in forms(canary) if form in text]


def everything_about(error: BaseException) -> str:
    """All that a traceback, a log or a debugger's one-liner would show, through the whole chain."""
    texts = ["".join(traceback.format_exception(error))]
    seen: BaseException | None = error
    while seen is not None:
        texts += [str(seen), repr(seen), repr(seen.args), repr(getattr(seen, "help", ""))]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(texts)


def echo(request: httpx.Request) -> str:
    return f"you sent {request.content.decode()} with {request.headers['authorization']}"


class Echo(Canned):
    """Refuses with a status and repeats all that it was sent, in one of the shapes of errors."""

    def __init__(self, status: int, shape: str) -> None:
        super().__init__(httpx.Response(status))
        self.status, self.shape = status, shape

    def _handle(self, request: httpx.Request) -> httpx.Response:
        text = echo(request)
        shapes: dict[str, Any] = {
            "error": {"error": text},
            "detail": {"detail": text},
            "problems": {"detail": [{"loc": ["body", text], "msg": text, "input": request.content.decode()}]},
            "text": text,
        }
        if self.shape == "html":
            return httpx.Response(self.status, html=text)
        if self.shape == "location":
            return httpx.Response(self.status, headers={"location": f"https://x.example.com/{API_KEY}"})
        return answer(self.status, shapes[self.shape])


async def create(platform: SlngPlatform) -> Any:
    return await platform.create_agent(agent_body(), SECRETS)


async def update(platform: SlngPlatform) -> Any:
    return await platform.update_agent("an-id", agent_body(), SECRETS)


QUESTIONS = pytest.mark.parametrize("question", [create, update])


@pytest.mark.parametrize(
    "status", [200, 400, 401, 402, 403, 404, 409, 413, 418, 422, 429, 500, 502, 503, 504]
)
@pytest.mark.parametrize("shape", ["error", "detail", "problems", "text", "html"])
@QUESTIONS
def test_a_platform_that_repeats_what_it_was_sent_leaks_nothing(
    question: Any, shape: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(AgentconfError) as caught:
        Echo(status, shape).ask(question, tries=2, budget=5)
    assert leaks(everything_about(caught.value)) == []
    assert leaks("".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)) == []


@QUESTIONS
def test_a_redirect_that_holds_a_secret_leaks_nothing(question: Any) -> None:
    with pytest.raises(AgentconfError) as caught:
        Echo(302, "location").ask(question)
    assert leaks(everything_about(caught.value)) == []


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError,
        httpx.ReadTimeout,
        httpx.ReadError,
        httpx.RemoteProtocolError,
        httpx.LocalProtocolError,
        httpx.DecodingError,
        httpx.ProxyError,
        OSError,
    ],
)
@QUESTIONS
def test_a_library_that_quotes_headers_and_bodies_leaks_nothing(
    question: Any, fault: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(AgentconfError) as caught:
        Canned(fault(f"Illegal header value b'Bearer {API_KEY}', body {SECRETS}")).ask(question, tries=2)
    assert leaks(everything_about(caught.value)) == []
    assert leaks("".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)) == []


@pytest.mark.parametrize("value", ["\ud800", float("inf"), object()])
def test_a_body_that_cannot_be_encoded_leaks_nothing(value: Any) -> None:
    with pytest.raises(AgentconfError) as caught:
        Canned(answer(500)).ask(lambda platform: platform.create_agent(agent_body(greeting=value), SECRETS))
    assert leaks(everything_about(caught.value)) == []


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "reset-before", "reset-after"])
def test_real_traffic_leaks_nothing_into_logs(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with world(f"POST * {fault}", f"PATCH * {fault}") as here:
        made = here.create()
        here.ask(lambda platform: platform.update_agent(made.id, agent_body(), SECRETS))
    text = "".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "httpcore" in text
    assert leaks(text) == []


def test_representations_hold_no_secret() -> None:
    request = Request("POST", "/v1/agents", API_KEY.encode(), hidden=tuple(SECRETS.values()))
    with world() as here:
        made = here.create()
        texts = [repr(here.settings()), str(here.settings()), repr(request), repr(made), str(made.body)]
        here.ask(lambda platform: texts_of(platform, texts))
    assert [leaks(text) for text in texts] == [[]] * len(texts)


async def texts_of(platform: SlngPlatform, texts: list[str]) -> None:
    async with platform._exchange._clients.lend() as client:
        texts += [repr(platform), repr(client), repr(client.headers), repr(platform._exchange)]


def test_an_answer_that_holds_a_secret_is_read_without_it() -> None:
    tool = agent_body()["tools"][0] | {"auth": {"type": "bearer", "token": SECRETS["CRM_TOKEN"]}}
    leaky = live_answer(slng_api_key=SECRETS["SLNG_API_KEY"], tools=[tool])
    live = Canned(answer(201, leaky)).ask(create)
    assert leaks(str(live.body)) == []


def test_the_canaries_were_in_play() -> None:
    canned = Canned(answer(201, live_answer()))
    canned.ask(create)
    sent = echo(canned.requests[0])
    assert [any(form in sent for form in forms(canary)) for canary in CANARIES] == [True, True, True]
