"""Sends claimed contacts to the platform, each request once and in time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agentconf.calls.match import mark
from agentconf.calls.settle import again
from agentconf.calls.verdict import Sent, Verdict, judge
from agentconf.remote.calling import CallRequest, Doubtful

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.calls.contact import Contact
    from agentconf.calls.desk import Desk, Named
    from agentconf.calls.timing import Stopwatch
    from agentconf.remote.calling import PlaceAnswer

FRESH = 1 / 4
"""Share of the patience after which a claim is too old to be sent; `Pacing.lease` counts on it."""

SLACK = 9 / 8
"""Share of the patience after which a request is given up that its client has not given up; the lease allows
for it, too: a claim's request is over after 1/4 + 9/8 of the patience, before the lease of 3/2 ends."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out in one request.

    Args:
        contacts: whom it is for.
        sent_at: the moment that the ledger holds as its start, in seconds since the epoch.
        claimed: for how long they have been claimed.

    """

    contacts: tuple[Named, ...]
    sent_at: float
    claimed: Stopwatch


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a parcel.

    Args:
        answer: the platform's; None when nothing was sent.
        verdict: what it means.

    """

    answer: PlaceAnswer | None
    verdict: Verdict


def pack(contacts: Sequence[Named]) -> Iterator[tuple[Named, ...]]:
    """Divide contacts over requests, as the ledger has divided them.

    Args:
        contacts: in the order in which they are to go out.

    """
    requests: dict[int, list[Named]] = {}
    for one in contacts:
        requests.setdefault(one.contact.request, []).append(one)
    yield from map(tuple, requests.values())


async def send(desk: Desk, parcel: Parcel) -> Answered:
    """Send one request, unless it is too late for that, and judge the answer.

    Args:
        desk: the campaign, its platform and its time.
        parcel: what to send.

    """
    patience = desk.campaign.pacing.patience
    contacts = [one.contact for one in parcel.contacts]
    if parcel.claimed.seconds >= patience * FRESH:
        late = tuple(again(one, desk.now(), "claimed too long ago to be sent") for one in contacts)
        return Answered(None, Verdict(late))
    answer = await _place(desk, contacts, patience)
    sent = Sent(
        began=parcel.sent_at,
        at=desk.now(),
        lease=desk.campaign.pacing.lease,
        lists=desk.platform.capabilities.list_calls,
        chance=desk.timing.chance(),
    )
    return Answered(answer, judge(contacts, answer, sent))


async def _place(desk: Desk, contacts: Sequence[Contact], patience: float) -> PlaceAnswer:
    schedules = desk.platform.capabilities.schedules
    requests = [_request(contact, schedules=schedules) for contact in contacts]
    try:
        async with asyncio.timeout(patience * SLACK):
            return await desk.platform.place(desk.campaign.target, requests, timeout=patience)
    except TimeoutError:
        return Doubtful(f"no answer within {patience:g} s", over=False)


def _request(contact: Contact, *, schedules: bool) -> CallRequest:
    if not schedules:
        return CallRequest(mark(contact), contact.to, contact.arguments)
    return CallRequest(
        mark(contact),
        contact.to,
        contact.arguments,
        priority=contact.priority,
        deadline=None if contact.deadline is None else datetime.fromtimestamp(contact.deadline, UTC),
        timezone=contact.timezone,
    )
