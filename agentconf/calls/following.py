"""Finds out how placed calls ended, and plans those again that are to be called again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agentconf.calls.desk import Named
from agentconf.calls.inquiry import unbroken
from agentconf.calls.match import SKEW
from agentconf.calls.turn import Ended
from agentconf.remote.calling import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from agentconf.calls.campaign import Retry
    from agentconf.calls.contact import Contact
    from agentconf.calls.desk import Desk
    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.remote.calling import CallRecord

AT_ONCE = 1000
"""Most unfinished calls that one pass is about, the oldest ones; ours."""

SINGLY = 20
"""The oldest unfinished calls, which are asked for one by one: a list that went back to a call which never
ends would grow for ever. Ours."""

READERS = 5
"""Calls that are read at the same time; ours."""

UNTOLD_AFTER = 600.0
"""Seconds after which a placed call that the platform does not know is not waited for any more; ours."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a pass brought.

    Args:
        ended: calls that have ended.
        again: contacts of them that are to be called again.
        open: calls that have not ended yet.
        untold: ids of calls that the platform does not know, and long has not.

    """

    ended: int = 0
    again: int = 0
    open: int = 0
    untold: frozenset[str] = frozenset()


async def follow(desk: Desk, untold: AbstractSet[str]) -> Followed:
    """Ask the platform for calls that have not ended yet, and write which have.

    Args:
        desk: the campaign, its platform and its ledger.
        untold: ids of calls not to ask for.

    Raises:
        RemoteError: it cannot be asked; nothing is concluded from that.

    """
    campaign_id = desk.campaign.id
    unfinished = await desk.clerk.do(lambda ledger, _: ledger.unfinished(campaign_id, limit=AT_ONCE))
    contacts = [contact for contact in unfinished if contact.call_id not in untold]
    if not contacts:
        return Followed()
    records = {record.id: record for record in await _read(desk, contacts)}
    long_ago = desk.now() - UNTOLD_AFTER
    gone = frozenset(
        contact.call_id
        for contact in contacts
        if contact.call_id is not None and contact.call_id not in records and _placed_at(contact) < long_ago
    )
    over = [
        (contact, record)
        for contact in contacts
        if (record := records.get(contact.call_id or "")) is not None and record.outcome is not None
    ]
    again = await unbroken(_write(desk, over)) if over else 0
    return Followed(len(over), again, len(contacts) - len(over) - len(gone), gone)


def again_at(contact: Contact, outcome: Outcome, ended_at: float, retry: Retry | None) -> float | None:
    """Say when somebody is called again; None: not again.

    Args:
        contact: as it stands, the call that has ended counted.
        outcome: how that ended.
        ended_at: when, in seconds since the epoch.
        retry: what the campaign says; FAILED there stands for every way to fail.

    """
    if retry is None or contact.calls > retry.times:
        return None
    failed = outcome not in (Outcome.COMPLETED, Outcome.CANCELED)
    if outcome in retry.on or (failed and Outcome.FAILED in retry.on):
        return ended_at + retry.after
    return None


async def _read(desk: Desk, contacts: Sequence[Contact]) -> list[CallRecord]:
    """Read the calls of contacts, the oldest placed first: those one by one, the others from a list."""
    capabilities = desk.platform.capabilities
    singly = (SINGLY if capabilities.list_calls else len(contacts)) if capabilities.get else 0
    records = await _read_singly(desk, contacts[:singly])
    listed = contacts[singly:]
    if listed:
        since = datetime.fromtimestamp(_placed_at(listed[0]) - SKEW, UTC)
        records.extend(await desk.platform.calls_since(desk.campaign.target, since))
    return records


async def _read_singly(desk: Desk, contacts: Sequence[Contact]) -> list[CallRecord]:
    places = asyncio.Semaphore(READERS)

    async def read(call_id: str) -> CallRecord | None:
        async with places:
            return await desk.platform.get_call(desk.campaign.target, call_id)

    found = await asyncio.gather(*(read(one.call_id) for one in contacts if one.call_id is not None))
    return [record for record in found if record is not None]


async def _write(desk: Desk, over: Sequence[tuple[Contact, CallRecord]]) -> int:
    """Write how calls ended, and tell it; return how many contacts are called again."""

    def work(ledger: Ledger, now: float) -> list[tuple[Named, Ended]]:
        told = [
            (Named(contact, ledger.pseudonym(contact.to)), _ended(desk, contact, record, now))
            for contact, record in over
        ]
        ledger.record(desk.campaign.id, [ended for _, ended in told])
        return told

    told = await desk.clerk.do(work)
    for named, ended in told:
        desk.listener(named.ended(desk.now(), ended))
    return sum(ended.again_at is not None for _, ended in told)


def _ended(desk: Desk, contact: Contact, record: CallRecord, now: float) -> Ended:
    assert record.outcome is not None, "the call has ended"
    ended_at = None if record.ended_at is None else record.ended_at.timestamp()
    since = now if ended_at is None else ended_at
    again = again_at(contact, record.outcome, since, desk.campaign.retry)
    return Ended(contact.key, record.id, record.outcome, record.reason, ended_at, again)


def _placed_at(contact: Contact) -> float:
    assert contact.placed_at is not None, "an unfinished call was placed"
    return contact.placed_at
