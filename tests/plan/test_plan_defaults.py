"""Template defaults: what an answer shows of them is compared, the rest is sent when it comes into view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from simulated import Agent, applied, body, desired, live, lookup

from agentconf.plan.make import PlanOptions, make_plan
from agentconf.plan.plan import Note, Plan
from agentconf.plan.variables import shown_variables, variables_of

HIDDEN = "(used by no text; the platform does not show it)"


def planned(wanted: Any, agent: Agent, *ignore: str, **options: Any) -> Plan:
    return make_plan(
        [desired(data=wanted, ignore_changes=list(ignore))], [agent.live], PlanOptions(**options)
    )


def sent(plan: Plan) -> Any:
    return plan.operations[0].body if plan.operations else None


def uncovered(plan: Plan) -> list[Note]:
    return [note for note in plan.notes if note.kind == "not-covered" and "slng_api_key" not in note.message]


def test_a_shown_default_is_compared() -> None:
    plan = planned(body(template_defaults={"brand": "New"}), Agent(body()))
    (change,) = plan.operations[0].changes
    assert sent(plan) == {"template_defaults": {"brand": "New"}}
    assert (change.path, change.before, change.after) == (("template_defaults", "brand"), "Fernhill", "New")


def test_a_default_with_other_line_ends_is_the_same() -> None:
    agent = Agent(body(template_defaults={"brand": "a\nb"}))
    assert sent(planned(body(template_defaults={"brand": "a\r\nb"}), agent)) is None


@pytest.mark.parametrize("defaults", [{"brand": "Fernhill", "order_id": "2"}, {"brand": "Fernhill"}])
def test_a_default_that_no_text_uses_is_no_difference(defaults: Any) -> None:
    agent = Agent(body(template_defaults={"brand": "Fernhill", "order_id": "1"}))
    assert sent(planned(body(template_defaults=defaults), agent)) is None


def test_all_declared_defaults_are_sent_when_one_is() -> None:
    wanted = body(template_defaults={"brand": "New", "order_id": "1"})
    assert sent(planned(wanted, Agent(body()))) == {"template_defaults": {"brand": "New", "order_id": "1"}}


def test_a_default_that_a_changed_text_makes_visible_is_sent_with_it() -> None:
    defaults = {"brand": "Fernhill", "city": "Bern"}
    agent = Agent(body(template_defaults=defaults | {"city": "Basel"}))
    wanted = body(greeting="{{brand}} in {{city}}", template_defaults=defaults)
    plan = planned(wanted, agent)
    assert sent(plan) == {"greeting": "{{brand}} in {{city}}", "template_defaults": defaults}
    change = plan.operations[0].changes[1]
    assert (change.path, change.after, change.note) == (
        ("template_defaults", "city"),
        "Bern",
        "not shown before",
    )
    applied(plan.operations[0], agent)
    assert planned(wanted, agent).operations == ()


def test_a_stored_default_that_comes_into_view_undeclared_is_cleared_and_noted() -> None:
    agent = Agent(body(template_defaults={"brand": "Fernhill", "city": "Basel"}))
    wanted = body(greeting="{{brand}} in {{city}}")
    plan = planned(wanted, agent)
    assert sent(plan) == {"greeting": "{{brand}} in {{city}}", "template_defaults": {"brand": "Fernhill"}}
    assert uncovered(plan) == [
        Note(
            "not-covered",
            "a text now uses `city`: a default that the platform may have stored without showing it "
            "is cleared, because the file declares none",
            "support-router",
        )
    ]
    applied(plan.operations[0], agent)
    assert planned(wanted, agent).operations == ()


@pytest.mark.parametrize(
    ("ignore", "options"),
    [(("template_defaults.city",), {}), (("template_defaults",), {}), ((), {"ownership": "declared"})],
)
def test_what_is_not_governed_is_not_cleared(ignore: Any, options: Any) -> None:
    agent = Agent(body(template_defaults={"brand": "Fernhill", "city": "Basel"}))
    plan = planned(body(greeting="{{brand}} in {{city}}"), agent, *ignore, **options)
    assert sent(plan) == {"greeting": "{{brand}} in {{city}}"}


def test_a_default_goes_together_with_its_variable() -> None:
    agent = Agent(
        body(greeting="{{brand}} {{city}}", template_defaults={"brand": "Fernhill", "city": "Bern"})
    )
    plan = planned(body(), agent)
    assert sent(plan) == {"greeting": "Welcome to {{brand}}.", "template_defaults": {"brand": "Fernhill"}}
    assert applied(plan.operations[0], agent).body["template_defaults"] == {"brand": "Fernhill"}


def test_a_default_that_stays_declared_when_its_variable_goes_is_no_difference() -> None:
    defaults = {"brand": "Fernhill", "city": "Bern"}
    agent = Agent(body(greeting="{{brand}} {{city}}", template_defaults=defaults))
    plan = planned(body(template_defaults=defaults), agent)
    assert sent(plan) == {"greeting": "Welcome to {{brand}}."}
    assert uncovered(plan) == [Note("not-covered", f"default of `city` {HIDDEN}", "support-router")]


def test_a_default_for_tools_only_is_said_to_be_unknown() -> None:
    tool = lookup(auth=..., url="https://crm.example.com/{{order_id}}")
    data = body(tools=[tool], template_defaults={"brand": "Fernhill", "order_id": "1"})
    plan = planned(data, Agent(data))
    assert (plan.operations, uncovered(plan)) == (
        (),
        [Note("not-covered", f"default of `order_id` {HIDDEN}", "support-router")],
    )


def test_a_default_for_tools_only_is_said_to_be_unknown_of_a_new_agent_too() -> None:
    plan = make_plan(
        [desired(data=body(template_defaults={"brand": "x", "order_id": "1"}))], [], PlanOptions()
    )
    assert [note.message for note in uncovered(plan)] == [f"default of `order_id` {HIDDEN}"]


def test_several_hidden_defaults_of_an_agent_are_one_note() -> None:
    plan = planned(body(template_defaults={"brand": "Fernhill", "c": "", "a": "", "b": ""}), Agent(body()))
    assert [note.message for note in uncovered(plan)] == [
        "defaults of `a`, `b` and `c` (used by no text; the platform does not show them)"
    ]


@pytest.mark.parametrize(
    ("count", "where"),
    [(2, "in `agent-0` and `agent-1`"), (3, "in `agent-0`, `agent-1` and `agent-2`"), (4, "in 4 agents")],
)
def test_the_same_hidden_default_of_several_agents_is_one_note(count: int, where: str) -> None:
    several = [body(name=f"Agent {number}", template_defaults={"locale": "de"}) for number in range(count)]
    wanted = [desired(f"agent-{number}", data) for number, data in enumerate(several)]
    running = [live(data, id=f"id-{number}") for number, data in enumerate(several)]
    assert uncovered(make_plan(wanted, running, PlanOptions())) == [
        Note("not-covered", f"default of `locale` {where} {HIDDEN}", None)
    ]


def test_the_variables_that_the_platform_shows_count_as_long_as_texts_stay() -> None:
    data = body(greeting="{{brand}} {{odd-name}}", template_defaults={"brand": "Fernhill", "odd-name": "x"})
    running = replace(Agent(data).live, variables=frozenset({"brand"}))
    assert make_plan([desired(data=data)], [running], PlanOptions()).operations == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{a}} and {{ b }}", {"a", "b"}),
        ("{{a}}{{a}}", {"a"}),
        ("{{order-id}} {{x_1}}", {"order-id", "x_1"}),
        ("{{#if a}} {{a.b}} {{}} {b} {{c d}}", set()),
        ("no variables", set()),
        ({"deep": ["{{a}}", {"x": "{{b}}"}], "n": 1}, {"a", "b"}),
        (None, set()),
    ],
)
def test_variables_are_names_between_double_braces(text: Any, names: set[str]) -> None:
    assert variables_of(text) == names


def test_only_prompt_and_greetings_make_a_default_visible() -> None:
    data = body(
        system_prompt="{{a}}",
        greeting="{{b}}",
        inbound_greeting="{{c}}",
        outbound_greeting="{{d}}",
        tools=[lookup(url="https://example.com/{{e}}")],
    )
    assert shown_variables(data) == {"a", "b", "c", "d"}
