"""Bodies in and answers out: JSON, and the three shapes of an error."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from starlette.responses import Response

from agentconf.emulator.problems import Place, Problem

MAX_DEPTH = 100
"""How deep a body may nest: far beyond any agent, far below what Python's own recursion allows."""

_SECRET_KEYS = frozenset({"slng_api_key", "auth", "token", "secret"})


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error of the emulator
    """A request is answered with an error.

    Args:
        status: the HTTP status.
        detail: a sentence, or what is wrong with the body.

    """

    def __init__(self, status: int, detail: str | tuple[Problem, ...]) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail

    def response(self) -> Response:
        """Return the answer."""
        detail = (
            self.detail if isinstance(self.detail, str) else [problem.as_json() for problem in self.detail]
        )
        return json_response(dump({"detail": detail}), self.status)


def edge_error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """Return an error as the platform's edge writes it, before the API itself is reached."""
    return json_response(dump({"error": message}), status, headers)


def dump(value: object) -> str:
    """Write JSON as compactly as it goes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_response(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return an answer whose JSON is already written."""
    return Response(text, status, headers, media_type="application/json")


def read_object(body: bytes, content_type: str) -> dict[str, Any]:
    """Read a JSON object from a request.

    Args:
        body: the bytes of the request.
        content_type: its header; empty counts as JSON.

    Raises:
        Refusal: 422; no body, not JSON, not an object, or JSON that could not be answered with (NaN,
            infinity, halves of surrogate pairs, nesting beyond `MAX_DEPTH`).

    """
    if not body:
        _refuse("Field required", "missing")
    if not is_json(content_type):
        _refuse("Input should be a valid dictionary or object", "model_attributes_type")
    value = parse(body)
    if not isinstance(value, dict):
        _refuse("Input should be a valid dictionary or object", "model_attributes_type")
    return value


def is_json(content_type: str) -> bool:
    """Say whether a Content-Type header announces JSON; an empty one does."""
    media = content_type.partition(";")[0].strip().lower()
    return media in ("", "application/json") or media.endswith("+json")


def parse(body: bytes) -> Any:
    """Read JSON, as strictly as a server that must be able to write it back.

    Raises:
        Refusal: 422; it is not JSON, or cannot be written back.

    """
    try:
        value = json.loads(body, parse_constant=_no_constant, parse_float=_finite)
        if "\\ud" in body.decode("utf-8", "replace").lower():
            dump(value).encode("utf-8")
    except (ValueError, RecursionError) as error:
        place = ("body", error.pos) if isinstance(error, json.JSONDecodeError) else ("body",)
        _refuse("JSON decode error", "json_invalid", place)
    if _too_deep(value):
        _refuse("JSON is nested too deeply", "json_invalid")
    return value


def _refuse(message: str, kind: str, place: Place = ("body",)) -> NoReturn:
    raise Refusal(422, (Problem(place, message, kind),)) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for node in level
            if isinstance(node, dict | list)
            for item in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True


def without_secrets(value: Any) -> Any:
    """Return a body with its secrets, and every text that is called like one, replaced by `***`."""
    match value:
        case dict():
            return {
                key: _hide(item) if key in _SECRET_KEYS else without_secrets(item)
                for key, item in value.items()
            }
        case list():
            return [without_secrets(item) for item in value]
        case _:
            return value


def _hide(value: Any) -> Any:
    """Hide every text but the type of an `auth`; a parameter that happens to bear the name keeps its form."""
    match value:
        case dict():
            return {key: item if key == "type" else _hide(item) for key, item in value.items()}
        case list():
            return [_hide(item) for item in value]
        case str():
            return "***"
        case _:
            return value
