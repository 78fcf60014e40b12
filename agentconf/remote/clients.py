"""HTTP clients, one for each request under way.

The library's own pool looks through all of its connections for every request, which from a dozen connections
on costs more than the request itself.
"""

from __future__ import annotations

import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx

from agentconf import __version__

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from agentconf.remote.connection import ConnectionSettings


class Clients:
    """Lends clients with kept-alive connections; each carries one request at a time.

    The one that was used last is lent first: its connection is the least likely to have been closed.

    Args:
        settings: how the platform is reached.
        transport: another way to carry requests than the network; then there is one client for all.
        idle: seconds after which a connection without traffic is not used again.

    """

    def __init__(
        self, settings: ConnectionSettings, transport: httpx.AsyncBaseTransport | None, idle: float
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._idle = idle
        self._context: ssl.SSLContext | None = None
        self._all: list[httpx.AsyncClient] = []
        self._free: list[httpx.AsyncClient] = []

    def __len__(self) -> int:
        """Return how many clients there are."""
        return len(self._all)

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[httpx.AsyncClient]:
        """Lend a client while the block runs."""
        if self._transport is not None:
            yield self._all[0] if self._all else self._make()
            return
        client = self._free.pop() if self._free else self._make()
        try:
            yield client
        finally:
            self._free.append(client)

    async def close(self) -> None:
        """Close every connection."""
        for client in self._all:
            await client.aclose()

    def _make(self) -> httpx.AsyncClient:
        settings = self._settings
        if self._context is None:
            # Plain http needs no certificates, which take 50 ms to load; an empty context would trust nobody.
            plain = settings.base_url.startswith("http:")
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else httpx.create_ssl_context()
        client = httpx.AsyncClient(
            headers={
                "Authorization": f"Bearer {settings.api_key}",
                "Accept": "application/json",
                "User-Agent": f"agentconf/{__version__}",
            },
            timeout=httpx.Timeout(settings.timeout, connect=settings.connect_timeout, pool=settings.budget),
            # How many are under way is decided ahead: by the places of `send`, or by who sends once.
            limits=httpx.Limits(
                max_connections=None,
                max_keepalive_connections=settings.concurrency,
                keepalive_expiry=self._idle,
            ),
            verify=self._context,
            # What stays on this machine goes through no proxy.
            trust_env=not settings.loopback,
            follow_redirects=False,
            transport=self._transport,
        )
        self._all.append(client)
        return client
