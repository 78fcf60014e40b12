"""What the ledger tells of campaigns, contacts and requests."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from ledger_world import ID, NOON, begin, campaign, give, new, news, number, placed, take

from agentconf.calls.campaign import Pacing
from agentconf.calls.contact import State
from agentconf.calls.ledger import telling
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.turn import Counts, Ended, Phase, Standing
from agentconf.errors import ConfigurationError
from agentconf.remote.calling import Outcome

OpenLedger = Callable[[], Ledger]
WIDE = Pacing(concurrency=50, interval=0)


def test_counts_are_by_state_outcome_and_reason(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [*news(5), new(5, skipped="bad"), new(6, skipped="bad"), new(7, skipped="worse")])
    take(ledger, 4)
    give(ledger, placed("key-0", "a"), placed("key-1", "b"), placed("key-2", None))
    ledger.record(ID, [Ended("key-0", "a", Outcome.COMPLETED, "hung up", NOON + 9)])
    expected = Counts(
        {State.PLACED: 3, State.SENDING: 1, State.PLANNED: 1, State.SKIPPED: 3},
        {"completed": 1, "": 2},
        {"bad": 2, "worse": 1},
    )
    assert ledger.counts(ID) == expected
    assert ledger.counts(ID).total == 8


def test_a_standing_says_everything_at_a_glance(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 2)
    ledger.control(ID, Phase.PAUSED, reason="lunch")
    counts = Counts({State.PLANNED: 2}, {}, {})
    expected = Standing(ID, "local", "reminder", "slng", Phase.PAUSED, "lunch", NOON, counts)
    assert ledger.standing(ID) == expected
    begin(ledger, 0, id="another")
    assert [one.id for one in ledger.standings()] == [ID, "another"]


def test_a_campaign_comes_back_as_it_was_enrolled(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger)
    assert open_ledger().campaign(ID) == campaign()


def test_a_contact_that_is_not_there_is_an_error(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger)
    with pytest.raises(ConfigurationError, match="the campaign recall has no contact nobody"):
        ledger.contact(ID, "nobody")


@pytest.mark.parametrize("count", [0, 1, 3, 4, 7])
def test_every_contact_and_request_is_told_once_however_many_pages_it_takes(
    open_ledger: OpenLedger, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(telling, "PAGE", 3)
    ledger = open_ledger()
    begin(ledger, 2, id="before")
    begin(ledger, count, pacing=WIDE)
    begin(ledger, 2, id="after")
    assert [contact.line for contact in ledger.contacts(ID)] == [index + 2 for index in range(count)]
    take(ledger, 9)
    assert [attempt.key for attempt in ledger.attempts(ID)] == [f"key-{index}" for index in range(count)]


def test_contacts_can_be_told_while_they_change(
    open_ledger: OpenLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "PAGE", 2)
    ledger = open_ledger()
    begin(ledger, 6, pacing=WIDE)
    told = ledger.contacts(ID)
    first = next(told)
    take(ledger, 6)
    rest = list(told)
    assert [first.state, *(contact.state for contact in rest)] == [State.PLANNED] * 2 + [State.SENDING] * 4


def test_requests_are_told_in_the_order_in_which_they_were_begun(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0, due_at=NOON + 5), new(1), new(2)])
    take(ledger, 2, worker="one")
    take(ledger, 1, at=NOON + 5, worker="two")
    told = [(one.key, one.worker, one.sent_at) for one in ledger.attempts(ID)]
    assert told == [("key-1", "one", NOON), ("key-2", "one", NOON), ("key-0", "two", NOON + 5)]


def test_a_number_has_one_pseudonym_throughout_a_ledger(open_ledger: OpenLedger) -> None:
    with ThreadPoolExecutor(4) as pool:
        ledgers = list(pool.map(lambda _: open_ledger(), range(4)))
        names = list(pool.map(lambda ledger: ledger.pseudonym(number(1)), ledgers))
    assert len(set(names)) == 1
    assert names[0].startswith("n-")
    assert len(bytes.fromhex(names[0].removeprefix("n-"))) == 5
    assert ledgers[0].pseudonym(number(2)) != names[0]
    assert number(1)[-6:] not in names[0]


def test_only_a_server_has_a_time_of_its_own(open_ledger: OpenLedger, request: pytest.FixtureRequest) -> None:
    ledger = open_ledger()
    before, after = ledger.now(), ledger.now()
    if before is None:
        assert "sqlite" in request.node.name
    else:
        assert after is not None
        assert NOON - 1e9 < before <= after
