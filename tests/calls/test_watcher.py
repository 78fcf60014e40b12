"""Calls in doubt are found or proven absent, and placed calls are followed to their end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from dispatch_world import (
    BRISK,
    ON_SQLITE,
    START,
    Metered,
    Scripted,
    World,
    answers,
    contact,
    contacts,
    world,
)

from agentconf.calls.campaign import Retry
from agentconf.calls.contact import Contact, State
from agentconf.calls.event import Moved
from agentconf.calls.following import again_at
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.match import mark
from agentconf.calls.run import RunOptions, watch
from agentconf.calls.turn import Phase, Settlement
from agentconf.calls.watcher import Watched
from agentconf.errors import AgentconfError, AuthenticationError, RemoteError
from agentconf.remote.calling import CallRecord, Capabilities, Doubtful, Outcome, Placed, Target
from agentconf.remote.sipgate.client import SipgateCalls
from agentconf.stop import Stop

OpenLedger = Callable[[], Ledger]
RESET = Doubtful("the connection broke", over=False)
GATEWAY = Doubtful("bad gateway", over=True)


def record(number: int, at: float, outcome: Outcome | None = None, **changes: Any) -> CallRecord:
    """A call to the contact of a number."""
    whom = contact(number)
    values: dict[str, Any] = {
        "to": whom.to,
        "status": "queued",
        "arguments": whom.arguments,
        "id": f"call-{number}",
    }
    return CallRecord(outcome=outcome, created_at=datetime.fromtimestamp(at, UTC), **(values | changes))


def steps(here: World) -> list[tuple[State, float, str | None]]:
    return [(one.state, round(one.at - START, 2), one.reason) for one in here.moved()]


def test_a_call_whose_answer_was_lost_is_found_by_the_list(open_ledger: OpenLedger) -> None:
    with world(open_ledger, "POST *calls reset-after") as here:
        here.enrol(contacts(1))
        summary = here.run()
        (person,) = here.contacts()
        assert (
            here.states(),
            len(here.log()),
            summary.placed_here,
            person.call_id is not None,
        ) == ({"placed": 1}, 1, 1, True)


def test_a_found_call_was_placed_when_the_platform_took_it(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(RESET), records=[record(0, START + 0.25)]))
        assert [one.placed_at for one in here.contacts()] == [START + 0.25]


@ON_SQLITE
def test_a_platform_whose_clock_runs_ahead_places_nothing_in_the_future(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(RESET), records=[record(0, START + 200)]))
        assert [one.placed_at for one in here.contacts()] == [START + 1.0]


def test_absence_after_a_broken_connection_is_proof_only_when_the_lease_is_over(
    open_ledger: OpenLedger,
) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(RESET)))
        assert steps(here) == [
            (State.SENDING, 0.0, "the connection broke"),
            (State.PLANNED, 6.0, "the connection broke; the platform has no such call"),
            (State.PLACED, 6.5, None),
        ]


@ON_SQLITE
def test_absence_after_an_answer_is_proof_two_seconds_later(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(GATEWAY)))
        assert steps(here)[1] == (State.PLANNED, 2.0, "bad gateway; the platform has no such call")


@ON_SQLITE
def test_a_list_that_was_begun_too_early_is_no_proof_however_long_it_takes(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:

        def slow() -> None:
            here.time.passed += 10.0

        platform = Scripted(answers(RESET), listed=slow)
        here.enrol(contacts(1))
        here.run(platform)
        assert (len(platform.asked), steps(here)[1][0]) == (2, State.PLANNED)


@ON_SQLITE
def test_a_call_that_shows_up_late_is_found_before_anybody_is_called_again(open_ledger: OpenLedger) -> None:
    platform = Scripted(answers(RESET))
    with world(open_ledger) as here:

        def show() -> None:
            if here.time.passed > 4:
                platform.records = [record(0, START)]

        platform.listed = show
        here.enrol(contacts(1))
        here.run(platform)
        assert (here.states(), len(here.sent)) == ({"placed": 1}, 1)


def test_an_absent_call_costs_a_try(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(*[GATEWAY] * 8)))
        expected = "not placed after 8 tries: bad gateway; the platform has no such call"
        assert ({"failed": 1}, {expected}) == (here.states(), here.reasons())


@ON_SQLITE
def test_a_call_of_another_time_is_not_taken_for_ours(open_ledger: OpenLedger) -> None:
    theirs = record(0, START - 3600)
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(RESET), records=[theirs]))
        assert len(here.sent) == 2


@ON_SQLITE
def test_a_call_by_its_mark_is_found_in_a_list(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        (person,) = here.contacts()
        here.run(Scripted(answers(RESET), records=[record(0, START, to="", mark=mark(person))]))
        assert (here.states(), len(here.sent)) == ({"placed": 1}, 1)


@ON_SQLITE
def test_a_list_that_cannot_be_read_concludes_nothing(open_ledger: OpenLedger) -> None:
    left = [None] * 3

    def broken() -> None:
        if left:
            left.pop()
            raise RemoteError("the list is broken")

    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(RESET), records=[record(0, START)], listed=broken))
        assert (here.states(), len(here.sent)) == ({"placed": 1}, 1)


def _unreadable() -> None:
    raise RemoteError("the list is broken", help="come back later")


def test_a_list_that_stays_broken_halts_the_campaign_and_leaves_the_doubt(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        summary = here.run(Scripted(answers(RESET), listed=_unreadable))
        expected = "the platform does not tell which calls there are: the list is broken; come back later"
        assert (Phase.HALTED, expected, {"sending": 1}) == (summary.phase, summary.reason, here.states())


@ON_SQLITE
def test_a_list_that_is_denied_halts_the_campaign_at_once(open_ledger: OpenLedger) -> None:
    def denied() -> None:
        raise AuthenticationError("who are you")

    platform = Scripted(answers(RESET), listed=denied)
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        summary = here.run(platform)
        assert (summary.phase, summary.denied, len(platform.asked)) == (Phase.HALTED, True, 1)


def test_where_nothing_is_listed_lost_answers_stay_unknown(open_ledger: OpenLedger) -> None:
    faults = ("POST *call 502", "POST *call reset-after", "POST *call reset-before")
    with world(open_ledger, *faults, target=Target("sipgate", "flow-1", "e2")) as here:
        here.enrol(contacts(6, arguments={}))
        here.run(here.platform(SipgateCalls))
        assert (here.states(), len(here.log())) == ({"placed": 3, "unknown": 3}, 6)


def test_the_unknown_are_called_again_only_when_that_is_asked_for(open_ledger: OpenLedger) -> None:
    with world(open_ledger, "POST *call 502", target=Target("sipgate", "flow-1", "e2")) as here:
        here.enrol(contacts(1, arguments={}))
        here.run(here.platform(SipgateCalls))
        here.run(here.platform(SipgateCalls))
        before = len(here.log())
        with here.open_ledger() as ledger:
            ledger.redial_unknown("recall", at=here.time.now())
        here.run(here.platform(SipgateCalls))
        assert (before, len(here.log()), here.states()) == (1, 2, {"placed": 1})


def _abandon(here: World, count: int) -> None:
    """Claim contacts as a process does that dies then."""
    with here.open_ledger() as ledger:
        turn = ledger.exchange("recall", (), now=here.time.now(), want=count, worker="dead")
        assert count == len(turn.claimed)


def test_what_a_dead_process_has_claimed_is_called_when_its_lease_is_over(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(2))
        _abandon(here, 1)
        here.run()
        late = [one.began - START for one in here.sent if one.began > START]
        assert (here.states(), len(late), late[0] > BRISK.lease) == ({"placed": 2}, 1, True)


def test_what_a_dead_process_has_placed_is_not_called_again(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        _abandon(here, 1)
        here.run(Scripted(records=[record(0, START)]))
        assert (here.states(), here.sent) == ({"placed": 1}, [])


def test_without_a_list_what_a_dead_process_has_claimed_is_unknown(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        _abandon(here, 1)
        here.run(Scripted(capabilities=Capabilities("Blind", list_calls=False)))
        assert ({"unknown": 1}, {"the answer was lost"}) == (here.states(), here.reasons())


@ON_SQLITE
def test_a_dead_process_holds_up_its_own_contacts_only(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(12))
        _abandon(here, 4)
        here.run()
        assert here.states() == {"placed": 12}


def test_a_doubt_that_another_process_has_resolved_is_not_waited_for(open_ledger: OpenLedger) -> None:
    platform = Scripted(answers(RESET), records=[record(0, START)])

    def other(_event: object) -> None:
        if here.time.passed == 0:
            with here.open_ledger() as ledger:
                found = Settlement("key-0", State.PLACED, START, call_id="call-0", attempt=1)
                ledger.resolve("recall", [found], now=START)

    with world(open_ledger) as here:
        here.enrol(contacts(1))
        summary = here.run(platform, during=other)
        assert (here.states(), summary.placed_here) == ({"placed": 1}, 0)


def test_a_run_to_the_end_knows_how_every_call_went(open_ledger: OpenLedger) -> None:
    with world(open_ledger, emulator={"call_failure_rate": 0.5}) as here:
        here.enrol(contacts(12))
        summary = here.run(until="ended")
        assert (
            sum(summary.counts.outcomes.values()),
            "completed" in summary.counts.outcomes,
            summary.counts.outcomes.get("", 0),
        ) == (12, True, 0)


def test_many_calls_are_followed_by_lists_and_the_oldest_one_by_one(open_ledger: OpenLedger) -> None:
    platform = Scripted(lambda calls: Placed((f"call-{int(calls[0].to[-4:]) - 100}",)))
    with world(open_ledger, pacing=replace(BRISK, interval=0.1)) as here:
        here.enrol(contacts(30))
        here.run(platform)
        platform.records = [record(number, START, Outcome.COMPLETED) for number in range(30)]
        summary = here.run(platform, until="ended")
        assert ([*(f"call-{number}" for number in range(20)), "list"], {"completed": 30}) == (
            platform.asked,
            dict(summary.counts.outcomes),
        )


def _placing(number: int) -> Callable[[Any], Placed]:
    return lambda _: Placed((f"call-{number}",))


@ON_SQLITE
def test_calls_are_followed_by_lists_where_none_can_be_asked_for(open_ledger: OpenLedger) -> None:
    platform = Scripted(_placing(0), Capabilities("Lists", get=False), [record(0, START, Outcome.BUSY)])
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        summary = here.run(platform, until="ended")
        assert (dict(summary.counts.outcomes), platform.asked) == ({"busy": 1}, ["list"])


@ON_SQLITE
def test_calls_are_asked_for_one_by_one_where_there_is_no_list(open_ledger: OpenLedger) -> None:
    platform = Scripted(_placing(0), Capabilities("Gets", list_calls=False), [record(0, START, Outcome.BUSY)])
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        summary = here.run(platform, until="ended")
        assert (dict(summary.counts.outcomes), platform.asked) == ({"busy": 1}, ["call-0"])


@ON_SQLITE
def test_where_nobody_tells_a_run_to_the_end_ends_with_the_last_call(open_ledger: OpenLedger) -> None:
    with world(open_ledger, target=Target("sipgate", "flow-1", "e2")) as here:
        here.enrol(contacts(3, arguments={}))
        summary = here.run(here.platform(SipgateCalls), until="ended")
        assert (dict(summary.counts.outcomes), here.time.passed) == ({"": 3}, 0.0)


@ON_SQLITE
def test_a_call_that_the_platform_has_forgotten_is_not_waited_for_for_ever(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        summary = here.run(Scripted(_placing(0)), until="ended")
        assert (dict(summary.counts.outcomes), 600 < here.time.passed < 660) == ({"": 1}, True)


@ON_SQLITE
def test_a_platform_that_cannot_be_asked_for_a_while_is_asked_again(open_ledger: OpenLedger) -> None:
    platform = Scripted(_placing(0), Capabilities("Lists", get=False), [record(0, START, Outcome.BUSY)])
    left = [None] * 3

    def broken() -> None:
        if left:
            left.pop()
            raise RemoteError("the list is broken")

    platform.listed = broken
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        summary = here.run(platform, until="ended")
        assert dict(summary.counts.outcomes) == {"busy": 1}


@ON_SQLITE
def test_following_ends_when_the_run_is_stopped(open_ledger: OpenLedger) -> None:
    stop = Stop()
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        summary = here.run(until="ended", stop=stop, during=lambda _: stop.request())
        assert (dict(summary.counts.outcomes), summary.interrupted) == ({"": 1}, True)


AGAIN = Retry(frozenset({Outcome.BUSY}), times=2, after=600.0)


def test_who_was_busy_is_called_again_after_the_pause(open_ledger: OpenLedger) -> None:
    count = iter(range(9))

    def answer(_calls: Any) -> Placed:
        number = next(count)
        outcome = Outcome.BUSY if number == 0 else Outcome.COMPLETED
        at = here.time.now()
        platform.records.append(
            record(0, at, outcome, id=f"call-{number}", ended_at=datetime.fromtimestamp(at + 2, UTC))
        )
        return Placed((f"call-{number}",))

    platform = Scripted(answer)
    with world(open_ledger, retry=AGAIN) as here:
        here.enrol(contacts(1))
        summary = here.run(platform, until="ended")
        began = [round(one.began - START) for one in here.sent]
        assert (began, dict(summary.counts.outcomes)) == ([0, 602], {"completed": 1})


def test_nobody_is_called_more_often_than_the_campaign_says(open_ledger: OpenLedger) -> None:
    count = iter(range(9))

    def answer(_calls: Any) -> Placed:
        call_id = f"call-{next(count)}"
        platform.records.append(record(0, here.time.now(), Outcome.BUSY, id=call_id))
        return Placed((call_id,))

    platform = Scripted(answer)
    with world(open_ledger, retry=AGAIN) as here:
        here.enrol(contacts(1))
        here.run(platform, until="ended")
        assert len(here.sent) == 3


@ON_SQLITE
def test_being_called_again_is_told_with_the_outcome(open_ledger: OpenLedger) -> None:
    ids = iter(["call-0", "call-1"])
    platform = Scripted(lambda _: Placed((next(ids),)), records=[record(0, START, Outcome.BUSY)])
    with world(open_ledger, retry=replace(AGAIN, times=1)) as here:

        def listen(event: object) -> None:
            if isinstance(event, Moved) and event.outcome:
                platform.records = [record(0, START + 700, Outcome.COMPLETED, id="call-1")]

        here.enrol(contacts(1))
        here.run(platform, until="ended", during=listen)
        told = [(one.state, one.outcome) for one in here.moved() if one.outcome]
        assert told == [(State.PLANNED, "busy"), (State.PLACED, "completed")]


def _called(calls: int) -> Contact:
    return Contact("a", 2, "+14155550100", {}, 0, (), 0.0, None, None, "", State.PLACED, calls=calls)


@pytest.mark.parametrize(
    ("on", "outcome", "again"),
    [
        ({Outcome.BUSY}, Outcome.BUSY, True),
        ({Outcome.BUSY}, Outcome.NO_ANSWER, False),
        ({Outcome.FAILED}, Outcome.FAILED, True),
        ({Outcome.FAILED}, Outcome.NO_ANSWER, True),
        ({Outcome.FAILED}, Outcome.REJECTED, True),
        ({Outcome.FAILED}, Outcome.COMPLETED, False),
        ({Outcome.FAILED}, Outcome.CANCELED, False),
        ({Outcome.CANCELED}, Outcome.CANCELED, True),
        ({Outcome.COMPLETED}, Outcome.COMPLETED, True),
    ],
)
def test_which_outcomes_are_called_again(on: set[Outcome], outcome: Outcome, *, again: bool) -> None:
    retry = Retry(frozenset(on), times=1, after=60.0)
    assert (160.0 if again else None) == again_at(_called(1), outcome, 100.0, retry)


@pytest.mark.parametrize(("calls", "again"), [(1, True), (2, True), (3, False)])
def test_how_often_is_called_again(calls: int, *, again: bool) -> None:
    assert again == (again_at(_called(calls), Outcome.BUSY, 0.0, AGAIN) is not None)


def test_without_a_word_about_it_nobody_is_called_again() -> None:
    assert None is again_at(_called(1), Outcome.BUSY, 0.0, None)


def _watch(here: World, platform: Any, *, until: float | None = None, stop: Stop | None = None) -> Watched:
    async def go() -> Watched:
        return await watch(
            "recall",
            here.open_ledger,
            Metered(platform, here.time, here.sent),
            RunOptions("watch"),
            listener=here.events.append,
            stop=stop,
            timing=here.time.timing(),
            until=until,
        )

    return here.time.run(go())


def test_one_look_resolves_what_is_due_and_calls_nobody(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(2))
        _abandon(here, 2)
        here.time.passed += BRISK.lease
        watched = _watch(here, Scripted(records=[record(0, START)]))
        assert ({"placed": 1, "planned": 1}, Watched(0, unfinished=False), []) == (
            here.states(),
            watched,
            here.sent,
        )


@ON_SQLITE
def test_a_watch_goes_on_until_its_time_is_over(open_ledger: OpenLedger) -> None:
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        _abandon(here, 1)
        _watch(here, Scripted(), until=START + 60)
        assert (here.states(), here.time.passed) == ({"planned": 1}, 60.0)


@pytest.mark.parametrize(("outcome", "left"), [(None, True), (Outcome.BUSY, False)])
def test_a_watch_tells_what_is_left(open_ledger: OpenLedger, outcome: Outcome | None, *, left: bool) -> None:
    with world(open_ledger, follow=True) as here:
        here.enrol(contacts(1))
        here.run(Scripted(_placing(0)))
        watched = _watch(here, Scripted(records=[record(0, START, outcome)]))
        assert Watched(0, unfinished=left) == watched


@ON_SQLITE
def test_a_watch_counts_the_calls_in_doubt(open_ledger: OpenLedger) -> None:
    stop = Stop()
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        here.run(Scripted(answers(RESET)), stop=stop, during=lambda _: stop.request())
        here.time.passed += 2
        assert Watched(1, unfinished=False) == _watch(here, Scripted())


@ON_SQLITE
def test_a_watch_can_be_stopped(open_ledger: OpenLedger) -> None:
    stop = Stop()
    stop.request()
    with world(open_ledger) as here:
        here.enrol(contacts(1))
        _watch(here, Scripted(), until=START + 3600, stop=stop)
        assert here.time.passed == 0.0


@ON_SQLITE
def test_a_watcher_whose_ledger_fails_ends_the_run_in_good_order(
    open_ledger: OpenLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Ledger.looks

    def fail(ledger: Ledger, campaign_id: str, *, now: float) -> Any:
        if now > START:
            raise AgentconfError("the disk is full")
        return looks(ledger, campaign_id, now=now)

    monkeypatch.setattr(Ledger, "looks", fail)
    with world(open_ledger, pacing=replace(BRISK, interval=1.0), emulator={"latency": 0.5}) as here:
        here.enrol(contacts(12))
        with pytest.raises(AgentconfError, match="the disk is full"):
            here.run()
        assert "sending" not in here.states()
