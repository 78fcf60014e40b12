"""What sipgate's documentation leaves open, as switches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from agentconf.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

Plus = Literal["accept", "require", "refuse"]
"""What is made of a leading plus: the documentation shows numbers with it, and has shown them without."""

Answer = Literal["empty", "id"]
"""What a started call is answered with; the documentation names a status only."""

CREATED = (200, 201, 202)


@dataclass(frozen=True, slots=True)
class SipgateOptions:
    """How the emulator behaves as sipgate.

    Args:
        flows: flow id to its phone number; a flow without one cannot call (400). Empty: any flow is taken.
        plus: what is made of a number's leading plus.
        created: the status of a call that was started (sipgate AI Flow documentation, Outbound calls: 201).
        answer: whether that answer is empty or a JSON object with an id.

    """

    flows: Mapping[str, str | None] = field(default_factory=dict)
    plus: Plus = "accept"
    created: int = 201
    answer: Answer = "empty"

    def __post_init__(self) -> None:
        if self.plus not in get_args(Plus):
            raise UsageError(
                f"unknown treatment {self.plus!r} of a plus", help="use accept, require or refuse"
            )
        if self.created not in CREATED:
            raise UsageError(f"sipgate does not answer {self.created}", help="use 200, 201 or 202")
        if self.answer not in get_args(Answer):
            raise UsageError(f"unknown answer {self.answer!r} of sipgate", help="use empty or id")
