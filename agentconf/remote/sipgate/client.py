"""Calls with sipgate's AI flows, as a `CallPlatform`."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote

from agentconf.errors import RemoteError
from agentconf.remote.api import JsonApi, encode
from agentconf.remote.calling import Capabilities, Placed
from agentconf.remote.exchange import Connected, Exchange
from agentconf.remote.message import Request
from agentconf.remote.placing import IDLE, Terms, place_once
from agentconf.remote.refusal import Advice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import httpx

    from agentconf.remote.calling import CallPage, CallRecord, CallRequest, PlaceAnswer, Target
    from agentconf.remote.connection import ConnectionSettings
    from agentconf.remote.message import Answer
    from agentconf.remote.placing import Sense

CAPABILITIES = Capabilities(
    name="sipgate AI Flow", arguments=False, call_id=False, get=False, list_calls=False
)
"""What is documented is one endpoint (sipgate AI Flow documentation, Outbound calls)."""

_HELP: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "check sipgate's token: is it the right one, and has it not expired?",
    HTTPStatus.FORBIDDEN: "sipgate's support enables outbound calls on request: ask for access",
    HTTPStatus.PAYMENT_REQUIRED: "top up the credit of the sipgate account",
    HTTPStatus.NOT_FOUND: "check the id of the AI flow",
    HTTPStatus.BAD_REQUEST: "give the AI flow a phone number, and check billing_device and plus",
}


class SipgateCalls(Connected):
    """Calls with the AI flows of one sipgate account. Use it as an async context manager.

    An answer carries no id that could be asked about, and nothing lists calls: one whose answer was lost
    stays unknown.

    Args:
        settings: how the platform is reached.
        transport: another way to carry requests than the network.
        plus: whether numbers are sent with their leading plus; the documentation has shown both.

    """

    def __init__(
        self,
        settings: ConnectionSettings,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        plus: bool = True,
    ) -> None:
        self._exchange = Exchange(settings, transport, idle=IDLE)
        self._api = JsonApi(settings, self._exchange, _ADVICE)
        self._plus = plus

    @property
    def capabilities(self) -> Capabilities:
        """What sipgate can do."""
        return CAPABILITIES

    async def place(self, target: Target, calls: Sequence[CallRequest], *, timeout: float) -> PlaceAnswer:  # noqa: ASYNC109 - of the HTTP exchange, with its own meaning of being late
        """Place one call, in one request that is never repeated.

        Raises:
            ValueError: more than one call, one with arguments, or no billing device.

        """
        (call,) = calls
        if call.arguments or target.billing_device is None:
            raise ValueError("a call with an AI flow has a billing device and no arguments")
        number = call.to if self._plus else call.to.removeprefix("+")
        content = encode({"billingDevice": target.billing_device, "toPhoneNumber": number}, "the call")
        path = f"/v3/ai-flows/{quote(target.id, safe='')}/call"
        request = Request("POST", path, content, personal=(call.to,))
        return await place_once(self._api, request, _TERMS, timeout=timeout)

    async def calls_since(self, target: Target, since: datetime) -> tuple[CallRecord, ...]:  # noqa: ARG002 - the protocol's
        """Refuse: sipgate lists no calls.

        Raises:
            RemoteError: always.

        """
        _cannot("which calls there are")

    async def list_calls(
        self,
        target: Target,  # noqa: ARG002 - the protocol's, as are the others
        *,
        status: str | None = None,  # noqa: ARG002
        page: int = 1,  # noqa: ARG002
        page_size: int = 50,  # noqa: ARG002
    ) -> CallPage:
        """Refuse: sipgate lists no calls.

        Raises:
            RemoteError: always.

        """
        _cannot("which calls there are")

    async def get_call(self, target: Target, call_id: str) -> CallRecord | None:  # noqa: ARG002 - the protocol's
        """Refuse: sipgate does not tell how a call went.

        Raises:
            RemoteError: always.

        """
        _cannot("how a call went")

    async def cancel_call(self, target: Target, call_id: str) -> None:  # noqa: ARG002 - the protocol's
        """Refuse: sipgate takes no call back.

        Raises:
            RemoteError: always.

        """
        raise RemoteError(
            "the call cannot be canceled: sipgate AI Flow offers no cancellation",
            help="the service behind the flow can hang up",
        )


def _cannot(what: str) -> NoReturn:
    raise RemoteError(
        f"sipgate AI Flow does not tell {what}",
        help="the service behind the flow hears of each call: its events are session_start and session_end",
    )


def _placed(answer: Answer) -> Placed | None:
    """Take any success for a started call: a status is all that is documented of the answer.

    An id in it would be no use, since nothing can be asked about a call. A web page is not sipgate's.
    """
    return None if answer.html else Placed((None,))


def _sense(status: int, words: str) -> Sense | None:
    """Tell what a refusal is about.

    The documented 400 is a flow without a phone number, which concerns every call, as does the billing
    device, and how numbers are written; only one that speaks of the called number is about this call.
    """
    if "rate_limit" in words:
        return "throttled"
    if status != HTTPStatus.BAD_REQUEST:
        return None
    return "refused" if "tophonenumber" in words and "plus" not in words else "halted"


_TERMS = Terms(_placed, _sense)

_ADVICE = Advice(
    wrong_place="is sipgate's base_url right? It is the address before /v3",
    find_out="sipgate's call history tells",
    unreachable="check the network, and sipgate's base_url in this environment",
    help=lambda status, _: _HELP.get(status),
    bare=True,
)
