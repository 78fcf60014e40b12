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

from agentconf.emulator.clock import Clock, system_time, timestamp
from agentconf.emulator.faults import Cue, FaultKind, parse_cue
from agentconf.emulator.platforms import error_answer, platform_of
from agentconf.emulator.requestlog import LoggedRequest
from agentconf.emulator.wire import Refusal, parse, without_secrets

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from agentconf.emulator.options import EmulatorOptions
    from agentconf.emulator.store import Store

CONTROL = "/_emulator/"
"""What begins like this speaks to the emulator itself: never faulted, never logged."""

TRANSPORT = "transport"
"""Where in the ASGI state the server leaves the connection, so that it can be reset."""

Sleep = Callable[[float], Awaitable[None]]

_EDGE_FAULTS = (429, 503)
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
    began_at: int


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
        began_at = system_time()
        body = await _read(receive)
        fault = self._next_fault(scope["method"], scope["path"])
        if self._options.latency:
            await self._sleep(self._options.latency)
        await self._run(_Exchange(scope, body, receive, send, fault, began_at))

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
                await self._answer(exchange, 429, "Too many requests", self._retry_after())
            case "500":
                await self._answer(exchange, 500, "Internal server error")
            case "503":
                await self._answer(exchange, 503, "Service unavailable", self._retry_after())
            case "502":
                await self._app(exchange.scope, _replay(exchange), _swallow)
                await self._answer(exchange, 502, _bad_gateway(exchange.scope["path"]))
            case "reset-before":
                await self._reset(exchange)
            case "reset-after":
                await self._app(exchange.scope, _replay(exchange), _swallow)
                await self._reset(exchange)
            case _:
                assert_never(exchange.fault)

    async def _carry_out(self, exchange: _Exchange) -> None:
        """Answer as the platform does; in the log before the client has the whole answer."""
        started: list[Message] = []

        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
            elif exchange.fault == "slow" and message.get("body"):
                await self._trickle(exchange, started[0], message["body"])
            else:
                self._record(exchange, started[0]["status"])
                await exchange.send(started[0])
                await exchange.send(message)

        await self._app(exchange.scope, _replay(exchange), forward)

    async def _trickle(self, exchange: _Exchange, start: Message, body: bytes) -> None:
        await exchange.send(start)
        size = -(-len(body) // _SLOW_CHUNKS)
        for place in range(0, len(body), size):
            await self._sleep(self._options.slow_delay)
            more = place + size < len(body)
            if not more:
                self._record(exchange, start["status"])
            chunk = body[place : place + size]
            await exchange.send({"type": "http.response.body", "body": chunk, "more_body": more})

    async def _answer(
        self, exchange: _Exchange, status: int, message: str, headers: dict[str, str] | None = None
    ) -> None:
        at_edge = status in _EDGE_FAULTS
        response = error_answer(exchange.scope["path"], status, message, headers, at_edge=at_edge)
        self._record(exchange, status)
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
        self._store.log.record(
            LoggedRequest(
                at,
                scope["method"],
                scope["path"],
                query,
                status,
                exchange.fault,
                body,
                began_at=exchange.began_at,
                ended_at=system_time(),
            )
        )


def _loggable(body: bytes) -> Any:
    try:
        return without_secrets(parse(body)) if body else None
    except Refusal:
        return None


def _bad_gateway(path: str) -> str:
    if platform_of(path) != "slng":
        return "Bad gateway"
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
