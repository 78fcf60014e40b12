"""A platform to talk to, on a clock that only tests move."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import Running, running
from agentconf.model.secret import SecretRef
from agentconf.remote.connection import ConnectionSettings, Timing
from agentconf.remote.slng.client import SlngPlatform

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

T = TypeVar("T")
Json = dict[str, Any]

API_KEY = "canary-platform-key-4c3d"
RUNTIME_KEY = "canary-runtime-key-1f0a"
TOKEN = 'canary-token-"quoted"-2e1b'
SECRETS = {"SLNG_API_KEY": RUNTIME_KEY, "CRM_TOKEN": TOKEN}
TOOL_ID = "8d7f2a3f-35d6-4ff9-97e6-1ab6a2d6867a"


class FakeTime:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def timing(self, chance: float = 1.0) -> Timing:
        return Timing(
            clock=self.clock,
            sleep=self.sleep,
            now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
            chance=lambda: chance,
        )


def agent_body(name: str = "Support Router", **changes: Any) -> Json:
    body = {
        "name": name,
        "system_prompt": "You help callers of {{brand}}.",
        "greeting": "Hello from {{brand}}.",
        "language": "en",
        "region": "eu-central",
        "models": {"stt": "a/b:c", "llm": "d/e", "tts": "f/g:h", "tts_voice": "i"},
        "slng_api_key": SecretRef("SLNG_API_KEY"),
        "tools": [
            {
                "type": "webhook",
                "id": TOOL_ID,
                "name": "lookup",
                "description": "Looks something up",
                "url": "https://crm.example.com/lookup",
                "parameters": {"type": "object", "properties": {}},
                "auth": {"type": "bearer", "token": SecretRef("CRM_TOKEN")},
            }
        ],
    }
    return body | changes


def live_answer(**changes: Any) -> Json:
    """An agent as the platform answers it."""
    answer = {
        "id": "11111111-1111-4111-8111-111111111111",
        "organisation_id": "22222222-2222-4222-8222-222222222222",
        "name": "Support Router",
        "system_prompt": "You help callers of {{brand}}.",
        "greeting": "Hello from {{brand}}.",
        "inbound_greeting": None,
        "outbound_greeting": None,
        "language": "en",
        "region": "eu-central",
        "models": {"stt": "a/b:c", "llm": "d/e", "tts": "f/g:h", "tts_voice": "i"},
        "idle_nudges": {"first_nudge_text": "x", "second_nudge_text": "y", "final_hangup_text": "z"},
        "enable_interruptions": True,
        "tools": [],
        "sip_inbound_trunk_id": None,
        "sip_outbound_trunk_id": None,
        "template_variables": {"brand": {"required": True}},
        "runtime_variables": [],
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z",
        "deleted_at": None,
    }
    return answer | changes


@dataclass
class World:
    """An emulator on a port, and clients of it."""

    server: Running
    time: FakeTime = field(default_factory=FakeTime)

    def settings(self, **changes: Any) -> ConnectionSettings:
        options = {"base_url": self.server.url, "api_key": API_KEY, "timing": self.time.timing()}
        return ConnectionSettings(**(options | changes))

    def ask(self, question: Callable[[SlngPlatform], Awaitable[T]], **changes: Any) -> T:
        return ask(self.settings(**changes), question)

    def create(self, name: str = "Support Router", **settings: Any) -> Any:
        return self.ask(lambda platform: platform.create_agent(agent_body(name), SECRETS), **settings)

    def log(self, method: str | None = None) -> list[tuple[str, int | None]]:
        """Requests so far: method and status, None where the connection was cut."""
        entries = self.server.store.requests()
        return [(entry.method, entry.status) for entry in entries if method in (None, entry.method)]

    def names(self) -> list[str]:
        return sorted(agent.name for agent in self.ask(lambda platform: platform.list_agents()))


@contextmanager
def world(*script: str, **options: Any) -> Iterator[World]:
    """An emulator whose next requests meet the faults of a script, like `POST /v1/agents 502`."""
    with running(EmulatorOptions(script=script, **options)) as server:
        yield World(server)


def ask(
    settings: ConnectionSettings,
    question: Callable[[SlngPlatform], Awaitable[T]],
    transport: httpx.AsyncBaseTransport | None = None,
) -> T:
    async def go() -> T:
        async with SlngPlatform(settings, transport) as platform:
            return await question(platform)

    return asyncio.run(go())


class Canned:
    """A platform that gives prepared answers, one after the other, the last one for ever."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.begun: list[float] = []
        self.time = FakeTime()

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.begun.append(self.time.now)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask(self, question: Callable[[SlngPlatform], Awaitable[T]], **changes: Any) -> T:
        options = {"base_url": "https://api.example.com", "api_key": API_KEY, "timing": self.time.timing()}
        settings = ConnectionSettings(**(options | changes))
        return ask(settings, question, httpx.MockTransport(self._handle))

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.requests]


def answer(status: int, data: Any = None, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = b"" if data is None else json.dumps(data).encode()
    return httpx.Response(status, content=content, headers={"content-type": "application/json"} | named)
