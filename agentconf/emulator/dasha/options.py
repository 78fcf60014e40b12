"""What Dasha's documentation leaves open, as switches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from agentconf.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

Deadline = Literal["any", "callDeadline", "callDeadLine"]
"""How the deadline of a call is spelled; another spelling is an unknown field, which is ignored."""

RunningIn = Literal["queue", "results", "both", "none"]
"""Which of its two lists shows a call that is running."""

CREATED, DELETED, NOT_CANCELED = (200, 201), (200, 204), (400, 404, 409)


@dataclass(frozen=True, slots=True)
class DashaOptions:
    """How the emulator behaves as Dasha.

    Args:
        agents: agent id to whether the agent is enabled; a disabled one takes no calls (400). Empty: any
            agent is taken.
        created: the status of scheduled calls.
        deleted: the status of a canceled call.
        not_canceled: the status of the refusal to cancel a call that runs or is over.
        deadline: how `callDeadline` is spelled.
        bulk_max: most calls in one request (400 beyond); None: any number (none is documented).
        concurrency: calls of an organisation that run at a time; 0: any number.
        running_in: which list shows a call that is running.

    """

    agents: Mapping[str, bool] = field(default_factory=dict)
    created: int = 200
    deleted: int = 204
    not_canceled: int = 409
    deadline: Deadline = "any"
    bulk_max: int | None = None
    concurrency: int = 50
    running_in: RunningIn = "queue"

    def __post_init__(self) -> None:
        if self.created not in CREATED or self.deleted not in DELETED:
            raise UsageError(
                "Dasha does not answer so", help="use 200 or 201 for created, 200 or 204 for deleted"
            )
        if self.not_canceled not in NOT_CANCELED:
            raise UsageError(f"Dasha does not refuse with {self.not_canceled}", help="use 400, 404 or 409")
        if self.deadline not in get_args(Deadline):
            raise UsageError(
                f"unknown spelling {self.deadline!r}", help="use any, callDeadline or callDeadLine"
            )
        if self.running_in not in get_args(RunningIn):
            raise UsageError(
                f"running calls cannot be shown in {self.running_in!r}",
                help="use queue, results, both or none",
            )
        if self.concurrency < 0 or (self.bulk_max is not None and self.bulk_max < 1):
            raise UsageError("a limit of calls is negative", help="use 0 for no limit on what runs")
