"""Which agents' calls matter to an apply, and how they are counted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from agentconf.apply.underway import STATUSES, Exposed, calls_underway, exposed
from agentconf.errors import RemoteError
from agentconf.model.impact import Impact
from agentconf.plan.change import Action, Change, ChangeKind, LiveRef, Operation
from agentconf.plan.plan import Plan
from agentconf.remote.calling import CallPage, CallPlatform, CallRecord, Outcome, Target

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 6, 15, tzinfo=UTC)
ROUTER = Exposed("router", "id-1")


def operation(key: str, action: Action, *impacts: Impact, id: str | None = "id-1") -> Operation:  # noqa: A002 - the platform's word
    change = Change(("x",), ChangeKind.CHANGED, 1, 2, impacts)
    live = None if id is None else LiveRef(id, "2026-01-01T00:00:00Z", "0" * 64)
    return Operation(key, f"{key} agent", action, (change,), live=live)


def plan(*operations: Operation) -> Plan:
    return Plan("local", None, operations, (), (), (), (), 1, 1, "0" * 64, "0.1.0")


@dataclass
class Listed:
    """A platform that lists calls by status."""

    calls: dict[str, tuple[CallRecord, ...]]
    total: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    then: Callable[[], None] = lambda: None

    async def list_calls(
        self, target: Target, *, status: str | None = None, page: int = 1, page_size: int = 50
    ) -> CallPage:
        self.asked.append((target.id, status))
        found = self.calls.get(str(status), ())
        self.then()
        return CallPage(found, page, 1, self.total.get(str(status), len(found)))


def call(name: str, outcome: Outcome | None = None) -> CallRecord:
    return CallRecord(name, "+14155550100", "any", outcome, NOW)


def count(listed: Listed, *agents: Exposed) -> dict[str, int]:
    return asyncio.run(calls_underway(cast("CallPlatform", listed), agents or (ROUTER,)))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (operation("router", Action.UPDATE, Impact.ROUTING), [ROUTER]),
        (operation("router", Action.UPDATE, Impact.SPEECH, Impact.ROUTING), [ROUTER]),
        (operation("router", Action.DELETE, Impact.ROUTING), [ROUTER]),
        (operation("id-1", Action.DELETE, Impact.ROUTING), [Exposed("id-1 agent", "id-1")]),
        (operation("router", Action.DELETE), [ROUTER]),
        (operation("router", Action.UPDATE, Impact.SPEECH, Impact.SAFETY), []),
        (operation("router", Action.CREATE, Impact.ROUTING, id=None), []),
    ],
)
def test_agents_matter_that_go_or_are_rerouted(one: Operation, expected: list[Exposed]) -> None:
    assert list(exposed(plan(one))) == expected


def test_an_agent_of_several_operations_is_asked_for_once() -> None:
    several = [operation(key, Action.UPDATE, Impact.ROUTING) for key in ("router", "router#temporary-name")]
    assert exposed(plan(*several)) == (ROUTER,)


def test_calls_that_are_not_over_are_counted() -> None:
    listed = Listed({"queued": (call("a"),), "ringing": (call("b"),), "in_progress": (call("c"), call("d"))})
    assert count(listed) == {"router": 4}
    assert listed.asked == [("id-1", status) for status in STATUSES]


def test_agents_without_calls_are_left_out() -> None:
    listed = Listed({})
    assert count(listed, ROUTER, Exposed("other", "id-2")) == {}
    assert sorted(listed.asked) == sorted((one, status) for one in ("id-1", "id-2") for status in STATUSES)


def test_a_call_that_moves_on_while_it_is_looked_for_is_one_call() -> None:
    assert count(Listed({"queued": (call("a"),), "ringing": (call("a"),)})) == {"router": 1}


def test_calls_beyond_the_first_page_are_counted() -> None:
    assert count(Listed({"in_progress": (call("a"), call("b"))}, {"in_progress": 250})) == {"router": 250}


def test_a_platform_that_minds_no_status_is_read_by_how_calls_ended() -> None:
    every = (call("a"), call("b", Outcome.COMPLETED))
    listed = Listed(dict.fromkeys(STATUSES, every), dict.fromkeys(STATUSES, 5000))
    assert count(listed) == {"router": 1}


def test_calls_that_cannot_be_listed_are_an_error() -> None:
    def fail() -> None:
        raise RemoteError("no")

    with pytest.raises(RemoteError, match=r"^no$"):
        count(Listed({}, then=fail), ROUTER, Exposed("other", "id-2"))
