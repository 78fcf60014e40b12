"""What the platform says when it refuses, in words for the user.

Errors come in three shapes (API contract, ErrorResponse): `{"error": text}` from the edge,
`{"detail": text}`, and `{"detail": [{"loc": …, "msg": …}]}` from validation. What validation quotes of the
input is not repeated.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agentconf.errors import AuthenticationError, RemoteError
from agentconf.remote.redact import redact
from agentconf.remote.slng.wire import WRONG_PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.remote.exchange import Answer

_UNAUTHORIZED = "check api_key of this environment: does the variable hold the right key?"
_NO_MEMBER = "the user of this key belongs to no organisation: have it invited, then create a new key"
_FORBIDDEN = "this key may not do that: use one of the right organisation, with the right to write"
_HELP: dict[int, str] = {
    HTTPStatus.PAYMENT_REQUIRED: "top up the credit of the organisation, or upgrade its plan",
    HTTPStatus.CONFLICT: "names are unique in an organisation: plan again to adopt the agent of that name, "
    "or choose another name",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "shorten the texts of this agent",
}


def refusal(answer: Answer, doing: str, hidden: Iterable[str]) -> RemoteError:
    """Turn an answer that is not a success into the error for the user.

    Args:
        answer: the platform's answer.
        doing: what was tried, as in `create agent 'Support Router'`.
        hidden: values that must not be seen.

    """
    text = f"could not {doing}: {said(answer, hidden)}"
    match answer.status:
        case HTTPStatus.UNAUTHORIZED:
            return AuthenticationError(text, help=_UNAUTHORIZED)
        case HTTPStatus.FORBIDDEN:
            return AuthenticationError(text, help=_NO_MEMBER if "not a member" in text else _FORBIDDEN)
        case status if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return RemoteError(
                text, help=f"redirects are not followed, as the key would go along; {WRONG_PLACE}"
            )
        case _ if answer.html or not answer.readable:
            return RemoteError(text, help=WRONG_PLACE)
        case status:
            return RemoteError(text, help=_HELP.get(status))


def said(answer: Answer, hidden: Iterable[str]) -> str:
    """Say what the platform answered: its own words where it has any, and the status.

    Args:
        answer: any answer that is not a success.
        hidden: values that must not be seen.

    """
    words = redact(_words(answer), hidden)
    status = f"{answer.status} {_phrase(answer.status)}".strip()
    return f"{words} ({status})" if words else f"the platform answers {status}"


def _words(answer: Answer) -> str:
    if answer.location:
        return f"redirected to {urlsplit(answer.location).hostname or 'another path'}"
    match answer.data:
        case {"detail": str(text)} | {"error": str(text)} if text.strip():
            return text
        case {"detail": [*problems]} if problems:
            return "; ".join(_problem(problem) for problem in problems)
        case _:
            return ""


def _problem(problem: Any) -> str:
    match problem:
        case {"loc": [*place], "msg": str(message)}:
            steps = place[1:] if place[:1] == ["body"] else place
            where = ".".join(str(step) for step in steps)
            return f"{where}: {message}" if where else message
        case {"msg": str(message)}:
            return message
        case str(message):
            return message
        case _:
            return "an unnamed problem"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
