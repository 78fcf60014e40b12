"""Contacts between the check and the ledger."""

from __future__ import annotations

from agentconf.calls.contact import NewContact
from agentconf.calls.spool import Spool

FULL = NewContact(
    "key",
    17,
    "+14155550101",
    {"name": 'Zoë\n\u2028 "quoted"'},
    -3,
    ("America/New_York", "Europe/Berlin"),
    1_790_000_000.25,
    1_790_086_400.0,
    "Europe/Berlin",
    "A-17",
    "do not call",
)


def test_contacts_come_back_as_they_went_in_and_in_order() -> None:
    contacts = [FULL, NewContact("other", 18, "+14155550102")]
    with Spool() as spool:
        spool.fill(contacts)
        assert list(spool) == contacts


def test_a_spool_is_read_as_often_as_needed() -> None:
    with Spool() as spool:
        spool.fill([FULL])
        assert list(spool) == list(spool) == [FULL]


def test_what_does_not_fit_into_memory_comes_back_too() -> None:
    contacts = [NewContact(f"key-{n}", n, "+14155550101", {"text": "x" * 1000}) for n in range(6000)]
    with Spool() as spool:
        spool.fill(contacts)
        assert list(spool) == contacts


def test_an_empty_spool_holds_nothing() -> None:
    with Spool() as spool:
        assert list(spool) == []
