"""The life of Dasha's calls: what runs when, what is canceled, and what the queue shows of it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import pytest
from dasha_client import CALLS, NUMBER, dasha
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconf.emulator.dasha.queue import Queue
from agentconf.emulator.dasha.store import Call, DashaStore
from agentconf.emulator.database import Database

ENOUGH = 1 + 1 + 8 + 60
"""Seconds until a call whose conversation lasts a minute is over."""


def test_a_call_lives_through_its_states_as_the_clock_moves() -> None:
    with dasha() as line:
        call_id = line.scheduled()
        seen = [line.status(call_id)]
        for seconds in (0.999_999, 0.000_001, 0.999_999, 0.000_001, ENOUGH):
            line.client.clock.advance(seconds)
            seen.append(line.status(call_id))
        assert seen == ["Created", "Created", "Pending", "Pending", "Running", "Completed"]


def test_a_call_that_is_over_says_when() -> None:
    with dasha() as line:
        call_id = line.scheduled()
        line.client.clock.advance(3)
        during = line.get(call_id).json["completedTime"]
        line.client.clock.advance(ENOUGH)
        after = line.get(call_id).json["completedTime"]
        assert (during, after is not None) == (None, True)


def test_a_call_that_nobody_answers_fails() -> None:
    with dasha(call_failure_rate=1.0) as line:
        call_id = line.scheduled()
        line.client.clock.advance(ENOUGH)
        assert line.status(call_id) == "Failed"


def test_what_has_no_line_waits_in_the_queue() -> None:
    with dasha(concurrency=2) as line:
        line.bulk([{"endpoint": NUMBER}] * 5)
        line.client.clock.advance(2)
        assert line.statuses() == {"Queued": 3, "Running": 2}
        assert line.client.send("GET", "/api/v1/misc/concurrency").json == {"active": 2, "concurrency": 2}
        line.client.clock.advance(ENOUGH)
        assert line.statuses() == {"Completed": 2, "Queued": 1, "Running": 2}


def test_without_a_limit_everything_runs_at_once() -> None:
    with dasha(concurrency=0) as line:
        line.bulk([{"endpoint": NUMBER}] * 60)
        line.client.clock.advance(2)
        assert line.client.send("GET", "/api/v1/misc/concurrency").json == {"active": 60, "concurrency": 0}


def test_the_highest_priority_goes_first_and_among_equals_the_oldest() -> None:
    with dasha(concurrency=1) as line:
        ids = [line.scheduled(priority=priority) for priority in (None, 5, 1, 5, -1)]
        assert line.queued() == [ids[1], ids[3], ids[0], ids[2], ids[4]]
        line.client.clock.advance(2)
        assert line.queued("status=Running") == [ids[1]]


def test_a_later_call_of_higher_priority_overtakes_those_that_wait_but_not_those_that_run() -> None:
    with dasha(concurrency=1) as line:
        first, second = line.scheduled(), line.scheduled()
        line.client.clock.advance(2)
        urgent = line.scheduled(priority=9)
        assert line.queued() == [first, urgent, second]
        line.client.clock.advance(ENOUGH)
        assert [line.status(call_id) for call_id in (first, urgent, second)] == [
            "Completed",
            "Running",
            "Queued",
        ]


def test_a_call_without_a_line_by_its_deadline_is_canceled_then() -> None:
    with dasha(concurrency=1) as line:
        line.scheduled()
        late = line.scheduled(callDeadline="2026-01-01T00:00:30Z")
        line.client.clock.advance(29)
        waiting = line.status(late)
        line.client.clock.advance(600)
        ended = line.get(late).json
        assert (waiting, ended["status"], ended["completedTime"]) == (
            "Queued",
            "Canceled",
            "2026-01-01T00:00:30.000000Z",
        )


def test_a_deadline_that_has_passed_already_cancels_at_once() -> None:
    with dasha() as line:
        call = line.get(line.scheduled(callDeadline="2025-01-01T00:00:00Z")).json
        assert (call["status"], call["completedTime"]) == ("Canceled", "2026-01-01T00:00:00.000000Z")


def test_a_call_that_runs_is_not_canceled_by_its_deadline() -> None:
    with dasha() as line:
        call_id = line.scheduled(callDeadline="2026-01-01T00:00:03Z")
        line.client.clock.advance(4)
        assert line.status(call_id) == "Running"


@pytest.mark.parametrize("seconds", [0, 1, 2])
def test_a_call_that_does_not_run_yet_can_be_taken_back(seconds: float) -> None:
    with dasha(concurrency=1) as line:
        first, call_id = line.scheduled(), line.scheduled()
        line.client.clock.advance(seconds)
        assert line.cancel(call_id).status == 204
        assert (line.status(call_id), line.queued()) == ("Canceled", [first])


@pytest.mark.parametrize("status", [400, 404, 409])
def test_a_call_that_runs_or_is_over_cannot_be_taken_back(status: int) -> None:
    with dasha(not_canceled=status) as line:
        call_id, gone = line.scheduled(), line.scheduled()
        line.cancel(gone)
        refused = [line.cancel(gone).status]
        for seconds in (2, ENOUGH):
            line.client.clock.advance(seconds)
            refused.append(line.cancel(call_id).status)
        assert (refused, line.status(call_id)) == ([status] * 3, "Completed")


def test_a_call_that_was_taken_back_frees_no_line_and_takes_none() -> None:
    with dasha(concurrency=1) as line:
        gone, next_one = line.scheduled(), line.scheduled()
        line.cancel(gone)
        line.client.clock.advance(2)
        assert line.status(next_one) == "Running"


def test_each_organisation_has_lines_of_its_own() -> None:
    with dasha(concurrency=1, tokens={"t": "one", "u": "other"}) as line:
        for token in "tu":
            line.client.send("POST", f"{CALLS}?agentId=a", {"endpoint": NUMBER}, token=token)
        line.client.clock.advance(2)
        active = [
            line.client.send("GET", "/api/v1/misc/concurrency", token=token).json["active"] for token in "tu"
        ]
        assert active == [1, 1]


@pytest.mark.parametrize(
    ("running_in", "queued", "found"),
    [("queue", 3, 1), ("results", 2, 2), ("both", 3, 2), ("none", 2, 1)],
)
def test_a_running_call_is_shown_where_it_was_asked_to_be(running_in: Any, queued: int, found: int) -> None:
    with dasha(concurrency=1, running_in=running_in) as line:
        canceled, *_ = [line.scheduled() for _ in range(4)]
        line.cancel(canceled)
        line.client.clock.advance(2)
        assert (line.queue()["total"], line.search()["totalCount"]) == (queued, found)


def test_a_call_that_is_over_is_in_the_queue_no_more() -> None:
    with dasha() as line:
        line.scheduled()
        line.client.clock.advance(ENOUGH)
        assert line.queue() == {"calls": [], "total": 0}


def test_the_queue_is_read_in_parts() -> None:
    with dasha() as line:
        ids = [line.scheduled() for _ in range(25)]
        parts = [line.queue(query) for query in ("", "skip=20", "skip=5&take=1", "skip=99&take=1000")]
        assert [[call["callId"] for call in part["calls"]] for part in parts] == [
            ids[:20],
            ids[20:],
            [ids[5]],
            [],
        ]
        assert [part["total"] for part in parts] == [25] * 4


def test_the_queue_is_narrowed_to_an_agent_a_time_and_statuses() -> None:
    with dasha(concurrency=1) as line:
        early, other = line.scheduled(), line.scheduled(agent="agent-2")
        line.client.clock.advance(2)
        late = line.scheduled()
        found = {
            query: line.queued(query)
            for query in (
                "agentId=agent-2",
                "fromDate=2026-01-01T00:00:02Z",
                "toDate=2026-01-01T00:00:02",
                "toDate=2026-01-01T00:00:01Z&agentId=agent-1",
                "status=Running&status=created",
                "status=Completed",
            )
        }
        assert list(found.values()) == [[other], [late], [early, other, late], [early], [early, late], []]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("skip=-1", "skip"),
        ("skip=2147483648", "skip"),
        ("take=0", "take"),
        ("take=1001", "take"),
        ("take=x", "take"),
        ("fromDate=now", "fromDate"),
        ("toDate=2026-13-01", "toDate"),
        ("status=Waiting", "status"),
    ],
)
def test_a_part_of_the_queue_that_makes_no_sense_is_refused(query: str, place: str) -> None:
    with dasha() as line:
        answer = line.client.send("GET", f"{CALLS}/queue/list?{query}")
        assert (answer.status, list(answer.json["errors"])) == (400, [place])


def test_statuses_are_counted_for_an_agent_and_a_time() -> None:
    with dasha(concurrency=1) as line:
        line.bulk([{"endpoint": NUMBER}] * 2)
        line.client.clock.advance(2)
        line.scheduled(agent="agent-2")
        assert [line.statuses(query) for query in ("agentId=agent-1", "fromDate=2026-01-01T00:00:01Z")] == [
            {"Queued": 1, "Running": 1},
            {"Created": 1},
        ]


@dataclass
class Planned:
    """A call of the model below; moments are in seconds."""

    seq: int
    made: int
    queued: int
    priority: int
    deadline: int
    length: int
    start: int | None = None
    end: int | None = None


def simulate(calls: list[Planned], lines: int, until: int) -> None:
    """Run the queue second by second, as its description says."""
    busy: list[int] = []
    for now in range(until + 1):
        while busy and busy[0] <= now:
            heapq.heappop(busy)
        for call in calls:
            if call.start is None and call.end is None and call.made <= now and call.deadline <= now:
                call.end = max(call.deadline, call.made)
        waiting = sorted(
            (call for call in calls if call.start is None and call.end is None and call.queued <= now),
            key=lambda call: (-call.priority, call.seq),
        )
        for call in waiting[: lines - len(busy)]:
            call.start, call.end = now, now + call.length
            heapq.heappush(busy, call.end)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.integers(1, 3),
    wishes=st.lists(
        st.tuples(st.integers(0, 20), st.integers(-1, 2), st.integers(0, 40), st.integers(1, 9)), max_size=12
    ),
    looks=st.lists(st.integers(0, 60), max_size=6),
)
def test_when_calls_run_does_not_depend_on_when_somebody_looks(
    lines: int, wishes: list[tuple[int, int, int, int]], looks: list[int]
) -> None:
    wishes.sort(key=lambda wish: wish[0])
    expected = [
        Planned(seq, made, made + 2, priority, made + patience, length)
        for seq, (made, priority, patience, length) in enumerate(wishes)
    ]
    database = Database(":memory:")
    store, queue = DashaStore(database, "queue"), Queue(database, lines)
    for moment in sorted({*looks, *(call.made for call in expected), 200}):
        queue.run("org", moment)
        store.insert(_call(call) for call in expected if call.made == moment)
    simulate(expected, lines, 200)
    queue.run("org", 200)
    found = database.rows("SELECT started_at, over_at FROM dasha_calls ORDER BY seq")
    database.close()
    assert found == [(call.start, call.end) for call in expected]


def _call(plan: Planned) -> Call:
    return Call(
        id=str(plan.seq),
        organisation="org",
        agent_id="a",
        endpoint=NUMBER,
        additional_data={},
        priority=plan.priority,
        deadline=plan.deadline,
        timezone=None,
        override=None,
        created_at=plan.made,
        queued_at=plan.queued,
        ringing=0,
        talking=plan.length,
        outcome="Completed",
        reason=None,
    )
