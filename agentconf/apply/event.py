"""What an apply tells while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconf.apply.outcome import Result
    from agentconf.plan.change import Operation


@dataclass(frozen=True, slots=True)
class Started:
    """An operation is about to be sent.

    Args:
        operation: the operation.

    """

    operation: Operation


@dataclass(frozen=True, slots=True)
class Finished:
    """An operation has ended, also one that was not attempted; each does so once.

    Args:
        result: how.
        done: how many have ended so far, this one included.
        total: how many there are.

    """

    result: Result
    done: int
    total: int


Event = Started | Finished
Listener = Callable[[Event], None]
"""Called in the event loop, between two operations: it should be quick."""
