"""What the answer to a call's one request means: placed, refused, to be sent again, or nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from agentconf.remote.calling import Deferred, Doubtful, Halted, PlaceAnswer, Placed, Refused
from agentconf.remote.fault import Fate, Fault, fate_of
from agentconf.remote.refusal import DENIED
from agentconf.remote.words import said, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.remote.api import JsonApi
    from agentconf.remote.message import Answer, Request
    from agentconf.remote.refusal import Advice

Sense = Literal["refused", "halted", "throttled"]
"""What a refusal is about: this call, every call, or the pace."""

IDLE = 2.0
"""Seconds after which an idle connection is not used for a call: servers close theirs after 5 s and more, and
one that is closed just as a call is sent leaves that call in doubt; ours."""

_EVERY_CALL = frozenset({402, 404, 405, 406, 407, 410, 415, 421, 426, 431, *DENIED})
"""4xx that are never about a single call: no credit, no access, nothing at this address that takes calls."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a platform's answers to calls mean beyond what HTTP says.

    Args:
        placed: reads a success; None when it does not say what the platform promises.
        sense: tells from a 4xx and its words what a refusal is about; None: what the status says.

    """

    placed: Callable[[Answer], Placed | None]
    sense: Callable[[int, str], Sense | None]


async def place_once(api: JsonApi, request: Request, terms: Terms, *, timeout: float) -> PlaceAnswer:  # noqa: ASYNC109 - of the HTTP exchange, with its own meaning of being late
    """Send a request that places calls, exactly once.

    Args:
        api: the platform's.
        request: its `personal` values are not seen in any message.
        terms: how its answers are read.
        timeout: seconds for all of it, the connection included.

    """
    try:
        answer = await api.exchange.send_once(request, timeout)
    except Fault as fault:
        return _unanswered(fault)
    if answer.success:
        return terms.placed(answer) or _unreadable(answer)
    return _refused(api, request, answer, terms)


def _refused(api: JsonApi, request: Request, answer: Answer, terms: Terms) -> PlaceAnswer:
    message = said(answer, (*request.hidden, api.settings.api_key), request.personal)
    sense = _sense(answer, terms, api.advice)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or sense == "throttled":
        return Deferred(message, wait=answer.wait, throttled=True)
    if answer.passing:
        return _passing(answer, message)
    if sense == "halted":
        return Halted(message, help=api.advice.about(answer, message), denied=answer.status in DENIED)
    return Refused(message)


def _unanswered(fault: Fault) -> Deferred | Doubtful:
    if fault.fate is Fate.REFUSED:
        return Deferred(fault.message, unreachable=True)
    return Doubtful(fault.message, over=fault.fate is Fate.ENDED)


def _unreadable(answer: Answer) -> Doubtful:
    what = "a web page" if answer.html else "an answer that does not say which call was placed"
    if not answer.whole:
        what = "an answer that breaks off"
    return Doubtful(f"{what} ({answer.status})", over=answer.whole)


def _passing(answer: Answer, message: str) -> Deferred | Doubtful:
    """Read a status that may be another one next time; a bare 503 may be a proxy's that lost the answer."""
    fate = fate_of(answer.status)
    if fate is Fate.REFUSED or (fate is Fate.TURNED_AWAY and answer.wait is not None):
        return Deferred(message, wait=answer.wait)
    return Doubtful(message, over=fate is not Fate.OPEN)


def _sense(answer: Answer, terms: Terms, advice: Advice) -> Sense:
    """Tell what a refusal is about.

    In doubt it is about every call: a campaign that stops goes on when it is resumed, while contacts that
    were given up one after the other would have to be found again.
    """
    if not HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return "halted"
    own = terms.sense(answer.status, words_of(answer).lower())
    if own is not None:
        return own
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return "refused"
    return "halted" if answer.status in _EVERY_CALL or advice.is_foreign(answer) else "refused"
