"""What a platform says in an answer that is no success, whichever of the known shapes it says it in.

SLNG answers `{"error": text}` from its edge, `{"detail": text}`, and `{"detail": [{"loc": …, "msg": …}]}`
from validation (API contract, ErrorResponse); sipgate `{"name": word, "message": text}`, or nothing; Dasha
`{"title": text, "detail": text, "errors": {place: [text]}}` (ProblemDetails, RFC 9457). What validation
quotes of the input is not repeated.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agentconf.remote.redact import blank, redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconf.remote.message import Answer


def said(answer: Answer, hidden: Iterable[str], personal: Iterable[str] = ()) -> str:
    """Say what the platform answered: its own words where it has any, and the status.

    Args:
        answer: any answer that is not a success.
        hidden: secrets, which must not be seen.
        personal: numbers and values of people, which must not be seen either.

    """
    personal = tuple(personal)
    text = redact(blank(words_of(answer), personal), (*hidden, *personal))
    status = f"{answer.status} {_phrase(answer.status)}".strip()
    return f"{text} ({status})" if text else f"the platform answers {status}"


def words_of(answer: Answer) -> str:
    """Return the platform's own words as they are, which may hold anything that was sent; not to be shown."""
    if answer.location:
        return f"redirected to {urlsplit(answer.location).hostname or 'another path'}"
    match answer.data:
        case {"detail": [*problems]} if problems:
            return "; ".join(_problem(problem) for problem in problems)
        case {"title": _} | {"errors": _}:
            return _joined(answer.data, "title", "detail", "errors")
        case {"name": _} | {"message": _}:
            return _joined(answer.data, "name", "message")
        case dict():
            return _joined(answer.data, "detail") or _joined(answer.data, "error")
        case _:
            return ""


def _joined(data: dict[str, Any], *names: str) -> str:
    texts = ("; ".join(_texts(data.get(name))) for name in names)
    return ": ".join(text for text in texts if text)


def _texts(value: Any) -> Iterator[str]:
    """Yield a text, or those of a map from places to texts."""
    match value:
        case str() if value.strip():
            yield value
        case dict():
            for place, messages in value.items():
                for text in messages if isinstance(messages, list) else [messages]:
                    if isinstance(text, str):
                        yield f"{place}: {text}" if place else text


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
