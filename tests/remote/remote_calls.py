"""Platforms that place calls, and what is asked of them."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from remote_world import API_KEY, FakeTime

from agentconf.emulator.app import create_app
from agentconf.emulator.clock import Clock
from agentconf.emulator.options import EmulatorOptions
from agentconf.remote.calling import CallRequest, PlaceAnswer, PlatformName, Target
from agentconf.remote.connection import ConnectionSettings
from agentconf.remote.dasha.client import DashaCalls
from agentconf.remote.sipgate.client import SipgateCalls
from agentconf.remote.slng.calls import SlngCalls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from agentconf.emulator.store import Store

T = TypeVar("T")
Calls = SlngCalls | SipgateCalls | DashaCalls

AGENT = "11111111-1111-4111-8111-111111111111"
NUMBER = "+14155550100"
OTHER = "+14155550101"
TRUNK = "7b1c8a52-5d0e-4b5e-9f0a-1a2b3c4d5e6f"
START = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z

SLNG = Target("slng", AGENT)
SIPGATE = Target("sipgate", "flow-1", billing_device="e2")
DASHA = Target("dasha", "agent-7")
TARGETS: dict[PlatformName, Target] = {"slng": SLNG, "sipgate": SIPGATE, "dasha": DASHA}


def client(
    name: PlatformName, settings: ConnectionSettings, transport: httpx.AsyncBaseTransport | None = None
) -> Calls:
    match name:
        case "slng":
            return SlngCalls(settings, transport)
        case "sipgate":
            return SipgateCalls(settings, transport)
        case "dasha":
            return DashaCalls(settings, transport)


def request_for(name: PlatformName, number: str = NUMBER, key: str = "key-1") -> CallRequest:
    arguments = {} if name == "sipgate" else {"patient": "Ada Byron", "city": "Bonn"}
    return CallRequest(key, number, arguments)


class Answers:
    """A platform of calls that gives prepared answers, one after the other, the last one for ever."""

    def __init__(self, name: PlatformName, *answers: Any) -> None:
        self.name = name
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.time = FakeTime()

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def settings(self, **changes: Any) -> ConnectionSettings:
        options = {"base_url": "https://api.example.com", "api_key": API_KEY, "timing": self.time.timing()}
        return ConnectionSettings(**(options | changes))

    def ask(self, question: Callable[[Any], Awaitable[T]], **changes: Any) -> T:
        return ask(client(self.name, self.settings(**changes), httpx.MockTransport(self._handle)), question)

    def place(self, *numbers: str, timeout: float = 5, **changes: Any) -> PlaceAnswer:
        calls = [
            request_for(self.name, number, f"key-{index}")
            for index, number in enumerate(numbers or (NUMBER,), 1)
        ]
        target = TARGETS[self.name]
        return self.ask(lambda platform: platform.place(target, calls, timeout=timeout), **changes)


def ask(platform: Any, question: Callable[[Any], Awaitable[T]]) -> T:
    async def go() -> T:
        async with platform:
            return await question(platform)

    return asyncio.run(go())


@dataclass
class Inside:
    """An emulator in this process, on a clock that stands still unless it is moved."""

    transport: httpx.ASGITransport
    store: Store
    clock: Clock
    time: FakeTime

    def settings(self, **changes: Any) -> ConnectionSettings:
        options = {"base_url": "http://127.0.0.1", "api_key": API_KEY, "timing": self.time.timing()}
        return ConnectionSettings(**(options | changes))

    def ask(self, name: PlatformName, question: Callable[[Any], Awaitable[T]]) -> T:
        return ask(client(name, self.settings(), self.transport), question)

    def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        async def go() -> httpx.Response:
            headers = {"Authorization": f"Bearer {API_KEY}"}
            async with httpx.AsyncClient(transport=self.transport, headers=headers) as http:
                return await http.request(method, f"http://127.0.0.1{path}", json=body)

        return asyncio.run(go())

    def agent(self, **changes: Any) -> Target:
        """Make an agent at SLNG that can call."""
        body = {
            "name": "Caller",
            "system_prompt": "You call {{patient}} in {{city}}.",
            "greeting": "Hello",
            "language": "en",
            "region": "eu-central",
            "models": {"stt": "a/b:c", "llm": "d/e", "tts": "f/g:h", "tts_voice": "i"},
            "slng_api_key": "runtime-key",
            "sip_outbound_trunk_id": TRUNK,
        }
        answer = self.send("POST", "/v1/agents", body | changes)
        assert answer.status_code == 201, answer.text
        return Target("slng", answer.json()["id"])


@contextmanager
def inside(**options: Any) -> Iterator[Inside]:
    clock = Clock(lambda: START)
    app = create_app(EmulatorOptions(**options), clock=clock)
    try:
        yield Inside(httpx.ASGITransport(app), app.state.store, app.state.clock, FakeTime())
    finally:
        app.state.store.close()
