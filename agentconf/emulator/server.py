"""The emulator on a port of this machine."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from agentconf.emulator.app import create_app
from agentconf.emulator.control import is_loopback
from agentconf.emulator.injector import TRANSPORT
from agentconf.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from starlette.applications import Starlette

    from agentconf.emulator.clock import Clock
    from agentconf.emulator.options import EmulatorOptions
    from agentconf.emulator.store import Store

_GRACE_SECONDS = 2
"""How long requests under way may go on when the server is told to stop."""


class ResettableProtocol(H11Protocol):
    """HTTP/1.1 that shows each request its connection, so that a fault can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Take up a connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class _Server(uvicorn.Server):
    """A server that says when it is up, and leaves signals to its caller."""

    def __init__(self, app: Starlette, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=ResettableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True, slots=True)
class Running:
    """An emulator that serves in a thread.

    Args:
        url: where, without a trailing slash.
        store: its memory.
        clock: its time.

    """

    url: str
    store: Store
    clock: Clock


def serve(
    options: EmulatorOptions,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then finish what is under way and return.

    Args:
        options: how the emulator behaves.
        host: a name or address of this machine; the emulator has no business on a network.
        port: 0 picks a free one.
        ready: called with the URL once requests are answered.

    Raises:
        UsageError: the host is not this machine.
        ConfigurationError: the port is taken, or the database or seed file cannot be used.

    """
    listener = _listen(host, port)
    with listener:
        app = create_app(options)
        server = _Server(app, lambda: ready(_url(listener)))
        try:
            with _stopping_on_signals(server):
                asyncio.run(server.serve([listener]))
        finally:
            app.state.store.close()


@contextmanager
def running(options: EmulatorOptions | None = None, *, clock: Clock | None = None) -> Iterator[Running]:
    """Serve in a thread while the block runs.

    Args:
        options: how the emulator behaves; by default as the contract says, in memory.
        clock: its time; by default the wall clock.

    """
    app, started = create_app(options, clock=clock), Event()
    with _listen("127.0.0.1", 0) as listener:
        server = _Server(app, started.set)

        def run() -> None:
            try:
                asyncio.run(server.serve([listener]))
            finally:
                started.set()

        thread = Thread(target=run, name="emulator", daemon=True)
        thread.start()
        started.wait()
        try:
            yield Running(_url(listener), app.state.store, app.state.clock)
        finally:
            server.should_exit = True
            thread.join()
            app.state.store.close()


def _listen(host: str, port: int) -> socket.socket:
    if not is_loopback(host):
        raise UsageError(
            f"the emulator listens on this machine only, not on {host}",
            help="use 127.0.0.1, ::1 or localhost",
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's algorithm only where the protocol is named: 40 ms a request on loopback.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigurationError(
            f"cannot listen on {host}, port {port}: {error}", help="give another port, or 0 for a free one"
        ) from error
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _stopping_on_signals(server: uvicorn.Server) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before: dict[int, Any] = {
        number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
