"""The ledger: everything that a campaign remembers, and every step that it takes."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Self

from agentconf.calls.ledger import campaigns, following, telling
from agentconf.calls.ledger.enrol import enrol
from agentconf.calls.ledger.exchanging import exchange
from agentconf.calls.ledger.posting import post
from agentconf.calls.turn import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    from agentconf.calls.campaign import Campaign
    from agentconf.calls.contact import Contact, NewContact
    from agentconf.calls.ledger.database import Database
    from agentconf.calls.turn import (
        Attempt,
        Counts,
        Ended,
        Enrolment,
        Halt,
        Settlement,
        Slow,
        Standing,
        Turn,
    )

_DIGITS = 10


class Ledger:
    """Campaigns and their contacts, in a database that any number of processes share.

    Used from one thread at a time; every process and thread opens its own. A context manager. Every method
    raises `AgentconfError` when the database fails; what it was about to write is then not written, or, when
    the connection broke at the very end, perhaps is: calling it again with the same is always right. Contacts
    that such a call has claimed come back when their lease is over.

    Args:
        database: where everything is kept; closed together with the ledger.

    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key: bytes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def pseudonym(self, number: str) -> str:
        """Return what stands for a number in logs and reports: the same throughout this ledger.

        It cannot be reversed without the ledger, whose secret key it is made with.
        """
        if self._key is None:
            self._key = telling.pseudonym_key(self._database)
        digest = hmac.new(self._key, number.encode("utf-8", "replace"), hashlib.sha256)
        return f"n-{digest.hexdigest()[:_DIGITS]}"

    def now(self) -> float | None:
        """Return the time of the ledger's server, in seconds since the epoch; None for this machine's."""
        return self._database.now()

    def enrol(
        self,
        campaign: Campaign,
        contacts: Iterable[NewContact],
        *,
        at: float,
        create_only: bool = False,
    ) -> Enrolment:
        """Bring a campaign and its contacts into the ledger: all of it, or nothing.

        New contacts are planned, or skipped when they are bad. Those that are known and not called yet take
        on new values. Planned ones that are no longer among the contacts, or bad now, are called off; they
        are planned again when they come back. Whoever was called stays as they are. A contact that is given
        twice counts as the first says. The campaign takes on the settings, and runs unless it is paused.

        Args:
            campaign: its settings.
            contacts: read once, as they come; when they raise, nothing has changed.
            at: seconds since the epoch.
            create_only: whether the campaign must not be there yet.

        Raises:
            ConfigurationError: the campaign is there with another environment, agent or test number, was
                canceled, or is there at all (`create_only`).

        """
        return enrol(self._database, campaign, contacts, at, create_only=create_only)

    def campaign(self, campaign_id: str) -> Campaign:
        """Return a campaign's settings.

        Raises:
            ConfigurationError: there is none of that name, as for every method that takes one.

        """
        return campaigns.get(self._database, campaign_id).campaign

    def standing(self, campaign_id: str) -> Standing:
        """Return where a campaign stands."""
        return telling.standing(self._database, campaigns.get(self._database, campaign_id))

    def standings(self) -> tuple[Standing, ...]:
        """Return where every campaign stands, in the order in which they were first run."""
        held = campaigns.all_held(self._database)
        return tuple(telling.standing(self._database, one) for one in held)

    def counts(self, campaign_id: str) -> Counts:
        """Return how far a campaign is."""
        return telling.counts(self._database, campaigns.get(self._database, campaign_id).number)

    def exchange(
        self,
        campaign_id: str,
        settlements: Sequence[Settlement],
        *,
        now: float,
        want: int,
        worker: str,
        slow: Slow | None = None,
        halt: Halt | None = None,
    ) -> Turn:
        """Write what became of requests, and claim the contacts to call next.

        What is claimed is durable when this returns; the campaign's limits hold over all processes. A number
        is in one request at a time, over all campaigns of the ledger.

        Args:
            campaign_id: the campaign.
            settlements: what became of this worker's requests.
            now: seconds since the epoch; by `now()` where that tells a time.
            want: how many contacts this worker can call now; 0: only write.
            worker: who sends; no two that run at the same time have the same name.
            slow: that the platform asked for patience.
            halt: that the platform refuses everything.

        """
        return exchange(
            self._database,
            campaign_id,
            settlements,
            now=now,
            want=want,
            worker=worker,
            slow=slow,
            halt=halt,
        )

    def looks(self, campaign_id: str, *, now: float) -> tuple[Contact, ...]:
        """Return the contacts that the platform is to be asked for now.

        Those are in doubt and due, or were claimed by somebody who has not settled them within the lease. All
        have `settle_at`.
        """
        held = campaigns.get(self._database, campaign_id)
        return following.looks(self._database, held, now)

    def known_calls(self, numbers: Iterable[str]) -> frozenset[str]:
        """Return the ids of all calls to these numbers that the ledger knows, of any campaign."""
        return following.known_calls(self._database, numbers)

    def resolve(self, campaign_id: str, settlements: Sequence[Settlement], *, now: float) -> None:
        """Write what was found out about contacts in doubt.

        A contact that is not in doubt any more stays as it is, unless its call was found.

        Args:
            campaign_id: the campaign.
            settlements: PLACED: found; PLANNED: surely absent; UNKNOWN: nobody can tell; SENDING: look again.
            now: seconds since the epoch.

        """
        with self._database.transaction():
            held = campaigns.get(self._database, campaign_id, lock=True)
            post(
                self._database,
                held.number,
                settlements,
                worker=None,
                lapsed=now - held.campaign.pacing.lease,
                canceled=held.phase is Phase.CANCELED,
            )

    def unfinished(self, campaign_id: str, *, limit: int) -> tuple[Contact, ...]:
        """Return placed contacts of which it is not known how the call went, the oldest calls first."""
        held = campaigns.get(self._database, campaign_id)
        return following.unfinished(self._database, held.number, limit)

    def record(self, campaign_id: str, ended: Sequence[Ended]) -> None:
        """Write how calls went; who is to be called again is planned again."""
        with self._database.transaction():
            held = campaigns.get(self._database, campaign_id, lock=True)
            following.record(self._database, held, ended)

    def redial_unknown(self, campaign_id: str, *, at: float) -> int:
        """Plan the contacts again of which nobody knows whether they were called; return how many."""
        with self._database.transaction():
            held = campaigns.get(self._database, campaign_id, lock=True)
            return following.redial_unknown(self._database, held, at)

    def control(self, campaign_id: str, phase: Phase, *, reason: str | None = None) -> None:
        """Change a campaign's phase; canceling calls its planned contacts off.

        Raises:
            ConfigurationError: the campaign was canceled, and is to go on.

        """
        campaigns.control(self._database, campaign_id, phase, reason)

    def expire(self, campaign_id: str, *, now: float) -> int:
        """Call off the planned contacts whose deadline has passed; return how many."""
        with self._database.transaction():
            held = campaigns.get(self._database, campaign_id, lock=True)
            return following.expire(self._database, held.number, now)

    def contacts(self, campaign_id: str) -> Iterator[Contact]:
        """Yield all contacts as they come, in the order in which they were first enrolled."""
        held = campaigns.get(self._database, campaign_id)
        return telling.contacts(self._database, held.number)

    def attempts(self, campaign_id: str) -> Iterator[Attempt]:
        """Yield all requests as they come, in the order in which they were begun."""
        held = campaigns.get(self._database, campaign_id)
        return telling.attempts(self._database, held.number)

    def contact(self, campaign_id: str, key: str) -> Contact:
        """Return one contact.

        Raises:
            ConfigurationError: the campaign has none of that key.

        """
        held = campaigns.get(self._database, campaign_id)
        return telling.contact(self._database, held, key)
