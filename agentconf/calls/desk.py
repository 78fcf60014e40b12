"""What dispatchers and watchers work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from agentconf.calls.contact import State
from agentconf.calls.event import Moved

if TYPE_CHECKING:
    from agentconf.calls.campaign import Campaign
    from agentconf.calls.clerk import Clerk
    from agentconf.calls.contact import Contact
    from agentconf.calls.event import Listener
    from agentconf.calls.timing import Timing
    from agentconf.calls.turn import Ended, Settlement
    from agentconf.remote.calling import CallPlatform


@dataclass(frozen=True, slots=True)
class Desk:
    """One campaign on the desk of one process.

    Args:
        campaign: which.
        clerk: has its ledger in hand.
        platform: where its calls are placed.
        listener: is told what happens.
        timing: this machine's time.

    """

    campaign: Campaign
    clerk: Clerk
    platform: CallPlatform
    listener: Listener
    timing: Timing

    @classmethod
    async def open(
        cls, campaign_id: str, clerk: Clerk, platform: CallPlatform, *, listener: Listener, timing: Timing
    ) -> Self:
        """Read a campaign from the ledger.

        Raises:
            ConfigurationError: there is none of that name.

        """
        campaign = await clerk.do(lambda ledger, _: ledger.campaign(campaign_id))
        return cls(campaign, clerk, platform, listener, timing)

    def now(self) -> float:
        """Return the time of the ledger, in seconds since the epoch."""
        return self.clerk.clock.now()


@dataclass(frozen=True, slots=True)
class Named:
    """A contact, and what stands for its number where people read along.

    Args:
        contact: as it is in the ledger.
        number: the pseudonym of its number.

    """

    contact: Contact
    number: str

    def settled(self, settlement: Settlement) -> Moved:
        """Say what became of its request."""
        return Moved(
            settlement.at,
            self.number,
            self.contact.line,
            settlement.state,
            settlement.reason,
            settlement.call_id,
        )

    def ended(self, at: float, ended: Ended) -> Moved:
        """Say how its call went.

        Args:
            at: when that was known, in seconds since the epoch.
            ended: how it went.

        """
        state = State.PLACED if ended.again_at is None else State.PLANNED
        return Moved(at, self.number, self.contact.line, state, ended.reason, ended.call_id, ended.outcome)
