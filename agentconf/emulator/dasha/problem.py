"""Dasha's errors: ProblemDetails, as ASP.NET writes them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

from agentconf.emulator.wire import Refusal, dump

if TYPE_CHECKING:
    from collections.abc import Mapping

Errors = dict[str, list[str]]
"""What is wrong with a request: the way to each value, and what is expected there."""

_SECTIONS = {400: "15.5.1", 401: "15.5.2", 402: "15.5.3", 403: "15.5.4", 404: "15.5.5", 409: "15.5.10"}
_INVALID = "One or more validation errors occurred."


class DashaRefusal(Refusal):
    """A request is answered with an error.

    Args:
        status: the HTTP status.
        detail: a sentence that repeats nothing of the request.
        errors: what is wrong with it, for a 400.

    """

    def __init__(
        self, status: int, detail: str | None = None, errors: Mapping[str, list[str]] | None = None
    ) -> None:
        super().__init__(status, detail or "")
        self._sentence = detail
        self._errors = errors

    def response(self) -> Response:
        """Return the answer."""
        return problem(self.status, self._sentence, self._errors)


def problem(
    status: int, detail: str | None = None, errors: Mapping[str, list[str]] | None = None
) -> Response:
    """Return an error as Dasha writes it.

    Args:
        status: the HTTP status.
        detail: a sentence for people.
        errors: what is wrong with the request, by place.

    """
    body: dict[str, object] = {
        "type": f"https://tools.ietf.org/html/rfc9110#section-{_SECTIONS.get(status, '15')}",
        "title": HTTPStatus(status).phrase if errors is None else _INVALID,
        "status": status,
    }
    if detail is not None:
        body["detail"] = detail
    if errors is not None:
        body["errors"] = dict(errors)
    return Response(dump(body), status, media_type="application/problem+json")
