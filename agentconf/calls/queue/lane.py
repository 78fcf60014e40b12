"""What is queued: the lanes of a campaign, how many there are, and how they are named."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconf.calls.campaign import Campaign

MOST_LANES = 8
"""Lanes of a campaign at most: as many hosts can share it; more would only mean more transactions."""

CALL = "agentconf.call"
WATCH = "agentconf.watch"

_LONGEST_QUEUE = 40
"""Bytes. Procrastinate puts 23 before it, and PostgreSQL's notification channels end at 63."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A share of a campaign that one worker at a time works on.

    Args:
        campaign_id: the campaign.
        number: of the lane, from 0; None: the watch, which places no calls but finds out what became of them.

    """

    campaign_id: str
    number: int | None = None

    @property
    def name(self) -> str:
        """The lock that keeps it in one hand, and out of the queue twice."""
        return f"{self.campaign_id}/{'watch' if self.number is None else self.number}"

    @property
    def task(self) -> str:
        """The task that carries it out."""
        return WATCH if self.number is None else CALL

    @property
    def priority(self) -> int:
        """Watches go first: calls in doubt hold up others, and they take but a moment."""
        return int(self.number is None)

    @property
    def arguments(self) -> dict[str, str | int]:
        """The task's arguments."""
        return {"campaign_id": self.campaign_id} | ({} if self.number is None else {"lane": self.number})


def lane_count(campaign: Campaign) -> int:
    """Tell how many lanes place a campaign's calls."""
    return min(campaign.pacing.concurrency, MOST_LANES)


def lane_capacity(campaign: Campaign) -> int:
    """Tell how many requests a lane has under way at most; the campaign's limit is the ledger's to keep."""
    return math.ceil(campaign.pacing.concurrency / lane_count(campaign))


def lanes(campaign: Campaign) -> tuple[Lane, ...]:
    """Name everything that is to be queued for a campaign."""
    numbers = range(lane_count(campaign))
    return (*(Lane(campaign.id, number) for number in numbers), Lane(campaign.id))


def queue_name(environment: str) -> str:
    """Name the queue of an environment; workers of others do not look at it."""
    name = f"agentconf:{environment}"
    if len(name.encode()) <= _LONGEST_QUEUE:
        return name
    digest = hashlib.sha256(environment.encode()).hexdigest()
    return f"agentconf:{digest[: _LONGEST_QUEUE - len('agentconf:')]}"
