"""sipgate's endpoint: from a request to the calls of AI flows, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from agentconf.emulator.edge import organisation_of
from agentconf.emulator.sipgate.refusal import SipgateRefusal
from agentconf.emulator.wire import Refusal, dump, is_json, json_response, parse

if TYPE_CHECKING:
    from starlette.requests import Request

    from agentconf.emulator.sipgate.calls import SipgateCalls
    from agentconf.emulator.sipgate.options import SipgateOptions


class SipgateEndpoints:
    """The handlers of AI flows.

    Args:
        calls: what they work on.
        options: how the platform behaves.

    """

    def __init__(self, calls: SipgateCalls, options: SipgateOptions) -> None:
        self._calls = calls
        self._options = options

    async def call(self, request: Request) -> Response:
        """Answer `POST /v3/ai-flows/{flow_id}/call`."""
        body = _read(await request.body(), request.headers.get("content-type", ""))
        call_id = self._calls.start(organisation_of(request), request.path_params["flow_id"], body)
        if self._options.answer == "id":
            return json_response(dump({"id": call_id}), self._options.created)
        return Response(status_code=self._options.created)


def _read(body: bytes, content_type: str) -> dict[str, Any]:
    if not is_json(content_type):
        raise SipgateRefusal(415, "The body must be JSON", "PARAMETER_INVALID")
    try:
        value = parse(body)
    except Refusal:
        raise SipgateRefusal(400, "The body is not valid JSON", "INVALID_JSON") from None
    if not isinstance(value, dict):
        raise SipgateRefusal(400, "The body must be a JSON object", "INVALID_JSON")
    return value
