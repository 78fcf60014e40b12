"""Which platform a path belongs to, and the shape in which that platform answers an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, assert_never

from agentconf.emulator.dasha.problem import problem
from agentconf.emulator.sipgate.refusal import sipgate_error
from agentconf.emulator.wire import Refusal, edge_error

if TYPE_CHECKING:
    from starlette.responses import Response

Platform = Literal["slng", "sipgate", "dasha"]


def platform_of(path: str) -> Platform:
    """Return whose API a path is part of; the platforms' paths do not collide."""
    if path.startswith("/v3/"):
        return "sipgate"
    return "dasha" if path.startswith("/api/") else "slng"


def error_answer(
    path: str, status: int, message: str, headers: dict[str, str] | None = None, *, at_edge: bool = False
) -> Response:
    """Return an error that concerns a request and not what is in it.

    Args:
        path: of the request.
        status: the HTTP status.
        message: a sentence for people.
        headers: further headers of the answer.
        at_edge: whether SLNG's edge answers, before the API itself is reached.

    """
    platform = platform_of(path)
    match platform:
        case "slng" if at_edge:
            return edge_error(status, message, headers)
        case "slng":
            answer = Refusal(status, message).response()
        case "sipgate":
            answer = sipgate_error(status, message)
        case "dasha":
            answer = problem(status, message)
        case _:
            assert_never(platform)
    answer.headers.update(headers or {})
    return answer
