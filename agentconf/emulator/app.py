"""The emulator as an ASGI application: its paths and methods, and the parts behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agentconf.emulator.agents import Agents
from agentconf.emulator.calls import Calls
from agentconf.emulator.clock import Clock
from agentconf.emulator.contract import load_contract
from agentconf.emulator.control import Control
from agentconf.emulator.dasha.calls import DashaCalls
from agentconf.emulator.dasha.endpoints import DashaEndpoints
from agentconf.emulator.edge import Authentication
from agentconf.emulator.endpoints import AgentEndpoints, CallEndpoints
from agentconf.emulator.injector import CONTROL, Injector, Sleep
from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.platforms import error_answer
from agentconf.emulator.seed import seed_from_file
from agentconf.emulator.sipgate.calls import SipgateCalls
from agentconf.emulator.sipgate.endpoints import SipgateEndpoints
from agentconf.emulator.store import Store
from agentconf.emulator.wire import Refusal

Handler = Callable[[Request], Awaitable[Response]]


def create_app(
    options: EmulatorOptions | None = None, *, clock: Clock | None = None, sleep: Sleep = asyncio.sleep
) -> Starlette:
    """Make an emulator.

    It needs no lifespan events: uvicorn can serve it, and an ASGI transport can call it in process.
    `app.state.store` is its memory and `app.state.clock` its time; close the store when done.

    Args:
        options: how it behaves; by default as the contract says, in memory.
        clock: its time; by default the wall clock.
        sleep: how latency and slow answers wait a number of seconds.

    Raises:
        ConfigurationError: the database or the seed file cannot be used.

    """
    options, clock = options or EmulatorOptions(), clock or Clock()
    store = Store(options.database, log_limit=options.log_limit)
    try:
        if options.seed_file is not None:
            seed_from_file(store, options.seed_file, options=options, clock=clock)
    except BaseException:
        store.close()
        raise
    app = Starlette(
        routes=_routes(options, store, clock),
        middleware=[
            Middleware(Injector, options=options, store=store, clock=clock, sleep=sleep),
            Middleware(Authentication, tokens=options.tokens),
        ],
        exception_handlers={HTTPException: _refuse_request, Refusal: _refuse_body},
    )
    app.router.redirect_slashes = False
    app.state.store, app.state.clock = store, clock
    return app


def _routes(options: EmulatorOptions, store: Store, clock: Clock) -> list[Route]:
    contract = load_contract(options.contract, options.unknown_fields)
    agents = AgentEndpoints(Agents(store, contract, options, clock))
    calls = CallEndpoints(Calls(store, contract, options, clock))
    sipgate = SipgateCalls(store.database, options, clock)
    control = Control(store, clock, options, sipgate)
    flows = SipgateEndpoints(sipgate, options.sipgate)
    dasha = DashaEndpoints(DashaCalls(store.database, options, clock), options.dasha)
    one = "/v1/agents/{agent_id}"
    return [
        _route("/v1/agents", GET=agents.list, POST=agents.create),
        _route(one, GET=agents.get, PATCH=agents.update, PUT=agents.replace, DELETE=agents.delete),
        _route(f"{one}/duplicate", POST=agents.duplicate),
        _route(f"{one}/calls", POST=calls.dispatch, GET=calls.page),
        _route(f"{one}/calls/{{call_id}}", GET=calls.get),
        _route(f"{one}/calls/{{call_id}}/tool-executions", POST=calls.record_execution),
        _route(f"{one}/web-sessions", POST=calls.open_session),
        _route("/v3/ai-flows/{flow_id}/call", POST=flows.call),
        _route("/api/v1/calls", POST=dasha.create),
        _route("/api/v1/calls/bulk", POST=dasha.create_bulk),
        _route("/api/v1/calls/queue/list", GET=dasha.queue),
        _route("/api/v1/calls/statistics/statuses", GET=dasha.statuses),
        _route("/api/v1/calls/{call_id}", GET=dasha.get, DELETE=dasha.cancel),
        _route("/api/v1/callresults/search", POST=dasha.search),
        _route("/api/v1/misc/concurrency", GET=dasha.concurrency),
        _route(f"{CONTROL}health", GET=control.health),
        _route(f"{CONTROL}requests", GET=control.requests, DELETE=control.clear_requests),
        _route(f"{CONTROL}clock", POST=control.advance_clock),
        _route(f"{CONTROL}sipgate/calls", GET=control.sipgate_calls),
    ]


def _route(path: str, **handlers: Handler) -> Route:
    """Bind the methods of a path; any other is answered with those that there are."""

    async def endpoint(request: Request) -> Response:
        handler = handlers.get(request.method)
        if handler is None:
            raise HTTPException(405, headers={"Allow": ", ".join(handlers)})
        return await handler(request)

    methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
    return Route(path, endpoint, methods=[*methods])


async def _refuse_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return error_answer(request.url.path, error.status_code, error.detail, dict(error.headers or {}))


async def _refuse_body(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return error.response()
