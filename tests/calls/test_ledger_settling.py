"""What became of requests, late and repeated results among them."""

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
    placed,
    planned,
    results,
    take,
)

from agentconf.calls.contact import Contact, State
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.turn import Ended, Phase, Settlement
from agentconf.remote.calling import Outcome

OpenLedger = Callable[[], Ledger]
LATER = NOON + LEASE


def failed(key: str) -> Settlement:
    return Settlement(key, State.FAILED, NOON + 1, reason="not a mobile number")


def held(ledger: Ledger) -> Contact:
    return ledger.contact(ID, "key-0")


def one_sent(open_ledger: OpenLedger, **changes: object) -> Ledger:
    """Return a ledger whose only contact is being called."""
    ledger = open_ledger()
    begin(ledger, 1, **changes)
    take(ledger)
    return ledger


def superseded(open_ledger: OpenLedger) -> Ledger:
    """Return a ledger whose contact is being called by `two`, after `one` was given up."""
    ledger = one_sent(open_ledger)
    ledger.resolve(ID, [planned("key-0", LATER, reason="not there", due_at=LATER)], now=LATER)
    assert keys(take(ledger, at=LATER, worker="two").claimed) == ["key-0"]
    return ledger


def test_a_placed_call_is_kept_with_its_id(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, placed("key-0", "call-7"))
    contact = held(ledger)
    assert (contact.state, contact.call_id, contact.calls, contact.placed_at, contact.tries) == (
        State.PLACED, "call-7", 1, NOON + 1, 0,
    )  # fmt: skip
    (attempt,) = ledger.attempts(ID)
    assert (attempt.result, attempt.call_id, attempt.settled_at) == ("placed", "call-7", NOON + 1)


def test_a_platform_may_answer_no_id(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, placed("key-0", None))
    assert (held(ledger).state, held(ledger).call_id, held(ledger).calls) == (State.PLACED, None, 1)


def test_a_try_that_brought_nothing_is_counted_and_waits(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, planned("key-0", due_at=NOON + 30, solo=True))
    contact = held(ledger)
    assert (contact.state, contact.tries, contact.due_at, contact.solo, contact.reason) == (
        State.PLANNED, 1, NOON + 30, True, "busy",
    )  # fmt: skip
    assert results(ledger) == [("key-0", 1, "deferred")]
    assert take(ledger, at=NOON + 29).claimed == ()
    (again,) = take(ledger, at=NOON + 30).claimed
    assert (again.attempt, again.tries, again.solo) == (2, 1, True)


def test_being_told_to_slow_down_is_no_try(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, planned("key-0", counted=False))
    assert (held(ledger).tries, held(ledger).due_at) == (0, NOON + 1)


def test_a_refused_contact_is_not_tried_again(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    turn = give(ledger, failed("key-0"))
    assert turn.open is False
    assert (held(ledger).state, held(ledger).reason) == (State.FAILED, "not a mobile number")
    assert results(ledger) == [("key-0", 1, "refused")]
    assert ledger.counts(ID).reasons == {"not a mobile number": 1}


def test_a_lost_answer_leaves_a_contact_in_doubt(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, in_doubt("key-0", look_at=NOON + 3, settle_at=NOON + 9))
    contact = held(ledger)
    assert (contact.state, contact.reason, contact.settle_at) == (
        State.SENDING,
        "the answer was lost",
        NOON + 9,
    )
    (attempt,) = ledger.attempts(ID)
    assert (attempt.result, attempt.settled_at) == ("in_doubt", None)


def test_where_nobody_can_tell_it_stays_unknown(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, Settlement("key-0", State.UNKNOWN, NOON + 1, reason="lost"))
    assert (held(ledger).state, results(ledger)) == (State.UNKNOWN, [("key-0", 1, "unknown")])


@pytest.mark.parametrize("state", [State.SKIPPED, State.CANCELED])
def test_no_request_ends_as_one_that_was_never_sent(open_ledger: OpenLedger, state: State) -> None:
    ledger = one_sent(open_ledger)
    with pytest.raises(ValueError, match=f"no request ends as {state}"):
        give(ledger, Settlement("key-0", state, NOON))
    assert held(ledger).state is State.SENDING


@pytest.mark.parametrize(
    "settlement",
    [placed("key-0"), planned("key-0", due_at=NOON + 9), failed("key-0"), in_doubt("key-0")],
    ids=["placed", "planned", "failed", "in_doubt"],
)
def test_the_same_result_again_changes_nothing(open_ledger: OpenLedger, settlement: Settlement) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, settlement)
    before = (held(ledger), list(ledger.attempts(ID)))
    give(ledger, settlement, settlement)
    assert (held(ledger), list(ledger.attempts(ID))) == before


def test_a_result_twice_in_one_exchange_counts_once(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, placed("key-0"), placed("key-0"))
    assert held(ledger).calls == 1


def test_a_result_for_nobody_is_ignored(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, placed("no-such-key"), placed("key-0"))
    assert ledger.counts(ID).states == {State.PLACED: 1}


def test_a_worker_cannot_settle_what_another_sends(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, planned("key-0"), failed("key-0"), worker="two")
    assert (held(ledger).state, results(ledger)) == (State.SENDING, [("key-0", 1, None)])


def test_a_call_that_a_stranger_tells_of_is_not_lost(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, placed("key-0"), worker="stranger")
    give(ledger, placed("key-0"), worker="stranger")
    assert (held(ledger).state, held(ledger).calls) == (State.PLACED, 1)


def test_a_late_answer_settles_a_contact_in_doubt(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, in_doubt("key-0"))
    give(ledger, placed("key-0"), at=NOON + 99)
    assert (held(ledger).state, held(ledger).settle_at) == (State.PLACED, None)


def test_a_late_refusal_does_not_touch_a_newer_request(open_ledger: OpenLedger) -> None:
    ledger = superseded(open_ledger)
    before = held(ledger)
    give(ledger, failed("key-0"), planned("key-0"), at=LATER + 1)
    assert held(ledger) == before
    assert results(ledger) == [("key-0", 1, "absent"), ("key-0", 2, None)]


def test_a_call_that_turns_up_late_is_kept_whatever_became_of_the_contact(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    ledger.resolve(ID, [planned("key-0", LATER)], now=LATER)
    give(ledger, placed("key-0", "late"), at=LATER + 1)
    assert (held(ledger).state, held(ledger).call_id, held(ledger).calls) == (State.PLACED, "late", 1)
    assert results(ledger) == [("key-0", 1, "placed")]
    assert take(ledger, at=LATER + 2).claimed == ()


def test_a_call_that_turns_up_late_is_kept_after_its_contact_was_canceled(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    ledger.resolve(ID, [planned("key-0", LATER)], now=LATER)
    ledger.control(ID, Phase.CANCELED)
    assert held(ledger).state is State.CANCELED
    give(ledger, placed("key-0", "late"), at=LATER + 1)
    assert (held(ledger).state, held(ledger).reason) == (State.PLACED, None)


@pytest.mark.parametrize("end", [planned("key-0", LATER + 2), failed("key-0")], ids=["deferred", "refused"])
def test_a_call_that_turns_up_while_a_newer_request_runs_ends_the_matter(
    open_ledger: OpenLedger, end: Settlement
) -> None:
    ledger = superseded(open_ledger)
    give(ledger, placed("key-0", "late", LATER + 1), worker="one")
    assert held(ledger).state is State.SENDING
    give(ledger, end, at=LATER + 2, worker="two")
    contact = held(ledger)
    assert (contact.state, contact.call_id, contact.calls, contact.reason) == (State.PLACED, "late", 1, None)


def test_both_calls_are_kept_when_two_requests_placed_one(open_ledger: OpenLedger) -> None:
    ledger = superseded(open_ledger)
    give(ledger, placed("key-0", "late", LATER + 1), worker="one")
    give(ledger, placed("key-0", "second", LATER + 2), worker="two")
    contact = held(ledger)
    assert (contact.state, contact.call_id, contact.calls) == (State.PLACED, "second", 2)
    assert ledger.known_calls([contact.to]) == {"late", "second"}


def test_the_first_of_two_calls_does_not_replace_the_second(open_ledger: OpenLedger) -> None:
    ledger = superseded(open_ledger)
    give(ledger, placed("key-0", "second", LATER + 1), worker="two")
    give(ledger, placed("key-0", "late", LATER + 2), worker="one")
    assert (held(ledger).call_id, held(ledger).calls) == ("second", 2)
    assert ledger.known_calls([held(ledger).to]) == {"late", "second"}


def test_a_result_can_name_its_request(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    ledger.resolve(ID, [planned("key-0", LATER, due_at=LATER)], now=LATER)
    take(ledger, at=LATER, worker="one")
    give(ledger, planned("key-0", attempt=1), at=LATER + 1)
    assert held(ledger).state is State.SENDING
    give(ledger, placed("key-0", attempt=2), at=LATER + 1)
    assert held(ledger).state is State.PLACED


def test_a_contact_is_settled_after_its_campaign_was_paused_or_canceled(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 4)
    take(ledger, 3)
    ledger.control(ID, Phase.CANCELED, reason="enough")
    turn = give(ledger, placed("key-0"), planned("key-1"), failed("key-2"))
    assert (turn.phase, turn.open, turn.wake_at) == (Phase.CANCELED, False, None)
    assert ledger.counts(ID).states == {State.PLACED: 1, State.CANCELED: 2, State.FAILED: 1}
    assert ledger.counts(ID).reasons == {"campaign canceled": 2, "not a mobile number": 1}


def test_a_second_call_that_is_canceled_leaves_the_first(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, placed("key-0"))
    ledger.record(ID, [Ended("key-0", "call-1", Outcome.NO_ANSWER, None, NOON + 9, NOON + 60)])
    take(ledger, at=NOON + 60)
    ledger.control(ID, Phase.CANCELED)
    give(ledger, planned("key-0"), at=NOON + 61)
    assert (held(ledger).state, held(ledger).outcome) == (State.PLACED, "no_answer")


def test_messages_are_kept_without_what_no_database_takes(open_ledger: OpenLedger) -> None:
    ledger = one_sent(open_ledger)
    give(ledger, planned("key-0", reason="a\0b\udc80" + "x" * 900))
    kept = "a\ufffdb?" + "x" * 395 + "…"
    assert [one.message for one in ledger.attempts(ID)] == [kept]
    assert held(ledger).reason == kept
