"""Claiming, sending and settling: everybody is called once, within the campaign's bounds."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from dispatch_world import BRISK, ON_SQLITE, START, Scripted, World, answers, contact, contacts, world

from agentconf.calls.campaign import Pacing, Window
from agentconf.calls.contact import State
from agentconf.calls.event import Event, Moved, Slowed, Stopped, Waiting
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.turn import Phase
from agentconf.emulator.faults import parse_faults
from agentconf.errors import AgentconfError
from agentconf.remote.calling import (
    Capabilities,
    Deferred,
    Doubtful,
    Halted,
    Placed,
    Refused,
    Target,
)
from agentconf.remote.dasha.client import DashaCalls
from agentconf.stop import Stop

OpenLedger = Callable[[], Ledger]
ONE_EACH = {f"+1415555{100 + number:04d}": 1 for number in range(12)}


def test_everybody_is_called_once(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(12))
        summary = here.run()
        assert (here.calls(), here.states(), summary.placed_here) == (ONE_EACH, {"placed": 12}, 12)


@ON_SQLITE
def test_what_the_platform_is_sent_is_what_the_contact_says(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol([contact(0)])
        here.run()
        expected = {"phone_number": "+14155550100", "arguments": {"name": "Person 0"}}
        assert [expected] == [entry.body for entry in here.log()]


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "reset-before", "reset-after", "slow"])
def test_a_fault_calls_nobody_twice_and_loses_nobody(open_ledger: OpenLedger, fault: str) -> None:
    with world(open_ledger, f"POST *calls {fault}", f"POST *calls {fault}") as here:
        here.enrol(contacts(12))
        here.run()
        assert (here.calls(), here.states()) == (ONE_EACH, {"placed": 12})


def test_many_faults_call_nobody_twice_and_lose_nobody(open_ledger: OpenLedger) -> None:
    faults = parse_faults("429=0.08,500=0.1,502=0.1,503=0.1,reset=0.2,slow=0.05")
    with world(open_ledger, emulator={"faults": faults, "latency": 0.1, "random_seed": 7}) as here:
        here.enrol(contacts(60))
        here.run()
        assert ({1}, 60, {"placed": 60}) == (set(here.calls().values()), len(here.calls()), here.states())


def test_requests_at_once_are_as_many_as_the_campaign_allows_and_no_more(open_ledger: OpenLedger) -> None:
    with world(open_ledger, emulator={"latency": 0.1}) as here:
        here.enrol(contacts(12))
        here.run()
        assert (4, pytest.approx(0.3)) == (here.overlap(), here.sent[-1].ended - START)


def test_a_process_has_no_more_requests_under_way_than_its_capacity(open_ledger: OpenLedger) -> None:
    with world(open_ledger, emulator={"latency": 0.1}) as here:
        here.enrol(contacts(6))
        here.run(capacity=2)
        assert here.overlap() == 2


def test_starts_are_apart_by_the_interval(open_ledger: OpenLedger) -> None:
    with world(open_ledger, pacing=replace(BRISK, interval=0.5)) as here:
        here.enrol(contacts(4))
        here.run()
        began = [one.began - START for one in here.sent]
        assert pytest.approx([0.0, 0.5, 1.0, 1.5], abs=0.01) == began


def test_starts_are_no_more_than_the_rate_allows(open_ledger: OpenLedger) -> None:
    with world(open_ledger, pacing=replace(BRISK, concurrency=50, rate=5.0)) as here:
        here.enrol(contacts(15))
        here.run()
        began = [one.began - START for one in here.sent]
        assert (began[-1] >= 2.0 - 0.01, len(began)) == (True, 15)


def test_after_a_429_nobody_starts_anything_for_as_long_as_it_asks(open_ledger: OpenLedger) -> None:
    throttled = Scripted(answers(Deferred("too fast", wait=7.0, throttled=True)))
    with world(open_ledger) as here:
        here.enrol(contacts(12))
        here.run(throttled)
        later = [one.began - START for one in here.sent if one.began > START]
        assert (min(later) >= 7.0, here.states()) == (True, {"placed": 12})


@ON_SQLITE
def test_a_429_is_told(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(Deferred("too fast", wait=7.0, throttled=True))))
        assert [Slowed(START, 7.0)] == [event for event in here.events if isinstance(event, Slowed)]


@ON_SQLITE
def test_of_several_429_at_once_the_longest_pause_counts(open_ledger: OpenLedger) -> None:
    waits = [Deferred("too fast", wait=wait, throttled=True) for wait in (2.0, 9.0, None, 3.0)]
    with world(open_ledger) as here:
        here.enrol(contacts(4))
        here.run(Scripted(answers(*waits)))
        assert min(one.began for one in here.sent if one.began > START) >= START + 9.0


def test_a_refused_contact_stops_no_other(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol([contact(0), contact(1, arguments={}), contact(2)])
        here.run()
        assert here.states() == {"placed": 2, "failed": 1}


@ON_SQLITE
def test_a_refusal_is_told_without_the_number(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol([contact(0, arguments={})])
        here.run()
        (failed,) = here.moved(State.FAILED)
        assert (failed.number.startswith("n-"), "+1415" in repr(here.events)) == (True, False)


def test_without_credit_everything_stops_and_nobody_is_failed(open_ledger: OpenLedger) -> None:
    with world(open_ledger, emulator={"credit": 3}) as here:
        here.enrol(contacts(12))
        summary = here.run()
        assert (
            here.states(),
            summary.phase,
            summary.denied,
        ) == ({"placed": 3, "planned": 9}, Phase.HALTED, False)


@ON_SQLITE
def test_a_halt_is_told_with_its_reason(open_ledger: OpenLedger) -> None:
    with world(open_ledger, emulator={"credit": 0}) as here:
        here.enrol(contacts(1))
        here.run()
        (stopped,) = [event for event in here.events if isinstance(event, Stopped)]
        assert (stopped.phase, "credit" in (stopped.reason or "")) == ("halted", True)


def test_a_refused_credential_stops_everything(open_ledger: OpenLedger) -> None:
    with world(open_ledger, emulator={"tokens": {"another": "00000000-0000-4000-8000-000000000001"}}) as here:
        here.enrol(contacts(12))
        summary = here.run()
        assert (here.states(), summary.denied) == ({"planned": 12}, True)


def test_a_halted_campaign_goes_on_when_it_is_resumed(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(3))
        here.run(Scripted(answers(Halted("no credit"))))
        here.control(Phase.RUNNING)
        here.run()
        assert here.states() == {"placed": 3}


def test_who_is_put_off_again_and_again_fails_in_the_end(open_ledger: OpenLedger) -> None:
    busy = [Deferred("busy")] * 8
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(*busy)))
        assert ({"failed": 1}, {"not placed after 8 tries: busy"}) == (here.states(), here.reasons())


@ON_SQLITE
def test_pauses_between_tries_grow(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(Deferred("busy"), Deferred("busy"), Deferred("busy", wait=3.0))))
        assert pytest.approx([0.0, 0.5, 1.5, 4.5], abs=0.01) == [one.began - START for one in here.sent]


@ON_SQLITE
def test_a_long_break_of_the_network_halts_the_campaign(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(40))
        summary = here.run(Scripted(lambda _: Deferred("no route to host", unreachable=True)))
        expected = (
            "the platform cannot be reached: no route to host; check the network and the environment's"
            " base_url, then resume"
        )
        assert (Phase.HALTED, expected, {"planned": 40}) == (summary.phase, summary.reason, here.states())


@ON_SQLITE
def test_a_short_break_of_the_network_is_sat_out(open_ledger: OpenLedger) -> None:
    with world(open_ledger, pacing=replace(BRISK, concurrency=20)) as here:

        def answer(calls: Any) -> Any:
            down = here.time.passed < 6
            return Deferred("no route", unreachable=True) if down else Placed((calls[0].key,))

        here.enrol(contacts(40))
        here.run(Scripted(answer))
        assert here.states() == {"placed": 40}


@ON_SQLITE
def test_an_unreachable_platform_is_tried_one_request_at_a_time(open_ledger: OpenLedger) -> None:
    async def refuse(_calls: Any) -> Deferred:
        await asyncio.sleep(0.1)
        return Deferred("no route", unreachable=True)

    with world(open_ledger) as here:
        here.enrol(contacts(12))
        here.run(Scripted(refuse))
        first, *later = sorted({one.began for one in here.sent})
        apart = [then - before for before, then in itertools.pairwise([first, *later])]
        assert (sum(one.began == first for one in here.sent), min(apart) >= 0.5) == (4, True)


def test_a_claim_that_took_too_long_is_not_sent_but_claimed_anew(
    open_ledger: OpenLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(open_ledger) as here:
        exchange, delays = Ledger.exchange, [BRISK.patience / 4]

        def slow(ledger: Ledger, *arguments: Any, **named: Any) -> Any:
            turn = exchange(ledger, *arguments, **named)
            here.time.passed += delays.pop() if delays else 0.0
            return turn

        monkeypatch.setattr(Ledger, "exchange", slow)
        here.enrol(contacts(2))
        here.run()
        (first, *_) = here.moved()
        assert ("claimed too long ago to be sent", 2, {0}) == (
            first.reason,
            len(here.log()),
            {one.tries for one in here.contacts()},
        )


@ON_SQLITE
def test_a_request_that_hangs_is_given_up_before_the_lease_is_over(open_ledger: OpenLedger) -> None:
    hang = [True]

    async def answer(calls: Any) -> Placed:
        if hang:
            hang.clear()
            await asyncio.sleep(3600)
        return Placed((calls[0].key,))

    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answer))
        (doubt, absent, placed) = here.moved()
        assert [(one.state, round(one.at - START, 1), one.reason) for one in (doubt, absent)] == [
            (State.SENDING, 4.5, "no answer within 4 s"),
            (State.PLANNED, 6.0, "no answer within 4 s; the platform has no such call"),
        ]
        assert placed.state == State.PLACED


@ON_SQLITE
def test_a_bug_in_one_request_surfaces_and_the_others_are_settled(open_ledger: OpenLedger) -> None:
    async def answer(calls: Any) -> Placed:
        if calls[0].to.endswith("0101"):
            raise ZeroDivisionError
        await asyncio.sleep(1)
        return Placed((calls[0].key,))

    with world(open_ledger) as here:
        here.enrol(contacts(12))
        with pytest.raises(ZeroDivisionError):
            here.run(Scripted(answer))
        assert here.states() == {"placed": 3, "sending": 1, "planned": 8}


def _failing(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let the ledger fail so many times once it has answers to write."""
    exchange, left = Ledger.exchange, [None] * times

    def fail(ledger: Ledger, campaign_id: str, settlements: Any, **named: Any) -> Any:
        if settlements and left:
            left.pop()
            raise AgentconfError("the disk is full", help="free some space")
        return exchange(ledger, campaign_id, settlements, **named)

    monkeypatch.setattr(Ledger, "exchange", fail)


def test_a_ledger_that_fails_once_ends_the_run_and_loses_no_answer(
    open_ledger: OpenLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _failing(monkeypatch, 2)
    with world(open_ledger, emulator={"latency": 0.1}) as here:
        here.enrol(contacts(12))
        with pytest.raises(AgentconfError, match=r"^the disk is full$"):
            here.run()
        assert here.states() == {"placed": 4, "planned": 8}


@ON_SQLITE
def test_answers_that_a_broken_ledger_cannot_take_are_not_kept_quiet(
    open_ledger: OpenLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _failing(monkeypatch, 100)
    with world(open_ledger) as here:
        here.enrol(contacts(12))
        with pytest.raises(AgentconfError) as caught:
            here.run()
        assert (
            str(caught.value)
            == "the disk is full; 4 answers of the platform could not be written to the ledger"
        )


def test_answers_that_were_not_written_are_found_by_the_next_run(
    open_ledger: OpenLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(12))
        with monkeypatch.context() as patch:
            _failing(patch, 100)
            with pytest.raises(AgentconfError):
                here.run()
        here.run()
        assert (here.calls(), here.states()) == (ONE_EACH, {"placed": 12})


def _stopping(stop: Stop, times: int = 1) -> Callable[[Event], None]:
    def listen(event: Event) -> None:
        if isinstance(event, Moved) and not stop.requested:
            for _ in range(times):
                stop.request()

    return listen


def _uneven(calls: Any) -> Any:
    async def answer() -> Placed:
        await asyncio.sleep(0.1 if calls[0].to.endswith("0100") else 1.0)
        return Placed((calls[0].key,))

    return answer()


def test_a_first_request_to_stop_finishes_what_is_under_way(open_ledger: OpenLedger) -> None:
    stop = Stop()
    with world(open_ledger) as here:
        here.enrol(contacts(12))
        summary = here.run(Scripted(_uneven), stop=stop, during=_stopping(stop))
        assert (here.states(), summary.interrupted) == ({"placed": 4, "planned": 8}, True)


def test_a_second_request_to_stop_gives_up_what_is_under_way(open_ledger: OpenLedger) -> None:
    stop = Stop()
    with world(open_ledger) as here:
        here.enrol(contacts(12))
        summary = here.run(Scripted(_uneven), stop=stop, during=_stopping(stop, times=2))
        # Whoever was claimed while the first answer was written is left to the next run.
        assert (here.states(), summary.interrupted) == ({"placed": 1, "sending": 3, "planned": 8}, True)


def test_what_was_given_up_is_resolved_by_the_next_run(open_ledger: OpenLedger) -> None:
    stop = Stop()
    with world(open_ledger, emulator={"latency": 0.1}) as here:
        here.enrol(contacts(12))
        here.run(stop=stop, during=_stopping(stop, times=2))
        summary = here.run()
        assert (here.calls(), here.states(), summary.interrupted) == (ONE_EACH, {"placed": 12}, False)


@ON_SQLITE
def test_a_run_that_is_stopped_before_it_begins_calls_nobody(open_ledger: OpenLedger) -> None:
    stop = Stop()
    stop.request()
    with world(open_ledger) as here:
        here.enrol(contacts(12))
        here.run(stop=stop)
        assert here.states() == {"planned": 12}


@pytest.mark.parametrize(
    ("phase", "left"),
    [(Phase.PAUSED, {"placed": 5, "planned": 7}), (Phase.CANCELED, {"placed": 5, "canceled": 7})],
)
def test_what_another_process_decides_is_obeyed(
    open_ledger: OpenLedger, phase: Phase, left: dict[str, int]
) -> None:
    with world(open_ledger) as here:

        def listen(event: Event) -> None:
            if isinstance(event, Moved) and event is here.moved()[0]:
                here.control(phase)

        here.enrol(contacts(12))
        summary = here.run(Scripted(_uneven), during=listen)
        assert (left, phase, False) == (here.states(), summary.phase, summary.interrupted)


def test_a_paused_campaign_is_noticed_while_nothing_is_due(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:

        def listen(event: Event) -> None:
            if isinstance(event, Waiting):
                here.control(Phase.PAUSED)

        here.enrol([contact(0, due_at=START + 3600)])
        here.run(during=listen)
        assert here.time.passed < 11


def test_a_limit_is_kept(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(12))
        summary = here.run(limit=5)
        assert (here.states(), summary.placed_here) == ({"placed": 5, "planned": 7}, 5)


@ON_SQLITE
def test_whoever_is_put_off_leaves_his_place_within_the_limit(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(3))
        here.run(Scripted(answers(Deferred("busy"))), limit=3)
        assert here.states() == {"placed": 3}


@ON_SQLITE
def test_calls_in_doubt_are_resolved_before_a_limited_run_ends(open_ledger: OpenLedger) -> None:
    with world(open_ledger, "POST *calls reset-after") as here:
        here.enrol(contacts(12))
        here.run(limit=2)
        assert here.states() == {"placed": 2, "planned": 10}


@ON_SQLITE
def test_a_cancelled_run_writes_what_it_knows_and_gives_up_the_rest(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:

        def listen(event: Event) -> None:
            if isinstance(event, Moved):
                raise asyncio.CancelledError

        here.enrol(contacts(12))
        with pytest.raises(asyncio.CancelledError):
            here.run(Scripted(_uneven), during=listen)
        assert here.states() == {"placed": 1, "sending": 3, "planned": 8}


def test_a_bulk_platform_gets_many_calls_in_one_request(open_ledger: OpenLedger) -> None:
    with world(open_ledger, pacing=replace(BRISK, bulk=5), target=Target("dasha", "agent-1")) as here:
        here.enrol(contacts(12))
        here.run(here.platform(DashaCalls, bulk=5))
        assert (here.states(), [len(one.calls) for one in here.sent]) == ({"placed": 12}, [5, 5, 2])


def test_a_refused_bulk_is_sent_one_by_one(open_ledger: OpenLedger) -> None:
    def answer(calls: Any) -> Any:
        bad = any(call.to.endswith("0102") for call in calls)
        return Refused("bad number") if bad else Placed(tuple(call.key for call in calls))

    with world(open_ledger, pacing=replace(BRISK, bulk=4)) as here:
        here.enrol(contacts(4))
        here.run(Scripted(answer, Capabilities("Bulk", bulk=4)))
        assert (
            [len(one.calls) for one in here.sent],
            here.states(),
        ) == ([4, 1, 1, 1, 1], {"placed": 3, "failed": 1})


@ON_SQLITE
def test_a_platform_that_schedules_is_told_priority_deadline_and_zone(open_ledger: OpenLedger) -> None:
    person = contact(0, priority=3, deadline=START + 60, timezone="Europe/Berlin")
    with world(open_ledger) as here:
        here.enrol([person, contact(1)])
        here.run(Scripted(capabilities=Capabilities("Scheduling", schedules=True)))
        told = [
            (call.priority, call.deadline and call.deadline.timestamp(), call.timezone)
            for one in here.sent
            for call in one.calls
        ]
        assert told == [(3, START + 60, "Europe/Berlin"), (0, None, None)]


@ON_SQLITE
def test_a_platform_that_does_not_schedule_is_told_nothing_of_it(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol([contact(0, priority=3, deadline=START + 60, timezone="Europe/Berlin")])
        here.run(Scripted())
        ((call,),) = [one.calls for one in here.sent]
        assert (call.priority, call.deadline, call.timezone) == (None, None, None)


def test_who_is_not_called_by_his_deadline_is_called_off(open_ledger: OpenLedger) -> None:
    with world(open_ledger, pacing=replace(BRISK, interval=10.0)) as here:
        here.enrol([contact(0), contact(1, deadline=START + 5)])
        here.run()
        assert ({"placed": 1, "canceled": 1}, {None, "deadline"}) == (here.states(), here.reasons())


def _waiting(here: World) -> list[tuple[str, float | None]]:
    return [
        (event.why, None if event.until is None else event.until - START)
        for event in here.events
        if isinstance(event, Waiting)
    ]


@ON_SQLITE
def test_waiting_for_a_try_is_told_once(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(Deferred("busy", wait=60.0))))
        assert _waiting(here) == [("retry", 60.0)]


@ON_SQLITE
def test_waiting_for_the_window_is_told(open_ledger: OpenLedger) -> None:
    office = Window(opens=time(11), closes=time(18))
    with world(open_ledger, window=office) as here:
        here.enrol([contact(0, zones=("Etc/UTC",))])
        here.run()
        assert _waiting(here) == [("window", 3600.0)]


@ON_SQLITE
def test_waiting_after_a_429_is_told(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(Deferred("too fast", wait=30.0, throttled=True))))
        assert _waiting(here) == [("pace", 30.0)]


@ON_SQLITE
def test_waiting_for_lost_answers_is_told(open_ledger: OpenLedger) -> None:
    with world(open_ledger, pacing=Pacing(interval=0.0, patience=20.0)) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(Doubtful("reset", over=False))))
        assert {"answers"} == {why for why, _ in _waiting(here)}


@ON_SQLITE
def test_nothing_is_said_about_short_pauses(open_ledger: OpenLedger) -> None:
    with world(open_ledger, pacing=replace(BRISK, interval=0.5)) as here:
        here.enrol(contacts(4))
        here.run()
        assert _waiting(here) == []
