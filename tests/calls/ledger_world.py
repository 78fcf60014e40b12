"""Campaigns, contacts and results for the tests of the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agentconf.calls.campaign import Campaign, Pacing
from agentconf.calls.contact import Contact, NewContact, State
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.turn import Settlement, Turn
from agentconf.remote.calling import Target

ID = "recall"
NOON = 1_767_265_200.0
"""Thursday, 2026-01-01, 12:00 in Berlin."""

LEASE = 45.0
"""Of the campaigns here: one and a half times the default patience."""

FAST = Pacing(concurrency=5, interval=0)


def campaign(id: str = ID, *, pacing: Pacing = FAST, **changes: Any) -> Campaign:  # noqa: A002 - as in Campaign
    settings = {
        "environment": "local",
        "agent": "reminder",
        "target": Target("slng", "agent-1"),
        **changes,
    }
    return Campaign(id=id, pacing=pacing, **settings)


def number(index: int) -> str:
    return f"+4930231250{index:02d}"


def new(index: int, **changes: Any) -> NewContact:
    values = {
        "key": f"key-{index}",
        "line": index + 2,
        "to": number(index),
        "arguments": {"name": f"Guest {index}"},
        "zones": ("Europe/Berlin",),
        "due_at": NOON,
        **changes,
    }
    return NewContact(**values)


def news(count: int, **changes: Any) -> list[NewContact]:
    return [new(index, **changes) for index in range(count)]


def begin(ledger: Ledger, contacts: Iterable[NewContact] | int = 3, **changes: Any) -> None:
    """Enrol a campaign."""
    rows = news(contacts) if isinstance(contacts, int) else contacts
    ledger.enrol(campaign(**changes), rows, at=NOON)


def take(
    ledger: Ledger, want: int = 1, *, at: float = NOON, worker: str = "one", of: str = ID, **more: Any
) -> Turn:
    """Claim contacts and settle nothing."""
    return ledger.exchange(of, (), now=at, want=want, worker=worker, **more)


def give(
    ledger: Ledger, *settlements: Settlement, at: float = NOON + 1, worker: str = "one", **more: Any
) -> Turn:
    """Settle and claim nothing."""
    return ledger.exchange(ID, settlements, now=at, want=0, worker=worker, **more)


def placed(key: str, call_id: str | None = "call-1", at: float = NOON + 1, **more: Any) -> Settlement:
    return Settlement(key, State.PLACED, at, call_id=call_id, **more)


def planned(key: str, at: float = NOON + 1, **more: Any) -> Settlement:
    return Settlement(key, State.PLANNED, at, **{"reason": "busy", **more})


def in_doubt(key: str, at: float = NOON + 1, **more: Any) -> Settlement:
    moments = {"look_at": at + 1, "settle_at": at + 2, **more}
    return Settlement(key, State.SENDING, at, reason="the answer was lost", **moments)


def keys(contacts: Iterable[Contact]) -> list[str]:
    return [contact.key for contact in contacts]


def states(ledger: Ledger, of: str = ID) -> dict[str, str]:
    return {contact.key: str(contact.state) for contact in ledger.contacts(of)}


def results(ledger: Ledger, of: str = ID) -> list[tuple[str, int, str | None]]:
    return [(one.key, one.number, one.result) for one in ledger.attempts(of)]
