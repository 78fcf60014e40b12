"""What can become of a contact's request: one settlement each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.turn import Settlement

if TYPE_CHECKING:
    from agentconf.calls.contact import Contact

TRIES = 8
"""Requests for one call that brought nothing, after which it is not tried any more; ours."""

BACKOFF = 0.5
"""Seconds before the second try; doubled for each further one; ours."""

BACKOFF_CAP = 20.0
"""Longest pause between two tries that we choose, in seconds; ours."""

WAIT_CAP = 3600.0
"""Longest pause between two tries that the platform may ask for, in seconds; ours."""


def again(contact: Contact, at: float, reason: str) -> Settlement:
    """Leave a contact as if it had never been claimed; it may be sent at once."""
    return Settlement(
        contact.key,
        State.PLANNED,
        at,
        reason=reason,
        due_at=at,
        counted=False,
        solo=contact.solo,
        attempt=contact.attempt,
    )


def tried(
    contact: Contact, at: float, reason: str, *, chance: float, wait: float | None = None
) -> Settlement:
    """Count a try that brought nothing: it is sent again after a pause, unless it was the last one.

    Args:
        contact: as it was claimed.
        at: when that was known, in seconds since the epoch.
        reason: why.
        chance: a number from 0 to 1; the pause is drawn between half and all of it.
        wait: seconds that the platform asks to wait, in place of our own pause.

    """
    tries = contact.tries + 1
    if tries >= TRIES:
        return refused(contact, at, f"not placed after {tries} tries: {reason}")
    if wait is None:
        pause = min(BACKOFF_CAP, BACKOFF * 2**contact.tries) * (1 + chance) / 2
    else:
        pause = min(max(wait, 0.0), WAIT_CAP)
    return Settlement(
        contact.key,
        State.PLANNED,
        at,
        reason=reason,
        due_at=at + pause,
        solo=contact.solo,
        attempt=contact.attempt,
    )


def lost(contact: Contact, at: float, why: str | None = None) -> Settlement:
    """Say that nobody will ever know whether a contact was called."""
    reason = "the answer was lost" if why is None else f"the answer was lost: {why}"
    return Settlement(contact.key, State.UNKNOWN, at, reason=reason, attempt=contact.attempt)


def doubt(contact: Contact, at: float, reason: str | None, *, look_at: float, settle_at: float) -> Settlement:
    """Leave a contact to be looked for in the platform's list.

    Args:
        contact: as it was claimed.
        at: now, in seconds since the epoch.
        reason: why.
        look_at: when to look, settle_at at the latest: a call in the list is proof at once.
        settle_at: from when on its absence is proof, because no request can be under way any more.

    """
    return Settlement(
        contact.key,
        State.SENDING,
        at,
        reason=reason,
        look_at=min(look_at, settle_at),
        settle_at=settle_at,
        solo=contact.solo,
        attempt=contact.attempt,
    )


def placed(contact: Contact, at: float, call_id: str | None) -> Settlement:
    """Say that the platform took a contact's call.

    Args:
        contact: as it was claimed.
        at: when it did, in seconds since the epoch.
        call_id: the platform's id of the call; None where it tells none.

    """
    return Settlement(contact.key, State.PLACED, at, call_id=call_id, attempt=contact.attempt)


def refused(contact: Contact, at: float, reason: str) -> Settlement:
    """Say that the platform will not place a contact's call."""
    return Settlement(contact.key, State.FAILED, at, reason=reason, attempt=contact.attempt)
