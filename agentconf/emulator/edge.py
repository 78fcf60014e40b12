"""The platform's edge: who is asking."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from agentconf.emulator.options import DEFAULT_ORGANISATION
from agentconf.emulator.wire import Refusal, edge_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

ORGANISATION = "organisation"
"""Where in `request.state` handlers find the organisation that asks."""

_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


class Authentication:
    """ASGI middleware that lets a request to the API through when its token belongs to an organisation.

    Args:
        app: what comes next.
        tokens: token to organisation; empty: any token belongs to the default one.

    """

    def __init__(self, app: ASGIApp, tokens: Mapping[str, str | None]) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 or 403, or pass the request on."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        match = _BEARER.fullmatch(Headers(scope=scope).get("authorization", ""))
        if match is None:
            await edge_error(401, "Missing or malformed Authorization header")(scope, receive, send)
            return
        try:
            scope.setdefault("state", {})[ORGANISATION] = self._organisation(match[1])
        except Refusal as refusal:
            await refusal.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _organisation(self, token: str) -> str:
        if not self._tokens:
            return DEFAULT_ORGANISATION
        if token not in self._tokens:
            raise Refusal(401, "User not found")
        organisation = self._tokens[token]
        if organisation is None:
            raise Refusal(403, "User is not a member of any organisation")
        return organisation
