"""Creating an agent exactly once over a network that loses answers."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from agentconf.errors import AuthenticationError, RemoteError
from agentconf.remote.fault import Fate
from agentconf.remote.retry import GaveUp
from agentconf.remote.slng.match import unlike
from agentconf.remote.slng.refusal import refusal

if TYPE_CHECKING:
    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent
    from agentconf.remote.message import Request
    from agentconf.remote.slng.api import Api

LAST_LOOK = 15.0
"""Seconds for one more look when the budget ended in doubt."""


class Creation:
    """One create.

    What makes it safe is that names are unique among an organisation's living agents. After a try that may
    have been carried out, the name is looked up before anything is sent again; should a late write of ours
    still slip in between, the next create is refused with 409, and the name is looked up once more. An agent
    found so is ours when it carries what was sent.

    Args:
        api: the platform.
        body: what is to be there afterwards.
        request: asks for it.
        doing: what that is, in words.

    """

    def __init__(self, api: Api, body: AgentData, request: Request, doing: str) -> None:
        self._api = api
        self._body = body
        self._name = str(body.get("name"))
        self._doing = doing
        self._request = request
        self._retry = api.retry()

    async def run(self) -> LiveAgent:
        """Create the agent.

        Raises:
            UnresolvedError: it may have been created.
            RemoteError: it was not created.

        """
        try:
            return await self._retry.run(self._attempt)
        except GaveUp as end:
            if end.fate < Fate.ENDED:
                raise self._api.ended(end, self._doing) from end
            return await self._last_look(end)
        except AuthenticationError as error:
            if self._retry.fate < Fate.ENDED:
                raise
            raise self._api.unresolved(self._doing, error.message) from error

    async def _attempt(self) -> LiveAgent:
        deadline = self._retry.deadline
        fate = self._retry.fate
        if fate >= Fate.ENDED and (found := await self._look()):
            return self._settle(found)
        answer = await self._api.attempt(self._request, self._doing, deadline, also=HTTPStatus.CONFLICT)
        if answer.status != HTTPStatus.CONFLICT:
            return self._api.written(answer, self._doing)
        found = await self._look() if fate >= Fate.TURNED_AWAY else None
        if found and (fate >= Fate.ENDED or not unlike(self._body, found)):
            return self._settle(found)
        raise refusal(answer, self._doing, (*self._request.hidden, self._api.settings.api_key))

    async def _look(self) -> LiveAgent | None:
        try:
            return await self._api.find(self._name, self._retry.deadline)
        except RemoteError as error:
            raise self._api.unresolved(self._doing, error.message) from error

    def _settle(self, found: LiveAgent) -> LiveAgent:
        """Take the agent of our name for ours, if it carries what was sent."""
        if differences := unlike(self._body, found):
            what = ", ".join(differences)
            raise self._api.unresolved(
                self._doing, f"the agent of that name differs from what was sent in {what}"
            )
        return found

    async def _last_look(self, end: GaveUp) -> LiveAgent:
        retry = self._api.retry(replace(self._api.settings, budget=LAST_LOOK))
        try:
            found = await retry.run(lambda: self._api.find(self._name, retry.deadline))
        except (GaveUp, RemoteError):
            raise self._api.unresolved(self._doing, str(end), unanswered=end.unanswered) from end
        if found:
            return self._settle(found)
        if end.fate is Fate.ENDED:
            raise RemoteError(f"could not {self._doing}: {end}; no agent of that name is there") from end
        raise self._api.unresolved(self._doing, str(end), unanswered=end.unanswered) from end
