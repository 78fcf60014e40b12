"""What can be told of a worker while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING

from agentconf.errors import AgentconfError

if TYPE_CHECKING:
    from agentconf.calls.event import Event


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker waits for work.

    Args:
        environment: whose campaigns it works on.
        again: whether it had lost the database before.

    """

    environment: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Took:
    """The worker works on a lane for a while.

    Args:
        campaign_id: the campaign.
        lane: its number; None: the watch over calls that were placed.

    """

    campaign_id: str
    lane: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Something happened in a campaign that this worker works on.

    Args:
        campaign_id: the campaign.
        event: what happened.

    """

    campaign_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class Failed:
    """A lane could not go on.

    Args:
        campaign_id: the campaign.
        lane: its number; None: the watch.
        error: why.
        again_in: seconds until it is tried again, by any worker; None: not again.
        halted: whether the campaign was halted because of it.

    """

    campaign_id: str
    lane: int | None
    error: Exception
    again_in: float | None
    halted: bool = False

    @property
    def message(self) -> str:
        """Why, in a line that shows no values: there might be numbers among them."""
        return describe(self.error)


@dataclass(frozen=True, slots=True)
class Revived:
    """Lanes of a worker that died are in the queue again.

    Args:
        lanes: their names, each a campaign's with a number.

    """

    lanes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The database is out of reach.

    Args:
        message: why, without a password.
        again_in: seconds until it is tried again.

    """

    message: str
    again_in: float


def describe(error: Exception) -> str:
    """Put an error into a line: in its own words if it is meant to be read, else by what it is and where."""
    if isinstance(error, AgentconfError):
        return error.message
    frames = extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}, which is a mistake in agentconf"


WorkEvent = Ready | Took | Progress | Failed | Revived | Disconnected
WorkListener = Callable[[WorkEvent], None]
