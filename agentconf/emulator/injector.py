"""Requests on their way through trouble: latency, faults, and the log of it all."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from random import Random
from typing import TYPE_CHECKING, Any, assert_never

from agentconf.emulator.clock import Clock, timestamp
from agentconf.emulator.faults import Cue, FaultKind, parse_cue
from agentconf.emulator.store import LoggedRequest, Store
from agentconf.emulator.wire import Refusal, edge_error, parse, without_secrets

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from agentconf.emulator.options import EmulatorOptions

CONTROL = "/_emulator/"
"""What begins like this speaks to the emulator itself: never faulted, never logged."""

TRANSPORT = "transport"
"""Where in the ASGI state the server leaves the connection, so that it can be reset."""

Sleep = Callable[[float], Awaitable[None]]

_SLOW_CHUNKS = 5
_DATE_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One request, read as a whole, and the way to its answer."""

    scope: Scope
    body: bytes
    receive: Receive
    send: Send
    fault: FaultKind | None


class Injector:
    """ASGI middleware that delays requests, breaks them as it was told to, and writes them down.

    Args:
        app: what comes next.
        options: the faults, their seed and their delays.
        store: where the log is.
        clock: the time that the log tells.
        sleep: how to wait a number of seconds.

    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        options: EmulatorOptions,
        store: Store,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._app = app
        self._options = options
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._draw = Random(options.random_seed)  # noqa: S311 - reproducible, not secret
        self._script: list[Cue] = [parse_cue(text) for text in options.script]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry a request out, with the fault that is drawn for it."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        fault = self._next_fault(scope["method"], scope["path"])
        if self._options.latency:
            await self._sleep(self._options.latency)
        await self._run(_Exchange(scope, body, receive, send, fault))

    def _next_fault(self, method: str, path: str) -> FaultKind | None:
        for cue in self._script:
            if cue.matches(method, path):
                self._script.remove(cue)
                return cue.kind
        point = self._draw.random()
        for fault in self._options.faults:
            if point < fault.share:
                return fault.kind
            point -= fault.share
        return None

    async def _run(self, exchange: _Exchange) -> None:
        match exchange.fault:
            case None | "slow":
                await self._carry_out(exchange)
            case "429":
                await self._answer(exchange, edge_error(429, "Too many requests", self._retry_after()))
            case "500":
                await self._answer(exchange, Refusal(500, "Internal server error").response())
            case "503":
                await self._answer(exchange, edge_error(503, "Service unavailable", self._retry_after()))
            case "502":
                await self._app(exchange.scope, _replay(exchange), _swallow)
                await self._answer(exchange, Refusal(502, _bad_gateway(exchange.scope["path"])).response())
            case "reset-before":
                await self._reset(exchange)
            case "reset-after":
                await self._app(exchange.scope, _replay(exchange), _swallow)
                await self._reset(exchange)
            case _:
                assert_never(exchange.fault)

    async def _carry_out(self, exchange: _Exchange) -> None:
        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._record(exchange, message["status"])
            if exchange.fault == "slow" and message["type"] == "http.response.body":
                await self._trickle(exchange.send, message)
            else:
                await exchange.send(message)

        await self._app(exchange.scope, _replay(exchange), forward)

    async def _trickle(self, send: Send, message: Message) -> None:
        body: bytes = message.get("body", b"")
        size = max(1, -(-len(body) // _SLOW_CHUNKS))
        for start in range(0, len(body), size):
            await self._sleep(self._options.slow_delay)
            await send({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
        await send({**message, "body": b""})

    async def _answer(self, exchange: _Exchange, response: Response) -> None:
        self._record(exchange, response.status_code)
        await response(exchange.scope, exchange.receive, exchange.send)

    async def _reset(self, exchange: _Exchange) -> None:
        """Cut the connection as a broken network does; without one, raise what a socket would raise."""
        self._record(exchange, None)
        transport = exchange.scope.get("state", {}).get(TRANSPORT)
        if transport is None:
            raise ConnectionResetError("the emulator was told to reset the connection")
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        while (await exchange.receive())["type"] != "http.disconnect":
            pass

    def _retry_after(self) -> dict[str, str]:
        """Return the header in seconds, or sometimes as a date, which has whole seconds only."""
        seconds = self._options.retry_after
        if self._draw.random() < _DATE_SHARE:
            return {"Retry-After": formatdate(time.time() + seconds + 1, usegmt=True)}
        return {"Retry-After": str(seconds)}

    def _record(self, exchange: _Exchange, status: int | None) -> None:
        scope = exchange.scope
        query = scope["query_string"].decode("latin-1")
        at = timestamp(self._clock.now())
        body = _loggable(exchange.body)
        self._store.record(
            LoggedRequest(at, scope["method"], scope["path"], query, status, exchange.fault, body)
        )


def _loggable(body: bytes) -> Any:
    try:
        return without_secrets(parse(body)) if body else None
    except Refusal:
        return None


def _bad_gateway(path: str) -> str:
    if path.endswith(("/calls", "/web-sessions")):
        return "Failed to dispatch call: upstream dispatcher unavailable"
    return "Failed to create inbound dispatch rule"


async def _read(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay(exchange: _Exchange) -> Receive:
    messages = [{"type": "http.request", "body": exchange.body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await exchange.receive()

    return receive


async def _swallow(_message: Message) -> None:
    """Let an answer go nowhere."""
