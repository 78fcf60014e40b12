"""Which call of Dasha's answer is which of the request."""

from __future__ import annotations

from typing import Any

import pytest

from agentconf.remote.calling import CallRequest
from agentconf.remote.dasha.placed import ids_of

A, B, C = "+14155550100", "+14155550101", "+14155550102"


def item(call_id: Any, endpoint: Any = None, mark: Any = None) -> dict[str, Any]:
    data = {} if mark is None else {"agentconf_key": mark, "name": "x"}
    return {"callId": call_id, "endpoint": endpoint, "additionalData": data}


CALLS = (CallRequest("k1", A), CallRequest("k2", B), CallRequest("k3", C))


@pytest.mark.parametrize(
    ("answers", "ids"),
    [
        # in the order of the request, or in any other
        ([item("1", A, "k1"), item("2", B, "k2"), item("3", C, "k3")], ("1", "2", "3")),
        ([item("3", C, "k3"), item("1", A, "k1"), item("2", B, "k2")], ("1", "2", "3")),
        # without marks: by number, else by place
        ([item("3", C), item("1", A), item("2", B)], ("1", "2", "3")),
        ([item("1"), item("2"), item("3")], ("1", "2", "3")),
        ([item("1", "tel:1"), item("2", "tel:2"), item("3", "tel:3")], ("1", "2", "3")),
        # some with marks
        ([item("3", C, "k3"), item("2", B), item("1", A)], ("1", "2", "3")),
        # a mark counts for more than the number
        ([item("1", B, "k1"), item("2", A, "k2"), item("3", C, "k3")], ("1", "2", "3")),
        # a call is missing, is somebody else's, or has no id
        ([item("1", A, "k1"), item("2", B, "k2")], None),
        ([item("1", A, "k1"), item("2", B, "k2"), item("9", C, "k9")], None),
        ([item("1", A, "k1"), item("2", B, "k2"), item(None, C, "k3")], None),
        ([item("1", A, "k1"), item("2", B, "k2"), item("", C, "k3")], None),
        ([item("1", A, "k1"), item("2", B, "k2"), item(3, C, "k3")], None),
        # two of them share an id
        ([item("1", A, "k1"), item("1", B, "k2"), item("3", C, "k3")], None),
        # more than were asked for
        ([item("1", A), item("2", B), item("3", C), item("4", C)], None),
        ([item("1", A, "k1"), item("2", B, "k2"), item("3", C, "k3"), item("4", C)], ("1", "2", "3")),
        # nothing that could be read
        ([], None),
        ([None, "x", 5], None),
        ([{}, {}, {}], None),
        ([item("1", ["x"]), item("2", {}), item("3", 5)], ("1", "2", "3")),
    ],
)
def test_each_call_is_found_or_none_is(answers: list[Any], ids: tuple[str, ...] | None) -> None:
    assert ids_of(CALLS, answers) == ids


def test_a_number_that_is_called_twice_is_told_apart_by_its_mark() -> None:
    calls = (CallRequest("k1", A), CallRequest("k2", A))
    assert ids_of(calls, [item("2", A, "k2"), item("1", A, "k1")]) == ("1", "2")


def test_a_number_that_is_called_twice_without_marks_goes_by_place() -> None:
    calls = (CallRequest("k1", A), CallRequest("k2", B), CallRequest("k3", A))
    assert ids_of(calls, [item("1", A), item("2", A), item("3", B)]) == ("1", "3", "2")


def test_names_are_read_in_any_case() -> None:
    answers = [{"CALLID": "1", "AdditionalData": {"agentconf_key": "k1"}}]
    assert ids_of((CallRequest("k1", A),), answers) == ("1",)
