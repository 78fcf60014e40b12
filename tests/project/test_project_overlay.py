from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agentconf.project import overlay
from agentconf.project.places import AGENT
from agentconf.source.compose import compose

if TYPE_CHECKING:
    from agentconf.source.tree import Tree


def tree(text: str, path: str = "a.yaml") -> Tree:
    composed = compose(text, path)
    assert composed.problems == ()
    assert composed.tree is not None
    return composed.tree


def overridden(base: str, over: str) -> Any:
    return overlay.override(tree(base), tree(over)).data()


def filled(defaults: str, own: str) -> Any:
    return overlay.fill(tree(defaults), tree(own)).data()


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        ("{a: 1}", "{b: 2}", {"a": 1, "b": 2}),
        ("{a: 1}", "{a: 2}", {"a": 2}),
        ("{a: {b: {c: 1, d: 2}}}", "{a: {b: {c: 9}}}", {"a": {"b": {"c": 9, "d": 2}}}),
        ("{a: [1, 2]}", "{a: [3]}", {"a": [3]}),
        ("{a: 1, b: 2}", "{a: null}", {"b": 2}),
        ("{a: {b: 1, c: 2}}", "{a: {b: null}}", {"a": {"c": 2}}),
        ("{a: {b: 1}}", "{a: text}", {"a": "text"}),
        ("{a: text}", "{a: {b: 1, c: null}}", {"a": {"b": 1}}),
        ("{a: 1}", "{b: null, c: {d: null, e: {f: null}, g: [null]}}", {"a": 1, "c": {"e": {}, "g": [None]}}),
        ("{sip_inbound_trunk_id: x}", "{sip_inbound_trunk_id: null}", {}),
        ("{sip_inbound_trunk_id: null}", "{sip_inbound_trunk_id: null}", {}),
        ("{name: a}", "{sip_inbound_trunk_id: null}", {"name": "a"}),
        ("{a: 1}", "text", {"a": 1}),
    ],
)
def test_an_override_merges_maps_replaces_lists_and_removes_by_null(
    base: str, over: str, result: Any
) -> None:
    assert overridden(base, over) == result


def test_null_in_free_json_is_a_value_where_there_is_nothing_to_remove() -> None:
    base = "{models: {llm_kwargs: {stop: x}}}"
    over = "{models: {llm_kwargs: {stop: null, seed: null}, stt_kwargs: {a: null}, tts: null}}"
    assert overridden(base, over) == {"models": {"llm_kwargs": {"seed": None}, "stt_kwargs": {"a": None}}}


TOOLS = """
tools:
  - {type: template, id: AAAA, template: hangup, prompt: one}
  - {type: webhook, name: look_up, timeout_seconds: 5, auth: {type: bearer}}
  - {type: built_in, built_in: current_datetime, timezone: UTC}
"""


@pytest.mark.parametrize(
    ("entry", "index", "field", "value"),
    [
        ("{id: aaaa, prompt: two}", 0, "prompt", "two"),
        ("{template: hangup, prompt: two}", 0, "prompt", "two"),
        ("{type: template, template: hangup, prompt: two}", 0, "prompt", "two"),
        ("{name: look_up, timeout_seconds: 8}", 1, "timeout_seconds", 8),
        ("{name: look_up, auth: {token: x}}", 1, "auth", {"type": "bearer", "token": "x"}),
        ("{id: BBBB, name: look_up}", 1, "id", "BBBB"),
        ("{built_in: current_datetime, timezone: null}", 2, "timezone", None),
    ],
)
def test_a_tool_of_an_override_merges_into_the_one_it_means(
    entry: str, index: int, field: str, value: Any
) -> None:
    tools = overridden(TOOLS, f"tools: [{entry}]")["tools"]
    assert (len(tools), tools[index].get(field)) == (3, value)


@pytest.mark.parametrize(
    "entry",
    [
        "{name: other, type: webhook}",
        "{name: hangup}",
        "{id: CCCC, template: hangup}",
        "{type: webhook, template: hangup}",
        "{prompt: x}",
        "text",
        "null",
    ],
)
def test_a_tool_that_means_none_is_appended(entry: str) -> None:
    tools = overridden(TOOLS, f"tools: [{entry}]")["tools"]
    assert tools[:3] == tree(TOOLS).data()["tools"]
    assert len(tools) == 4


def test_a_tool_that_is_no_mapping_is_matched_by_nothing() -> None:
    assert overridden("tools: [text, null]", "tools: [{name: a}]")["tools"] == ["text", None, {"name": "a"}]


def test_tools_that_are_no_list_are_replaced() -> None:
    assert overridden("tools: text", "tools: [{name: a}]")["tools"] == [{"name": "a"}]


def test_tools_without_tools_below_are_taken() -> None:
    assert overridden("name: a", "tools: [{name: a}]")["tools"] == [{"name": "a"}]


@pytest.mark.parametrize("base", ["name: a", "{name: a, tools: [{name: b}]}"])
def test_null_removes_all_tools(base: str) -> None:
    assert overridden(base, "tools: null") == {"name": "a"}


def test_a_merged_tool_keeps_the_place_of_what_only_says_which_it_is() -> None:
    merged = overlay.override(tree(TOOLS), tree("tools: [{name: look_up, timeout_seconds: 8}]", "over.yaml"))
    tool = merged.value["tools"].value[1].value
    assert {key: tool[key].document.path for key in ("name", "timeout_seconds")} == {
        "name": "a.yaml",
        "timeout_seconds": "over.yaml",
    }


@pytest.mark.parametrize(
    ("defaults", "own", "result"),
    [
        ("{a: 1, b: 2}", "{a: 9}", {"a": 9, "b": 2}),
        ("{a: {b: 1, c: 2}}", "{a: {b: 9}}", {"a": {"b": 9, "c": 2}}),
        ("{a: [1]}", "{a: []}", {"a": []}),
        ("{a: 1, b: 2}", "{a: null}", {"b": 2}),
        ("{b: 2}", "{a: null}", {"a": None, "b": 2}),
        ("{m: {a: 1}}", "{m: {a: null}}", {"m": {}}),
        ("{sip_outbound_trunk_id: x}", "{sip_outbound_trunk_id: null}", {"sip_outbound_trunk_id": None}),
        ("{a: {b: 1}}", "{a: text}", {"a": "text"}),
    ],
)
def test_defaults_fill_in_what_a_file_leaves_out(defaults: str, own: str, result: Any) -> None:
    assert filled(defaults, own) == result


def test_every_value_of_a_result_stands_where_it_was_written() -> None:
    under = tree("{a: {b: 1}, c: 2}", "under.yaml")
    own = tree("{a: {d: 3}}", "own.yaml")
    result = overlay.merge(overlay.fill(under, own), tree("{c: 4}", "over.yaml"), AGENT)
    found = {
        path: result.find(path)[0].document.path for path in [(), ("a",), ("a", "b"), ("a", "d"), ("c",)]
    }
    assert found == {
        (): "own.yaml",
        ("a",): "own.yaml",
        ("a", "b"): "under.yaml",
        ("a", "d"): "own.yaml",
        ("c",): "over.yaml",
    }


def test_no_layer_is_changed_by_another() -> None:
    base, over = tree(TOOLS), tree("tools: [{name: look_up, timeout_seconds: 8}]")
    before = base.data(), over.data()
    overlay.override(base, over)
    overlay.fill(over, base)
    assert (base.data(), over.data()) == before
