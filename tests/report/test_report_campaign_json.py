from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from report_schemas import faults, validator
from sample_campaigns import (
    BERLIN,
    CAMPAIGN,
    HOSTILE,
    NOTHING,
    PACED,
    START,
    Made,
    attempt,
    contact,
    counts,
    few,
    number,
    standing,
    three_days,
)

from agentconf.calls.campaign import Pacing
from agentconf.calls.contact import Contact, NewContact, State
from agentconf.calls.run import Summary
from agentconf.calls.schedule import forecast
from agentconf.calls.turn import Phase
from agentconf.report import campaign_json, campaign_preview_json
from agentconf.report.campaign_preview import preview

MADE = three_days(300)
ALL_WELL = [contact(2, State.PLACED), contact(3, State.SKIPPED, reason="bad"), contact(4, State.CANCELED)]


def run(contacts: list[Contact], *, listed: bool = False, **changes: Any) -> dict[str, Any]:
    plain = Summary(counts(contacts), Phase.RUNNING, None, False, False, START, START + 5, 1)
    given = replace(plain, **changes)
    text = campaign_json.render(CAMPAIGN, given, contacts=contacts if listed else None, number=number)
    read: dict[str, Any] = json.loads(text)
    return read


def report(made: Made, **changes: object) -> dict[str, Any]:
    text = campaign_json.report(
        standing(made.contacts, **changes), PACED, iter(made.attempts), now=made.now, zone=BERLIN
    )
    read: dict[str, Any] = json.loads(text)
    return read


@pytest.mark.parametrize(
    "document",
    [
        run(MADE.contacts),
        run(few().contacts, listed=True),
        run([], listed=True),
        run(MADE.contacts, phase=Phase.HALTED, reason=HOSTILE, denied=True, interrupted=True),
        run([contact(2, State.PLACED, outcome="voicemail", deadline=START)], listed=True),
    ],
    ids=["many", "listed", "empty", "halted", "new outcome"],
)
def test_a_run_is_as_its_schema_says(document: dict[str, Any]) -> None:
    assert faults("campaign-run", document) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"format_version": 2},
        {"extra": 1},
        {"counts": {}},
        {"phase": "x"},
        {"started_at": "2024-11-18T09:00:00+01:00"},
    ],
    ids=str,
)
def test_the_schema_of_a_run_refuses_what_is_none(changes: dict[str, Any]) -> None:
    assert not validator("campaign-run").is_valid(run(MADE.contacts) | changes)


def test_a_run_tells_who_where_and_how_far() -> None:
    shown = run(few().contacts, listed=True)
    assert (shown["campaign"], shown["environment"], shown["agent"], shown["platform"], shown["test"]) == (
        "recall",
        "staging",
        "healthcare-outreach",
        "slng",
        False,
    )
    assert shown["counts"]["total"] == 3
    assert shown["counts"]["states"] == {
        "planned": 1, "sending": 0, "placed": 1, "failed": 1, "unknown": 0, "skipped": 0, "canceled": 0,
    }  # fmt: skip
    assert shown["counts"]["outcomes"]["completed"] == 1
    assert shown["reasons"] == [{"reason": "the number is not in service (422)", "contacts": 1}]
    assert [one["number"] for one in shown["contacts"]] == ["n-034bbc8d96", "n-034bbc8d97", "n-034bbc8d98"]


def test_placed_contacts_of_which_nobody_tells_are_counted_too() -> None:
    assert run([contact(2, State.PLACED)])["counts"]["outcomes"]["not_told"] == 1


@pytest.mark.parametrize(
    ("contacts", "changes", "complete"),
    [
        (ALL_WELL, {}, True),
        ([], {}, True),
        (ALL_WELL, {"phase": Phase.CANCELED}, False),
        ([*ALL_WELL, contact(5)], {}, False),
        ([*ALL_WELL, contact(5, State.SENDING)], {}, False),
        ([*ALL_WELL, contact(5, State.FAILED)], {}, False),
        ([*ALL_WELL, contact(5, State.UNKNOWN)], {}, False),
    ],
)
def test_a_run_is_complete_when_nothing_is_left_or_lost(
    contacts: list[Contact], changes: dict[str, Any], complete: bool
) -> None:
    assert run(contacts, **changes)["complete"] is complete


def test_no_document_holds_a_number_or_a_value_of_a_variable() -> None:
    for document in (run(MADE.contacts, listed=True), report(MADE)):
        assert "+1415" not in json.dumps(document)
        assert "Maria" not in json.dumps(document)


def test_where_campaigns_stand_is_as_its_schema_says() -> None:
    given = [standing(MADE.contacts), standing([], phase=Phase.HALTED, reason=HOSTILE, platform="dasha")]
    document = json.loads(campaign_json.status(given))
    assert faults("campaign-status", document) == []
    assert [one["phase"] for one in document["campaigns"]] == ["running", "halted"]
    assert faults("campaign-status", json.loads(campaign_json.status([]))) == []


@pytest.mark.parametrize("made", [MADE, few(), NOTHING], ids=["many", "few", "none"])
def test_a_report_is_as_its_schema_says(made: Made) -> None:
    assert faults("campaign-report", report(made)) == []


def test_a_report_sums_up_to_the_requests() -> None:
    stretches = report(MADE)["stretches"]
    assert sum(one["requests"] for one in stretches) == len(MADE.attempts)
    assert sum(one["failed"] for one in stretches) == sum(one.result == "refused" for one in MADE.attempts)


def test_a_report_tells_the_pace_and_its_limit() -> None:
    document = report(Made([], [attempt(START + n) for n in (0, 8, 16)], START))
    assert document["requests_per_second"] == {"limit": 0.125, "while_calling": 0.125, "busiest_second": 1}
    text = campaign_json.report(
        standing([]), replace(CAMPAIGN, pacing=Pacing(interval=0)), [], now=START, zone=UTC
    )
    assert json.loads(text)["requests_per_second"] == {
        "limit": None,
        "while_calling": None,
        "busiest_second": 0,
    }


def dry_run(*contacts: NewContact, most: int = 2) -> dict[str, Any]:
    given = preview(forecast(CAMPAIGN, contacts, START), contacts, most=most)
    read: dict[str, Any] = json.loads(campaign_preview_json.render(CAMPAIGN, given, number=number))
    return read


def new(line: int, **changes: object) -> NewContact:
    plain = NewContact(f"k{line}", line, "+14155550100", {"slot": "9:30"}, 0, ("Europe/Berlin",), START)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_dry_run_is_as_its_schema_says() -> None:
    given = [new(2), new(3, skipped="bad"), new(4, identity="P", priority=1), new(5, deadline=START)]
    assert faults("campaign-preview", dry_run(*given)) == []
    assert faults("campaign-preview", dry_run()) == []


def test_a_dry_run_lists_the_first_calls_and_counts_the_rest() -> None:
    document = dry_run(new(2), new(3, priority=5), new(4), new(5, skipped="bad"))
    assert (document["calls"], [one["line"] for one in document["first"]]) == (3, [3, 2])
    assert document["first"][0] == {
        "line": 3,
        "id": None,
        "number": "n-034bbc8d94",
        "at": "2024-11-18T08:00:00.000Z",
        "zones": ["Europe/Berlin"],
        "priority": 5,
        "arguments": ["slot"],
    }
    assert document["days"] == [{"date": "2024-11-18", "calls": 3}]
    assert document["never"] == [{"reason": "bad", "contacts": 1}]


def test_contacts_are_looked_up_no_further_than_needed() -> None:
    given = [new(2), new(3)]

    def again() -> Any:
        yield given[0]
        raise AssertionError

    shown = preview(forecast(CAMPAIGN, given, START), again(), most=1)
    assert [contact.line for _, contact in shown.first] == [2]
    assert preview(forecast(CAMPAIGN, given, START), again(), most=0).first == ()
