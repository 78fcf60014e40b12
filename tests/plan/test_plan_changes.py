"""What a plan says about an update, a creation and a deletion."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from simulated import (
    HANGUP_ID,
    KEY,
    LOOKUP_ID,
    NUDGES,
    TOKEN,
    TRUNK,
    Agent,
    body,
    desired,
    hangup,
    live,
    lookup,
    transfer,
)

from agentconf.model.impact import Impact
from agentconf.plan.change import ABSENT, Change, ChangeKind
from agentconf.plan.diff import Difference, differences, look
from agentconf.plan.make import PlanOptions, make_plan

MODELS = {"stt": "a/stt:en", "llm": "b/llm", "tts": "c/tts:en", "tts_voice": "thalia"}
Row = tuple[tuple[str | int, ...], str, Any, Any]


def changes(wanted: Any, running: Any) -> tuple[Change, ...]:
    plan = make_plan([desired(data=wanted)], [Agent(running).live], PlanOptions())
    return plan.operations[0].changes if plan.operations else ()


def rows(wanted: Any, running: Any) -> list[Row]:
    return [(one.path, one.kind.value, one.before, one.after) for one in changes(wanted, running)]


@pytest.mark.parametrize(
    ("wanted", "running", "row"),
    [
        ({"greeting": "b"}, {"greeting": "a"}, (("greeting",), "changed", "a", "b")),
        ({"inbound_greeting": "b"}, {}, (("inbound_greeting",), "added", ABSENT, "b")),
        ({}, {"inbound_greeting": "a"}, (("inbound_greeting",), "removed", "a", ABSENT)),
        ({}, {"enable_interruptions": False}, (("enable_interruptions",), "changed", False, True)),
        ({"enable_interruptions": False}, {}, (("enable_interruptions",), "changed", True, False)),
        (
            {"models": MODELS | {"tts_voice": "asteria"}},
            {},
            (("models", "tts_voice"), "changed", "thalia", "asteria"),
        ),
        (
            {"models": MODELS | {"fallbacks": {"stt": ["x", "y"]}}},
            {"models": MODELS | {"fallbacks": {"stt": ["x"]}}},
            (("models", "fallbacks", "stt"), "changed", ["x"], ["x", "y"]),
        ),
        (
            {"models": MODELS | {"fallbacks": {"llm": ["x"]}}},
            {},
            (("models", "fallbacks", "llm"), "changed", [], ["x"]),
        ),
        (
            {"models": MODELS | {"llm_kwargs": {"temperature": 1}}},
            {"models": MODELS | {"llm_kwargs": {"temperature": True}}},
            (("models", "llm_kwargs", "temperature"), "changed", True, 1),
        ),
        (
            {"models": MODELS | {"llm_kwargs": {"a": {"b": {"c": 1}}}}},
            {"models": MODELS | {"llm_kwargs": {"a": {"b": {"c": 1, "d": 2}}}}},
            (("models", "llm_kwargs", "a", "b", "d"), "removed", 2, ABSENT),
        ),
        (
            {"models": MODELS | {"stt_final_timeout_s": 4.5}},
            {},
            (("models", "stt_final_timeout_s"), "added", ABSENT, 4.5),
        ),
        (
            {"sip_inbound_trunk_id": None},
            {"sip_inbound_trunk_id": TRUNK},
            (("sip_inbound_trunk_id",), "removed", TRUNK, ABSENT),
        ),
        (
            {"idle_nudges": NUDGES | {"enabled": False}},
            {},
            (("idle_nudges", "enabled"), "changed", True, False),
        ),
        (
            {"template_defaults": {"brand": "b"}},
            {"template_defaults": {}},
            (("template_defaults", "brand"), "added", ABSENT, "b"),
        ),
        (
            {"template_defaults": ...},
            {"template_defaults": {"brand": "b"}},
            (("template_defaults", "brand"), "removed", "b", ABSENT),
        ),
        (
            {"runtime_variables": [{"name": "a", "description": "b"}]},
            {},
            (("runtime_variables",), "changed", [], [{"name": "a", "description": "b"}]),
        ),
        ({"future": {"a": 2}}, {"future": {"a": 1}}, (("future", "a"), "changed", 1, 2)),
    ],
)
def test_a_difference_is_told_at_its_leaf_with_defaults_filled_in(
    wanted: Any, running: Any, row: Row
) -> None:
    assert rows(body(**wanted), body(**running)) == [row]


@pytest.mark.parametrize(
    ("wanted", "running", "row"),
    [
        ({"timeout_seconds": 5}, {}, (("timeout_seconds",), "changed", 10, 5)),
        ({}, {"http_method": "PUT"}, (("http_method",), "changed", "PUT", "POST")),
        ({"show_results_to_llm": False}, {}, (("show_results_to_llm",), "changed", True, False)),
        (
            {"parameters": {"type": "object", "properties": {"order": {"type": "number"}}}},
            {},
            (("parameters", "properties", "order", "type"), "changed", "string", "number"),
        ),
        (
            {"parameters": {"type": "object", "properties": {}, "required": ["a"]}},
            {"parameters": {"type": "object", "properties": {}, "required": []}},
            (("parameters", "required"), "changed", [], ["a"]),
        ),
        (
            {"execution_policy": {"pre_action_message": {"text": "One moment."}}},
            {},
            (("execution_policy", "pre_action_message", "text"), "added", ABSENT, "One moment."),
        ),
        ({"future": 2}, {"future": 1}, (("future",), "changed", 1, 2)),
    ],
)
def test_a_difference_inside_a_tool_is_told_under_the_tools_name(wanted: Any, running: Any, row: Row) -> None:
    path, *rest = row
    found = rows(body(tools=[lookup(**wanted)]), body(tools=[lookup(**running)]))
    assert found == [(("tools", "look_up", *path), *rest)]


def test_the_default_of_shown_results_follows_the_source_of_each_side() -> None:
    system = {"triggers": [{"event": "call_end"}]}
    found = rows(
        body(tools=[lookup(source="system", system=system, show_results_to_llm=True)]), body(tools=[lookup()])
    )
    assert found == [
        (("tools", "look_up", "source"), "changed", "contextual", "system"),
        (("tools", "look_up", "system"), "added", ABSENT, system),
    ]


def test_a_tool_that_comes_or_goes_is_one_change_with_the_whole_tool() -> None:
    found = rows(body(tools=[lookup(timeout_seconds=10.0)]), body(tools=[hangup()]))
    assert found == [
        (("tools", "look_up"), "added", ABSENT, lookup()),
        (("tools", "hangup"), "removed", hangup(), ABSENT),
    ]


def test_a_tool_of_another_type_is_one_change() -> None:
    found = rows(body(tools=[lookup(auth=...)]), body(tools=[transfer(id=LOOKUP_ID)]))
    assert found == [(("tools", "look_up"), "changed", transfer(id=LOOKUP_ID), lookup(auth=...))]


def test_tools_that_share_a_name_are_told_apart_by_id() -> None:
    other = HANGUP_ID.replace("d", "e")
    found = rows(
        body(tools=[hangup(prompt="a"), hangup(id=other, prompt="b")]),
        body(tools=[hangup(), hangup(id=other)]),
    )
    assert [path for path, *_ in found] == [
        ("tools", f"hangup#{HANGUP_ID}", "prompt"),
        ("tools", f"hangup#{other}", "prompt"),
    ]


def test_a_long_text_stays_one_change() -> None:
    before, after = "line\n" * 3_000, "line\n" * 1_500 + "new\n" + "line\n" * 1_500
    assert rows(body(system_prompt=after), body(system_prompt=before)) == [
        (("system_prompt",), "changed", before, after)
    ]


def test_a_value_that_falls_back_to_its_default_is_noted() -> None:
    (change,) = changes(body(), body(enable_interruptions=False))
    assert change.note == "default"


def test_a_declared_value_that_is_the_default_is_not_noted() -> None:
    (change,) = changes(body(enable_interruptions=True), body(enable_interruptions=False))
    assert change.note is None


def test_a_value_that_simply_goes_is_not_noted() -> None:
    (change,) = changes(body(), body(inbound_greeting="a"))
    assert change.note is None


def test_a_detached_trunk_is_noted() -> None:
    (change,) = changes(body(sip_inbound_trunk_id=None), body(sip_inbound_trunk_id=TRUNK))
    assert (change.note, change.impacts) == ("detached", (Impact.ROUTING,))


def test_changes_come_in_the_order_of_the_models_and_tools_in_that_of_the_file() -> None:
    wanted = body(
        zebra=1,
        template_defaults={"brand": "b"},
        tools=[transfer(), lookup(url="https://new.example.com", description="New"), hangup()],
        models=MODELS | {"tts_voice": "x", "llm": "y"},
        name="Support Router",
        greeting="Hi {{brand}}",
        aardvark=1,
    )
    running = body(tools=[lookup(), {"type": "template", "template": "voicemail_detection", "id": TRUNK}])
    assert [change.path for change in changes(wanted, running)] == [
        ("greeting",),
        ("models", "llm"),
        ("models", "tts_voice"),
        ("tools", "transfer"),
        ("tools", "look_up", "description"),
        ("tools", "look_up", "url"),
        ("tools", "hangup"),
        ("tools", "voicemail_detection"),
        ("template_defaults", "brand"),
        ("aardvark",),
        ("zebra",),
    ]


def test_a_creation_lists_every_declared_field_as_added() -> None:
    wanted = body(
        tools=[lookup()], enable_interruptions=True, inbound_greeting=None, zebra=1, idle_nudges=NUDGES
    )
    (operation,) = make_plan([desired(data=wanted)], [], PlanOptions()).operations
    assert [(change.path, change.after) for change in operation.changes] == [
        (("name",), "Support Router"),
        (("system_prompt",), "You help the callers of {{brand}}."),
        (("greeting",), "Welcome to {{brand}}."),
        (("language",), "en"),
        (("region",), "eu-central"),
        (("models", "stt"), "a/stt:en"),
        (("models", "llm"), "b/llm"),
        (("models", "tts"), "c/tts:en"),
        (("models", "tts_voice"), "thalia"),
        (("idle_nudges",), NUDGES),
        (("enable_interruptions",), True),
        (("tools", "look_up"), lookup()),
        (("template_defaults", "brand"), "Fernhill"),
        (("slng_api_key",), KEY),
        (("zebra",), 1),
    ]
    assert {(change.kind, change.before) for change in operation.changes} == {(ChangeKind.ADDED, ABSENT)}


def test_a_creation_sends_what_is_declared_without_nulls_that_mean_absence() -> None:
    tool = lookup(llm_result_instructions=None, system=None, timeout_seconds=10.0)
    wanted = body(
        tools=[tool], inbound_greeting=None, sip_inbound_trunk_id=None, idle_nudges=None, future=None
    )
    (operation,) = make_plan([desired(data=wanted)], [], PlanOptions()).operations
    assert operation.body == body(tools=[lookup(timeout_seconds=10.0)])


def test_the_tool_of_a_creation_is_shown_in_canonical_form_with_its_reference() -> None:
    (operation,) = make_plan(
        [desired(data=body(tools=[lookup(timeout_seconds=10.0)]))], [], PlanOptions()
    ).operations
    (change,) = [change for change in operation.changes if change.path == ("tools", "look_up")]
    assert change.after == lookup()
    assert change.after["auth"]["token"] == TOKEN


def test_a_new_tool_of_an_unknown_type_is_shown_as_it_is() -> None:
    tool = {"type": "of_tomorrow", "id": LOOKUP_ID, "n": 1.0}
    (operation,) = make_plan([desired(data=body(tools=[tool]))], [], PlanOptions()).operations
    assert [change.after for change in operation.changes if change.path[0] == "tools"] == [tool]


def test_a_deletion_lists_what_goes() -> None:
    (operation,) = make_plan(
        [desired(state="absent")], [live(body(tools=[hangup()]))], PlanOptions()
    ).operations
    found = {change.path: change for change in operation.changes}
    assert found["name",].before == "Support Router"
    assert found["tools", "hangup"].before == hangup()
    assert {change.kind for change in operation.changes} == {ChangeKind.REMOVED}
    assert {change.impacts for change in operation.changes} == {(Impact.ROUTING,)}
    assert (operation.body, operation.expected, operation.impacts) == ({}, {}, (Impact.ROUTING,))


def test_deepdiff_is_imported_only_when_something_differs() -> None:
    code = """
import sys
sys.path.insert(0, {folder!r})
from simulated import body, desired, live
from agentconf.plan.make import PlanOptions, make_plan
make_plan([desired(), desired("new", body(name="New"))], [live()], PlanOptions())
make_plan([desired()], [live(body(), extra={{"of_tomorrow": 1}})], PlanOptions())
assert "deepdiff" not in sys.modules
make_plan([desired(data=body(greeting="Other"))], [live()], PlanOptions())
assert "deepdiff" in sys.modules
"""
    folder = __file__.rpartition("/")[0]
    done = subprocess.run(
        [sys.executable, "-c", code.format(folder=folder)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "key", ["__private", "a.b", "x['y']", 'x["y"]', "", "$secret", "[0]", "root", "\n", "é", "0"]
)
def test_a_key_of_free_json_may_be_anything(key: str) -> None:
    before, after = ({"models": {"llm_kwargs": {key: {key: value}}}} for value in (1, 2))
    assert differences(before, after) == (Difference(("models", "llm_kwargs", key, key), 1, 2),)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("enable_interruptions",), True),
        (("models", "fallbacks", "stt"), []),
        (("models", "llm"), "b/llm"),
        (("models", "llm_kwargs", "x"), ABSENT),
        (("tools",), [lookup()]),
        (("tools", LOOKUP_ID, "http_method"), "POST"),
        (("tools", LOOKUP_ID, "parameters", "type"), "object"),
        (("tools", HANGUP_ID), ABSENT),
        (("tools", HANGUP_ID, "prompt"), ABSENT),
        (("greeting", "x"), ABSENT),
        (("future", "x"), ABSENT),
    ],
)
def test_a_value_is_looked_up_by_its_path(path: tuple[str, ...], value: Any) -> None:
    assert look(body(tools=[lookup()]), path) == value


def test_a_default_is_not_filled_in_when_that_is_not_wanted() -> None:
    assert look(body(), ("enable_interruptions",), fill=False) is ABSENT
