"""Which of the platform's calls is whose, where the answer to a request was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from agentconf.calls.contact import Contact
    from agentconf.remote.calling import CallRecord

SKEW = 300.0
"""Seconds by which the platform's clock and ours may differ; ours. Authentication protocols allow as much."""


def mark(contact: Contact) -> str:
    """Return the key of a contact's call at hand: one for each call, the same however often it is sent."""
    return f"{contact.key}-{contact.calls + 1}"


def match(
    in_doubt: Sequence[Contact], records: Sequence[CallRecord], known: AbstractSet[str], *, lease: float
) -> Mapping[str, CallRecord]:
    """Find the calls of contacts in doubt.

    A record with a mark is of whom the mark names. One without belongs to a contact of the same number that
    was sent at about that time; of several, one with the same arguments, then the nearest in time. That the
    arguments differ is no proof of another call: a platform may tell them otherwise than they were sent, and
    whoever is wrongly taken for called is at least not called twice. A record is of one contact at most.

    Args:
        in_doubt: contacts whose request may have been carried out, each with `sent_at`.
        records: the platform's calls of that time.
        known: ids of calls that are accounted for already.
        lease: seconds from `sent_at` after which a request is surely over.

    Returns:
        The record by the contact's key; contacts without one are absent.

    """
    fresh = [record for record in records if record.id not in known]
    pairs = sorted(_pairs(in_doubt, fresh, lease), key=lambda pair: pair[:3])
    found: dict[str, CallRecord] = {}
    taken: set[str] = set()
    for _, _, _, key, record in pairs:
        if key not in found and record.id not in taken:
            found[key] = record
            taken.add(record.id)
    return found


def _pairs(
    in_doubt: Sequence[Contact], records: Sequence[CallRecord], lease: float
) -> Iterator[tuple[bool, bool, float, str, CallRecord]]:
    """Yield who may be whose.

    Yields:
        Whether only circumstances say so, whether arguments differ, seconds in between, contact, record.

    """
    by_mark = {record.mark: record for record in records if record.mark is not None}
    by_number: dict[str, list[CallRecord]] = {}
    for record in records:
        if record.mark is None and record.direction == "outbound":
            by_number.setdefault(record.to, []).append(record)
    for contact in in_doubt:
        marked = by_mark.get(mark(contact))
        if marked is not None:
            yield False, False, _apart(contact, marked), contact.key, marked
        for record in by_number.get(contact.to, ()):
            if _fits(contact, record, lease):
                differ = dict(record.arguments) != dict(contact.arguments)
                yield True, differ, _apart(contact, record), contact.key, record


def _fits(contact: Contact, record: CallRecord, lease: float) -> bool:
    sent_at = _sent_at(contact)
    taken_at = record.created_at.timestamp()
    return sent_at - SKEW <= taken_at <= sent_at + lease + SKEW


def _apart(contact: Contact, record: CallRecord) -> float:
    return abs(record.created_at.timestamp() - _sent_at(contact))


def _sent_at(contact: Contact) -> float:
    assert contact.sent_at is not None, "a contact in doubt was sent"
    return contact.sent_at
