"""Agents as a call would see them: what is filled in, and what would go wrong."""

from __future__ import annotations

from typing import Any

import pytest

from agentconf.lint.rehearsal import check_example, known_variables, matches, rehearse
from agentconf.model.agent import Agent, AgentFile, Example

BODY: dict[str, Any] = {
    "name": "a",
    "system_prompt": "You work for {{company}}.",
    "greeting": "Hi {{ caller }}, this is {{company}}.",
    "language": "en",
    "region": "eu-central",
    "models": {"stt": "s", "llm": "l", "tts": "t", "tts_voice": "v"},
    "template_defaults": {"company": "Fernhill"},
}
WEBHOOK: dict[str, Any] = {
    "type": "webhook",
    "name": "look_up",
    "description": "d",
    "url": "https://crm.example.com/orders/{{order}}?q={{query}}",
    "parameters": {"type": "object", "properties": {}},
}


def agent(**fields: Any) -> Agent:
    file = AgentFile.model_validate(BODY | fields)
    return Agent.model_construct(**vars(file))


def system_tool(kind: str, template: str) -> dict[str, Any]:
    source = {"type": "template", "template": template}
    system = {
        "triggers": [{"event": "call_end"}],
        "arguments": [{"name": "x", "type": kind, "source": source}],
    }
    return WEBHOOK | {"url": "https://crm.example.com/", "source": "system", "system": system}


def test_arguments_win_over_defaults() -> None:
    assert rehearse(agent(), {"caller": "Maria", "company": "Hillside"}).fields == {
        "system_prompt": "You work for Hillside.",
        "greeting": "Hi Maria, this is Hillside.",
    }


def test_a_text_that_misses_a_value_blocks_the_call_and_is_left_out() -> None:
    rehearsal = rehearse(agent(), {})
    assert rehearsal.faults == ("greeting: no value for {{caller}}; the call would not start",)
    assert list(rehearsal.fields) == ["system_prompt"]


def test_a_tool_that_misses_a_value_fails_alone() -> None:
    rehearsal = rehearse(agent(tools=[WEBHOOK]), {"caller": "M", "order": "7"})
    assert rehearsal.faults == ("tools.look_up.url: no value for {{query}}; the tool would fail",)


def test_tool_fields_are_filled_in() -> None:
    tools = [
        WEBHOOK,
        {"type": "human_transfer", "name": "transfer", "phone_number": "+34{{local}}"},
        {"type": "built_in", "built_in": "current_datetime", "timezone": "Europe/{{city}}"},
        {"type": "template", "template": "hangup"},
    ]
    arguments = {"caller": "M", "order": "A 7", "query": "x", "local": "600111222", "city": "Madrid"}
    rehearsal = rehearse(agent(tools=tools), arguments)
    assert rehearsal.faults == ()
    assert {name: text for name, text in rehearsal.fields.items() if name.startswith("tools.")} == {
        "tools.look_up.url": "https://crm.example.com/orders/A%207?q=x",
        "tools.transfer.phone_number": "+34600111222",
        "tools.current_datetime.timezone": "Europe/Madrid",
    }


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"order": "../admin"}, "tools.look_up.url"),
        ({"order": ""}, "tools.look_up.url"),
        ({"local": "600-111-222"}, "tools.transfer.phone_number"),
        ({"local": ""}, "tools.transfer.phone_number"),
        ({"city": "madrid"}, "tools.current_datetime.timezone"),
    ],
)
def test_values_that_break_a_tool_are_said(arguments: dict[str, str], field: str) -> None:
    tools = [
        WEBHOOK,
        {"type": "human_transfer", "name": "transfer", "phone_number": "+34{{local}}"},
        {"type": "built_in", "built_in": "current_datetime", "timezone": "Europe/{{city}}"},
    ]
    good = {"caller": "M", "order": "7", "query": "x", "local": "600111222", "city": "Madrid"}
    (fault,) = rehearse(agent(tools=tools), good | arguments).faults
    assert fault.startswith(f"{field}: ")
    assert fault.endswith("; the tool would fail")


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("integer", "3", True),
        ("integer", "3.5", False),
        ("number", "3.5", True),
        ("number", "three", False),
        ("boolean", "true", True),
        ("boolean", "yes", False),
        ("string", "any thing", True),
    ],
)
def test_template_arguments_must_come_out_as_their_type(kind: str, value: str, *, fits: bool) -> None:
    rehearsal = rehearse(agent(tools=[system_tool(kind, "{{n}}")]), {"caller": "M", "n": value})
    assert (rehearsal.faults == ()) is fits


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({f"a{number}": "" for number in range(33)}, "33 arguments; a call takes at most 32"),
        ({"n" * 65: ""}, "65 characters; at most 64"),
        ({"n": "v" * 1025}, "argument n: 1025 characters; at most 1024"),
        ({f"n{number}": "v" * 1024 for number in range(9)}, "9216 characters together; at most 8192"),
    ],
)
def test_the_bounds_of_runtime_arguments_are_held(arguments: dict[str, str], words: str) -> None:
    faults = rehearse(agent(greeting="Hi."), arguments).faults
    assert [fault for fault in faults if words in fault]


def test_arguments_exactly_at_their_bounds_are_fine() -> None:
    arguments = {f"{number:064}": "v" * 256 for number in range(32)}
    assert rehearse(agent(greeting="Hi."), arguments | {f"{0:064}": "v" * 256}).faults == ()


def test_an_example_is_held_against_what_it_expects() -> None:
    example = Example(
        name="e",
        arguments={"caller": "Maria"},
        expect={"greeting": "Hi Maria*", "system_prompt": "Something else", "greting": "*"},
    )
    assert check_example(agent(), example) == (
        "system_prompt: expected 'Something else', rendered 'You work for Fernhill.'",
        "greting: nothing was rendered to expect there; did you mean greeting?",
    )


def test_long_texts_are_cut_when_they_differ() -> None:
    example = Example(name="e", arguments={"caller": "M"}, expect={"system_prompt": "x"})
    (fault,) = check_example(agent(system_prompt="y" * 500), example)
    assert len(fault) < 250


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("Hi*", "Hi there", True),
        ("*end", "a\nlong\nend", True),
        ("a*c", "abd", False),
        ("[a]?", "[a]?", True),
        ("[a]?", "a", False),
        ("", "", True),
    ],
)
def test_only_the_asterisk_is_special(pattern: str, text: str, *, fits: bool) -> None:
    assert matches(pattern, text) is fits


def test_known_variables_are_those_of_texts_tools_defaults_and_declarations() -> None:
    one = agent(tools=[WEBHOOK], runtime_variables=[{"name": "declared", "description": "d"}])
    assert known_variables(one) == {"company", "caller", "order", "query", "declared"}


def test_tools_and_examples_that_are_not_sound_are_passed_over() -> None:
    one = Agent.model_construct(**(vars(agent()) | {"tools": (None,)}))
    assert known_variables(one) == {"company", "caller"}
    assert rehearse(one, {"caller": "M"}).faults == ()
