"""What a result means for a contact, however late it comes and however often; pure.

A result is about one request. It moves the contact only while that request is the contact's last one and not
settled yet; but a placed call is never lost, however late it is told, and whoever tells it. The same result
twice is the same as once, so whoever does not know whether it was written writes it again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from agentconf.calls.contact import State
from agentconf.calls.ledger.campaigns import CANCELED
from agentconf.calls.ledger.rows import shorten

if TYPE_CHECKING:
    from agentconf.calls.turn import Settlement

PLACED = "placed"
IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Stand:
    """What a result may change of a contact, and what it depends on; the words are those of `Contact`.

    Args:
        id: of the contact in the ledger.
        attempt: the number of the last request.
        state: where it stands.
        reason: why.
        tries: requests for the call at hand that brought nothing.
        calls: calls that were placed.
        call_id: the last one's.
        outcome: how it ended.
        sent_at: when the last request was begun, in seconds since the epoch.
        placed_at: when the last call was taken.
        ended_at: when it ended.
        due_at: when it may be sent.
        solo: whether in a request of its own; 0 or 1.
        look_at: when to ask the platform for it; None while a request is under way.
        settle_at: when its absence is proof.

    """

    id: int
    attempt: int
    state: State
    reason: str | None
    tries: int
    calls: int
    call_id: str | None
    outcome: str | None
    sent_at: float | None
    placed_at: float | None
    ended_at: float | None
    due_at: float
    solo: int
    look_at: float | None
    settle_at: float | None

    @property
    def rescued(self) -> bool:
        """Whether an earlier request turned out to have placed the call while this one is under way."""
        return self.placed_at is not None and self.outcome is None

    def under_way(self, lapsed: float) -> bool:
        """Whether a request may be under way that nobody has said anything about.

        Args:
            lapsed: requests begun by then are over, in seconds since the epoch.

        """
        return (
            self.state is State.SENDING
            and self.look_at is None
            and self.sent_at is not None
            and self.sent_at > lapsed
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A settlement, and the request that it is about.

    Args:
        settlement: what became of it.
        attempt: the request's number; 0 when the ledger knows of none.
        known: what the ledger holds as its result already.
        result: the word for what is settled now, as in `Attempt.result`.

    """

    settlement: Settlement
    attempt: int
    known: str | None
    result: str

    @property
    def news(self) -> bool:
        """Whether nothing is known for certain yet, or a call turns up after all."""
        return self.known in {None, IN_DOUBT} or (self.result == PLACED and self.known != PLACED)


def result_of(settlement: Settlement, *, found_out: bool, halted: bool) -> str:
    """Return the word for what became of a request.

    Args:
        settlement: what became of it.
        found_out: whether by asking the platform, not by its answer.
        halted: whether the platform refused everything.

    """
    match settlement.state:
        case State.PLACED:
            return PLACED
        case State.SENDING:
            return IN_DOUBT
        case State.UNKNOWN:
            return "unknown"
        case State.PLANNED | State.FAILED if found_out:
            return "absent"
        case State.PLANNED:
            return "halted" if halted and not settlement.counted else "deferred"
        case State.FAILED:
            return "refused"
        case State.SKIPPED | State.CANCELED:
            raise ValueError(f"no request ends as {settlement.state}")
        case _:
            assert_never(settlement.state)


def settled(stand: Stand, report: Report, *, canceled: bool) -> Stand:
    """Say where a contact stands after a result.

    Args:
        stand: where it stood.
        report: what is settled, and of which request.
        canceled: whether the campaign is.

    """
    one = report.settlement
    if one.state is State.PLACED:
        return _placed(stand, report)
    if stand.state is not State.SENDING or stand.attempt != report.attempt:
        return stand
    reason = shorten(one.reason)
    if one.state is State.SENDING:
        return replace(stand, reason=reason, look_at=one.look_at, settle_at=one.settle_at)
    over = replace(stand, reason=reason, look_at=None, settle_at=None, tries=stand.tries + one.counted)
    return _not_placed(over, one, canceled=canceled)


def _placed(stand: Stand, report: Report) -> Stand:
    """Take note of a call, once; it is the contact's whatever became of the contact meanwhile."""
    if not report.news:
        return stand
    superseded = report.attempt < stand.attempt
    if superseded and stand.state is State.PLACED:
        return replace(stand, calls=stand.calls + 1)
    called = replace(
        stand,
        calls=stand.calls + 1,
        call_id=report.settlement.call_id,
        placed_at=report.settlement.at,
        outcome=None,
        ended_at=None,
    )
    if superseded and stand.state is State.SENDING:
        return called
    return replace(called, state=State.PLACED, reason=None, look_at=None, settle_at=None, solo=0)


def _not_placed(stand: Stand, one: Settlement, *, canceled: bool) -> Stand:
    """Say where a contact stands whose last request is over and brought no call."""
    if stand.rescued:
        return replace(stand, state=State.PLACED, reason=None)
    if one.state is not State.PLANNED:
        return replace(stand, state=one.state)
    if canceled:
        return _called_off(stand)
    due_at = one.at if one.due_at is None else one.due_at
    return replace(stand, state=State.PLANNED, due_at=due_at, solo=int(one.solo))


def _called_off(stand: Stand) -> Stand:
    """Let a contact be: with the call that it had, or as one that is not called."""
    if stand.calls:
        return replace(stand, state=State.PLACED)
    return replace(stand, state=State.CANCELED, reason=CANCELED)
