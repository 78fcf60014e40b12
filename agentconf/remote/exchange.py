"""One request and its answer: the only place that touches the network."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

import httpx

from agentconf.remote.clients import Clients
from agentconf.remote.fault import Fate, Fault, retry_after
from agentconf.remote.limiter import Limiter
from agentconf.remote.message import Answer, Request
from agentconf.remote.outage import not_connected, why_unreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from types import TracebackType

    from agentconf.remote.connection import ConnectionSettings

CONNECT_TRIES = 4
"""Tries to reach a platform that does not pick up: nobody waits a minute to learn that the network is off."""

FIRST_TRIES = 3
"""Tries while the platform has never answered, as with a wrong address: one pause of 0.5 s and one of 1 s."""

FIRST_CONTACT = 2.0
"""Seconds after which no further try is begun while the platform has never answered."""

BARE_THROTTLE = 1.0
"""Seconds that everybody pauses after a 429 without Retry-After."""

IDLE = 5.0
"""Seconds after which a connection without traffic is not used again: what the HTTP library chooses, too."""

LONGEST_WAIT = 3600.0
"""Most seconds that an answer to `send_once` is taken to ask for; ours: a slip must not stop all for days."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(slots=True)
class _Trail:
    """How far a request got.

    Args:
        begun: whether any of it may have reached the platform.
        head: the status that came back; its body may still break off.

    """

    begun: bool
    head: Answer | None = None

    async def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a step of the HTTP library's; a proxy is asked for a tunnel in the same steps."""
        if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.begun = True


class Exchange:
    """Sends requests over kept-alive connections, at the pace of the limiter.

    Redirects are never followed: the credential would travel along.

    Args:
        settings: how the platform is reached.
        transport: another way to carry requests than the network.
        idle: seconds after which a connection without traffic is not used again. A server that closes one
            just then leaves a request without an answer: shorter than servers' own patience is safer.

    """

    def __init__(
        self,
        settings: ConnectionSettings,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        idle: float = IDLE,
    ) -> None:
        self._settings = settings
        self._traced = transport is None
        self._answered = False
        self._began: float | None = None
        self.limiter = Limiter(settings.timing, settings.rate)
        # Ahead of the limiter, so that a pause holds everybody who is not on the wire yet.
        self._places = asyncio.Semaphore(settings.concurrency)
        self._clients = Clients(settings, transport, idle)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._clients.close()

    async def send(self, request: Request, deadline: float) -> Answer:
        """Send a request once.

        Args:
            request: what to send.
            deadline: when to stop waiting, on the clock of the settings.

        Returns:
            The answer, whatever its status.

        Raises:
            Fault: no answer, a broken one, or one that is too large.

        """
        async with self._places:
            return await self._send(request, deadline)

    async def send_once(self, request: Request, timeout: float) -> Answer:  # noqa: ASYNC109 - of the HTTP exchange, with its own meaning of being late
        """Send a request at once, past the places and the pace of `send`: the caller's pace is what counts.

        Once there is a status, that is the answer: a body that breaks off only leaves it without words.

        Args:
            request: what to send.
            timeout: seconds for all of it, the connection included.

        Raises:
            Fault: no answer. Its fate is `Fate.REFUSED` only when nothing of the request was sent.

        """
        started = self._settings.timing.clock()
        trail = _Trail(begun=not self._traced)
        try:
            async with asyncio.timeout(timeout):
                answer = await self._carry_once(request, timeout, trail)
        except TimeoutError:
            fault = self._late(timeout, trail)
        except (httpx.RequestError, OSError) as error:
            fault = self._fault(error, request)
        except Fault as error:
            fault = error
        else:
            self._slow_down(answer, started)
            return answer
        if trail.head is not None:
            self._slow_down(trail.head, started)
            return trail.head
        # Outside the handlers: the library's error holds the request, credential included.
        raise fault if trail.begun else Fault(fault.message, unanswered=True)

    async def _send(self, request: Request, deadline: float) -> Answer:
        started = await self.limiter.acquire()
        self._began = started if self._began is None else self._began
        left = deadline - self._settings.timing.clock()
        if left <= 0:
            raise Fault("the platform asked to wait, and the time is used up", tries=1)
        try:
            async with asyncio.timeout(left):
                answer = await self._carry(request)
        except TimeoutError:
            fault = Fault("no complete answer in time", fate=request.fate(Fate.OPEN), unanswered=True)
        except (httpx.RequestError, OSError) as error:
            fault = self._fault(error, request)
        else:
            self._slow_down(answer, started)
            return answer
        # Outside the handler: the library's error holds the request, credential included.
        raise fault

    async def _carry(self, request: Request) -> Answer:
        async with self._open(request) as response:
            head = self._head(response, self._settings.retry_after_cap)
            return _complete(head, await self._read(response, request))

    async def _carry_once(self, request: Request, timeout: float, trail: _Trail) -> Answer:  # noqa: ASYNC109 - as above
        waits = httpx.Timeout(None, connect=min(timeout, self._settings.connect_timeout))
        options = {"timeout": waits, "extensions": {"trace": trail.note}}
        async with self._open(request, **options) as response:
            trail.head = self._head(response, LONGEST_WAIT)
            return _complete(trail.head, await self._read(response, request))

    @asynccontextmanager
    async def _open(self, request: Request, **options: Any) -> AsyncIterator[httpx.Response]:
        headers = {} if request.content is None else {"Content-Type": "application/json"}
        url = self._settings.base_url + request.path
        options |= {"content": request.content, "headers": headers}
        async with (
            self._clients.lend() as client,
            client.stream(request.method, url, **options) as response,
        ):
            yield response

    def _head(self, response: httpx.Response, longest: float) -> Answer:
        """Read the status and the headers of an answer whose body is not there yet."""
        self._answered = True
        headers = response.headers
        wait = retry_after(headers.get("Retry-After"), headers.get("Date"), self._settings.timing.now())
        return Answer(
            response.status_code,
            readable=False,
            html="html" in headers.get("Content-Type", ""),
            wait=None if wait is None else min(wait, longest),
            location=headers.get("Location", "") if response.is_redirect else "",
            whole=False,
        )

    async def _read(self, response: httpx.Response, request: Request) -> bytes:
        largest = self._settings.max_answer_bytes
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > largest:
                # On a write it tells nothing about the fate of the request.
                size = f"{largest / 2**20:g} MiB"
                raise Fault(f"the answer is larger than {size}", fate=request.fate(Fate.ENDED), tries=1)
        return bytes(body)

    def _slow_down(self, answer: Answer, started: float) -> None:
        wait = None if answer.wait is None else min(answer.wait, self._settings.retry_after_cap)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            self.limiter.throttle(started, BARE_THROTTLE if wait is None else wait)
        elif answer.status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None:
            self.limiter.pause(wait)

    def _late(self, seconds: float, trail: _Trail) -> Fault:
        if trail.begun:
            return Fault(f"no complete answer within {seconds:g} s", fate=Fate.OPEN, unanswered=True)
        return Fault(not_connected(self._settings.base_url, seconds), unanswered=True)

    def _fault(self, error: Exception, request: Request) -> Fault:
        if isinstance(error, _NOT_SENT):
            message, lasting = why_unreachable(error, self._settings.base_url, self._settings.connect_timeout)
            return Fault(message, tries=1 if lasting else self._connect_tries, unanswered=True)
        if isinstance(error, httpx.DecodingError):
            return Fault("the answer's compression is broken", fate=request.fate(Fate.ENDED))
        if isinstance(error, httpx.TimeoutException):
            message = f"no answer within {self._settings.timeout:g} s"
        else:
            message = "the connection broke before the answer was complete"
        return Fault(message, fate=request.fate(Fate.OPEN), unanswered=True)

    @property
    def _connect_tries(self) -> int:
        """How many tries a platform that does not pick up is worth: few until it has answered once."""
        if self._answered:
            return CONNECT_TRIES
        elapsed = 0.0 if self._began is None else self._settings.timing.clock() - self._began
        return FIRST_TRIES if elapsed < FIRST_CONTACT else 1


def _complete(head: Answer, body: bytes) -> Answer:
    readable, data = _parse(body)
    return replace(head, readable=readable, data=data, whole=True)


def _parse(body: bytes) -> tuple[bool, Any]:
    if not body:
        return True, None
    try:
        return True, json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False, None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


class Connected:
    """What speaks over an exchange: opened and closed with it, as an async context manager."""

    _exchange: Exchange

    async def __aenter__(self) -> Self:
        await self._exchange.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exchange.__aexit__(kind, error, trace)
