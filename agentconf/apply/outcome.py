"""How each operation of an apply ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from agentconf.errors import ExitCode

if TYPE_CHECKING:
    from agentconf.model.live import LiveAgent
    from agentconf.plan.change import Operation


class Outcome(StrEnum):
    """The four ways in which an operation ends."""

    DONE = "done"
    FAILED = "failed"
    NOT_ATTEMPTED = "not-attempted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """One operation and how it ended.

    Args:
        operation: what was to be done.
        outcome: how it ended.
        message: what the platform said, which field it did not keep, or why it was not attempted; None when
            it was done.
        agent_id: id of the live agent afterwards, when it is known.
        help: the next action, where there is one.
        unanswered: whether it was not done, or is in doubt, because the platform gave no answer.
        live: the agent as the platform answered it; None where it did not, and of a deletion.

    """

    operation: Operation
    outcome: Outcome
    message: str | None = None
    agent_id: str | None = None
    help: str | None = None
    unanswered: bool = False
    live: LiveAgent | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Report:
    """How an apply ended.

    Args:
        results: one an operation, in the plan's order.
        interrupted: whether the user stopped it.
        denied: why the platform let us in no further, or which wrong organisation answered; None otherwise.

    """

    results: tuple[Result, ...]
    interrupted: bool = False
    denied: str | None = None

    def count(self, outcome: Outcome) -> int:
        """Count the results of one outcome."""
        return sum(result.outcome is outcome for result in self.results)

    @property
    def complete(self) -> bool:
        """Whether everything was done."""
        return self.count(Outcome.DONE) == len(self.results)

    def exit_code(self) -> ExitCode:
        """Tell how the process should end.

        What was interrupted after its last operation is complete all the same. Being denied outranks the
        rest, because nothing helps before that is settled.
        """
        if self.complete:
            return ExitCode.OK
        if self.denied is not None:
            return ExitCode.DENIED
        return ExitCode.INTERRUPTED if self.interrupted else ExitCode.PARTIAL
