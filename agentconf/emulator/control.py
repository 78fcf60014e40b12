"""What one can ask the emulator itself, from this machine only: its health, its log, its clock."""

from __future__ import annotations

import math
import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

from starlette.responses import Response

from agentconf.emulator.problems import Problem
from agentconf.emulator.wire import Refusal, dump, json_response, read_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from agentconf.emulator.clock import Clock
    from agentconf.emulator.options import EmulatorOptions
    from agentconf.emulator.sipgate.calls import SipgateCalls
    from agentconf.emulator.store import Store

_INTEGER = re.compile(r"[0-9]{1,18}")


def is_loopback(host: str) -> bool:
    """Say whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Control:
    """The handlers under `/_emulator/`.

    Args:
        store: the emulator's memory.
        clock: its time.
        options: how it behaves.
        sipgate: the calls of which that platform tells nothing.

    """

    def __init__(self, store: Store, clock: Clock, options: EmulatorOptions, sipgate: SipgateCalls) -> None:
        self._store = store
        self._sipgate = sipgate
        self._clock = clock
        self._options = options

    async def health(self, request: Request) -> Response:
        """Say that the emulator is up, and what it is."""
        _check_loopback(request)
        agents = self._store.count_agents()
        return json_response(dump({"status": "ok", "contract": self._options.contract, "agents": agents}))

    async def requests(self, request: Request) -> Response:
        """Return the log of requests, oldest first, or what `after`, `method` and `path_prefix` leave."""
        _check_loopback(request)
        query = request.query_params
        after = query.get("after", "0")
        if not _INTEGER.fullmatch(after):
            message = "Input should be a valid integer"
            raise Refusal(422, (Problem(("query", "after"), message, "int_parsing"),))
        log = self._store.log.as_json(
            after=int(after), method=query.get("method"), path_prefix=query.get("path_prefix", "")
        )
        return json_response(log)

    async def clear_requests(self, request: Request) -> Response:
        """Empty the log of requests."""
        _check_loopback(request)
        self._store.log.clear()
        return Response(status_code=204)

    async def advance_clock(self, request: Request) -> Response:
        """Move the clock of this process forward by `{"advance": seconds}`."""
        _check_loopback(request)
        body = read_object(await request.body(), request.headers.get("content-type", ""))
        seconds = body.get("advance")
        try:
            self._clock.advance(seconds if isinstance(seconds, float) or type(seconds) is int else math.nan)
        except ValueError as error:
            raise Refusal(422, (Problem(("body", "advance"), str(error)),)) from error
        return json_response(dump({"now": self._clock.now() / 1_000_000}))

    async def sipgate_calls(self, request: Request) -> Response:
        """Return the calls that sipgate started, oldest first."""
        _check_loopback(request)
        return json_response(dump(self._sipgate.started()))


def _check_loopback(request: Request) -> None:
    if request.client is not None and not is_loopback(request.client.host):
        raise Refusal(403, "The emulator speaks of itself on loopback only")
