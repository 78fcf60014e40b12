"""How contacts and attempts lie in the ledger's rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agentconf.calls.contact import Contact, State
from agentconf.calls.turn import Attempt

if TYPE_CHECKING:
    from agentconf.calls.contact import NewContact
    from agentconf.calls.ledger.database import Row, Value

LONGEST_REASON = 400
"""Characters of a reason that are kept: what platforms say has no bound, and reasons are indexed."""

CONTACT_COLUMNS = 23
"""How many columns of `contact_whole` make a contact; behind them come its id, campaign and look."""

_encode = json.JSONEncoder(separators=(",", ":")).encode


def contact_of(row: Row) -> Contact:
    """Read a contact from a row of `contact_whole`."""
    key, line, number, arguments, priority, zones, due_at, deadline, timezone, identity, state, *rest = row
    reason, tries, calls, call_id, outcome, sent_at, placed_at, ended_at, *rest = rest
    solo, settle_at, attempt, request = rest[:4]
    return Contact(
        key=key,
        line=line,
        to=number,
        arguments=json.loads(arguments),
        priority=priority,
        zones=tuple(json.loads(zones)),
        due_at=due_at,
        deadline=deadline,
        timezone=timezone,
        identity=identity,
        state=State(state),
        reason=reason,
        tries=tries,
        calls=calls,
        call_id=call_id,
        outcome=outcome,
        sent_at=sent_at,
        placed_at=placed_at,
        ended_at=ended_at,
        solo=bool(solo),
        settle_at=settle_at,
        attempt=attempt,
        request=request,
    )


def id_of(row: Row) -> int:
    """Read a contact's id from a row of `contact_whole`."""
    return int(row[CONTACT_COLUMNS])


def attempt_of(row: Row) -> Attempt:
    """Read an attempt from its key, its number and its columns."""
    return Attempt(*row)


def incoming_of(position: int, contact: NewContact) -> tuple[Value, ...]:
    """Write a contact as a row of `incoming`."""
    return (
        position,
        contact.key,
        contact.line,
        contact.to,
        _encode(dict(contact.arguments)),
        contact.priority,
        _encode(contact.zones),
        contact.due_at,
        contact.deadline,
        contact.timezone,
        contact.identity,
        shorten(contact.skipped),
    )


def shorten(reason: str | None) -> str | None:
    """Cut a reason to what is kept of it."""
    if reason is None or len(reason) <= LONGEST_REASON:
        return reason
    return reason[: LONGEST_REASON - 1] + "…"
