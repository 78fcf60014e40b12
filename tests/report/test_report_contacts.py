from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from golden import check
from report_schemas import faults, validator
from sample_campaigns import HOSTILE

from agentconf.calls.contacts.check import check_contacts
from agentconf.calls.contacts.fault import BadRow
from agentconf.calls.contacts.reader import read_contacts
from agentconf.calls.contacts.rules import Rules
from agentconf.report import contacts_json, contacts_text
from agentconf.report.contacts_outcome import ContactsOutcome
from agentconf.report.ink import cells

HELP = "write it as +, country code and number"
OUTCOME = ContactsOutcome(
    "contacts/recall.csv",
    10_000,
    9_996,
    4,
    2,
    (
        BadRow(17, "to", "+1415555 is too short to be a number of the United States", HELP),
        BadRow(18, "to", "+1415556 is too short to be a number of the United States", HELP),
        BadRow(99, None, "the row has 5 cells, the header has 4", None),
        BadRow(120, "slot", "the value has 1,200 characters, and the platform takes 1,024 at most", HELP * 3),
        BadRow(1, "pateint_name", "the agent has no variable `pateint_name`", "did you mean `patient_name`?"),
    ),
)
GOOD = ContactsOutcome("-", 1, 1, 0, 0, ())


def text(
    outcome: ContactsOutcome = OUTCOME, *, verbose: bool = False, colour: bool = False, width: int = 80
) -> str:
    return contacts_text.render(outcome, verbose=verbose, colour=colour, width=width)


def document(outcome: ContactsOutcome = OUTCOME) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(contacts_json.render(outcome))
    return read


def many(number: int, total: int | None = None) -> ContactsOutcome:
    rows = tuple(BadRow(line, "to", f"row {line}", HELP) for line in range(2, number + 2))
    return replace(OUTCOME, problems=rows, problems_total=total)


def test_a_check_is_taken_as_it_ended() -> None:
    given = io.BytesIO(b"to\n+14155550100\n+14155550101\nnothing\n")
    rules = Rules(campaign_id="recall", now=0.0, do_not_call=frozenset({"+14155550101"}))
    checked = check_contacts(read_contacts(given, display="-", format="csv"), rules, skip_invalid=False)
    assert len(list(checked)) == 2
    outcome = ContactsOutcome.of(checked, "-")
    assert outcome.summary == "Checked 3 rows: 1 good, 1 bad, 1 on the do-not-call list."
    assert [problem.line for problem in outcome.problems] == [4]
    assert faults("contacts", document(outcome)) == []


def test_bad_rows_read_as_agreed() -> None:
    check("contacts.txt", text())


def test_bad_rows_read_as_agreed_in_colour() -> None:
    check("contacts_colour.txt", text(colour=True))


def test_good_rows_are_only_counted() -> None:
    assert text(GOOD) == "Checked 1 row: 1 good, 0 bad.\n"


def test_the_problems_of_the_header_come_first() -> None:
    assert text().startswith("contacts/recall.csv:1: `pateint_name`:")
    assert document()["problems"][0]["line"] == 1


def test_the_same_help_for_rows_one_after_another_is_given_once() -> None:
    assert text(many(5)).count(HELP) == 1


def test_of_very_many_problems_fifty_are_shown() -> None:
    shown = text(many(100, 1253))
    assert "contacts/recall.csv:51: `to`: row 51\n" in shown
    assert "row 52" not in shown
    assert "\n… and 1,203 more (-v shows all)\n" in shown


def test_all_that_is_known_is_shown_on_request() -> None:
    shown = text(many(100), verbose=True)
    assert "row 101\n" in shown
    assert "more" not in shown


def test_what_nobody_kept_is_counted_even_then() -> None:
    assert "\n… and 1,153 more\n" in text(many(100, 1253), verbose=True)


def test_every_known_problem_is_in_the_document() -> None:
    shown = document(many(100, 1253))
    assert (len(shown["problems"]), shown["summary"]["problems"]) == (100, 1253)


@pytest.mark.parametrize("outcome", [OUTCOME, GOOD, many(60, 900)], ids=["some", "good", "many"])
def test_the_document_is_as_its_schema_says(outcome: ContactsOutcome) -> None:
    assert faults("contacts", document(outcome)) == []


@pytest.mark.parametrize(
    "changes", [{"format_version": 2}, {"path": 1}, {"problems": [{}]}, {"extra": 1}], ids=str
)
def test_the_schema_refuses_what_is_no_check(changes: dict[str, Any]) -> None:
    assert not validator("contacts").is_valid(document() | changes)


@pytest.mark.parametrize("width", [40, 60])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(cells(line) for line in text(width=width).splitlines()) <= width


def test_nothing_in_a_file_reaches_the_terminal_as_a_command() -> None:
    given = ContactsOutcome(HOSTILE, 1, 0, 1, 0, (BadRow(2, HOSTILE, HOSTILE, HOSTILE),))
    assert [one for one in text(given) if not one.isprintable() and one != "\n"] == []
