"""sipgate's errors: a name for programs and a message for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.emulator.wire import Refusal, dump, json_response

if TYPE_CHECKING:
    from starlette.responses import Response

_NAMES = {
    401: "REQUEST_NOT_AUTHENTICATED",
    402: "PAYMENT_REQUIRED",
    403: "REQUEST_NOT_AUTHORIZED",
    404: "RESOURCE_NOT_FOUND",
    429: "RATE_LIMIT_EXCEEDED",
}
_FIRST_OF_THE_SERVER = 500


class SipgateRefusal(Refusal):
    """A request is answered with an error.

    Args:
        status: the HTTP status.
        message: a sentence that repeats nothing of the request.
        name: the error's name; None for the usual one of the status.

    """

    def __init__(self, status: int, message: str, name: str | None = None) -> None:
        super().__init__(status, message)
        self._message = message
        self._name = name

    def response(self) -> Response:
        """Return the answer."""
        return sipgate_error(self.status, self._message, self._name)


def sipgate_error(status: int, message: str, name: str | None = None) -> Response:
    """Return an error as sipgate writes it."""
    usual = "PARAMETER_INVALID" if status < _FIRST_OF_THE_SERVER else "INTERNAL_ERROR"
    return json_response(dump({"name": name or _NAMES.get(status, usual), "message": message}), status)
