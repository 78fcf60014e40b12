"""Single tries at the SLNG API: which answers are results, which deserve another try, which are errors."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from agentconf.errors import ConfigurationError, RemoteError
from agentconf.remote.exchange import Answer, Exchange, Request
from agentconf.remote.fault import Fate, Fault, fate_of
from agentconf.remote.platform import UnreachableError, UnresolvedError
from agentconf.remote.retry import GaveUp, Retry
from agentconf.remote.slng.refusal import refusal, said
from agentconf.remote.slng.wire import WRONG_PLACE, is_deleted, read_agent, write_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent
    from agentconf.remote.connection import ConnectionSettings

AGENTS = "/v1/agents"
"""Where the agents are (API contract, paths)."""

HOW_TO_FIND_OUT = "`agentconf plan` tells what there is now"

CHECK_ADDRESS = "check the network, and base_url of this environment (AGENTCONF_BASE_URL overrides it)"


class Api:
    """Sends requests of one operation and reads their answers.

    Args:
        settings: how the platform is reached.
        exchange: the connections.

    """

    def __init__(self, settings: ConnectionSettings, exchange: Exchange) -> None:
        self.settings = settings
        self.exchange = exchange

    def retry(self, settings: ConnectionSettings | None = None) -> Retry:
        """Begin an operation: its budget runs from now on."""
        return Retry(settings or self.settings, self.exchange.limiter)

    def request(self, method: str, path: str, body: AgentData, secrets: Mapping[str, str]) -> Request:
        """Prepare a request with a body.

        Raises:
            ConfigurationError: a secret has no value, or the body cannot be written as JSON.

        """
        return Request(method, path, _encode(write_body(body, secrets)), hidden=tuple(secrets.values()))

    async def attempt(
        self, request: Request, doing: str, deadline: float, *, also: int | None = None
    ) -> Answer:
        """Send a request once.

        Args:
            request: what to send.
            doing: what for, as in `create agent 'Support Router'`.
            deadline: when to stop waiting.
            also: a status that is no success and is returned all the same.

        Returns:
            A success whose body, if it has one, is JSON; or an answer of the status `also`.

        Raises:
            Fault: another try may go better.
            RemoteError: the platform refused, in its own words.

        """
        answer = await self.exchange.send(request, deadline)
        hidden = (*request.hidden, self.settings.api_key)
        if answer.success:
            return self._readable(answer, request, doing)
        if answer.status == also and not answer.html:
            return answer
        if answer.passing:
            raise Fault(
                said(answer, hidden),
                fate=request.fate(fate_of(answer.status)),
                wait=answer.wait,
                throttled=answer.status == HTTPStatus.TOO_MANY_REQUESTS,
            )
        raise refusal(answer, doing, hidden)

    async def find(self, name: str, deadline: float) -> LiveAgent | None:
        """Look for the living agent of a name, in one try."""
        answers = await self.all_agents(deadline)
        named = (answer for answer in answers if isinstance(answer, dict) and answer.get("name") == name)
        return next((read_agent(answer) for answer in named if not is_deleted(answer)), None)

    async def all_agents(self, deadline: float) -> list[Any]:
        """Read all agents as they are answered, in one try."""
        answer = await self.attempt(Request("GET", AGENTS), "list the agents", deadline)
        if not isinstance(answer.data, list):
            raise RemoteError(
                "could not list the agents: the platform answers with something that is not a list",
                help=WRONG_PLACE,
            )
        return answer.data

    def written(self, answer: Answer, doing: str) -> LiveAgent:
        """Read the agent that a write is answered with.

        Raises:
            UnresolvedError: it was written, but the answer does not show what.

        """
        try:
            return read_agent(answer.data)
        except RemoteError as error:
            raise UnresolvedError(f"{doing}: done, but {error.message}", help=HOW_TO_FIND_OUT) from error

    def ended(self, end: GaveUp, doing: str) -> RemoteError:
        """Turn the end of all tries into the error for the user."""
        if end.fate >= Fate.ENDED:
            return unresolved(doing, str(end), unanswered=end.unanswered)
        if end.unanswered:
            return UnreachableError(f"could not {doing}: {end}", help=CHECK_ADDRESS)
        return RemoteError(f"could not {doing}: {end}")

    def _readable(self, answer: Answer, request: Request, doing: str) -> Answer:
        if answer.readable and not (answer.data is None and request.method != "DELETE"):
            return answer
        if request.method == "GET":
            raise RemoteError(
                f"could not {doing}: the platform's answer is not JSON",
                help=WRONG_PLACE,
            )
        raise Fault(f"an answer that cannot be read ({answer.status})", fate=Fate.ENDED)


def unresolved(doing: str, why: str, *, unanswered: bool = False) -> UnresolvedError:
    """Make the error for a write whose fate stays open.

    Args:
        doing: what was tried.
        why: what stands in the way of knowing.
        unanswered: whether that is because no answer came.

    """
    message = f"not known whether this was done: {doing}: {why}"
    return UnresolvedError(message, help=HOW_TO_FIND_OUT, unanswered=unanswered)


def _encode(body: AgentData) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        problem = "half of a surrogate pair, which is no character"
    except (ValueError, TypeError, RecursionError):
        problem = "a value that JSON does not have"
    # Outside the handlers: the library's errors hold the whole body, secrets included.
    raise ConfigurationError(f"the agent cannot be sent: it holds {problem}")
