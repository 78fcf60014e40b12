"""What happens after a request: doubt, outcomes, second calls, and control of the campaign."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ledger_world import (
    ID,
    LEASE,
    NOON,
    begin,
    give,
    in_doubt,
    keys,
    new,
    number,
    placed,
    planned,
    results,
    states,
    take,
)

from agentconf.calls.contact import State
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.turn import Ended, Phase, Settlement
from agentconf.errors import ConfigurationError
from agentconf.remote.calling import Outcome

OpenLedger = Callable[[], Ledger]


def ended(key: str, call_id: str = "call-1", again_at: float | None = None) -> Ended:
    return Ended(key, call_id, Outcome.NO_ANSWER, "rang out", NOON + 30, again_at)


def test_looks_are_for_those_in_doubt_that_are_due(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 4)
    take(ledger, 3)
    give(ledger, in_doubt("key-0", look_at=NOON + 2), in_doubt("key-1", look_at=NOON + 3, settle_at=NOON + 9))
    assert keys(ledger.looks(ID, now=NOON + 2)) == ["key-0"]
    found = ledger.looks(ID, now=NOON + 3)
    assert [(contact.key, contact.settle_at) for contact in found] == [
        ("key-0", NOON + 3),
        ("key-1", NOON + 9),
    ]


def test_what_nobody_settled_is_looked_for_when_the_lease_is_over(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    take(ledger, worker="dead")
    assert ledger.looks(ID, now=NOON + LEASE - 0.1) == ()
    (contact,) = ledger.looks(ID, now=NOON + LEASE)
    assert contact.settle_at == NOON + LEASE


def test_a_found_call_is_placed_and_an_absent_one_planned(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 4)
    take(ledger, 4)
    give(ledger, *(in_doubt(f"key-{index}") for index in range(4)))
    found = [
        placed("key-0", "found"),
        planned("key-1", NOON + 5, reason="not there", due_at=NOON + 5),
        Settlement("key-2", State.UNKNOWN, NOON + 5, reason="lost"),
        in_doubt("key-3", NOON + 5, look_at=NOON + 8),
    ]
    ledger.resolve(ID, found, now=NOON + 5)
    assert states(ledger) == {"key-0": "placed", "key-1": "planned", "key-2": "unknown", "key-3": "sending"}
    assert [result for _, _, result in results(ledger)] == ["placed", "absent", "unknown", "in_doubt"]
    assert (ledger.contact(ID, "key-0").call_id, ledger.contact(ID, "key-1").tries) == ("found", 1)
    assert ledger.looks(ID, now=NOON + 7) == ()


def test_a_stale_look_does_not_touch_a_new_request(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    take(ledger)
    give(ledger, in_doubt("key-0"))
    absent = planned("key-0", NOON + 5, due_at=NOON + 5)
    ledger.resolve(ID, [absent], now=NOON + 5)
    take(ledger, at=NOON + 5)
    before = ledger.contact(ID, "key-0")
    ledger.resolve(ID, [absent, in_doubt("key-0")], now=NOON + 6)
    assert ledger.contact(ID, "key-0") == before


def test_a_stale_look_that_found_the_call_is_not_lost(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    take(ledger)
    give(ledger, in_doubt("key-0"))
    ledger.resolve(ID, [planned("key-0", NOON + 5, due_at=NOON + 5)], now=NOON + 5)
    take(ledger, at=NOON + 5)
    ledger.resolve(ID, [placed("key-0", "found")], now=NOON + 6)
    assert results(ledger) == [("key-0", 1, "placed"), ("key-0", 2, None)]
    give(ledger, planned("key-0"), at=NOON + 7)
    assert (ledger.contact(ID, "key-0").state, ledger.contact(ID, "key-0").call_id) == (State.PLACED, "found")


def test_known_calls_are_those_of_all_campaigns(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 3)
    begin(ledger, 1, id="other")
    take(ledger, 2)
    give(ledger, placed("key-0", "a"), placed("key-1", "b"))
    take(ledger, of="other", at=NOON + 2)
    ledger.exchange("other", [placed("key-0", "c")], now=NOON + 3, want=0, worker="one")
    assert ledger.known_calls([number(0), number(2), number(0)]) == {"a", "c"}
    assert ledger.known_calls([]) == frozenset()


def test_unfinished_calls_come_oldest_first(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 5)
    take(ledger, 5)
    give(
        ledger, placed("key-2", "b", NOON + 2), placed("key-0", "c", NOON + 3), placed("key-1", "a", NOON + 1)
    )
    give(ledger, placed("key-3", None, NOON))
    assert keys(ledger.unfinished(ID, limit=2)) == ["key-1", "key-2"]
    ledger.record(ID, [ended("key-1", "a")])
    assert keys(ledger.unfinished(ID, limit=9)) == ["key-2", "key-0"]


def test_how_a_call_went_is_kept_with_contact_and_request(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    take(ledger)
    give(ledger, placed("key-0"))
    ledger.record(ID, [ended("key-0")])
    contact = ledger.contact(ID, "key-0")
    assert (contact.state, contact.outcome, contact.reason, contact.ended_at) == (
        State.PLACED, "no_answer", "rang out", NOON + 30,
    )  # fmt: skip
    (attempt,) = ledger.attempts(ID)
    assert (attempt.outcome, attempt.reason, attempt.ended_at) == ("no_answer", "rang out", NOON + 30)
    assert ledger.counts(ID).outcomes == {"no_answer": 1}


def test_who_is_called_again_goes_through_everything_again(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    take(ledger)
    give(ledger, planned("key-0", due_at=NOON))
    take(ledger)
    give(ledger, placed("key-0"))
    ledger.record(ID, [ended("key-0", again_at=NOON + 60)])
    contact = ledger.contact(ID, "key-0")
    assert (contact.state, contact.due_at, contact.tries, contact.calls) == (State.PLANNED, NOON + 60, 0, 1)
    assert take(ledger, at=NOON + 59).wake_at == NOON + 60
    (again,) = take(ledger, at=NOON + 60).claimed
    assert (again.calls, again.attempt, again.outcome) == (1, 3, "no_answer")
    give(ledger, placed("key-0", "call-2", NOON + 61), at=NOON + 61)
    contact = ledger.contact(ID, "key-0")
    assert (contact.calls, contact.call_id, contact.outcome, contact.ended_at) == (2, "call-2", None, None)
    assert [one.outcome for one in ledger.attempts(ID)] == [None, "no_answer", None]


def test_an_outcome_is_written_once(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    take(ledger)
    give(ledger, placed("key-0"))
    ledger.record(ID, [ended("key-0", again_at=NOON + 60)])
    ledger.record(ID, [ended("key-0", again_at=NOON + 90)])
    assert ledger.contact(ID, "key-0").due_at == NOON + 60
    take(ledger, at=NOON + 60)
    ledger.record(ID, [ended("key-0", again_at=NOON + 90), ended("key-0", "other call"), ended("nobody")])
    assert ledger.contact(ID, "key-0").state is State.SENDING


def test_a_canceled_campaign_calls_nobody_again(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    take(ledger)
    give(ledger, placed("key-0"))
    ledger.control(ID, Phase.CANCELED)
    ledger.record(ID, [ended("key-0", again_at=NOON + 60)])
    assert (ledger.contact(ID, "key-0").state, ledger.contact(ID, "key-0").outcome) == (
        State.PLACED,
        "no_answer",
    )


def test_unknown_contacts_are_called_again_only_when_told_to(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 2)
    take(ledger, 2)
    give(ledger, *(Settlement(f"key-{index}", State.UNKNOWN, NOON, reason="lost") for index in range(2)))
    assert take(ledger, at=NOON + 1).open is False
    assert ledger.redial_unknown(ID, at=NOON + 9) == 2
    assert ledger.redial_unknown(ID, at=NOON + 9) == 0
    (again,) = take(ledger, at=NOON + 9).claimed
    assert (again.key, again.reason, again.tries) == ("key-0", None, 1)
    ledger.control(ID, Phase.CANCELED)
    with pytest.raises(ConfigurationError, match="was canceled"):
        ledger.redial_unknown(ID, at=NOON + 9)


def test_canceling_calls_off_what_is_planned_and_nothing_else(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [*(new(index) for index in range(4)), new(4, skipped="bad")])
    take(ledger, 3)
    give(ledger, placed("key-0"), in_doubt("key-1"))
    ledger.control(ID, Phase.CANCELED, reason="enough")
    assert list(states(ledger).values()) == ["placed", "sending", "sending", "canceled", "skipped"]
    assert ledger.counts(ID).reasons == {"campaign canceled": 1, "bad": 1}
    ledger.control(ID, Phase.CANCELED)
    assert (ledger.standing(ID).phase, ledger.standing(ID).reason) == (Phase.CANCELED, "enough")
    for phase in (Phase.RUNNING, Phase.PAUSED, Phase.HALTED):
        with pytest.raises(ConfigurationError, match="was canceled and cannot be resumed"):
            ledger.control(ID, phase)


def test_what_is_past_its_deadline_can_be_called_off_by_hand(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(
        ledger,
        [new(0, deadline=NOON + 1), new(1, deadline=NOON + 2, priority=4), new(2), new(3, deadline=NOON)],
    )
    assert ledger.expire(ID, now=NOON + 1) == 2
    assert ledger.counts(ID).reasons == {"deadline": 2}
    assert ledger.expire(ID, now=NOON + 1) == 0
