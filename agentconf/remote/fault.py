"""What can be tried again: faults on the way to the platform and answers that ask for patience."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import IntEnum
from http import HTTPStatus

_LASTING = frozenset({501, 505, 506, 508, 510, 511})
_SECONDS = re.compile(r"\d+(\.\d+)?")


class Fate(IntEnum):
    """What may have become of a request that failed, the most certain first."""

    REFUSED = 0
    """Never carried out: no connection, 429, 425; also anything that only reads."""

    TURNED_AWAY = 1
    """Not carried out, if it was the platform that said so and not a proxy that lost the answer: 503."""

    ENDED = 2
    """Carried out or not, but over: a look tells. 500, 502, an answer that cannot be read."""

    OPEN = 3
    """Perhaps still under way, so that a look that finds nothing proves nothing: time-outs, resets, 504."""


class Fault(Exception):  # noqa: N818 - it ends a try inside this room and never reaches a user
    """A try that failed in a way that another one may not.

    Args:
        message: what happened, without a word of what was sent.
        fate: what may have become of the request.
        wait: seconds that the platform asks to wait; None when it does not say.
        throttled: whether it is the pace that was refused; such tries are not counted.
        tries: most tries that this kind of fault is worth; None: as many as any.
        unanswered: whether no answer came: no connection, a broken one, silence.

    """

    def __init__(
        self,
        message: str,
        *,
        fate: Fate = Fate.REFUSED,
        wait: float | None = None,
        throttled: bool = False,
        tries: int | None = None,
        unanswered: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fate = fate
        self.wait = wait
        self.throttled = throttled
        self.tries = tries
        self.unanswered = unanswered


def fate_of(status: int) -> Fate:
    """Tell the fate of a write that was answered with a passing status."""
    match status:
        case HTTPStatus.TOO_EARLY | HTTPStatus.TOO_MANY_REQUESTS:
            return Fate.REFUSED
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return Fate.TURNED_AWAY
        case HTTPStatus.INTERNAL_SERVER_ERROR | HTTPStatus.BAD_GATEWAY:
            return Fate.ENDED
        case _:
            return Fate.OPEN


def is_passing(status: int) -> bool:
    """Whether a status may be another one on the next try: 408, 425, 429 and the passing 5xx."""
    return status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS) or (
        status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in _LASTING
    )


def retry_after(value: str | None, date: str | None, now: datetime) -> float | None:
    """Read a Retry-After header (RFC 9110, section 10.2.3), which is seconds or a date.

    Args:
        value: the header; None when there is none.
        date: the answer's Date header: a date is held against the server's own clock where it tells it.
        now: our date, for servers that tell none.

    Returns:
        Seconds, 0 for what is past; None when there is no header, or one that makes no sense.

    """
    if value is None:
        return None
    if _SECONDS.fullmatch(value.strip()):
        return float(value)
    until = _date(value)
    return None if until is None else max(0.0, (until - (_date(date) or now)).total_seconds())


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # A date that ends in -0000 names no zone; HTTP knows none but GMT.
    return date if date.tzinfo else date.replace(tzinfo=UTC)
