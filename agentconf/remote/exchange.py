"""One request and its answer: the only place that touches the network."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

import httpx

from agentconf import __version__
from agentconf.remote.fault import Fate, Fault, is_passing, retry_after
from agentconf.remote.limiter import Limiter

if TYPE_CHECKING:
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

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent.

    Args:
        method: GET, POST, PATCH, DELETE.
        path: below the base URL, with its leading slash.
        content: JSON, encoded; None for no body.
        hidden: values in the content that must not be seen in any message.

    """

    method: str
    path: str
    content: bytes | None = field(default=None, repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def fate(self, write: Fate) -> Fate:
        """Tell the fate of this request from what it would be for a write: reading changes nothing."""
        return Fate.REFUSED if self.method == "GET" else write


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Args:
        status: the HTTP status.
        readable: whether the body is JSON, or empty.
        data: the JSON; None when there is none.
        html: whether the body is a web page: then it is not the API that answered.
        wait: seconds that a Retry-After asks to wait, capped; None without one.
        location: where a redirect leads to.

    """

    status: int
    readable: bool = True
    data: Any = field(default=None, repr=False)
    html: bool = False
    wait: float | None = None
    location: str = ""

    @property
    def passing(self) -> bool:
        """Whether another try may be answered otherwise."""
        return is_passing(self.status)

    @property
    def success(self) -> bool:
        """Whether the platform did what was asked."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class Exchange:
    """Sends requests over one pool of kept-alive connections, at the pace of the limiter.

    Redirects are never followed: the credential would travel along.

    Args:
        settings: how the platform is reached.
        transport: another way to carry requests than the network.

    """

    def __init__(
        self, settings: ConnectionSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._answered = False
        self._began: float | None = None
        self.limiter = Limiter(settings.timing, settings.rate)
        # Ahead of the limiter, so that a pause holds everybody who is not on the wire yet.
        self._places = asyncio.Semaphore(settings.concurrency)
        self._client = httpx.AsyncClient(
            headers={
                "Authorization": f"Bearer {settings.api_key}",
                "Accept": "application/json",
                "User-Agent": f"agentconf/{__version__}",
            },
            timeout=httpx.Timeout(settings.timeout, connect=settings.connect_timeout, pool=settings.budget),
            limits=httpx.Limits(
                max_connections=settings.concurrency, max_keepalive_connections=settings.concurrency
            ),
            # Plain http needs no certificates, which take 50 ms to load; an empty context would trust nobody.
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if settings.base_url.startswith("http:") else True,
            # What stays on this machine goes through no proxy.
            trust_env=not settings.loopback,
            follow_redirects=False,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

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
        headers = {} if request.content is None else {"Content-Type": "application/json"}
        url = self._settings.base_url + request.path
        async with self._client.stream(
            request.method, url, content=request.content, headers=headers
        ) as response:
            self._answered = True
            wait = retry_after(
                response.headers.get("Retry-After"), response.headers.get("Date"), self._settings.timing.now()
            )
            body = await self._read(response, request)
            readable, data = _parse(body)
            return Answer(
                response.status_code,
                readable=readable,
                data=data,
                html="html" in response.headers.get("Content-Type", ""),
                wait=None if wait is None else min(wait, self._settings.retry_after_cap),
                location=response.headers.get("Location", "") if response.is_redirect else "",
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
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            self.limiter.throttle(started, BARE_THROTTLE if answer.wait is None else answer.wait)
        elif answer.status == HTTPStatus.SERVICE_UNAVAILABLE and answer.wait is not None:
            self.limiter.pause(answer.wait)

    def _fault(self, error: Exception, request: Request) -> Fault:
        if isinstance(error, _NOT_SENT):
            message, lasting = self._why_unreachable(error)
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

    def _why_unreachable(self, error: Exception) -> tuple[str, bool]:
        """Say why there is no connection, and whether that will last."""
        host = httpx.URL(self._settings.base_url).netloc.decode("ascii")
        match _cause(error):
            case ssl.SSLCertVerificationError() as cause:
                return f"the certificate of {host} is not trusted: {cause.verify_message}", True
            case ssl.SSLError():
                return f"{host} does not speak TLS as expected", True
            case socket.gaierror(errno=code):
                return f"the name of {host} cannot be resolved", code != socket.EAI_AGAIN
            case ConnectionRefusedError():
                return f"{host} refuses connections", False
        if isinstance(error, httpx.ConnectTimeout):
            return f"no connection to {host} within {self._settings.connect_timeout:g} s", False
        return f"{host} cannot be reached", False


def _cause(error: BaseException | None) -> BaseException | None:
    """Find what the operating system, or the TLS library, said behind the HTTP library's error."""
    while error is not None:
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, (ssl.SSLError, socket.gaierror, ConnectionRefusedError)):
            return error
        error = error.__cause__ or error.__context__
    return None


def _parse(body: bytes) -> tuple[bool, Any]:
    if not body:
        return True, None
    try:
        return True, json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False, None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
