"""What the three platforms have in common: tokens, faults and unknown paths, each in its own words."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_client import Answer, emulated
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconf.emulator.platforms import platform_of

SIPGATE = "/v3/ai-flows/flow-1/call"
DASHA = "/api/v1/calls?agentId=agent-1"
STARTED = {"billingDevice": "e2", "toPhoneNumber": "+14155550100"}
SCHEDULED = {"endpoint": "+14155550100"}
RFC = "https://tools.ietf.org/html/rfc9110#section-"


def shape(answer: Answer) -> tuple[int, object]:
    return answer.status, answer.json


@pytest.mark.parametrize(
    ("path", "platform"),
    [
        ("/v1/agents", "slng"),
        ("/v3/ai-flows/x/call", "sipgate"),
        ("/api/v1/calls", "dasha"),
        ("/", "slng"),
        ("/apiary", "slng"),
    ],
)
def test_a_path_says_whose_it_is(path: str, platform: str) -> None:
    assert platform_of(path) == platform


def test_without_a_token_each_platform_refuses_in_its_own_shape() -> None:
    with emulated() as client:
        answers = [client.send("POST", path, {}, token=None) for path in ("/v1/agents", SIPGATE, DASHA)]
        message = "Missing or malformed Authorization header"
        assert [shape(answer) for answer in answers] == [
            (401, {"error": message}),
            (401, {"name": "REQUEST_NOT_AUTHENTICATED", "message": message}),
            (401, {"type": f"{RFC}15.5.2", "title": "Unauthorized", "status": 401, "detail": message}),
        ]


def test_an_unknown_token_and_one_without_an_organisation_are_refused_by_all() -> None:
    with emulated(tokens={"known": "org", "stray": None}) as client:
        paths = ("/v1/agents", SIPGATE, DASHA)
        answers = [client.send("POST", path, {}, token=token) for token in ("odd", "stray") for path in paths]
        assert [answer.status for answer in answers] == [401, 401, 401, 403, 403, 403]
        assert [answers[1].json["name"], answers[4].json["name"]] == [
            "REQUEST_NOT_AUTHENTICATED",
            "REQUEST_NOT_AUTHORIZED",
        ]
        assert [answers[2].json["title"], answers[5].json["title"]] == ["Unauthorized", "Forbidden"]


def test_an_unknown_path_is_not_found_in_the_shape_of_its_platform() -> None:
    with emulated() as client:
        answers = [client.send("GET", path) for path in ("/v1/x", "/v3/ai-flows", "/api/v1/x")]
        assert [shape(answer) for answer in answers] == [
            (404, {"detail": "Not Found"}),
            (404, {"name": "RESOURCE_NOT_FOUND", "message": "Not Found"}),
            (404, {"type": f"{RFC}15.5.5", "title": "Not Found", "status": 404, "detail": "Not Found"}),
        ]


def test_sipgate_neither_lists_nor_cancels_calls() -> None:
    with emulated() as client:
        answers = [client.send(method, SIPGATE) for method in ("GET", "DELETE")]
        assert [(answer.status, answer.json["name"], answer.headers["allow"]) for answer in answers] == [
            (405, "PARAMETER_INVALID", "POST")
        ] * 2


@pytest.mark.parametrize(
    ("kind", "status", "name", "title"),
    [
        ("429", 429, "RATE_LIMIT_EXCEEDED", "Too Many Requests"),
        ("500", 500, "INTERNAL_ERROR", "Internal Server Error"),
        ("502", 502, "INTERNAL_ERROR", "Bad Gateway"),
        ("503", 503, "INTERNAL_ERROR", "Service Unavailable"),
    ],
)
def test_a_fault_has_the_shape_of_its_platform(kind: str, status: int, name: str, title: str) -> None:
    with emulated(script=(f"POST /v3/* {kind}", f"POST /api/* {kind}"), retry_after=7) as client:
        sipgate, dasha = client.send("POST", SIPGATE, STARTED), client.send("POST", DASHA, SCHEDULED)
        assert (sipgate.status, sipgate.json["name"]) == (status, name)
        assert (dasha.status, dasha.json["title"], dasha.json["status"]) == (status, title, status)
        assert dasha.headers["content-type"] == "application/problem+json"
        asked = kind in ("429", "503")
        assert ["retry-after" in answer.headers for answer in (sipgate, dasha)] == [asked, asked]


@pytest.mark.parametrize(
    ("kind", "written"), [("500", 0), ("reset-before", 0), ("502", 1), ("reset-after", 1)]
)
def test_whether_a_faulted_call_was_placed_is_the_same_on_all_platforms(kind: str, written: int) -> None:
    with emulated(script=(f"POST /v3/* {kind}", f"POST /api/* {kind}")) as client:
        for path, body in ((SIPGATE, STARTED), (DASHA, SCHEDULED)):
            if kind.startswith("reset"):
                with pytest.raises(ConnectionResetError):
                    client.send("POST", path, body)
            else:
                client.send("POST", path, body)
        started = client.send("GET", "/_emulator/sipgate/calls", token=None).json
        scheduled = client.send("GET", "/api/v1/calls/queue/list").json
        assert (len(started), scheduled["total"]) == (written, written)


def test_credit_is_counted_on_each_platform_of_its_own() -> None:
    with emulated(credit=2) as client:
        statuses = [
            client.send("POST", path, body).status
            for path, body in ((SIPGATE, STARTED), (DASHA, SCHEDULED))
            for _ in range(3)
        ]
        assert statuses == [201, 201, 402, 200, 200, 402]
        assert client.send("POST", SIPGATE, STARTED).json["name"] == "PAYMENT_REQUIRED"
        assert client.send("POST", DASHA, SCHEDULED).json["title"] == "Payment Required"


def test_each_organisation_has_credit_of_its_own() -> None:
    with emulated(credit=1, tokens={"a": "one", "b": "other"}) as client:
        statuses = [client.send("POST", SIPGATE, STARTED, token=token).status for token in "aab"]
        assert statuses == [201, 402, 201]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    [
        *(
            "billingDevice",
            "toPhoneNumber",
            "endpoint",
            "priority",
            "callDeadline",
            "callDeadLine",
            "timezone",
        ),
        *("additionalData", "overrideOutboundConfig", "page", "size", "agentIds", "callIds", "callStatuses"),
        *("fromDate", "toDate", "searchText", "additionalDataFilters", "sortField", "includeAggregations"),
    ]
)
GOOD = st.sampled_from(["+14155550100", "e2", 1, 20, "2026-01-01", ["Failed"], {"callAdditionalData.x": "y"}])
BODIES = JSON | st.dictionaries(NAMES, GOOD | JSON, max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    requests=st.lists(
        st.tuples(
            st.sampled_from([SIPGATE, DASHA, "/api/v1/calls/bulk?agentId=a", "/api/v1/callresults/search"]),
            BODIES | st.lists(BODIES, max_size=2),
        ),
        max_size=6,
    )
)
def test_nothing_that_is_sent_makes_the_other_platforms_fail(requests: list[tuple[str, Any]]) -> None:
    with emulated() as client:
        statuses = [client.send("POST", path, body).status for path, body in requests]
        statuses += [client.send("GET", "/api/v1/calls/queue/list").status]
        assert set(statuses) <= {200, 201, 400}
