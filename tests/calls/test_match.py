"""Which of the platform's calls is whose."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from test_verdict import claimed

from agentconf.calls.contact import Contact
from agentconf.calls.match import SKEW, mark, match
from agentconf.remote.calling import CallRecord

LEASE = 45.0
NUMBER = "+14155550100"
NONE: frozenset[str] = frozenset()


def record(call_id: str = "call", at: float = 1000.0, **changes: Any) -> CallRecord:
    values: dict[str, Any] = {"to": NUMBER, "status": "queued", "outcome": None}
    return CallRecord(call_id, created_at=datetime.fromtimestamp(at, UTC), **(values | changes))


def found(contacts: list[Contact], records: list[CallRecord], known: frozenset[str] = NONE) -> dict[str, str]:
    return {key: one.id for key, one in match(contacts, records, known, lease=LEASE).items()}


def test_a_call_to_the_number_at_that_time_is_the_contacts() -> None:
    assert found([claimed()], [record()]) == {"a": "call"}


def test_a_call_to_another_number_is_not() -> None:
    assert found([claimed()], [record(to="+14155550101")]) == {}


@pytest.mark.parametrize(
    ("sent", "shown"), [({"name": "Ada"}, {"name": "Bob"}), ({}, {"name": "Ada"}), ({"name": "Ada"}, {})]
)
def test_other_arguments_prove_no_other_call(sent: dict[str, str], shown: dict[str, str]) -> None:
    assert found([claimed(arguments=sent)], [record(arguments=shown)]) == {"a": "call"}


def test_of_several_calls_one_with_the_same_arguments_is_taken_whatever_their_order() -> None:
    contact = claimed(arguments={"a": "1", "b": "2"})
    ours = record("ours", arguments={"b": "2", "a": "1"}, at=1100.0)
    other = record("other", arguments={"a": "1"}, at=1000.0)
    assert found([contact], [other, ours]) == {"a": "ours"}


def test_a_call_that_is_accounted_for_is_nobody_elses() -> None:
    assert found([claimed()], [record()], frozenset({"call"})) == {}


@pytest.mark.parametrize(
    ("at", "matches"),
    [
        (1000.0 - SKEW, True),
        (1000.0 - SKEW - 0.001, False),
        (1000.0 + LEASE + SKEW, True),
        (1000.0 + LEASE + SKEW + 0.001, False),
    ],
)
def test_clocks_may_differ_but_not_by_more_than_a_bound(at: float, matches: bool) -> None:
    assert ({"a": "call"} if matches else {}) == found([claimed()], [record(at=at)])


def test_of_several_calls_the_nearest_in_time_is_taken() -> None:
    records = [record("before", 900.0), record("at once", 1001.0), record("later", 1030.0)]
    assert found([claimed()], records) == {"a": "at once"}


def test_a_call_is_one_contacts_at_most() -> None:
    contacts = [claimed("a"), claimed("b", sent_at=1003.0)]
    assert found(contacts, [record(at=1002.0)]) == {"b": "call"}


def test_two_calls_are_shared_out_by_time() -> None:
    contacts = [claimed("a"), claimed("b", sent_at=1020.0)]
    assert found(contacts, [record("two", 1021.0), record("one", 1001.0)]) == {"a": "one", "b": "two"}


@pytest.mark.parametrize("direction", ["inbound", "web"])
def test_only_calls_that_went_out_count(direction: str) -> None:
    assert found([claimed()], [record(direction=direction)]) == {}


def test_a_mark_tells_whose_a_call_is_whatever_else_it_shows() -> None:
    contact = claimed()
    marked = record(mark=mark(contact), to="", arguments={"other": "value"}, at=2000.0)
    assert found([contact], [marked]) == {"a": "call"}


def test_a_call_that_bears_another_mark_is_not_taken_by_its_number() -> None:
    assert found([claimed()], [record(mark="somebody-1")]) == {}


def test_a_mark_comes_before_circumstances() -> None:
    contact = claimed()
    records = [record("circumstances", 1000.0), record("marked", 1040.0, mark=mark(contact))]
    assert found([contact], records) == {"a": "marked"}


def test_a_contact_that_is_called_again_has_another_mark() -> None:
    assert (mark(claimed(calls=0)), mark(claimed(calls=1))) == ("a-1", "a-2")


def test_the_mark_of_an_earlier_call_is_not_that_of_the_call_at_hand() -> None:
    assert found([claimed(calls=1)], [record(mark=mark(claimed(calls=0)))]) == {}


def test_nobody_in_doubt_takes_nothing() -> None:
    assert found([], [record()]) == {}
