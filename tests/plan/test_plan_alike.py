"""Suggestions of `renamed_from`."""

from __future__ import annotations

import time
from typing import Any

import pytest
from simulated import NUDGES, body, desired, hangup, live, lookup, transfer

from agentconf.model.live import LiveAgent
from agentconf.plan.alike import SIDE, suggested_renames
from agentconf.plan.make import PlanOptions, make_plan
from agentconf.plan.options import Desired

PROMPT = (
    "You are the assistant of {{brand}}. Keep answers short, ask one question at a time, and stay polite. "
    * 3
)


def new(key: str, **changes: Any) -> Desired:
    return desired(key, body(name=key, system_prompt=PROMPT, tools=[hangup(), lookup()], **changes))


def old(name: str, **changes: Any) -> LiveAgent:
    return live(body(name=name, system_prompt=PROMPT, tools=[hangup(), lookup()], **changes), id=f"id-{name}")


def suggestions(created: list[Desired], gone: list[LiveAgent]) -> list[tuple[str | None, str]]:
    return [(note.key, note.message) for note in suggested_renames(created, gone)]


def test_an_agent_that_comes_and_one_that_goes_and_are_the_same_are_a_rename() -> None:
    ((key, message),) = suggestions([new("after")], [old("Before", idle_nudges=NUDGES)])
    assert key == "after"
    assert message.startswith("`after` is ")
    assert message.endswith(
        "% the live agent `Before`; to rename that one instead, add to the file of `after`: "
        'lifecycle: {renamed_from: "Before"}'
    )


def test_the_name_itself_does_not_count() -> None:
    gone = old("Before", idle_nudges=NUDGES)
    same = Desired("after", gone.body | {"name": "after"})
    ((_, message),) = suggestions([same], [gone])
    assert "is 100% the live agent" in message


def test_agents_that_are_not_alike_are_not_suggested() -> None:
    other = live(
        body(name="Other", system_prompt="Something else entirely, about horses.", tools=[transfer()])
    )
    assert suggestions([new("after")], [other]) == []


def test_the_most_alike_is_suggested_and_each_once() -> None:
    gone = [old("Almost", greeting="Something a little different for {{brand}}."), old("Same")]
    found = suggestions([new("after"), new("other", greeting="Hi.")], gone)
    assert [(key, "`Same`" in message) for key, message in found] == [("after", True), ("other", False)]


@pytest.mark.parametrize("options", [{}, {"prune_unmanaged": True}])
def test_a_plan_suggests_a_rename_of_what_is_deleted_or_not_managed(options: Any) -> None:
    plan = make_plan([new("after")], [old("Before")], PlanOptions(**options))
    assert [note.key for note in plan.notes if note.kind == "suggestion"] == ["after"]


def test_a_plan_suggests_a_rename_of_what_a_tombstone_deletes() -> None:
    tombstone = desired("before", {"name": "Before"}, state="absent")
    plan = make_plan([new("after"), tombstone], [old("Before")], PlanOptions())
    assert [note.key for note in plan.notes if note.kind == "suggestion"] == ["after"]


def test_a_rename_that_is_declared_is_not_suggested() -> None:
    wanted = Desired("after", new("after").body, desired(renamed_from="Before").lifecycle)
    plan = make_plan([wanted], [old("Before")], PlanOptions())
    assert [note for note in plan.notes if note.kind == "suggestion"] == []


def test_agents_without_words_are_not_alike() -> None:
    empty = LiveAgent("1", "Empty", "o", "t", {})
    assert suggestions([Desired("a", {"name": "a"})], [empty]) == []


def test_large_plans_take_a_bounded_time() -> None:
    long = "word " * 20_000
    created = [new(f"key-{number:03}", inbound_greeting=f"{long}{number}") for number in range(200)]
    gone = [old(f"Old {number:03}", inbound_greeting=f"{long}{number}") for number in range(200)]
    start = time.process_time()
    found = suggestions(created, gone)
    assert time.process_time() - start < 20
    assert 0 < len(found) <= SIDE
