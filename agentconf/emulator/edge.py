"""The platforms' edge: who is asking."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from agentconf.emulator.options import DEFAULT_ORGANISATION
from agentconf.emulator.platforms import error_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

_ORGANISATION = "organisation"
_APIS = ("/v1/", "/v3/", "/api/")
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


class Authentication:
    """ASGI middleware that lets a request to an API through when its token belongs to an organisation.

    Args:
        app: what comes next.
        tokens: token to organisation; empty: any token belongs to the default one.

    """

    def __init__(self, app: ASGIApp, tokens: Mapping[str, str | None]) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 or 403 in the platform's own shape, or pass the request on."""
        app: ASGIApp = self._app
        if scope["type"] == "http" and scope["path"].startswith(_APIS):
            app = self._refusal(scope) or app
        await app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        """Note whose request it is; or say why it is nobody's."""
        path, match = scope["path"], _BEARER.fullmatch(Headers(scope=scope).get("authorization", ""))
        if match is None:
            return error_answer(path, 401, "Missing or malformed Authorization header", at_edge=True)
        if self._tokens and match[1] not in self._tokens:
            return error_answer(path, 401, "User not found")
        organisation = self._tokens[match[1]] if self._tokens else DEFAULT_ORGANISATION
        if organisation is None:
            return error_answer(path, 403, "User is not a member of any organisation")
        scope.setdefault("state", {})[_ORGANISATION] = organisation
        return None


def organisation_of(request: Request) -> str:
    """Return the organisation whose token a request bears."""
    organisation: str = request.scope["state"][_ORGANISATION]
    return organisation
