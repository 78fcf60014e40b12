"""What Dasha's refusals mean for calls, and what users can do about them."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from agentconf.remote.dasha.wire import WRONG_PLACE
from agentconf.remote.refusal import Advice

if TYPE_CHECKING:
    from agentconf.remote.placing import Sense

# Refusals that are not about a call, in words that are not documented: about the agent, or the caller.
_EVERY_CALL = re.compile(
    r"agentid|overrideoutboundconfig|credentialsid|agent\b.*\b(disabled|not enabled|not found)"
    r"|outbound\b.*\bnot configured"
)
_PACE = re.compile(r"rate.?limit|too many requests|concurren\w* (calls? )?limit")

_HELP: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "check Dasha's API key: is it the right one, and still valid?",
    HTTPStatus.FORBIDDEN: "this API key may not call with that agent: use one of its organisation",
    HTTPStatus.PAYMENT_REQUIRED: "top up the credit of the Dasha account",
    HTTPStatus.NOT_FOUND: "check the id of the agent",
    HTTPStatus.BAD_REQUEST: "check the agent, its outbound configuration and the override of it",
}


def sense(_status: int, words: str) -> Sense | None:
    """Tell from the words of a 4xx what a refusal is about; None: what the status says."""
    if _PACE.search(words):
        return "throttled"
    return "halted" if _EVERY_CALL.search(words) else None


ADVICE = Advice(
    wrong_place=WRONG_PLACE,
    find_out="`agentconf calls list` tells which calls there are",
    unreachable="check the network, and Dasha's base_url in this environment",
    help=lambda status, _: _HELP.get(status),
)
