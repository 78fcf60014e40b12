"""An emulator in process and a client of it that holds every answer against the contract."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from agentconf.emulator.app import create_app
from agentconf.emulator.clock import Clock
from agentconf.emulator.contract import load_contract
from agentconf.emulator.options import EmulatorOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconf.emulator.store import Store

Json = dict[str, Any]

SECRET = "sk-secret"  # every secret in these tests begins like this, and no answer may hold it
START = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
TRUNK = "7b1c8a52-5d0e-4b5e-9f0a-1a2b3c4d5e6f"
OTHER_TRUNK = "0c9d8e7f-6a5b-4c3d-8e1f-aabbccddeeff"
TOOL_ID = "8d7f2a3f-35d6-4ff9-97e6-1ab6a2d6867a"
OTHER_ID = "2e4e8759-8467-4a53-9c96-0e08112ea13d"

_KINDS = (
    (r"/v1/agents", {"GET": "agent-list", "POST": "agent"}),
    (r"/v1/agents/[^/]+", {"GET": "agent", "PATCH": "agent", "PUT": "agent"}),
    (r"/v1/agents/[^/]+/duplicate", {"POST": "agent"}),
    (r"/v1/agents/[^/]+/calls", {"GET": "calls-page", "POST": "call-response"}),
    (r"/v1/agents/[^/]+/calls/[^/]+", {"GET": "call-detail"}),
    (r"/v1/agents/[^/]+/web-sessions", {"POST": "web-session"}),
)


def agent_body(**changes: Any) -> Json:
    """The smallest body of the keyed contract, changed; a change to None leaves the field out."""
    body = {
        "name": "Support Router",
        "system_prompt": "You help callers of {{brand}}.",
        "greeting": "Hello from {{brand}}.",
        "language": "en",
        "region": "eu-central",
        "models": {"stt": "a/b:c", "llm": "d/e", "tts": "f/g:h", "tts_voice": "i"},
        "slng_api_key": f"{SECRET}-key",
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


def webhook(**changes: Any) -> Json:
    """A contextual webhook, changed; a change to None leaves the field out."""
    tool = {
        "type": "webhook",
        "id": TOOL_ID,
        "name": "check_order",
        "description": "Looks up an order",
        "url": "https://api.example.com/orders/{{order_id}}",
        "parameters": {"type": "object", "properties": {}},
    }
    return {name: value for name, value in (tool | changes).items() if value is not None}


def hangup(**changes: Any) -> Json:
    """The hangup tool, changed."""
    return {"type": "template", "id": OTHER_ID, "template": "hangup"} | changes


def transfer(**changes: Any) -> Json:
    """A transfer to a person, changed."""
    return {
        "type": "human_transfer",
        "id": OTHER_ID,
        "name": "to_person",
        "phone_number": "+34600111222",
    } | changes


def bearer(token: str = f"{SECRET}-token") -> Json:
    """Authentication by a token."""
    return {"type": "bearer", "token": token}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.text)

    @property
    def detail(self) -> Any:
        """The reason of a refusal."""
        return self.json["detail"]

    @property
    def places(self) -> list[str]:
        """Where a validation error points, as dotted paths."""
        return [".".join(map(str, problem["loc"])) for problem in self.detail]


class Client:
    """Sends requests to an emulator in this process."""

    def __init__(self, options: EmulatorOptions, clock: Clock, slept: list[float]) -> None:
        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        self.clock = clock
        self.slept = slept
        self.app = create_app(options, clock=clock, sleep=sleep)
        self.store: Store = self.app.state.store
        self._contract = load_contract(options.contract, options.unknown_fields)
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://emulator")

    def close(self) -> None:
        """Let go of everything."""
        self._runner.run(self._http.aclose())
        self._runner.close()
        self.store.close()

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = "t",
        content: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request and check what comes back against the contract."""
        sent = {} if token is None else {"Authorization": f"Bearer {token}"}
        if body is not None:
            content, sent["Content-Type"] = json.dumps(body), "application/json"
        request = self._http.request(method, path, content=content, headers=sent | dict(headers or {}))
        response = self._runner.run(request)
        answer = Answer(response.status_code, response.text, response.headers)
        self._check(method, path.partition("?")[0], answer)
        return answer

    def _check(self, method: str, path: str, answer: Answer) -> None:
        assert SECRET not in answer.text
        if not path.startswith("/v1/"):
            return
        if answer.status == 204:
            assert answer.text == ""
            return
        assert answer.headers["content-type"] == "application/json"
        kind = "error" if answer.status >= 400 else _kind(method, path)
        assert self._contract.check_answer(kind, answer.json) == ()

    def create(self, **changes: Any) -> Json:
        """Create an agent that must be accepted."""
        return self.made(agent_body(**changes))

    def made(self, body: Json) -> Json:
        """Create an agent of a body that must be accepted."""
        answer = self.send("POST", "/v1/agents", body)
        assert (answer.status, answer.text) == (201, answer.text)
        agent: Json = answer.json
        return agent

    def patch(self, agent: Json, **changes: Any) -> Answer:
        """Change fields of an agent."""
        return self.send("PATCH", f"/v1/agents/{agent['id']}", changes)

    def get(self, agent: Json) -> Json:
        """Read an agent that must be there."""
        answer = self.send("GET", f"/v1/agents/{agent['id']}")
        assert answer.status == 200
        read: Json = answer.json
        return read


def _kind(method: str, path: str) -> str:
    return next(kinds[method] for pattern, kinds in _KINDS if re.fullmatch(pattern, path))


@contextmanager
def emulated(**options: Any) -> Iterator[Client]:
    """An emulator with options, whose clock stands still until it is moved."""
    client = Client(EmulatorOptions(**options), Clock(lambda: START), [])
    try:
        yield client
    finally:
        client.close()
