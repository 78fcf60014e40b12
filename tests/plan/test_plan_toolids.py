from __future__ import annotations

from typing import Any

import pytest
from simulated import HANGUP_ID, LOOKUP_ID, TRANSFER_ID, body, desired, hangup, live, lookup, transfer

from agentconf.errors import ConfigurationError
from agentconf.model.tools import derive_tool_id
from agentconf.plan.make import PlanOptions, make_plan
from agentconf.plan.toolids import with_tool_ids

VOICEMAIL = {"type": "template", "template": "voicemail_detection"}


def ids(tools: list[Any], running: list[Any] | None = None) -> list[str]:
    settled = with_tool_ids("key", body(tools=tools), body(tools=running or []))
    return [tool["id"] for tool in settled["tools"]]


def test_a_declared_id_is_kept_as_it_is_written() -> None:
    assert ids([lookup(id=LOOKUP_ID.upper())]) == [LOOKUP_ID.upper()]


def test_a_tool_without_id_gets_a_derived_one() -> None:
    assert ids([hangup(id=None), VOICEMAIL]) == [
        derive_tool_id("key", "hangup"),
        derive_tool_id("key", "voicemail_detection"),
    ]


@pytest.mark.parametrize(
    "tool",
    [
        hangup(),
        lookup(),
        transfer(),
        {"type": "built_in", "built_in": "current_datetime", "id": HANGUP_ID},
    ],
)
def test_a_tool_without_id_takes_that_of_the_live_one_of_its_type_and_name(tool: Any) -> None:
    without = {name: value for name, value in tool.items() if name != "id"}
    assert ids([without], [VOICEMAIL | {"id": TRANSFER_ID.replace("a", "b")}, tool]) == [tool["id"]]


def test_a_live_tool_of_the_same_name_and_another_type_is_not_taken() -> None:
    assert ids([lookup(id=None, name="transfer")], [transfer()]) == [derive_tool_id("key", "transfer")]


def test_a_live_id_that_another_declared_tool_carries_is_not_taken() -> None:
    tools = [hangup(id=None), lookup(id=HANGUP_ID)]
    assert ids(tools, [hangup()]) == [derive_tool_id("key", "hangup"), HANGUP_ID]


def test_of_several_live_tools_the_one_with_the_derived_id_is_taken() -> None:
    derived = derive_tool_id("key", "hangup")
    running = [hangup(id="00000000-0000-4000-8000-000000000000"), hangup(id=derived), hangup()]
    assert ids([hangup(id=None)], running) == [derived]


def test_of_several_live_tools_the_first_by_id_is_taken_whatever_their_order() -> None:
    first = "00000000-0000-4000-8000-000000000000"
    running = [hangup(), hangup(id=first)]
    assert ids([hangup(id=None)], running) == ids([hangup(id=None)], running[::-1]) == [first]


def test_two_tools_of_one_name_take_two_live_ones() -> None:
    other = "00000000-0000-4000-8000-000000000000"
    assert ids([hangup(id=None), hangup(id=None)], [hangup(), hangup(id=other)]) == [other, HANGUP_ID]


def test_a_tool_of_an_unknown_type_is_called_by_its_type() -> None:
    assert ids([{"type": "of_tomorrow"}]) == [derive_tool_id("key", "of_tomorrow")]


@pytest.mark.parametrize(
    ("tools", "message"),
    [
        (
            [lookup(), hangup(id=LOOKUP_ID.upper())],
            f"`look_up` (tools[0]) and `hangup` (tools[1]) of `key` have the same id {LOOKUP_ID}",
        ),
        (
            [hangup(id=None), hangup(id=None)],
            "`hangup` (tools[0]) and `hangup` (tools[1]) of `key` have the same id "
            + derive_tool_id("key", "hangup"),
        ),
    ],
)
def test_two_tools_that_end_with_one_id_are_refused(tools: list[Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ids(tools)
    assert (caught.value.message, caught.value.help) == (message, "give each tool its own `id`")


def test_the_conflicts_of_all_agents_are_told_in_one_error() -> None:
    wanted = [desired(key, body(name=key, tools=[hangup(), lookup(id=HANGUP_ID)])) for key in ("a", "b")]
    with pytest.raises(ConfigurationError) as caught:
        make_plan(wanted, [live(wanted[0].body)], PlanOptions())
    assert [part[-len(HANGUP_ID) :] for part in caught.value.message.split("; ")] == [HANGUP_ID, HANGUP_ID]


@pytest.mark.parametrize("tools", [None, []])
def test_what_holds_no_tools_is_left_as_it_is(tools: Any) -> None:
    assert with_tool_ids("key", body(tools=tools), {}) == body(tools=tools)


def test_a_tool_with_another_id_than_the_live_one_replaces_it() -> None:
    other = HANGUP_ID.replace("d", "e")
    plan = make_plan(
        [desired(data=body(tools=[hangup(id=other)]))], [live(body(tools=[hangup()]))], PlanOptions()
    )
    assert [change.path for change in plan.operations[0].changes] == [
        ("tools", f"hangup#{other}"),
        ("tools", f"hangup#{HANGUP_ID}"),
    ]


def test_reordered_tools_are_no_change() -> None:
    running = live(body(tools=[hangup(), lookup(), transfer()]))
    wanted = desired(data=body(tools=[transfer(), hangup(), lookup()]))
    assert make_plan([wanted], [running], PlanOptions()).operations == ()


def test_a_renamed_tool_with_the_same_id_is_a_change_of_its_name() -> None:
    plan = make_plan(
        [desired(data=body(tools=[lookup(name="find")]))], [live(body(tools=[lookup()]))], PlanOptions()
    )
    (change,) = plan.operations[0].changes
    assert (change.path, change.before, change.after) == (("tools", "find", "name"), "look_up", "find")
