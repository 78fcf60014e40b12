"""What users are told, and can do, when a platform refuses."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from agentconf.errors import AuthenticationError, RemoteError
from agentconf.remote.words import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentconf.remote.message import Answer

NOT_FOLLOWED = "redirects are not followed, as the key would go along"


@dataclass(frozen=True, slots=True)
class Advice:
    """What users can do about the answers of one API.

    Args:
        wrong_place: where something answers that may not be the API.
        find_out: where a write's fate stays open.
        unreachable: where nothing gets through.
        help: about a status and what was said with it; None where there is nothing to add.
        bare: whether the API refuses without JSON, too.

    """

    wrong_place: str
    find_out: str
    unreachable: str
    help: Callable[[int, str], str | None]
    bare: bool = False

    def is_foreign(self, answer: Answer) -> bool:
        """Whether a refusal is not the API's: a web page, or no JSON where all of its words are JSON."""
        return answer.html or (answer.whole and not answer.readable and not self.bare)

    def about(self, answer: Answer, text: str) -> str | None:
        """Say what to do about an answer that is no success.

        Args:
            answer: the platform's.
            text: what it says.

        """
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            return f"{NOT_FOLLOWED}; {self.wrong_place}"
        if answer.status not in DENIED and self.is_foreign(answer):
            return self.wrong_place
        return self.help(answer.status, text)


DENIED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def refusal(
    answer: Answer, doing: str, hidden: Iterable[str], advice: Advice, *, personal: Iterable[str] = ()
) -> RemoteError:
    """Turn an answer that is not a success into the error for the user.

    Args:
        answer: the platform's answer.
        doing: what was tried, as in `create agent 'Support Router'`.
        hidden: values that must not be seen.
        advice: what users can do.
        personal: values of people that must not be seen either.

    """
    text = f"could not {doing}: {said(answer, hidden, personal)}"
    kind = AuthenticationError if answer.status in DENIED else RemoteError
    return kind(text, help=advice.about(answer, text))
