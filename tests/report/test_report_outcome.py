from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from golden import check
from jsonschema import Draft202012Validator
from sample_plans import FULL, HOSTILE, OLD_ID, change, create, delete, plan, update

from agentconf.apply.outcome import Outcome, Report, Result
from agentconf.model.secret import SecretRef
from agentconf.report import outcome_json, outcome_text
from agentconf.report.ink import cells

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "apply.schema.json").read_text(encoding="utf-8"))

ROUTER, CLINIC, HOST, OLD = FULL.operations
MIXED = Report(
    (
        Result(ROUTER, Outcome.DONE, agent_id=OLD_ID),
        Result(
            CLINIC,
            Outcome.FAILED,
            "the platform refused the update (422): sip_outbound_trunk_id is required when human transfer "
            "tools are configured",
            OLD_ID,
            "attach an outbound trunk, then apply again",
        ),
        Result(
            HOST, Outcome.UNKNOWN, "the connection broke after the request was sent, and reading failed too"
        ),
        Result(OLD, Outcome.NOT_ATTEMPTED, "deletions wait for everything else"),
    )
)
ALL_DONE = Report(tuple(Result(operation, Outcome.DONE, agent_id=OLD_ID) for operation in FULL.operations))


def text(report: Report, *, colour: bool = False, width: int = 100) -> str:
    return outcome_text.render(report, FULL, colour=colour, width=width)


def document(report: Report) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(outcome_json.render(report, FULL))
    return read


def test_an_outcome_reads_as_agreed() -> None:
    check("outcome.txt", text(MIXED))


def test_an_outcome_reads_as_agreed_in_colour() -> None:
    check("outcome_colour.txt", text(MIXED, colour=True))


def test_an_outcome_of_a_run_that_was_stopped_reads_as_agreed() -> None:
    check("outcome_stopped.txt", text(replace(MIXED, interrupted=True, denied="the key was revoked")))


def test_an_outcome_without_a_rest_names_no_next_action() -> None:
    assert text(ALL_DONE).splitlines() == [
        "done           ~ support-router",
        "done           ! clinic-router",
        "done           + restaurant-host",
        "done           - Old Agent",
        "",
        "Applied: 4 done, 0 failed, 0 not attempted, 0 unknown.",
    ]


def test_an_interruption_after_the_last_operation_leaves_no_rest() -> None:
    assert "Next:" not in text(replace(ALL_DONE, interrupted=True))


def test_the_rest_is_shown_by_a_plan_of_the_same_environment() -> None:
    assert text(MIXED).endswith("Next: agentconf plan -e staging shows what is left.\n")


def test_no_line_is_wider_than_the_terminal() -> None:
    shown = text(MIXED, width=60).splitlines()
    assert max(cells(line) for line in shown) <= 60


@pytest.mark.parametrize("width", [40, 50, 60])
def test_why_a_run_ended_early_breaks_between_words_too(width: int) -> None:
    given = replace(MIXED, interrupted=True, denied="the key " + "was revoked some time ago, " * 9)
    shown = text(given, width=width).splitlines()
    assert max(cells(line) for line in shown[:-1]) <= width
    assert "revoked some time ago, was revoked" in " ".join(" ".join(shown).split())


def test_what_is_said_of_several_in_a_row_is_said_once() -> None:
    given = Report(
        (
            Result(ROUTER, Outcome.FAILED, "no answer", help="check the network"),
            Result(CLINIC, Outcome.NOT_ATTEMPTED, "it is gone", help="apply again"),
            Result(HOST, Outcome.NOT_ATTEMPTED, "it is gone", help="apply again"),
            Result(OLD, Outcome.NOT_ATTEMPTED, "it is gone"),
        )
    )
    assert text(given).splitlines()[:9] == [
        "failed         ~ support-router",
        "                 no answer",
        "                 help: check the network",
        "not attempted  ! clinic-router",
        "not attempted  + restaurant-host",
        "                 it is gone",
        "                 help: apply again",
        "not attempted  - Old Agent",
        "                 it is gone",
    ]


def test_every_message_is_there_whole() -> None:
    words = " ".join(text(MIXED, width=50).split())
    assert all(result.message in words for result in MIXED.results if result.message)
    assert "help: attach an outbound trunk, then apply again" in words


def test_nothing_in_a_message_reaches_the_terminal_as_a_command() -> None:
    operation = update(HOSTILE, change("name", "a", HOSTILE))
    report = Report((Result(operation, Outcome.FAILED, HOSTILE, HOSTILE, HOSTILE),), denied=HOSTILE)
    given = plan(operation, environment=HOSTILE)
    shown = outcome_text.render(report, given, colour=False, width=80)
    assert [one for one in shown if not one.isprintable() and one != "\n"] == []


@pytest.mark.parametrize(
    "report",
    [MIXED, ALL_DONE, Report(()), replace(MIXED, interrupted=True, denied="no")],
    ids=["mixed", "done", "empty", "stopped"],
)
def test_the_document_is_as_its_schema_says(report: Report) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors(document(report))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"format_version": 2},
        {"complete": "yes"},
        {"summary": {}},
        {"results": [{}]},
        {"extra": 1},
        {"denied": 1},
    ],
    ids=str,
)
def test_the_schema_refuses_what_is_no_outcome(changes: dict[str, Any]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(document(MIXED) | changes)


def test_the_document_counts_and_lists() -> None:
    shown = document(MIXED)
    assert shown["summary"] == {"done": 1, "failed": 1, "not_attempted": 1, "unknown": 1}
    assert (shown["format_version"], shown["environment"], shown["complete"]) == (1, "staging", False)
    assert shown["results"][1] == {
        "key": "clinic-router",
        "name": "Clinic Router",
        "action": "update",
        "impacts": ["speech", "cosmetic"],
        "outcome": "failed",
        "message": MIXED.results[1].message,
        "help": "attach an outbound trunk, then apply again",
        "agent_id": OLD_ID,
    }
    assert [result["outcome"] for result in shown["results"]] == [
        "done",
        "failed",
        "unknown",
        "not-attempted",
    ]


def test_neither_form_shows_what_was_sent() -> None:
    body = {"name": "A", "slng_api_key": SecretRef("SLNG_API_KEY"), "system_prompt": "confidential words"}
    report = Report((Result(create("a", body), Outcome.DONE), Result(delete("b", "B"), Outcome.DONE)))
    for shown in (text(report), outcome_json.render(report, FULL)):
        assert "confidential" not in shown
        assert "SLNG_API_KEY" not in shown
