"""What the files govern, and what is left as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from simulated import (
    HANGUP_ID,
    LOOKUP_ID,
    NUDGES,
    TRUNK,
    Agent,
    applied,
    body,
    desired,
    hangup,
    lookup,
    transfer,
)

from agentconf.plan.make import PlanOptions, make_plan

if TYPE_CHECKING:
    from agentconf.plan.change import Operation

MODELS = {"stt": "a/stt:en", "llm": "b/llm", "tts": "c/tts:en", "tts_voice": "thalia"}
OTHER_TRUNK = TRUNK.replace("4", "5")


def update(wanted: Any, agent: Agent, *ignore: str, **options: Any) -> Operation | None:
    plan = make_plan(
        [desired(data=wanted, ignore_changes=list(ignore))], [agent.live], PlanOptions(**options)
    )
    return plan.operations[0] if plan.operations else None


def sent(wanted: Any, agent: Agent, *ignore: str, **options: Any) -> Any:
    operation = update(wanted, agent, *ignore, **options)
    return None if operation is None else operation.body


def notes(wanted: Any, agent: Agent, kind: str, *ignore: str) -> list[str]:
    one = desired(data=wanted, ignore_changes=list(ignore))
    return [note.message for note in make_plan([one], [agent.live], PlanOptions()).notes if note.kind == kind]


@pytest.mark.parametrize(
    ("live", "patch"),
    [
        ({"enable_interruptions": False}, {"enable_interruptions": True}),
        ({"inbound_greeting": "Hello."}, {"inbound_greeting": None}),
        ({"outbound_greeting": "Hello."}, {"outbound_greeting": None}),
        ({"tools": [hangup()]}, {"tools": []}),
        ({"runtime_variables": [{"name": "a", "description": "b"}]}, {"runtime_variables": []}),
        ({"models": MODELS | {"llm_kwargs": {"a": 1}}}, {"models": MODELS | {"llm_kwargs": {}}}),
        (
            {"models": MODELS | {"failure_audio_enabled": False}},
            {"models": MODELS | {"failure_audio_enabled": True}},
        ),
        ({"models": MODELS | {"stt_final_timeout_s": 4}}, {"models": MODELS | {"stt_final_timeout_s": None}}),
        ({"models": MODELS | {"fallbacks": {"stt": ["x"]}}}, {"models": MODELS | {"fallbacks": {"stt": []}}}),
    ],
)
def test_under_full_ownership_drift_in_an_undeclared_field_is_put_back(live: Any, patch: Any) -> None:
    assert sent(body(), Agent(body(**live))) == patch


def test_under_full_ownership_undeclared_template_defaults_go() -> None:
    assert sent(body(template_defaults=...), Agent(body())) == {"template_defaults": {}}


@pytest.mark.parametrize(
    ("live", "put_back"),
    [
        ({"http_method": "PUT"}, {"http_method": "POST"}),
        ({"timeout_seconds": 20}, {"timeout_seconds": 10}),
        ({"show_results_to_llm": False}, {"show_results_to_llm": True}),
        ({"llm_result_instructions": "x"}, {"llm_result_instructions": None}),
        (
            {"execution_policy": {"pre_action_message": {"enabled": True, "text": "x"}}},
            {"execution_policy": {"pre_action_message": {"enabled": False, "text": None}}},
        ),
        ({"source": "system", "system": {"triggers": [{"event": "call_end"}]}}, {"source": "contextual"}),
    ],
)
def test_under_full_ownership_drift_inside_a_tool_is_put_back(live: Any, put_back: Any) -> None:
    tool = lookup(auth=...)
    assert sent(body(tools=[tool]), Agent(body(tools=[tool | live]))) == {"tools": [tool | put_back]}


def test_results_that_a_system_tool_shows_are_hidden_again() -> None:
    tool = lookup(auth=..., source="system", system={"triggers": [{"event": "call_end"}]})
    assert sent(body(tools=[tool]), Agent(body(tools=[tool | {"show_results_to_llm": True}]))) == {
        "tools": [tool | {"show_results_to_llm": False}]
    }


def test_only_top_level_fields_that_change_are_sent() -> None:
    agent = Agent(body(tools=[hangup(), lookup()], inbound_greeting="Hi."))
    wanted = body(tools=[hangup(), lookup()], inbound_greeting="Hello.")
    assert sent(wanted, agent) == {"inbound_greeting": "Hello."}


def test_a_field_is_sent_as_it_is_declared() -> None:
    models = MODELS | {"llm": "other", "stt_final_timeout_s": 4.0, "llm_kwargs": {}}
    assert sent(body(models=models), Agent(body())) == {"models": models}


def test_a_change_of_line_ends_alone_is_none() -> None:
    assert sent(body(greeting="a\r\nb"), Agent(body(greeting="a\nb"))) is None


@pytest.mark.parametrize("field", ["sip_inbound_trunk_id", "sip_outbound_trunk_id"])
@pytest.mark.parametrize("ownership", ["full", "declared"])
def test_a_trunk_that_is_not_declared_is_left_alone(field: str, ownership: str) -> None:
    assert sent(body(), Agent(body(**{field: TRUNK})), ownership=ownership) is None


def test_trunks_that_are_left_alone_are_noted() -> None:
    both = {"sip_inbound_trunk_id": TRUNK, "sip_outbound_trunk_id": TRUNK}
    assert notes(body(), Agent(body(sip_inbound_trunk_id=TRUNK)), "left-alone") == [
        "`sip_inbound_trunk_id` is attached in the dashboard and not declared here"
    ]
    assert notes(body(), Agent(body(**both)), "left-alone") == [
        f"{' and '.join(f'`{name}`' for name in both)} are attached in the dashboard and not declared here"
    ]


def test_a_trunk_that_is_nowhere_is_not_noted() -> None:
    assert notes(body(), Agent(body()), "left-alone") == []


def test_a_declared_trunk_is_not_noted() -> None:
    assert notes(body(sip_inbound_trunk_id=None), Agent(body(sip_inbound_trunk_id=TRUNK)), "left-alone") == []


@pytest.mark.parametrize(
    ("declared", "live", "patch"),
    [
        (TRUNK, None, TRUNK),
        (TRUNK, OTHER_TRUNK, TRUNK),
        (TRUNK.upper(), TRUNK, ...),
        (None, TRUNK, None),
        (None, None, ...),
    ],
)
def test_a_declared_trunk_is_compared_and_null_detaches(declared: Any, live: Any, patch: Any) -> None:
    found = sent(body(sip_inbound_trunk_id=declared), Agent(body(sip_inbound_trunk_id=live)))
    assert found == (None if patch is ... else {"sip_inbound_trunk_id": patch})


def test_idle_nudges_that_are_not_declared_are_not_compared() -> None:
    agent = Agent(body(idle_nudges=NUDGES | {"enabled": False}))
    assert sent(body(), agent) is None
    assert sent(body(idle_nudges=None), agent) is None


def test_parts_of_declared_idle_nudges_that_are_left_out_have_their_default() -> None:
    texts = {name: text for name, text in NUDGES.items() if name.endswith("text")}
    agent = Agent(body(idle_nudges=NUDGES | {"hangup_delay_seconds": 99}))
    assert sent(body(idle_nudges=texts), agent) == {"idle_nudges": texts | {"hangup_delay_seconds": 15}}


def test_under_declared_ownership_undeclared_fields_are_left() -> None:
    agent = Agent(body(enable_interruptions=False, tools=[hangup()], inbound_greeting="Hi."))
    assert sent(body(), agent, ownership="declared") is None


def test_under_declared_ownership_undeclared_parts_of_a_sent_field_are_carried() -> None:
    agent = Agent(body(models=MODELS | {"llm_kwargs": {"a": 1}, "failure_audio_enabled": False}))
    found = sent(body(models={"llm": "other"}), agent, ownership="declared")
    models = found["models"]
    assert found.keys() == {"models"}
    assert (models["llm"], models["tts"], models["llm_kwargs"], models["failure_audio_enabled"]) == (
        "other",
        "c/tts:en",
        {"a": 1},
        False,
    )


def test_under_declared_ownership_a_declared_null_still_clears() -> None:
    agent = Agent(body(inbound_greeting="Hi."))
    assert sent(body(inbound_greeting=None), agent, ownership="declared") == {"inbound_greeting": None}


def test_under_declared_ownership_a_declared_null_clears_a_whole_object() -> None:
    agent = Agent(body(models=MODELS | {"fallbacks": {"stt": ["x"]}, "llm_kwargs": {"a": 1}}))
    found = sent(body(models={"fallbacks": None}), agent, ownership="declared")
    assert (found["models"]["fallbacks"], found["models"]["llm_kwargs"]) == ({"stt": []}, {"a": 1})


def test_under_declared_ownership_declared_tools_are_the_whole_list() -> None:
    agent = Agent(body(tools=[hangup(), lookup(http_method="PUT")]))
    found = sent(
        body(tools=[{"type": "webhook", "id": LOOKUP_ID, "url": "https://x.example"}]),
        agent,
        ownership="declared",
    )
    (tool,) = found["tools"]
    assert (tool["id"], tool["url"], tool["http_method"], tool["auth"]) == (
        LOOKUP_ID,
        "https://x.example",
        "PUT",
        {"type": "bearer"},
    )


def test_under_declared_ownership_undeclared_template_defaults_are_left() -> None:
    agent = Agent(body())
    assert sent(body(template_defaults=...), agent, ownership="declared") is None


def test_under_declared_ownership_other_template_defaults_are_carried() -> None:
    text = "{{brand}} {{city}}"
    agent = Agent(body(greeting=text, template_defaults={"brand": "Fernhill", "city": "Bern"}))
    found = sent(body(greeting=text, template_defaults={"brand": "Other"}), agent, ownership="declared")
    assert found == {"template_defaults": {"brand": "Other", "city": "Bern"}}


@pytest.mark.parametrize(
    ("path", "live"),
    [
        ("greeting", {"greeting": "Changed."}),
        ("name", {"name": "Support Router"}),
        ("enable_interruptions", {"enable_interruptions": False}),
        ("models", {"models": MODELS | {"llm": "x", "llm_kwargs": {"a": 1}}}),
        ("models.tts_voice", {"models": MODELS | {"tts_voice": "x"}}),
        ("models.llm_kwargs", {"models": MODELS | {"llm_kwargs": {"a": 1}}}),
        ("models.fallbacks.stt", {"models": MODELS | {"fallbacks": {"stt": ["x"]}}}),
        ("models.fallbacks", {"models": MODELS | {"fallbacks": {"stt": ["x"], "llm": ["y"]}}}),
        ("tools", {"tools": [hangup()]}),
        ("tools.transfer", {"tools": [transfer()]}),
        ("tools[transfer]", {"tools": [transfer()]}),
        ("template_defaults", {"template_defaults": {"brand": "x"}}),
        ("template_defaults.brand", {"template_defaults": {"brand": "x"}}),
    ],
)
def test_an_ignored_path_is_no_difference(path: str, live: Any) -> None:
    assert sent(body(), Agent(body(**live)), path) is None


@pytest.mark.parametrize(
    "path",
    [
        "tools.transfer.phone_number",
        "tools[transfer].phone_number",
        f"tools[{transfer()['id'].upper()}].phone_number",
    ],
)
def test_a_field_of_a_tool_can_be_ignored(path: str) -> None:
    agent = Agent(body(tools=[transfer(phone_number="+14155550199")]))
    assert sent(body(tools=[transfer()]), agent, path) is None


def test_the_live_value_of_an_ignored_part_is_carried_in_a_patch() -> None:
    agent = Agent(body(tools=[transfer(phone_number="+14155550199")], models=MODELS | {"tts_voice": "x"}))
    wanted = body(tools=[transfer(description="People")], models=MODELS | {"llm": "y"})
    found = sent(wanted, agent, "tools.transfer.phone_number", "models.tts_voice")
    assert found["tools"][0]["phone_number"] == "+14155550199"
    assert found["tools"][0]["description"] == "People"
    assert (found["models"]["tts_voice"], found["models"]["llm"]) == ("x", "y")


def test_an_ignored_tool_is_carried_in_a_patch() -> None:
    agent = Agent(body(tools=[transfer(), hangup()]))
    found = sent(body(tools=[hangup(prompt="Bye")]), agent, "tools.transfer")
    assert [tool["id"] for tool in found["tools"]] == [HANGUP_ID, transfer()["id"]]


def test_an_ignored_tool_that_is_not_live_is_not_added() -> None:
    assert sent(body(tools=[hangup()]), Agent(body()), "tools.hangup") is None


def test_an_ignored_tool_stays_as_it_is_when_both_sides_have_it() -> None:
    agent = Agent(body(tools=[hangup(prompt="Theirs")]))
    assert sent(body(tools=[hangup(prompt="Ours")]), agent, "tools.hangup") is None


def test_an_ignored_template_default_is_carried() -> None:
    text = "{{brand}} {{city}}"
    agent = Agent(body(greeting=text, template_defaults={"brand": "Theirs", "city": "Bern"}))
    wanted = body(greeting=text, template_defaults={"brand": "Ours", "city": "Basel"})
    assert sent(wanted, agent, "template_defaults.brand") == {
        "template_defaults": {"brand": "Theirs", "city": "Basel"}
    }


def test_an_ignored_template_default_that_somebody_removed_stays_away() -> None:
    text = "{{brand}} {{city}}"
    agent = Agent(body(greeting=text, template_defaults={"city": "Bern"}))
    wanted = body(greeting=text, template_defaults={"brand": "Ours", "city": "Basel"})
    assert sent(wanted, agent, "template_defaults.brand") == {"template_defaults": {"city": "Basel"}}


def test_an_ignored_template_default_that_nobody_can_see_is_sent_as_declared() -> None:
    agent = Agent(body())
    wanted = body(template_defaults={"brand": "New", "order_id": "1"})
    assert sent(wanted, agent, "template_defaults.order_id") == {
        "template_defaults": {"brand": "New", "order_id": "1"}
    }


def test_ignoring_has_no_effect_on_a_creation() -> None:
    one = desired(data=body(sip_inbound_trunk_id=TRUNK), ignore_changes=["sip_inbound_trunk_id"])
    (operation,) = make_plan([one], [], PlanOptions()).operations
    assert operation.body["sip_inbound_trunk_id"] == TRUNK


@pytest.mark.parametrize(
    ("path", "aimless"),
    [
        ("greeting", False),
        ("models.tts_voice", False),
        ("models.fallbacks.stt", False),
        ("models.llm_kwargs.temperature", False),
        ("idle_nudges.enabled", False),
        ("template_defaults.of_nobody", False),
        ("tools", False),
        ("tools.look_up", False),
        ("tools.look_up.auth.type", False),
        (f"tools[{LOOKUP_ID}].url", False),
        ("future.deep", False),
        ("greting", True),
        ("models.voice", True),
        ("models.tts_voice.x", True),
        ("models.fallbacks.stt.x", True),
        ("tools.lookup", True),
        ("tools.look_up.ulr", True),
        ("future.other", True),
        ("", True),
        ("...", True),
    ],
)
def test_an_ignored_path_that_names_nothing_is_noted(path: str, aimless: bool) -> None:
    agent = Agent(body(tools=[lookup()]), extra={"future": {"deep": 1}})
    expected = [f"`{path}` of `ignore_changes` names nothing: check how it is written"] if aimless else []
    assert notes(body(tools=[lookup()]), agent, "suggestion", path) == expected


UNKNOWN = {"a": [1, {"b": None}], "c": {}}


@pytest.mark.parametrize("ownership", ["full", "declared"])
def test_unknown_live_fields_are_no_difference_at_any_depth(ownership: str) -> None:
    tool = lookup(source="system", system={"triggers": [{"event": "call_end"}], "arguments": [argument()]})
    system = {
        "triggers": [{"event": "call_end", "future": UNKNOWN}],
        "arguments": [argument(future=UNKNOWN, source={"type": "call_id", "future": UNKNOWN})],
        "future": UNKNOWN,
    }
    stored = body(
        models=MODELS
        | {
            "future": UNKNOWN,
            "fallbacks": {"future": UNKNOWN, "tts": [{"model": "m", "voice": "v", "future": UNKNOWN}]},
        },
        tools=[tool | {"future": UNKNOWN, "system": system}],
        runtime_variables=[{"name": "a", "description": "b", "future": UNKNOWN}],
        idle_nudges=NUDGES | {"future": UNKNOWN},
    )
    wanted = body(
        models=MODELS | {"fallbacks": {"tts": [{"model": "m", "voice": "v"}]}},
        tools=[tool],
        runtime_variables=[{"name": "a", "description": "b"}],
        idle_nudges=NUDGES,
    )
    assert sent(wanted, Agent(stored, extra={"future": UNKNOWN}), ownership=ownership) is None


def argument(**changes: Any) -> Any:
    return {"name": "n", "type": "string", "source": {"type": "call_id"}} | changes


def test_unknown_live_fields_are_carried_in_a_patch_at_any_depth() -> None:
    tool = lookup(auth=..., source="system", system={"triggers": [{"event": "call_end"}]})
    live = lookup(
        auth=...,
        source="system",
        future=1,
        system={"triggers": [{"event": "call_end", "future": 2}], "future": 3},
    )
    agent = Agent(body(tools=[live], models=MODELS | {"fallbacks": {"future": 4}, "future": 5}))
    found = sent(body(tools=[tool | {"description": "New"}], models=MODELS | {"llm": "x"}), agent)
    (patched,) = found["tools"]
    assert (patched["future"], patched["system"]) == (1, live["system"])
    assert (found["models"]["fallbacks"]["future"], found["models"]["future"]) == (4, 5)


def test_an_unknown_top_level_field_is_not_in_a_patch_of_another() -> None:
    assert sent(body(greeting="Hi."), Agent(body(), extra={"future": 1})) == {"greeting": "Hi."}


@pytest.mark.parametrize(
    ("declared", "live", "patch"),
    [
        (1, 1.0, ...),
        (1, True, 1),
        ({"a": 1}, {"a": 1, "b": 2}, ...),
        ({"a": 2}, {"a": 1, "b": 2}, {"a": 2, "b": 2}),
        ([1], [1, 2], [1]),
        (None, 3, None),
        ("x", ..., "x"),
        (None, ..., ...),
    ],
)
def test_a_declared_unknown_field_is_compared_and_merged(declared: Any, live: Any, patch: Any) -> None:
    extra = {} if live is ... else {"future": live}
    found = sent(body(future=declared), Agent(body(), extra=extra))
    assert found == (None if patch is ... else {"future": patch})


def test_a_tool_of_an_unknown_type_is_compared_and_its_unknown_parts_are_carried() -> None:
    tool = {"type": "of_tomorrow", "id": LOOKUP_ID, "deep": {"a": 1}}
    agent = Agent(body(tools=[tool | {"deep": {"a": 1, "b": 2}}]))
    assert sent(body(tools=[tool]), agent) is None
    found = sent(body(tools=[tool | {"deep": {"a": 9}}]), agent)
    assert found == {"tools": [tool | {"deep": {"a": 9, "b": 2}}]}


def test_a_tool_that_becomes_one_of_another_type_carries_nothing() -> None:
    agent = Agent(body(tools=[transfer(id=LOOKUP_ID, future=1)]))
    found = sent(body(tools=[lookup(auth=...)]), agent)
    assert found == {"tools": [lookup(auth=...)]}


def test_a_tool_that_becomes_one_of_another_type_puts_nothing_back() -> None:
    agent = Agent(body(tools=[lookup(llm_result_instructions="x")]))
    assert sent(body(tools=[transfer(id=LOOKUP_ID)]), agent) == {"tools": [transfer(id=LOOKUP_ID)]}


def test_list_elements_that_look_the_same_carry_each_its_own() -> None:
    stored = [{"model": "m", "voice": "v", "future": number} for number in (1, 2)]
    agent = Agent(body(models=MODELS | {"fallbacks": {"tts": stored}}))
    plain = [{"model": "m", "voice": "v"}] * 2
    assert sent(body(models=MODELS | {"fallbacks": {"tts": plain}}), agent) is None


def test_a_list_element_that_is_another_one_carries_nothing() -> None:
    stored = [{"name": "a", "description": "x", "future": 1}, {"name": "b", "description": "y", "future": 2}]
    agent = Agent(body(runtime_variables=stored))
    wanted = [{"name": "b", "description": "z"}, {"name": "c", "description": "x"}]
    assert sent(body(runtime_variables=wanted), agent) == {
        "runtime_variables": [
            {"name": "b", "description": "z", "future": 2},
            {"name": "c", "description": "x"},
        ]
    }


def test_a_constant_that_is_null_is_sent() -> None:
    def tool(value: Any) -> Any:
        constant = argument(source={"type": "constant", "value": value})
        return lookup(
            auth=..., source="system", system={"triggers": [{"event": "call_end"}], "arguments": [constant]}
        )

    agent = Agent(body(tools=[tool(3)]))
    operation = update(body(tools=[tool(None)]), agent)
    assert operation is not None
    assert operation.body == {"tools": [tool(None)]}
    applied(operation, agent)
    assert sent(body(tools=[tool(None)]), agent) is None


@pytest.mark.parametrize(
    "broken",
    [{"models": "x"}, {"idle_nudges": 5}, {"runtime_variables": [1, {"name": "a"}]}],
)
def test_a_definition_that_does_not_fit_the_models_is_still_compared(broken: Any) -> None:
    agent = Agent(body(tools=[hangup()], runtime_variables=[{"name": "b", "description": "c"}]))
    found = sent(body(**broken), agent)
    assert broken.keys() <= found.keys()
