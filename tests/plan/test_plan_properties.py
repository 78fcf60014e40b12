"""Laws of planning, over random valid agents."""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated import Agent, applied
from strategies import agent_bodies

from agentconf.model.agent import Lifecycle
from agentconf.plan.canonical import canonical, digest, text_of
from agentconf.plan.make import Desired, PlanOptions, make_plan
from agentconf.plan.readback import not_kept
from agentconf.plan.saved import dump, load, verify
from agentconf.plan.secrets import references

LAW = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
Json = dict[str, Any]


def declared(body: Json, key: str = "agent") -> Desired:
    return Desired(key, body, Lifecycle())


def backwards_of(value: Any) -> Any:
    """The same body with all keys, and the tools, the other way round."""
    if isinstance(value, dict):
        turned = {name: backwards_of(child) for name, child in reversed(value.items())}
        return turned | ({"tools": turned["tools"][::-1]} if "tools" in turned else {})
    return [backwards_of(child) for child in value] if isinstance(value, list) else value


def planned(body: Json, *agents: Agent, **options: Any) -> Any:
    return make_plan([declared(body)], [agent.live for agent in agents], PlanOptions(**options))


def made(body: Json) -> Agent:
    return Agent(deepcopy(planned(body).operations[0].body))


@LAW
@given(body=agent_bodies())
def test_a_canonical_body_is_its_own_canonical_form(body: Json) -> None:
    once = canonical(body)
    assert text_of(canonical(once)) == text_of(once)


@LAW
@given(body=agent_bodies())
def test_bringing_a_body_into_canonical_form_leaves_the_body_alone(body: Json) -> None:
    before = deepcopy(body)
    canonical(body)
    assert body == before


@LAW
@given(body=agent_bodies())
def test_an_agent_that_was_created_is_as_declared(body: Json) -> None:
    operation = planned(body).operations[0]
    assert not_kept(operation, applied(operation)) == ()
    assert planned(body, made(body)).operations == ()


@LAW
@given(body=agent_bodies())
def test_an_agent_planned_against_its_own_read_shape_is_unchanged(body: Json) -> None:
    live = made(body).live
    read = make_plan([declared(live.body)], [live], PlanOptions())
    assert (read.operations, read.unchanged) == ((), ("agent",))


@LAW
@given(before=agent_bodies(), after=agent_bodies())
def test_a_patch_makes_of_any_agent_any_other_and_all_of_it_is_kept(before: Json, after: Json) -> None:
    after["name"] = before["name"]
    agent = made(before)
    for operation in planned(after, agent).operations:
        assert not_kept(operation, applied(operation, agent)) == ()
    assert planned(after, agent).operations == ()


@LAW
@given(before=agent_bodies(), after=agent_bodies())
def test_declared_ownership_changes_nothing_that_is_not_declared(before: Json, after: Json) -> None:
    agent = made(before)
    small = {"name": before["name"], "greeting": after["greeting"], "models": {"llm": after["models"]["llm"]}}
    for operation in planned(small, agent, ownership="declared").operations:
        applied(operation, agent)
    now = agent.live.body
    assert planned(small, agent, ownership="declared").operations == ()
    assert now["models"] | {"llm": ""} == made(before).live.body["models"] | {"llm": ""}
    rest = [name for name in now if name not in {"greeting", "models", "template_defaults"}]
    assert {name: now[name] for name in rest} == {name: made(before).live.body[name] for name in rest}


@LAW
@given(
    before=agent_bodies(),
    after=agent_bodies(),
    unknown=st.dictionaries(st.sampled_from("xyz"), st.integers()),
)
def test_unknown_fields_are_no_difference_and_survive_any_update(
    before: Json, after: Json, unknown: Json
) -> None:
    after["name"] = before["name"]
    agent = made(before)
    agent.stored["models"]["unknown"] = deepcopy(unknown)
    agent.stored["unknown"] = deepcopy(unknown)
    assert planned(before, agent).operations == ()
    for operation in planned(after, agent).operations:
        applied(operation, agent)
    assert (agent.stored["models"]["unknown"], agent.stored["unknown"]) == (unknown, unknown)


@LAW
@given(
    bodies=st.lists(agent_bodies(), max_size=4, unique_by=lambda body: body["name"]), seed=st.integers(0, 99)
)
def test_a_plan_is_the_same_to_the_byte_whatever_the_order_of_its_inputs(
    bodies: list[Json], seed: int
) -> None:
    shuffle = random.Random(seed).shuffle
    desired = [declared(body, f"key-{number}") for number, body in enumerate(bodies)]
    live = [
        Agent(made(one.body).stored | {"greeting": "Hi.", "future": {"b": 1, "a": 2}}, id=f"id-{number}").live
        for number, one in enumerate(desired)
    ][::2]
    plan = dump(make_plan(desired, live, PlanOptions(prune_unmanaged=True)))
    shuffle(desired)
    shuffle(live)
    mirrored = [replace(one, body=backwards_of(one.body)) for one in live]
    backwards = [Desired(one.key, dict(reversed(one.body.items())), one.lifecycle) for one in desired]
    assert dump(make_plan(backwards, mirrored, PlanOptions(prune_unmanaged=True))) == plan


@LAW
@given(before=agent_bodies(), after=agent_bodies())
def test_a_saved_plan_reads_back_as_the_plan_that_it_is(before: Json, after: Json) -> None:
    after["name"] = before["name"]
    agent = made(before)
    for plan in (planned(before), planned(after, agent)):
        assert load(dump(plan)) == plan
        assert dump(load(dump(plan))) == dump(plan)
    assert verify(planned(after, agent), [agent.live]) == ()


@LAW
@given(before=agent_bodies(), after=agent_bodies())
def test_every_field_that_is_sent_has_a_change_with_an_impact(before: Json, after: Json) -> None:
    after["name"] = before["name"]
    for operation in planned(after, made(before)).operations:
        sent = set(operation.body) - {"template_defaults"}
        assert {change.path[0] for change in operation.changes} - {"template_defaults"} == sent
        assert all(change.impacts for change in operation.changes)


@LAW
@given(before=agent_bodies(), after=agent_bodies())
def test_an_update_sends_no_secret_that_the_platform_has(before: Json, after: Json) -> None:
    after["name"] = before["name"]
    agent = made(before)
    stored = {
        tool["id"].lower(): tool["auth"]["type"] for tool in agent.stored.get("tools", ()) if "auth" in tool
    }
    for operation in planned(after, agent).operations:
        for tool in operation.body.get("tools", ()):
            sent = any(references(tool.get("auth")))
            kept = "auth" in tool and stored.get(tool["id"].lower()) == tool["auth"]["type"]
            assert sent == ("auth" in tool and not kept)


@LAW
@given(one=agent_bodies(), other=agent_bodies())
def test_agents_that_show_something_else_have_another_digest(one: Json, other: Json) -> None:
    first, second = made(one).live, made(other).live
    same = text_of(canonical(first.body)) == text_of(canonical(second.body))
    assert (digest(first.body) == digest(second.body)) is same
