"""Bringing contacts into the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from ledger_world import ID, NOON, begin, campaign, give, keys, new, news, placed, planned, states, take

from agentconf.calls.campaign import Pacing, Window
from agentconf.calls.contact import NewContact, State
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.turn import Ended, Enrolment, Phase
from agentconf.errors import ConfigurationError
from agentconf.remote.calling import Outcome, Target

OpenLedger = Callable[[], Ledger]


def test_new_contacts_are_planned_and_bad_ones_skipped(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    told = ledger.enrol(campaign(), [*news(2), new(2, skipped="not a number")], at=NOON)
    assert told == Enrolment(added=2, changed=0, kept=0, withdrawn=0, skipped=1)
    assert states(ledger) == {"key-0": "planned", "key-1": "planned", "key-2": "skipped"}
    assert ledger.contact(ID, "key-2").reason == "not a number"


def test_a_contact_comes_back_as_it_was_given(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    given = NewContact(
        "key", 7, "+4930231250000", {"näme": 'Ünï "x"\n'}, -3, ("Asia/Tokyo", "Europe/Berlin"),
        NOON, NOON + 5.25, "Asia/Tokyo", "id, with: any\x00 char\ud800",
    )  # fmt: skip
    begin(ledger, [given])
    (held,) = ledger.contacts(ID)
    expected = replace(given, identity="id, with: any\ufffd char?")
    fields = [
        "key",
        "line",
        "to",
        "arguments",
        "priority",
        "zones",
        "due_at",
        "deadline",
        "timezone",
        "identity",
    ]
    assert [getattr(held, name) for name in fields] == [getattr(expected, name) for name in fields]
    assert (held.state, held.tries, held.calls, held.attempt, held.solo) == (State.PLANNED, 0, 0, 0, False)


def test_the_same_contacts_again_change_nothing(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 3)
    before = list(ledger.contacts(ID))
    told = ledger.enrol(campaign(), news(3, due_at=NOON + 60), at=NOON + 60)
    assert told == Enrolment(added=0, changed=0, kept=3, withdrawn=0, skipped=0)
    assert list(ledger.contacts(ID)) == before


def test_a_contact_that_is_not_called_yet_takes_on_new_values(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 2)
    other = new(
        1, arguments={"name": "Guest of honour"}, priority=9, deadline=NOON + 60, zones=("Asia/Tokyo",)
    )
    assert ledger.enrol(campaign(), [new(0), other], at=NOON).changed == 1
    held = ledger.contact(ID, "key-1")
    assert (held.arguments, held.priority, held.deadline, held.zones) == (
        {"name": "Guest of honour"}, 9, NOON + 60, ("Asia/Tokyo",)
    )  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"arguments": {}},
        {"to": "+493023125099"},
        {"priority": 1},
        {"zones": ()},
        {"deadline": NOON + 9},
        {"timezone": "Europe/Berlin"},
        {"identity": "other"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_any_other_value_is_a_change(open_ledger: OpenLedger, changes: dict[str, object]) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    assert ledger.enrol(campaign(), [new(0, **changes)], at=NOON).changed == 1
    assert ledger.enrol(campaign(), [new(0, **changes)], at=NOON).changed == 0
    assert ledger.enrol(campaign(), [new(0)], at=NOON).changed == 1


def test_lines_follow_the_file_and_an_earlier_time_is_taken_over(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0, due_at=NOON + 500)])
    told = ledger.enrol(campaign(), [new(0, line=40, due_at=NOON + 100)], at=NOON)
    assert told == Enrolment(added=0, changed=0, kept=1, withdrawn=0, skipped=0)
    held = ledger.contact(ID, "key-0")
    assert (held.line, held.due_at) == (40, NOON + 100)


def test_a_contact_that_waits_after_a_try_goes_on_waiting(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 1)
    take(ledger)
    give(ledger, planned("key-0", due_at=NOON + 90))
    ledger.enrol(campaign(), news(1), at=NOON + 2)
    assert ledger.contact(ID, "key-0").due_at == NOON + 90


def test_who_was_called_stays_as_they_are(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 2)
    take(ledger, 2)
    give(ledger, placed("key-0"))
    before = list(ledger.contacts(ID))
    told = ledger.enrol(campaign(), [new(0, priority=5), new(1, skipped="bad now")], at=NOON + 2)
    assert told == Enrolment(added=0, changed=0, kept=1, withdrawn=0, skipped=1)
    assert list(ledger.contacts(ID)) == before


def test_who_is_no_longer_among_the_contacts_is_not_called_until_they_come_back(
    open_ledger: OpenLedger,
) -> None:
    ledger = open_ledger()
    begin(ledger, 2)
    assert ledger.enrol(campaign(), news(1), at=NOON).withdrawn == 1
    assert ledger.counts(ID).reasons == {"no longer among the contacts": 1}
    told = ledger.enrol(campaign(), [new(0), new(1, priority=3)], at=NOON)
    assert told == Enrolment(added=1, changed=0, kept=1, withdrawn=0, skipped=0)
    assert (ledger.contact(ID, "key-1").state, ledger.contact(ID, "key-1").priority) == (State.PLANNED, 3)


def test_who_must_not_be_called_any_more_is_called_off(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 2)
    told = ledger.enrol(campaign(), [new(0), new(1, skipped="on the do-not-call list")], at=NOON)
    assert told == Enrolment(added=0, changed=0, kept=1, withdrawn=1, skipped=0)
    assert ledger.counts(ID).reasons == {"on the do-not-call list": 1}


def test_a_bad_row_that_was_mended_is_planned(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0, skipped="bad")])
    assert ledger.enrol(campaign(), news(1), at=NOON) == Enrolment(1, 0, 0, 0, 0)
    assert (ledger.contact(ID, "key-0").state, ledger.contact(ID, "key-0").reason) == (State.PLANNED, None)


def test_whose_second_call_is_withdrawn_keeps_the_first(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 2)
    take(ledger, 2)
    give(ledger, placed("key-0", "a"), placed("key-1", "b"))
    again = [
        Ended(f"key-{at}", name, Outcome.BUSY, "busy", NOON + 9, NOON + 99) for at, name in enumerate("ab")
    ]
    ledger.record(ID, again)
    assert states(ledger) == {"key-0": "planned", "key-1": "planned"}
    assert ledger.enrol(campaign(), [new(0, skipped="do not call")], at=NOON).withdrawn == 2
    held = ledger.contact(ID, "key-1")
    assert (held.state, held.outcome, held.call_id, held.calls) == (State.PLACED, "busy", "b", 1)
    assert ledger.contact(ID, "key-0").state is State.PLACED


def test_a_contact_given_twice_is_as_the_first_says(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    told = ledger.enrol(campaign(), [new(0), new(0, priority=8), new(1)], at=NOON)
    assert told.added == 2
    assert ledger.contact(ID, "key-0").priority == 0


def test_an_error_among_the_contacts_changes_nothing(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 3)
    before = list(ledger.contacts(ID))

    def broken() -> Iterator[NewContact]:
        yield new(0, priority=7)
        yield new(9)
        raise LookupError("row 3")

    with pytest.raises(LookupError, match="row 3"):
        ledger.enrol(campaign(pacing=Pacing(concurrency=1)), broken(), at=NOON)
    assert list(ledger.contacts(ID)) == before
    assert ledger.campaign(ID) == campaign()
    assert ledger.enrol(campaign(), news(3), at=NOON).kept == 3


def test_an_error_among_the_first_contacts_leaves_no_campaign(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    with pytest.raises(ZeroDivisionError):
        ledger.enrol(campaign(), (new(1 // index) for index in (1, 0)), at=NOON)
    assert ledger.standings() == ()


def test_a_campaign_without_contacts_is_one(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    assert ledger.enrol(campaign(), [], at=NOON) == Enrolment(0, 0, 0, 0, 0)
    turn = take(ledger)
    assert (turn.claimed, turn.wake_at, turn.open) == ((), None, False)


def test_new_settings_hold_from_then_on(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, 3)
    changed = campaign(pacing=Pacing(concurrency=2, interval=0), window=Window())
    ledger.enrol(changed, news(3), at=NOON)
    assert ledger.campaign(ID) == changed
    assert keys(take(ledger, 3).claimed) == ["key-0", "key-1"]


def test_enrolling_again_goes_on_after_a_halt_but_not_while_paused(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger)
    ledger.control(ID, Phase.HALTED, reason="no credit")
    begin(ledger)
    assert (ledger.standing(ID).phase, ledger.standing(ID).reason) == (Phase.RUNNING, None)
    ledger.control(ID, Phase.PAUSED, reason="lunch")
    begin(ledger)
    assert (ledger.standing(ID).phase, ledger.standing(ID).reason) == (Phase.PAUSED, "lunch")


def test_a_canceled_campaign_is_not_run_again(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger)
    ledger.control(ID, Phase.CANCELED)
    with pytest.raises(ConfigurationError, match="the campaign recall was canceled and cannot be resumed"):
        begin(ledger)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"environment": "production"}, "with the environment local, not production"),
        ({"target": Target("sipgate", "agent-1")}, "with the platform slng, not sipgate"),
        ({"target": Target("slng", "agent-2")}, "with the agent agent-1, not agent-2"),
        ({"instead": "+4930231250077"}, "and calls its contacts, not a test number"),
    ],
    ids=["environment", "platform", "agent", "instead"],
)
def test_two_campaigns_are_not_mixed(
    open_ledger: OpenLedger, changes: dict[str, object], message: str
) -> None:
    ledger = open_ledger()
    begin(ledger)
    with pytest.raises(ConfigurationError) as caught:
        begin(ledger, **changes)
    assert caught.value.message == f"the campaign recall is in the ledger already, {message}"
    assert caught.value.help == "choose another name for this one, with --name or --run"


def test_test_calls_are_not_mixed_with_real_ones_nor_with_others(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, instead="+4930231250077")
    begin(ledger, instead="+4930231250077")
    with pytest.raises(ConfigurationError, match=r"and calls a test number, not its contacts$"):
        begin(ledger)
    with pytest.raises(ConfigurationError, match=r"and calls another test number$"):
        begin(ledger, instead="+4930231250078")


def test_a_campaign_that_must_be_new_is_refused_with_what_is_there(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    assert ledger.enrol(campaign(), news(3), at=NOON, create_only=True).added == 3
    take(ledger, 1)
    give(ledger, placed("key-0"))
    with pytest.raises(ConfigurationError) as caught:
        ledger.enrol(campaign(), news(5), at=NOON, create_only=True)
    assert caught.value.message == "the campaign recall is in the ledger already: 2 planned, 1 placed"
    assert caught.value.help == "go on with it with --resume, or choose another name with --name or --run"
    assert ledger.counts(ID).total == 3


def test_campaigns_in_one_ledger_know_nothing_of_each_other(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    names = ["a b", "ü/../:x", "%s'; --", 'q"', "a b "]
    for at, name in enumerate(names):
        begin(ledger, at + 1, id=name)
    assert [(one.id, one.counts.total) for one in ledger.standings()] == list(
        zip(names, range(1, 6), strict=True)
    )
    assert [len(list(ledger.contacts(name))) for name in names] == [1, 2, 3, 4, 5]
    ledger.control(names[1], Phase.CANCELED)
    assert states(ledger, names[2]) == {"key-0": "planned", "key-1": "planned", "key-2": "planned"}


def test_contacts_stay_in_the_order_of_their_files(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(index) for index in (3, 1, 2)])
    begin(ledger, [new(index) for index in (9, 2, 3, 1, 8)])
    assert keys(ledger.contacts(ID)) == ["key-3", "key-1", "key-2", "key-9", "key-8"]


def test_long_reasons_are_cut(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    begin(ledger, [new(0, skipped="ß" * 5000)])
    assert ledger.contact(ID, "key-0").reason == "ß" * 399 + "…"
