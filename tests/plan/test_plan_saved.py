"""Plans as files: the document, its integrity, and what has moved since."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from simulated import ORGANISATION, Agent, body, desired, hangup, live, lookup, remembering, transfer

from agentconf import __version__
from agentconf.errors import ConfigurationError
from agentconf.model.impact import Impact
from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import sha256
from agentconf.plan.change import ABSENT, Change, ChangeKind, Operation
from agentconf.plan.make import PlanOptions, make_plan
from agentconf.plan.saved import FORMAT, document, dump, load, verify

if TYPE_CHECKING:
    from agentconf.plan.plan import Plan

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "plan.schema.json").read_text(encoding="utf-8"))
AGAIN = "plan again: agentconf plan -o FILE"


def everything() -> Plan:
    """A plan with an operation of each kind, with notes and blockers."""
    wanted = [
        desired("new", body(name="New", tools=[lookup()])),
        desired("changed", body(name="Changed", greeting="Other", tools=[lookup()])),
        desired("swapped", body(name="B")),
        desired("swap", body(name="A")),
        desired("gone", body(name="Gone"), state="absent"),
        desired("same", body(name="Same")),
    ]
    running = [
        live(body(name=name, tools=[transfer()]) if name == "Changed" else body(name=name), id=name.lower())
        for name in ("Changed", "A", "B", "Gone", "Same", "Unmanaged")
    ]
    options = PlanOptions(environment="staging", require_approval=(Impact.ROUTING,))
    return make_plan(wanted, running, options, remembering({"swapped": "a", "swap": "b"}))


def small(**changes: Any) -> Plan:
    return make_plan([desired(data=body(**changes))], [], PlanOptions())


def edited(plan: Plan, *, sealed: bool = True, **changes: Any) -> str:
    """A saved plan with other values at the top, with a fitting hash or with its own."""
    content = {name: value for name, value in (document(plan) | changes).items() if value is not ...}
    if sealed:
        content["hash"] = sha256({name: value for name, value in content.items() if name != "hash"})
    return json.dumps(content)


def refusal(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(text)
    assert caught.value.help == AGAIN
    return caught.value.message


def test_a_plan_reads_back_as_it_was() -> None:
    assert load(dump(everything())) == everything()


def test_the_same_plan_is_the_same_to_the_byte() -> None:
    assert dump(everything()) == dump(everything()) == dump(load(dump(everything())))


def test_a_saved_plan_is_ascii_with_a_line_feed_at_its_end() -> None:
    text = dump(small(greeting="Grüezi \ud800 🦊"))
    assert text.isascii()
    assert text.endswith("}\n")
    assert load(text) == small(greeting="Grüezi \ud800 🦊")


@pytest.mark.parametrize("plan", [everything(), small(), make_plan([], [], PlanOptions())])
def test_a_saved_plan_is_as_its_schema_says(plan: Plan) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(json.loads(dump(plan)))] == []


@pytest.mark.parametrize(
    "change",
    [
        {"format_version": 2},
        {"hash": "x"},
        {"summary": {}},
        {"operations": [{}]},
        {"blockers": [{"guard": "x"}]},
        {"notes": ["x"]},
        {"unknown": 1},
        {"inputs": ...},
    ],
)
def test_the_schema_refuses_what_is_no_plan(change: Any) -> None:
    data = json.loads(edited(everything(), sealed=False, **change))
    assert not Draft202012Validator(SCHEMA).is_valid(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "added", "before": 1, "after": 2},
        {"kind": "removed", "before": 1, "after": 2},
        {"kind": "changed", "after": 2},
        {"kind": "added"},
    ],
)
def test_the_schema_knows_which_sides_a_change_has(wrong: Any) -> None:
    rest = {"path": ["a"], "impacts": ["speech"], "note": None, "origin": "unknown"}
    validator = Draft202012Validator({"$ref": "#/$defs/Change", "$defs": SCHEMA["$defs"]})
    assert not validator.is_valid(rest | wrong)


def test_the_summary_counts() -> None:
    assert document(everything())["summary"] == {
        "agents": 5,
        "live": 6,
        "create": 1,
        "update": 4,
        "delete": 1,
        "unchanged": 1,
        "unmanaged": 1,
        "blockers": 1,
    }


def test_a_reference_is_an_object_and_no_value() -> None:
    assert document(small())["operations"][0]["body"]["slng_api_key"] == {"$secret": "SLNG_API_KEY"}


@pytest.mark.parametrize(
    "value",
    [
        {"$secret": "SLNG_API_KEY"},
        {"$secret": 1},
        {"$secret": "A", "b": 1},
        {"$$secret": "A"},
        {"$$$secret": {"$secret": "A"}},
        {"secret": "A", "$secrets": "B", "x$secret": "C"},
        [{"$secret": None}],
        {"$secret": {"$secret": "A"}},
    ],
)
def test_data_that_looks_like_a_reference_survives(value: Any) -> None:
    plan = small(tools=[lookup(parameters={"x": value})], future=value)
    loaded = load(dump(plan)).operations[0].body
    assert (loaded["tools"][0]["parameters"]["x"], loaded["future"]) == (value, value)


def test_a_value_that_is_not_there_is_not_null() -> None:
    sides = [(ABSENT, None), (None, ABSENT), (None, 1), (ABSENT, SecretRef("A"))]
    changes = tuple(
        Change(("a", 0), ChangeKind.CHANGED, before, after, (Impact.SPEECH,)) for before, after in sides
    )
    (operation,) = small().operations
    loaded = load(dump(replace(small(), operations=(replace(operation, changes=changes),))))
    assert [(one.before, one.after) for one in loaded.operations[0].changes] == sides
    assert loaded.operations[0].changes[0].path == ("a", 0)


@pytest.mark.parametrize("text", ["", "not json", "{", "\ufeff{}", "[" * 100_000])
def test_what_is_not_json_is_refused(text: str) -> None:
    assert refusal(text) == "the file is not a saved plan: it is not JSON"


@pytest.mark.parametrize("text", ["{}", "[]", "1", "null", '"x"'])
def test_other_json_is_refused(text: str) -> None:
    assert refusal(text) == "the file is not a saved plan: it has no format_version"


@pytest.mark.parametrize("found", [0, FORMAT + 1, "1", None, True])
def test_a_plan_of_another_format_is_refused(found: Any) -> None:
    message = refusal(edited(small(), format_version=found, tool_version="9.9.9"))
    assert message == (
        f"the saved plan has format {found!r}, made by agentconf 9.9.9; "
        f"this is {__version__} and reads format 1"
    )


def test_a_plan_of_another_version_is_refused() -> None:
    assert refusal(edited(small(), tool_version="9.9.9")) == (
        f"the saved plan was made by agentconf 9.9.9; this is {__version__}"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"environment": "production"},
        {"blockers": []},
        {"operations": []},
        {"hash": "0" * 64},
        {"hash": ...},
        {"added": 1},
        {"inputs": float("nan")},
    ],
)
def test_an_edited_plan_is_refused(change: Any) -> None:
    assert refusal(edited(everything(), sealed=False, **change)) == (
        "the saved plan was changed after it was made: its hash does not fit"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"operations": [{}]},
        {"operations": [1]},
        {"operations": None},
        {"blockers": [{"unknown": 1}]},
        {"summary": {}},
        {"organisation": ...},
    ],
)
def test_a_plan_with_a_fitting_hash_that_is_none_is_refused(change: Any) -> None:
    assert refusal(edited(everything(), **change)).startswith(
        "the saved plan is not as this version writes it"
    )


def test_a_plan_that_is_too_deep_is_refused() -> None:
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    (operation,) = document(small())["operations"]
    refusal(edited(small(), operations=[operation | {"body": {"x": deep}}]))


def planned() -> tuple[Plan, list[Agent]]:
    """A plan with a creation, an update, a rename and a deletion, and the agents it was planned against."""
    stored = {"changed": "Changed", "renamed": "Old", "gone": "Gone", "other": "Other"}
    agents = [Agent(body(name=name, tools=[hangup()]), id=key) for key, name in stored.items()]
    wanted = [
        desired("new", body(name="New")),
        desired("changed", body(name="Changed", greeting="x", tools=[hangup()])),
        desired("renamed", body(name="Renamed", tools=[hangup()]), renamed_from="Old"),
        desired("gone", body(name="Gone"), state="absent"),
    ]
    return make_plan(wanted, [agent.live for agent in agents], PlanOptions()), agents


def moved(**changes: Any) -> tuple[str, ...]:
    """What has moved when the agents with these ids are others (None: gone)."""
    plan, agents = planned()
    now: dict[str, Any] = {agent.id: agent.live for agent in agents} | changes
    return verify(plan, [agent for agent in now.values() if agent is not None])


def agent(name: str, key: str, **more: Any) -> Any:
    return Agent(body(name=name, tools=[hangup()]), id=key, **more)


def test_nothing_has_moved_when_the_agents_are_as_they_were() -> None:
    assert moved() == ()


def test_an_agent_that_the_plan_does_not_touch_may_move() -> None:
    assert moved(other=None, another=agent("Another", "another").live) == ()


@pytest.mark.parametrize(("key", "name"), [("changed", "Changed"), ("renamed", "Old"), ("gone", "Gone")])
def test_an_agent_that_is_gone_has_moved(key: str, name: str) -> None:
    assert moved(**{key: None}) == (f"the agent `{name}` ({key}) is gone",)


def test_an_agent_that_was_changed_has_moved() -> None:
    other = Agent(
        body(name="Changed", inbound_greeting="x", tools=[hangup()]), id="changed", updated_at="later"
    )
    assert moved(changed=other.live) == ("the agent `Changed` (changed) was changed at later",)


def test_an_agent_whose_unknown_field_was_changed_has_moved() -> None:
    other = agent("Changed", "changed", extra={"future": 1})
    assert moved(changed=other.live) == ("the agent `Changed` (changed) was changed at 2026-01-01T00:00:00Z",)


def test_an_agent_that_was_written_without_a_change_that_shows_has_moved() -> None:
    assert moved(changed=agent("Changed", "changed", updated_at="later").live) == (
        "the agent `Changed` (changed) was written at later; no change shows",
    )


@pytest.mark.parametrize("name", ["New", "Renamed"])
def test_a_name_that_is_taken_now_has_moved(name: str) -> None:
    assert moved(thief=agent(name, "thief").live) == (f"the name `{name}` is now taken by the agent thief",)


def test_a_name_that_the_plan_itself_frees_is_not_taken() -> None:
    plan = make_plan(
        [desired("a", body(name="B")), desired("b", body(name="A"))],
        [agent("A", "a").live, agent("B", "b").live],
        PlanOptions(),
        remembering({"a": "a", "b": "b"}),
    )
    assert verify(plan, [agent("A", "a").live, agent("B", "b").live]) == ()
    assert verify(plan, [agent("B", "b").live]) == ("the agent `A` (a) is gone",)


def test_another_organisation_has_moved() -> None:
    plan, agents = planned()
    now = [replace(one.live, organisation_id="other") for one in agents]
    assert verify(plan, now)[0] == f"the organisation is other, the plan was made for {ORGANISATION}"


def test_a_plan_made_for_no_agents_can_be_carried_out_in_any_organisation() -> None:
    assert verify(small(), [agent("Other", "other").live]) == ()


def test_several_things_that_moved_are_all_told() -> None:
    assert len(moved(changed=None, gone=None, thief=agent("New", "thief").live)) == 3


def test_a_saved_plan_holds_no_more_than_references() -> None:
    operation: Operation = small(tools=[lookup()]).operations[0]
    text = dump(small(tools=[lookup()]))
    assert '"$secret": "CRM_TOKEN"' in text
    assert json.loads(text)["operations"][0]["expected"]["tools"] == operation.expected["tools"]
    assert operation.expected["tools"][0]["auth"] == {"type": "bearer"}
