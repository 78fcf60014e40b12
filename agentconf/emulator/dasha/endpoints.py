"""Dasha's endpoints: from a request to its calls, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from agentconf.emulator.dasha.bodies import read_call, read_calls, read_json
from agentconf.emulator.dasha.queries import read_search, read_slice
from agentconf.emulator.dasha.views import present_call, present_detail, present_result
from agentconf.emulator.edge import organisation_of
from agentconf.emulator.wire import dump, json_response

if TYPE_CHECKING:
    from starlette.requests import Request

    from agentconf.emulator.dasha.calls import DashaCalls
    from agentconf.emulator.dasha.options import DashaOptions


class DashaEndpoints:
    """The handlers of calls and their results.

    Args:
        calls: what they work on.
        options: how the platform behaves.

    """

    def __init__(self, calls: DashaCalls, options: DashaOptions) -> None:
        self._calls = calls
        self._options = options

    async def create(self, request: Request) -> Response:
        """Answer `POST /api/v1/calls`."""
        wanted = read_call(await _body(request), self._options.deadline)
        made = self._calls.schedule(organisation_of(request), request.query_params.get("agentId"), (wanted,))
        return json_response(dump(present_call(made[0])), self._options.created)

    async def create_bulk(self, request: Request) -> Response:
        """Answer `POST /api/v1/calls/bulk`."""
        wanted = read_calls(await _body(request), self._options.deadline)
        made = self._calls.schedule(organisation_of(request), request.query_params.get("agentId"), wanted)
        return json_response(dump([present_call(call) for call in made]), self._options.created)

    async def get(self, request: Request) -> Response:
        """Answer `GET /api/v1/calls/{call_id}`."""
        return _shown(present_detail(self._calls.get(*_call(request))))

    async def cancel(self, request: Request) -> Response:
        """Answer `DELETE /api/v1/calls/{call_id}`."""
        self._calls.cancel(*_call(request))
        return Response(status_code=self._options.deleted)

    async def queue(self, request: Request) -> Response:
        """Answer `GET /api/v1/calls/queue/list`."""
        part = read_slice(request.query_params.multi_items())
        total, calls = self._calls.queue(organisation_of(request), part)
        return _shown({"calls": [present_call(call) for call in calls], "total": total})

    async def statuses(self, request: Request) -> Response:
        """Answer `GET /api/v1/calls/statistics/statuses`."""
        part = read_slice(request.query_params.multi_items())
        return _shown({"statuses": self._calls.statuses(organisation_of(request), part)})

    async def search(self, request: Request) -> Response:
        """Answer `POST /api/v1/callresults/search`."""
        search = read_search(await _body(request))
        total, calls, counts = self._calls.search(organisation_of(request), search)
        return _shown(
            {
                "results": [present_result(call) for call in calls],
                "totalCount": total,
                "page": search.page,
                "size": search.size,
                "totalPages": -(-total // search.size),
                "executionTimeMs": 0,
                "aggregations": counts,
            }
        )

    async def concurrency(self, request: Request) -> Response:
        """Answer `GET /api/v1/misc/concurrency`."""
        active = self._calls.active(organisation_of(request))
        return _shown({"active": active, "concurrency": self._options.concurrency})


def _shown(value: dict[str, Any]) -> Response:
    return json_response(dump(value))


def _call(request: Request) -> tuple[str, str]:
    return organisation_of(request), request.path_params["call_id"]


async def _body(request: Request) -> Any:
    return read_json(await request.body(), request.headers.get("content-type", ""))
