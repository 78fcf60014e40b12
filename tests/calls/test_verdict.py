"""What an answer of the platform means for a contact and for the campaign."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agentconf.calls.contact import Contact, State
from agentconf.calls.settle import BACKOFF_CAP, TRIES, WAIT_CAP, again, doubt, lost, placed, refused, tried
from agentconf.calls.turn import Halt, Settlement, Slow
from agentconf.calls.verdict import Sent, Verdict, judge
from agentconf.remote.calling import Deferred, Doubtful, Halted, Placed, Refused

SENT = Sent(began=1000.0, at=1010.0, lease=45.0, lists=True, chance=1.0)
WITHOUT_LIST = replace(SENT, lists=False)


def claimed(key: str = "a", **changes: Any) -> Contact:
    values = {
        "line": 2,
        "to": "+14155550100",
        "arguments": {},
        "priority": 0,
        "zones": (),
        "due_at": 0.0,
        "deadline": None,
        "timezone": None,
        "identity": "",
        "state": State.SENDING,
        "sent_at": 1000.0,
        "attempt": 3,
    }
    return Contact(key, **(values | changes))


def test_a_placed_call_keeps_its_id() -> None:
    expected = Verdict((Settlement("a", State.PLACED, 1010.0, call_id="call-1", attempt=3),))
    assert expected == judge([claimed()], Placed(("call-1",)), SENT)


def test_the_ids_of_a_bulk_go_to_its_contacts_in_order() -> None:
    verdict = judge([claimed("a"), claimed("b")], Placed(("one", "two")), SENT)
    assert [(one.key, one.call_id) for one in verdict.settlements] == [("a", "one"), ("b", "two")]


def test_a_bulk_with_too_few_ids_is_placed_all_the_same() -> None:
    verdict = judge([claimed("a"), claimed("b")], Placed(("one",)), SENT)
    expected = [("a", State.PLACED, "one"), ("b", State.PLACED, None)]
    assert expected == [(one.key, one.state, one.call_id) for one in verdict.settlements]


def test_a_refused_call_has_failed() -> None:
    expected = Verdict((Settlement("a", State.FAILED, 1010.0, reason="no such number", attempt=3),))
    assert expected == judge([claimed()], Refused("no such number"), SENT)


def test_the_contacts_of_a_refused_bulk_go_one_by_one_and_lose_no_try() -> None:
    verdict = judge([claimed("a"), claimed("b")], Refused("one is bad"), SENT)
    expected = tuple(
        Settlement(
            key,
            State.PLANNED,
            1010.0,
            reason="refused together with others: one is bad",
            due_at=1010.0,
            counted=False,
            solo=True,
            attempt=3,
        )
        for key in "ab"
    )
    assert Verdict(expected) == verdict


@pytest.mark.parametrize(
    ("wait", "seconds"), [(None, 1.0), (0.0, 0.0), (7.5, 7.5), (60.0, 60.0), (3600.0, 60.0), (-1.0, 0.0)]
)
def test_a_429_slows_everybody_for_as_long_as_it_asks_within_bounds(
    wait: float | None, seconds: float
) -> None:
    verdict = judge([claimed()], Deferred("too fast", wait=wait, throttled=True), SENT)
    assert Slow(1000.0, 1010.0, seconds) == verdict.slow


def test_a_429_loses_the_contact_neither_a_try_nor_its_turn() -> None:
    verdict = judge([claimed(tries=7)], Deferred("too fast", throttled=True), SENT)
    expected = Settlement(
        "a", State.PLANNED, 1010.0, reason="too fast", due_at=1010.0, counted=False, attempt=3
    )
    assert (expected,) == verdict.settlements


@pytest.mark.parametrize(("tries", "pause"), [(0, 0.5), (1, 1.0), (2, 2.0), (5, 16.0), (6, 20.0)])
def test_pauses_between_tries_double_up_to_a_bound(tries: int, pause: float) -> None:
    (settlement,) = judge([claimed(tries=tries)], Deferred("busy"), SENT).settlements
    assert (State.PLANNED, 1010.0 + pause, True) == (settlement.state, settlement.due_at, settlement.counted)


def test_a_pause_is_drawn_between_half_and_all_of_it() -> None:
    (settlement,) = judge([claimed()], Deferred("busy"), replace(SENT, chance=0.0)).settlements
    assert settlement.due_at == 1010.25


@pytest.mark.parametrize(("wait", "pause"), [(90.0, 90.0), (0.0, 0.0), (1e9, WAIT_CAP), (-5.0, 0.0)])
def test_a_pause_that_the_platform_asks_for_takes_the_place_of_ours(wait: float, pause: float) -> None:
    (settlement,) = judge([claimed()], Deferred("busy", wait=wait), SENT).settlements
    assert 1010.0 + pause == settlement.due_at


def test_the_last_try_that_brings_nothing_fails_the_contact() -> None:
    (settlement,) = judge([claimed(tries=TRIES - 1)], Deferred("busy", wait=3.0), SENT).settlements
    expected = Settlement("a", State.FAILED, 1010.0, reason="not placed after 8 tries: busy", attempt=3)
    assert expected == settlement


def test_a_try_that_did_not_get_through_does_not_count() -> None:
    (settlement,) = judge([claimed(tries=7)], Deferred("no route", unreachable=True), SENT).settlements
    assert (settlement.state, settlement.counted) == (State.PLANNED, False)


def test_a_platform_that_calls_nobody_halts_the_campaign_and_fails_no_contact() -> None:
    verdict = judge([claimed()], Halted("no credit", help="top up"), SENT)
    expected = Settlement(
        "a", State.PLANNED, 1010.0, reason="no credit", due_at=1010.0, counted=False, attempt=3
    )
    assert Verdict((expected,), halt=Halt("no credit; top up")) == verdict


def test_a_refused_credential_halts_as_denied() -> None:
    assert (
        Halt("who are you", denied=True) == judge([claimed()], Halted("who are you", denied=True), SENT).halt
    )


def test_after_an_answer_that_is_over_absence_is_proof_soon() -> None:
    (settlement,) = judge([claimed()], Doubtful("502", over=True), SENT).settlements
    expected = Settlement(
        "a",
        State.SENDING,
        1010.0,
        reason="502",
        look_at=1011.0,
        settle_at=1012.0,
        attempt=3,
    )
    assert expected == settlement


def test_while_a_request_may_be_under_way_absence_is_no_proof() -> None:
    (settlement,) = judge([claimed()], Doubtful("reset", over=False), SENT).settlements
    assert (settlement.look_at, settlement.settle_at) == (1011.0, 1045.0)


def test_a_lease_that_is_over_already_is_not_waited_for() -> None:
    late = replace(SENT, at=1044.5)
    (settlement,) = judge([claimed()], Doubtful("reset", over=False), late).settlements
    assert (settlement.look_at, settlement.settle_at) == (1045.0, 1045.0)


def test_where_nothing_can_be_listed_a_lost_answer_stays_unknown() -> None:
    (settlement,) = judge([claimed()], Doubtful("502", over=True), WITHOUT_LIST).settlements
    expected = Settlement("a", State.UNKNOWN, 1010.0, reason="the answer was lost: 502", attempt=3)
    assert expected == settlement


def test_every_contact_of_a_bulk_is_in_doubt_together() -> None:
    verdict = judge([claimed("a"), claimed("b")], Doubtful("502", over=True), SENT)
    assert [(one.key, one.state) for one in verdict.settlements] == [
        ("a", State.SENDING),
        ("b", State.SENDING),
    ]


def test_what_goes_alone_goes_alone_again() -> None:
    alone = claimed(solo=True)
    settlements = [
        again(alone, 1.0, "late"),
        tried(alone, 1.0, "busy", chance=0.0),
        doubt(alone, 1.0, "reset", look_at=2.0, settle_at=3.0),
    ]
    assert [one.solo for one in settlements] == [True] * 3


def test_every_settlement_says_which_request_it_is_about() -> None:
    contact = claimed(attempt=5)
    settlements = [
        again(contact, 1.0, "late"),
        tried(contact, 1.0, "busy", chance=0.0),
        doubt(contact, 1.0, "reset", look_at=2.0, settle_at=3.0),
        lost(contact, 1.0),
        placed(contact, 1.0, "id"),
        refused(contact, 1.0, "no"),
    ]
    assert [one.attempt for one in settlements] == [5] * 6


def test_pauses_never_exceed_their_bound() -> None:
    assert tried(claimed(tries=6), 1.0, "busy", chance=1.0).due_at == 1.0 + BACKOFF_CAP
