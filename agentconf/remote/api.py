"""Tries at an API of JSON: which answers are results, which deserve another try, which are errors."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from agentconf.errors import AuthenticationError, ConfigurationError, RemoteError
from agentconf.remote.fault import Fate, Fault, fate_of
from agentconf.remote.platform import UnreachableError, UnresolvedError
from agentconf.remote.refusal import refusal
from agentconf.remote.retry import GaveUp, Retry
from agentconf.remote.words import said

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agentconf.remote.connection import ConnectionSettings
    from agentconf.remote.exchange import Exchange
    from agentconf.remote.message import Answer, Request
    from agentconf.remote.refusal import Advice

T = TypeVar("T")


class JsonApi:
    """Sends requests and reads their answers.

    Args:
        settings: how the platform is reached.
        exchange: the connections.
        advice: what users can do about refusals.

    """

    def __init__(self, settings: ConnectionSettings, exchange: Exchange, advice: Advice) -> None:
        self.settings = settings
        self.exchange = exchange
        self.advice = advice

    def retry(self, settings: ConnectionSettings | None = None) -> Retry:
        """Begin an operation: its budget runs from now on."""
        return Retry(settings or self.settings, self.exchange.limiter)

    async def run(self, doing: str, attempt: Callable[[float], Awaitable[T]]) -> T:
        """Carry out an operation that may be repeated freely.

        Args:
            doing: what for, as in `list the agents`.
            attempt: one try; it is given the deadline.

        Raises:
            UnreachableError: nothing got through.
            UnresolvedError: a write may have been carried out.
            RemoteError: the platform refused.

        """
        retry = self.retry()
        try:
            return await retry.run(lambda: attempt(retry.deadline))
        except GaveUp as end:
            raise self.ended(end, doing) from end
        except AuthenticationError as error:
            if retry.fate < Fate.ENDED:
                raise
            raise self.unresolved(doing, error.message) from error

    async def ask(self, request: Request, doing: str, *, also: int | None = None) -> Answer:
        """Send a request that may be repeated freely; arguments and errors as for `attempt` and `run`."""
        return await self.run(doing, lambda deadline: self.attempt(request, doing, deadline, also=also))

    async def submit(self, request: Request, doing: str) -> Answer:
        """Send a write that must not be carried out twice: repeated only while it surely was not.

        Returns:
            A success, whose body may be empty.

        Raises:
            UnresolvedError: it may have been carried out.
            RemoteError: it was not.

        """

        async def attempt(deadline: float) -> Answer:
            try:
                return await self.attempt(request, doing, deadline, empty=True)
            except Fault as fault:
                # 503 may be a proxy's that lost the answer; with a Retry-After somebody meant it.
                if fault.fate < Fate.TURNED_AWAY or (
                    fault.fate is Fate.TURNED_AWAY and fault.wait is not None
                ):
                    raise
                error = self.unresolved(doing, fault.message, unanswered=fault.unanswered)
            raise error

        return await self.run(doing, attempt)

    async def attempt(
        self, request: Request, doing: str, deadline: float, *, also: int | None = None, empty: bool = False
    ) -> Answer:
        """Send a request once.

        Args:
            request: what to send.
            doing: what for, as in `create agent 'Support Router'`.
            deadline: when to stop waiting.
            also: a status that is no success and is returned all the same.
            empty: whether a success may come without a body.

        Returns:
            A success whose body, if it has one, is JSON; or an answer of the status `also`.

        Raises:
            Fault: another try may go better.
            RemoteError: the platform refused, in its own words.

        """
        answer = await self.exchange.send(request, deadline)
        hidden = (*request.hidden, self.settings.api_key)
        if answer.success:
            return self._readable(answer, request, doing, empty=empty or request.method == "DELETE")
        if answer.status == also and not answer.html:
            return answer
        if answer.passing:
            raise Fault(
                said(answer, hidden, request.personal),
                fate=request.fate(fate_of(answer.status)),
                wait=answer.wait,
                throttled=answer.status == HTTPStatus.TOO_MANY_REQUESTS,
            )
        raise refusal(answer, doing, hidden, self.advice, personal=request.personal)

    def ended(self, end: GaveUp, doing: str) -> RemoteError:
        """Turn the end of all tries into the error for the user."""
        if end.fate >= Fate.ENDED:
            return self.unresolved(doing, str(end), unanswered=end.unanswered)
        if end.unanswered:
            return UnreachableError(f"could not {doing}: {end}", help=self.advice.unreachable)
        return RemoteError(f"could not {doing}: {end}")

    def unresolved(self, doing: str, why: str, *, unanswered: bool = False) -> UnresolvedError:
        """Make the error for a write whose fate stays open.

        Args:
            doing: what was tried.
            why: what stands in the way of knowing.
            unanswered: whether that is because no answer came.

        """
        message = f"not known whether this was done: {doing}: {why}"
        return UnresolvedError(message, help=self.advice.find_out, unanswered=unanswered)

    def _readable(self, answer: Answer, request: Request, doing: str, *, empty: bool) -> Answer:
        if answer.readable and (empty or answer.data is not None):
            return answer
        if request.fate(Fate.ENDED) is Fate.REFUSED:
            raise RemoteError(
                f"could not {doing}: the platform's answer is not JSON",
                help=self.advice.wrong_place,
            )
        raise Fault(f"an answer that cannot be read ({answer.status})", fate=Fate.ENDED)


def encode(body: Any, what: str) -> bytes:
    """Write a body as JSON.

    Args:
        body: anything that JSON can hold.
        what: how to call it, as in `the agent`.

    Raises:
        ConfigurationError: it holds what JSON cannot.

    """
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        problem = "half of a surrogate pair, which is no character"
    except (ValueError, TypeError, RecursionError):
        problem = "a value that JSON does not have"
    # Outside the handlers: the library's errors hold the whole body, secrets included.
    raise ConfigurationError(f"{what} cannot be sent: it holds {problem}")
