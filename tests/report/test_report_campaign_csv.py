from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_campaigns import HOSTILE, START, contact, few, number

from agentconf.calls.contact import Contact, State
from agentconf.report import campaign_csv
from agentconf.report.campaign_record import COLUMNS

FORMULAS = ("=1+1", "+1+1", "-1", "@SUM(A1)", " =1", "\uff1d1", "=cmd|' /C calc'!A0")


def written(*contacts: Contact, show: bool = False) -> str:
    return "".join(campaign_csv.lines(contacts, number=str if show else number))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_contacts_are_written_as_rfc_4180_says() -> None:
    assert written(*few().contacts) == (
        "line,id,number,state,reason,outcome,tries,calls,call_id,sent_at,placed_at,ended_at,due_at,priority,timezone,deadline\r\n"
        "2,P-2,n-034bbc8d96,placed,,completed,0,1,c-1,2024-11-18T08:00:00.000Z,2024-11-18T08:00:00.300Z,,"
        "2024-11-18T08:00:00.000Z,0,America/Los_Angeles,\r\n"
        "3,P-3,n-034bbc8d97,failed,the number is not in service (422),,1,0,,2024-11-18T08:00:00.500Z,,,"
        "2024-11-18T08:00:00.000Z,0,America/Los_Angeles,\r\n"
        "4,P-4,n-034bbc8d98,planned,,,0,0,,,,,2024-11-18T08:00:00.000Z,0,America/Los_Angeles,\r\n"
    )


def test_without_contacts_there_is_a_header_alone() -> None:
    assert written() == ",".join(COLUMNS) + "\r\n"


def test_numbers_are_there_when_they_are_asked_for_as_they_can_be_dialled_again() -> None:
    assert [row["number"] for row in rows(written(contact(2), show=True))] == ["+14155550102"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula_to_a_spreadsheet(formula: str) -> None:
    given = contact(
        2, State.FAILED, to=f"{formula}0", reason=formula, identity=formula, call_id=formula, timezone=formula,
        outcome=formula,
    )  # fmt: skip
    [row] = rows(written(given, show=True))
    outside = [row[name] for name in ("number", "id", "reason", "call_id", "timezone", "outcome")]
    assert outside == [f"'{formula}0", *[f"'{formula}"] * 5]


def test_a_tab_before_a_formula_is_made_visible() -> None:
    [row] = rows(written(contact(2, State.FAILED, reason="\t=1")))
    assert row["reason"] == "\\t=1"


def test_a_plus_and_digits_are_no_formula() -> None:
    [row] = rows(written(contact(2, identity="+14155550100")))
    assert row["id"] == "+14155550100"


def test_quotes_commas_and_line_feeds_stay_in_their_cell() -> None:
    given = contact(2, State.FAILED, reason='a "quoted", reason\r\nof two lines', identity=HOSTILE)
    text = written(given)
    assert text.count("\r\n") == 2
    [row] = rows(text)
    assert row["reason"] == 'a "quoted", reason\\r\\nof two lines'
    assert "\x00" not in text


def test_several_zones_stand_in_one_cell() -> None:
    [row] = rows(written(contact(2, zones=("America/Denver", "America/Phoenix"))))
    assert row["timezone"] == "America/Denver, America/Phoenix"


def test_a_deadline_and_a_priority_are_there() -> None:
    [row] = rows(written(contact(2, deadline=START, priority=7)))
    assert (row["deadline"], row["priority"]) == ("2024-11-18T08:00:00.000Z", "7")


def test_contacts_are_taken_one_by_one_as_lines_are_taken(tmp_path: Path) -> None:
    taken = []

    def contacts() -> Iterator[Contact]:
        for line in range(2, 10):
            taken.append(line)
            yield contact(line)

    lines = campaign_csv.lines(contacts(), number=number)
    next(lines)
    assert taken == []
    next(lines)
    assert taken == [2]


def test_many_contacts_take_little_time() -> None:
    given = [contact(2, State.PLACED, sent_at=START, placed_at=START, call_id="c")] * 20_000
    began = time.process_time()
    size = sum(map(len, campaign_csv.lines(given, number=number)))
    assert size > 20_000 * 60
    assert time.process_time() - began < 5
