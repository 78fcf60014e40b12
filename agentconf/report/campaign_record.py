"""A contact of the ledger as a flat record: a line of the CSV report, an object of JSON documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentconf.report.campaign_time import utc

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.calls.contact import Contact

COLUMNS: Final = (
    *("line", "id", "number", "state", "reason", "outcome", "tries", "calls", "call_id"),
    *("sent_at", "placed_at", "ended_at", "due_at", "priority", "timezone", "deadline"),
)
"""Names of the fields, in order."""


def record(contact: Contact, number: Callable[[str], str]) -> dict[str, str | int | None]:
    """Flatten a contact; the values of its variables are left out.

    Args:
        contact: where it stands.
        number: how a number is written: its pseudonym, or itself when that was asked for.

    Returns:
        A value for each of `COLUMNS`; moments are ISO 8601 in UTC; None for what there is not.

    """
    return {
        "line": contact.line,
        "id": contact.identity or None,
        "number": number(contact.to),
        "state": contact.state.value,
        "reason": contact.reason,
        "outcome": contact.outcome or None,
        "tries": contact.tries,
        "calls": contact.calls,
        "call_id": contact.call_id,
        "sent_at": utc(contact.sent_at),
        "placed_at": utc(contact.placed_at),
        "ended_at": utc(contact.ended_at),
        "due_at": utc(contact.due_at),
        "priority": contact.priority,
        "timezone": contact.timezone or ", ".join(contact.zones) or None,
        "deadline": utc(contact.deadline),
    }
