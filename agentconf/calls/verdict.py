"""What an answer of the platform means for the contacts of the request, and for the whole campaign."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from agentconf.calls.settle import again, doubt, lost, placed, refused, tried
from agentconf.calls.turn import Halt, Slow
from agentconf.remote.calling import Deferred, Doubtful, Halted, Placed, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.calls.contact import Contact
    from agentconf.calls.turn import Settlement
    from agentconf.remote.calling import PlaceAnswer

THROTTLED = 1.0
"""Seconds that nothing is started after a 429 that does not say for how long; ours."""

THROTTLED_CAP = 60.0
"""Longest pause of the whole campaign that a 429 may ask for, in seconds; ours."""

LOOK_AFTER = 1.0
"""Seconds from a lost answer to the first look into the platform's list; ours."""

SURE_AFTER = 2.0
"""Seconds from the answer to a request that is surely over until a list without the call is proof; ours."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The circumstances of a request.

    Args:
        began: when it was claimed, as the ledger holds it, in seconds since the epoch.
        at: when its answer was known.
        lease: seconds from `began` after which it is surely over.
        lists: whether the platform tells which calls there are.
        chance: a number from 0 to 1, for jitter.

    """

    began: float
    at: float
    lease: float
    lists: bool
    chance: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means.

    Args:
        settlements: one a contact of the request.
        slow: everybody slows down.
        halt: nobody goes on.

    """

    settlements: tuple[Settlement, ...]
    slow: Slow | None = None
    halt: Halt | None = None


def judge(contacts: Sequence[Contact], answer: PlaceAnswer, sent: Sent) -> Verdict:
    """Say what the answer to a request means.

    Args:
        contacts: those of the request, in its order, as they were claimed.
        answer: the platform's.
        sent: the circumstances.

    """
    match answer:
        case Placed():
            return Verdict(_placed(contacts, answer, sent))
        case Refused():
            return Verdict(_refused(contacts, answer, sent))
        case Deferred():
            slow = _slow(answer, sent) if answer.throttled else None
            return Verdict(tuple(_deferred(contact, answer, sent) for contact in contacts), slow=slow)
        case Halted():
            reason = f"{answer.message}; {answer.help}" if answer.help else answer.message
            return Verdict(
                tuple(again(contact, sent.at, answer.message) for contact in contacts),
                halt=Halt(reason, denied=answer.denied),
            )
        case Doubtful():
            return Verdict(tuple(_doubtful(contact, answer, sent) for contact in contacts))
        case _:
            assert_never(answer)


def _placed(contacts: Sequence[Contact], answer: Placed, sent: Sent) -> tuple[Settlement, ...]:
    ids = answer.ids + (None,) * (len(contacts) - len(answer.ids))
    return tuple(placed(contact, sent.at, ids[place]) for place, contact in enumerate(contacts))


def _refused(contacts: Sequence[Contact], answer: Refused, sent: Sent) -> tuple[Settlement, ...]:
    """A refusal of several says nothing of each: they are sent one by one then."""
    if len(contacts) > 1:
        reason = f"refused together with others: {answer.message}"
        return tuple(replace(again(contact, sent.at, reason), solo=True) for contact in contacts)
    return (refused(contacts[0], sent.at, answer.message),)


def _deferred(contact: Contact, answer: Deferred, sent: Sent) -> Settlement:
    if answer.throttled or answer.unreachable:
        return again(contact, sent.at, answer.message)
    return tried(contact, sent.at, answer.message, chance=sent.chance, wait=answer.wait)


def _slow(answer: Deferred, sent: Sent) -> Slow:
    wait = THROTTLED if answer.wait is None else answer.wait
    return Slow(sent.began, sent.at, min(max(wait, 0.0), THROTTLED_CAP))


def _doubtful(contact: Contact, answer: Doubtful, sent: Sent) -> Settlement:
    if not sent.lists:
        return lost(contact, sent.at, answer.message)
    settle_at = sent.at + SURE_AFTER if answer.over else max(sent.at, sent.began + sent.lease)
    return doubt(contact, sent.at, answer.message, look_at=sent.at + LOOK_AFTER, settle_at=settle_at)
