"""How a platform is reached: address, credential, limits and time."""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agentconf.errors import ConfigurationError
from agentconf.project.address import address_fault, is_loopback

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MAX_CONCURRENCY = 32
"""Most requests under way at once: the same bound as `concurrency` in an environment file."""

_PRINTABLE = re.compile(r"[!-~]+")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Timing:
    """Where time and chance come from; tests bring their own.

    Args:
        clock: seconds that never go back.
        sleep: waits for so many seconds.
        now: the date, with its time zone; only a Retry-After date is held against it.
        chance: a number from 0 to 1, for jitter.

    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], datetime] = _utc_now
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """How a platform is reached.

    The platform documents no rate limit, so none is assumed: requests are as many as the concurrency allows
    until it answers 429, and from then on the rate adapts (`limiter.Limiter`). No other limit is documented
    either: the defaults are ours.

    Args:
        base_url: address before `/v1`; https, or http on this machine.
        api_key: the credential, sent as a bearer token; never shown.
        concurrency: requests under way at once, 1 to 32.
        rate: requests a second that are never exceeded; None: as many as the platform takes.
        connect_timeout: seconds to reach the platform.
        timeout: seconds without a byte of the answer.
        budget: seconds for one operation, with all its repetitions and pauses.
        tries: how often one request is sent while the platform fails. A 429 does not count: only the budget
            ends those.
        backoff: seconds before the second try; doubled for each further one.
        backoff_cap: longest pause between two tries, in seconds.
        retry_after_cap: longest pause that the platform may ask for, in seconds; it gets no more.
        max_answer_bytes: largest answer that is read, decompressed.
        timing: where time and chance come from.

    Raises:
        ConfigurationError: the address or the key cannot be used, or a limit is out of its bounds.

    """

    base_url: str
    api_key: str = field(repr=False)
    concurrency: int = 8
    rate: float | None = None
    connect_timeout: float = 10
    timeout: float = 30
    budget: float = 120
    tries: int = 8
    backoff: float = 0.5
    backoff_cap: float = 20
    retry_after_cap: float = 60
    max_answer_bytes: int = 256 * 2**20
    timing: Timing = field(default_factory=Timing, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", _checked_url(self.base_url))
        _check_key(self.api_key)
        if not 1 <= self.concurrency <= MAX_CONCURRENCY:
            raise ConfigurationError(
                f"{self.concurrency} requests at once are out of bounds", help=f"use 1 to {MAX_CONCURRENCY}"
            )
        if self.rate is not None and self.rate <= 0:
            raise ConfigurationError("the rate is not positive", help="give requests a second, or none")

    @property
    def loopback(self) -> bool:
        """Whether the platform is on this machine."""
        return is_loopback(urlsplit(self.base_url).hostname or "")


def _checked_url(text: str) -> str:
    """Check an address and drop its trailing slash."""
    fault = address_fault(text)
    if fault is not None:
        raise ConfigurationError(fault[0], help=fault[1])
    return text.rstrip("/")


def _check_key(key: str) -> None:
    """Refuse what cannot stand in a header; a library's error about it would quote the key."""
    if not key:
        raise ConfigurationError("the API key is empty", help="set the variable that api_key names")
    if not _PRINTABLE.fullmatch(key):
        raise ConfigurationError(
            "the API key holds spaces, line ends or characters outside ASCII",
            help="check the variable that api_key names for stray characters",
        )
