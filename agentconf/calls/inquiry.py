"""Finds out what became of calls whose answer was lost, by the platform's own list."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from agentconf.calls.contact import State
from agentconf.calls.desk import Named
from agentconf.calls.match import SKEW, match
from agentconf.calls.settle import doubt, lost, placed, tried

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from agentconf.calls.contact import Contact
    from agentconf.calls.desk import Desk
    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.calls.turn import Settlement
    from agentconf.remote.calling import CallRecord

T = TypeVar("T")

LOOK_EVERY = 1.0
"""Seconds between two looks while any call is in doubt; ours."""

_GROWTH = 4
"""A contact is looked for again after a quarter of the time since it was sent."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look brought.

    Args:
        settled: contacts that are in doubt no more.
        placed: those of them that were called.
        in_doubt: contacts that still are, each with the moment to look again, in seconds since the epoch.

    """

    settled: frozenset[str] = frozenset()
    placed: int = 0
    in_doubt: dict[str, float] = field(default_factory=dict)


async def look(desk: Desk) -> Looked:
    """Ask the platform for the contacts in doubt that are to be looked for now, and write what it says.

    Raises:
        RemoteError: the list cannot be read; nothing is concluded from that.

    """
    contacts = await desk.clerk.do(lambda ledger, now: ledger.looks(desk.campaign.id, now=now))
    if not contacts:
        return Looked()
    if not desk.platform.capabilities.list_calls:
        return await unbroken(_write(desk, contacts, None, desk.now()))
    # The list proves absence only as of the moment at which it was asked for.
    asked_at = desk.now()
    since = datetime.fromtimestamp(min(map(_sent_at, contacts)) - SKEW, UTC)
    records = await desk.platform.calls_since(desk.campaign.target, since)
    return await unbroken(_write(desk, contacts, records, asked_at))


async def unbroken(work: Coroutine[None, None, T]) -> T:
    """Finish something that is to be done as a whole, also when the one who waits for it is cancelled."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _write(
    desk: Desk, contacts: Sequence[Contact], records: Sequence[CallRecord] | None, asked_at: float
) -> Looked:
    """Conclude, write it down, and tell it.

    Args:
        desk: the campaign and its ledger.
        contacts: those in doubt.
        records: the platform's calls of the time; None: it does not tell.
        asked_at: when it was asked for them.

    """

    def work(ledger: Ledger, now: float) -> tuple[list[Settlement], list[Named]]:
        if records is None:
            settlements = [lost(contact, now) for contact in contacts]
        else:
            # Read after the list: whatever is in the list and accounted for by now is somebody else's.
            known = ledger.known_calls([contact.to for contact in contacts])
            found = match(contacts, records, known, lease=desk.campaign.pacing.lease)
            settlements = [_settle(desk, contact, found, asked_at, now) for contact in contacts]
        ledger.resolve(desk.campaign.id, settlements, now=now)
        return settlements, [Named(contact, ledger.pseudonym(contact.to)) for contact in contacts]

    settlements, named = await desk.clerk.do(work)
    over = [
        (one, settlement)
        for one, settlement in zip(named, settlements, strict=True)
        if settlement.state is not State.SENDING
    ]
    for one, settlement in over:
        desk.listener(one.settled(settlement))
    return Looked(
        settled=frozenset(settlement.key for _, settlement in over),
        placed=sum(settlement.state is State.PLACED for _, settlement in over),
        in_doubt={one.key: one.look_at for one in settlements if one.look_at is not None},
    )


def _settle(
    desk: Desk, contact: Contact, found: Mapping[str, CallRecord], asked_at: float, now: float
) -> Settlement:
    record, sent_at = found.get(contact.key), _sent_at(contact)
    if record is not None:
        # The platform's time, which reports and later lists go by, as far as it can be true.
        taken_at = min(max(record.created_at.timestamp(), sent_at), now)
        return placed(contact, taken_at, record.id)
    settle_at = sent_at + desk.campaign.pacing.lease if contact.settle_at is None else contact.settle_at
    if asked_at >= settle_at:
        reason = contact.reason or "nobody waited for the answer"
        return tried(contact, now, f"{reason}; the platform has no such call", chance=desk.timing.chance())
    pause = max(LOOK_EVERY, (now - sent_at) / _GROWTH)
    return doubt(contact, now, contact.reason, look_at=now + pause, settle_at=settle_at)


def _sent_at(contact: Contact) -> float:
    assert contact.sent_at is not None, "a contact in doubt was sent"
    return contact.sent_at
