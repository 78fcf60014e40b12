"""Who is called next, and how many at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from ledger_world import (
    ID,
    LEASE,
    NOON,
    begin,
    campaign,
    give,
    in_doubt,
    keys,
    new,
    news,
    number,
    placed,
    planned,
    states,
    take,
)

from agentconf.calls.campaign import Pacing, Window
from agentconf.calls.contact import State
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.turn import Ended, Halt, Phase, Slow
from agentconf.errors import ConfigurationError
from agentconf.remote.calling import Outcome

OpenLedger = Callable[[], Ledger]
HOUR = 3600.0
MORNINGS = Window(frozenset({"mon", "tue", "wed", "thu", "fri"}), time(9), time(12, 30))
WIDE = Pacing(concurrency=50, interval=0)


def test_what_is_claimed_is_in_the_ledger_before_it_is_sent(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger)
    turn = take(ledger)
    (claimed,) = turn.claimed
    assert open_ledger().contact(ID, "key-0") == claimed
    assert (claimed.state, claimed.sent_at, claimed.attempt, turn.sent_at) == (State.SENDING, NOON, 1, NOON)
    (attempt,) = open_ledger().attempts(ID)
    assert (attempt.key, attempt.number, attempt.worker, attempt.sent_at) == ("key-0", 1, "one", NOON)
    assert (attempt.result, attempt.settled_at, attempt.call_id) == (None, None, None)


def test_higher_priorities_go_first_then_who_waits_longest_then_the_order_of_the_file(
    open_ledger: OpenLedger,
) -> None:
    ledger = open_ledger()
    rows = [
        new(0, due_at=NOON - 5),
        new(1, due_at=NOON - 5),
        new(2, due_at=NOON - 9),
        new(3, priority=2),
        new(4, priority=-1, due_at=NOON - 99),
        new(5, priority=2, zones=("Asia/Tokyo",), due_at=NOON - 1),
        new(6, zones=(), due_at=NOON - 7),
    ]
    begin(ledger, rows, pacing=WIDE)
    expected = ["key-5", "key-3", "key-2", "key-6", "key-0", "key-1", "key-4"]
    assert keys(take(ledger, 9).claimed) == expected


def test_waiting_contacts_of_a_high_priority_do_not_hold_up_others(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0, priority=9, due_at=NOON + 60), new(1)])
    assert keys(take(ledger, 2).claimed) == ["key-1"]


def test_no_more_are_under_way_than_the_concurrency(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 9, pacing=Pacing(concurrency=3, interval=0))
    assert keys(take(ledger, 2, worker="one").claimed) == ["key-0", "key-1"]
    assert keys(take(ledger, 2, worker="two").claimed) == ["key-2"]
    assert keys(take(ledger, 2, worker="one").claimed) == []
    turn = ledger.exchange(ID, [placed("key-0")], now=NOON + 1, want=2, worker="one")
    assert keys(turn.claimed) == ["key-3"]


def test_a_contact_in_doubt_leaves_its_place_to_another(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 3, pacing=Pacing(concurrency=1, interval=0))
    take(ledger)
    turn = ledger.exchange(ID, [in_doubt("key-0")], now=NOON + 1, want=1, worker="one")
    assert keys(turn.claimed) == ["key-1"]


def test_a_dead_workers_places_are_taken_until_the_lease_is_over(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 3, pacing=Pacing(concurrency=1, interval=0))
    take(ledger, worker="dead")
    assert keys(take(open_ledger(), at=NOON + LEASE - 0.1).claimed) == []
    assert keys(take(open_ledger(), at=NOON + LEASE).claimed) == ["key-1"]
    assert states(ledger)["key-0"] == "sending"


def test_nothing_is_claimed_that_is_not_wanted(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger)
    assert take(ledger, 0).claimed == ()
    assert set(states(ledger).values()) == {"planned"}


def test_the_interval_holds_over_all_workers(open_ledger: OpenLedger) -> None:
    one, two = open_ledger(), open_ledger()
    begin(one, pacing=Pacing(concurrency=5, interval=0.5))
    assert keys(take(one, 5).claimed) == ["key-0"]
    turn = take(two, 5, at=NOON + 0.4, worker="two")
    assert (turn.claimed, turn.wake_at) == ((), NOON + 0.5)
    assert keys(take(two, 5, at=NOON + 0.5, worker="two").claimed) == ["key-1"]


def test_a_rate_holds_over_all_workers(open_ledger: OpenLedger) -> None:
    one, two = open_ledger(), open_ledger()
    begin(one, 9, pacing=Pacing(concurrency=50, interval=0, rate=2))
    assert len(take(one, 9).claimed) == 2
    turn = take(two, 9, worker="two")
    assert (turn.claimed, turn.wake_at) == ((), pytest.approx(NOON + 0.5))
    assert len(take(two, 9, at=NOON + 0.5, worker="two").claimed) == 1


def test_when_one_worker_is_told_to_slow_down_all_pause(open_ledger: OpenLedger) -> None:
    one, two = open_ledger(), open_ledger()
    begin(one, 9, pacing=Pacing(concurrency=50, interval=0))
    take(one, 1)
    turn = give(one, planned("key-0", counted=False), slow=Slow(NOON, NOON + 1, 7.0))
    assert turn.wake_at == NOON + 8
    assert take(two, 1, at=NOON + 7.9, worker="two").claimed == ()
    assert len(take(two, 1, at=NOON + 8, worker="two").claimed) == 1


def test_contacts_are_called_only_while_their_window_is_open(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    rows = [
        new(0, zones=("Europe/Berlin",)),
        new(1, zones=("America/New_York",)),
        new(2, zones=("Asia/Tokyo",)),
        new(3, zones=("Europe/Berlin", "Europe/London")),
    ]
    begin(ledger, rows, window=MORNINGS, pacing=WIDE)
    turn = take(ledger, 9)
    assert keys(turn.claimed) == ["key-0", "key-3"]
    give(ledger, placed("key-0", "a"), placed("key-3", "b"))
    assert take(ledger, 9, at=NOON + HOUR).wake_at == NOON + 3 * HOUR
    assert keys(take(ledger, 9, at=NOON + 3 * HOUR).claimed) == ["key-1"]
    assert keys(take(ledger, 9, at=NOON + 13 * HOUR).claimed) == ["key-2"]


def test_whoever_is_due_while_the_window_is_closed_is_called_when_it_opens(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0, due_at=NOON + 2 * HOUR)], window=MORNINGS)
    assert take(ledger).wake_at == NOON + 21 * HOUR


def test_a_window_that_never_opens_calls_nobody_and_ends(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    zones = ("America/New_York", "Europe/Berlin")
    begin(ledger, [new(0, zones=zones)], window=Window(opens=time(9), closes=time(10)))
    turn = take(ledger)
    assert (turn.claimed, turn.wake_at, turn.open) == ((), None, False)
    assert ledger.counts(ID).reasons == {"the window never opens": 1}


def test_contacts_past_their_deadline_are_not_called(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0, deadline=NOON), new(1, deadline=NOON + 0.1), new(2, deadline=NOON - 9)])
    assert keys(take(ledger, 3).claimed) == ["key-1"]
    assert ledger.counts(ID).reasons == {"deadline": 2}


def test_who_cannot_be_called_before_their_deadline_is_called_off_at_once(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    late = NOON + HOUR
    rows = [new(0, deadline=late + 20 * HOUR), new(1, deadline=late + 20 * HOUR + 1), new(2)]
    begin(ledger, rows, window=MORNINGS)
    turn = take(ledger, 3, at=late)
    assert (turn.claimed, turn.wake_at) == ((), late + 20 * HOUR)
    assert states(ledger) == {"key-0": "canceled", "key-1": "planned", "key-2": "planned"}


def test_a_deadline_takes_off_a_second_call_but_not_the_first(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0, deadline=NOON + 60)])
    take(ledger)
    give(ledger, placed("key-0"))
    ledger.record(ID, [Ended("key-0", "call-1", Outcome.BUSY, "busy", NOON + 9, NOON + 99)])
    assert take(ledger, at=NOON + 10).open is False
    held = ledger.contact(ID, "key-0")
    assert (held.state, held.outcome, held.reason) == (State.PLACED, "busy", "busy")


def test_a_number_is_in_one_request_at_a_time(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0), new(1, to=number(0)), new(2)])
    turn = take(ledger, 3)
    assert keys(turn.claimed) == ["key-0", "key-2"]
    assert turn.wake_at == NOON + 1
    assert keys(take(ledger, 3, at=NOON + 1).claimed) == []
    give(ledger, placed("key-0"), at=NOON + 1.5)
    assert keys(take(ledger, 3, at=NOON + 2).claimed) == ["key-1"]


def test_a_number_is_in_one_request_at_a_time_over_all_campaigns(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    begin(ledger, 2, id="other")
    take(ledger)
    assert keys(take(ledger, 2, of="other").claimed) == ["key-1"]
    give(ledger, in_doubt("key-0"))
    assert keys(take(ledger, 2, of="other", at=NOON + 2).claimed) == []
    give(ledger, placed("key-0"), at=NOON + 3)
    assert keys(take(ledger, 2, of="other", at=NOON + 3).claimed) == ["key-0"]


def test_a_campaign_that_is_never_resumed_does_not_keep_its_numbers_for_ever(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    begin(ledger, 1, id="other")
    take(ledger, worker="dead")
    ledger.control(ID, Phase.CANCELED)
    assert take(ledger, of="other", at=NOON + HOUR - 1).claimed == ()
    assert keys(take(ledger, of="other", at=NOON + HOUR).claimed) == ["key-0"]
    assert states(ledger) == {"key-0": "sending"}


def test_many_rows_of_one_number_do_not_hold_up_others_for_long(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [*(new(index, to=number(0)) for index in range(99)), new(99)], pacing=WIDE)
    claimed: list[str] = []
    at = NOON
    for _ in range(9):
        turn = take(ledger, 5, at=at)
        claimed += keys(turn.claimed)
        assert turn.wake_at is not None
        at = turn.wake_at
    assert claimed == ["key-0", "key-99"]


def test_the_next_priority_is_asked_when_the_first_is_engaged(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    rows = [new(0, priority=2), new(1, priority=2, to=number(0)), new(2, priority=1, to=number(0)), new(3)]
    begin(ledger, rows)
    assert keys(take(ledger, 5).claimed) == ["key-0", "key-3"]


def test_a_turn_says_when_there_is_something_to_do_again(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0, due_at=NOON + 30), new(1, due_at=NOON + 500)])
    turn = take(ledger, 0)
    assert (turn.wake_at, turn.open) == (NOON + 30, True)
    turn = take(ledger, at=NOON + 30)
    assert (len(turn.claimed), turn.wake_at) == (1, NOON + 30 + LEASE)
    turn = give(ledger, in_doubt("key-0", at=NOON + 31, look_at=NOON + 40), at=NOON + 31)
    assert turn.wake_at == NOON + 40
    turn = give(ledger, placed("key-0"), at=NOON + 41)
    assert (turn.wake_at, turn.open) == (NOON + 500, True)
    take(ledger, at=NOON + 500)
    turn = give(ledger, placed("key-1"), at=NOON + 501)
    assert (turn.wake_at, turn.open) == (None, False)


def test_who_waits_for_a_place_looks_again_after_a_while(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 3, pacing=Pacing(concurrency=1, interval=0))
    assert take(ledger, 2).wake_at == NOON + 1
    assert take(ledger, 2, at=NOON + 5, worker="two").wake_at == NOON + 6


@pytest.mark.parametrize("phase", [Phase.PAUSED, Phase.HALTED])
def test_nothing_is_claimed_while_a_campaign_does_not_run(open_ledger: OpenLedger, phase: Phase) -> None:
    ledger = open_ledger()
    begin(ledger)
    take(ledger)
    ledger.control(ID, phase, reason="why")
    turn = take(ledger, 3)
    assert (turn.claimed, turn.phase, turn.reason, turn.wake_at, turn.open) == (
        (),
        phase,
        "why",
        NOON + LEASE,
        True,
    )
    turn = give(ledger, placed("key-0"))
    assert (turn.wake_at, turn.open) == (None, True)
    ledger.control(ID, Phase.RUNNING)
    assert keys(take(ledger, at=NOON + 2).claimed) == ["key-1"]


def test_a_platform_that_refuses_everything_halts_the_campaign(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger)
    take(ledger)
    turn = ledger.exchange(
        ID, [planned("key-0", counted=False)], now=NOON + 1, want=5, worker="one", halt=Halt("no credit")
    )
    assert (turn.claimed, turn.phase, turn.reason) == ((), Phase.HALTED, "no credit")
    assert ledger.standing(ID).phase is Phase.HALTED
    assert [one.result for one in ledger.attempts(ID)] == ["halted"]


def test_a_halt_does_not_undo_a_pause(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger)
    ledger.control(ID, Phase.PAUSED, reason="lunch")
    assert give(ledger, halt=Halt("no credit")).reason == "lunch"


def test_a_campaign_that_is_not_there_is_named_with_those_that_are(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    with pytest.raises(ConfigurationError, match="there is no campaign recall in the ledger") as caught:
        take(ledger)
    assert caught.value.help == "run one first; this ledger is empty"
    begin(ledger, 0, id="recall-may")
    with pytest.raises(ConfigurationError) as caught:
        ledger.campaign("recal-may")
    assert caught.value.help == "did you mean recall-may?"
    for index in range(9):
        begin(ledger, 0, id=f"batch-{index}")
    with pytest.raises(ConfigurationError) as caught:
        ledger.counts("xyz")
    assert caught.value.help == (
        "the ledger has batch-8, batch-7, batch-6, batch-5, batch-4, batch-3, batch-2, batch-1, …"
    )


def test_all_of_a_campaign_is_called_once_in_order(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    ledger.enrol(campaign(pacing=Pacing(concurrency=7, interval=0)), news(50), at=NOON)
    sent: list[str] = []
    turn = take(ledger, 7)
    while turn.claimed:
        sent += keys(turn.claimed)
        told = [placed(contact.key, f"call-{contact.key}") for contact in turn.claimed]
        turn = ledger.exchange(ID, told, now=NOON, want=7, worker="one")
    assert sent == [f"key-{index}" for index in range(50)]
    assert ledger.counts(ID).states == {State.PLACED: 50}
