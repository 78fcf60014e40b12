"""Contacts that share a request: the limits count requests."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from ledger_world import NOON, begin, give, new, news, planned, take

from agentconf.calls.campaign import Pacing
from agentconf.calls.contact import Contact
from agentconf.calls.ledger.ledger import Ledger

OpenLedger = Callable[[], Ledger]


def sizes(claimed: tuple[Contact, ...]) -> list[int]:
    return [len(list(group)) for _, group in groupby(claimed, lambda one: one.request)]


def bulk(size: int, **more: float) -> Pacing:
    return Pacing(**{"concurrency": 2, "interval": 0, **more}, bulk=size)


def test_contacts_are_divided_over_as_many_requests_as_there_may_be(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, news(20), pacing=bulk(4))
    assert sizes(take(ledger, 100).claimed) == [4, 4]
    assert take(ledger, 100).claimed == ()


def test_no_more_contacts_are_claimed_than_wanted(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, news(20), pacing=bulk(4))
    assert sizes(take(ledger, 6).claimed) == [4, 2]


def test_a_request_that_is_not_full_counts_as_one(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, news(20), pacing=bulk(4))
    assert sizes(take(ledger, 1).claimed) == [1]
    assert sizes(take(ledger, 100).claimed) == [4]


def test_the_interval_is_from_request_to_request(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, news(20), pacing=bulk(4, interval=10.0, concurrency=5))
    assert sizes(take(ledger, 100).claimed) == [4]
    assert take(ledger, 100, at=NOON + 9).claimed == ()
    assert sizes(take(ledger, 100, at=NOON + 10).claimed) == [4]


def test_who_is_to_go_alone_goes_alone(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, news(4), pacing=bulk(4, concurrency=3))
    claimed = take(ledger, 100).claimed
    give(ledger, *(planned(one.key, solo=one.line == 3, due_at=NOON + 1) for one in claimed))
    again = take(ledger, 100, at=NOON + 2).claimed
    assert {one.line: one.request for one in again if not one.solo}.keys() == {2, 4, 5}
    assert len({one.request for one in again if not one.solo}) == 1
    assert len({one.request for one in again}) == 2


def test_who_does_not_fit_into_the_requests_waits(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, news(3), pacing=bulk(3, concurrency=2))
    claimed = take(ledger, 100).claimed
    give(ledger, *(planned(one.key, solo=True, due_at=NOON + 1) for one in claimed))
    turn = take(ledger, 100, at=NOON + 2)
    assert sizes(turn.claimed) == [1, 1]
    assert turn.open


def test_contacts_of_one_number_do_not_share_a_request(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0), new(1, to=new(0).to, identity="twin"), new(2)], pacing=bulk(4))
    assert [one.line for one in take(ledger, 100).claimed] == [2, 4]
