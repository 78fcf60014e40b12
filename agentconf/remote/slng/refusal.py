"""What users can do when SLNG refuses."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from agentconf.remote.refusal import Advice
from agentconf.remote.refusal import refusal as refusal_of
from agentconf.remote.slng.wire import WRONG_PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.errors import RemoteError
    from agentconf.remote.message import Answer

UNAUTHORIZED = "check api_key of this environment: does the variable hold the right key?"
NO_MEMBER = "the user of this key belongs to no organisation: have it invited, then create a new key"
FORBIDDEN = "this key may not do that: use one of the right organisation, with the right to write"
NO_CREDIT = "top up the credit of the organisation, or upgrade its plan"
CHECK_ADDRESS = "check the network, and base_url of this environment (AGENTCONF_BASE_URL overrides it)"

_HELP: dict[int, str] = {
    HTTPStatus.CONFLICT: "names are unique in an organisation: plan again to adopt the agent of that name, "
    "or choose another name",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "shorten the texts of this agent",
}


def about_access(status: int, text: str) -> str | None:
    """Say what to do about a key that is refused, or an account without credit; None for anything else."""
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return UNAUTHORIZED
        case HTTPStatus.FORBIDDEN:
            return NO_MEMBER if "not a member" in text else FORBIDDEN
        case HTTPStatus.PAYMENT_REQUIRED:
            return NO_CREDIT
        case _:
            return None


ADVICE = Advice(
    wrong_place=WRONG_PLACE,
    find_out="`agentconf plan` tells what there is now",
    unreachable=CHECK_ADDRESS,
    help=lambda status, text: about_access(status, text) or _HELP.get(status),
)
"""For what is done with agents."""


def refusal(answer: Answer, doing: str, hidden: Iterable[str]) -> RemoteError:
    """Turn an answer about agents that is not a success into the error for the user.

    Args:
        answer: the platform's answer.
        doing: what was tried, as in `create agent 'Support Router'`.
        hidden: values that must not be seen.

    """
    return refusal_of(answer, doing, hidden, ADVICE)
