from __future__ import annotations

import pytest
from emulator_client import OTHER_ID, TOOL_ID, TRUNK, emulated, hangup, transfer, webhook

from agentconf.emulator.nudges import default_nudges
from agentconf.emulator.templates import substitute, variables

SYSTEM = {"triggers": [{"event": "call_end"}]}


def test_a_webhook_is_answered_with_its_defaults() -> None:
    with emulated() as client:
        assert client.create(tools=[webhook()])["tools"] == [
            {
                "type": "webhook",
                "id": TOOL_ID,
                "name": "check_order",
                "description": "Looks up an order",
                "llm_result_instructions": None,
                "url": "https://api.example.com/orders/{{order_id}}",
                "parameters": {"type": "object", "properties": {}},
                "http_method": "POST",
                "webhook_format": "envelope",
                "timeout_seconds": 10,
                "wait_for_response": True,
                "show_results_to_llm": True,
                "source": "contextual",
                "auth_type": None,
            }
        ]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, True),
        ({"show_results_to_llm": False}, False),
        ({"source": "system", "system": SYSTEM}, False),
        ({"source": "system", "system": SYSTEM, "show_results_to_llm": True}, True),
    ],
)
def test_whether_results_are_shown_depends_on_the_source_unless_said(
    changes: dict[str, object], shown: object
) -> None:
    with emulated() as client:
        assert client.create(tools=[webhook(**changes)])["tools"][0]["show_results_to_llm"] is shown


def test_a_null_for_showing_results_means_the_default() -> None:
    with emulated() as client:
        tool = webhook() | {"show_results_to_llm": None}
        assert client.create(tools=[tool])["tools"][0]["show_results_to_llm"] is True


def test_a_system_configuration_is_answered_with_its_defaults() -> None:
    argument = {"name": "log", "type": "transcript_messages", "source": {"type": "transcript_messages"}}
    with emulated() as client:
        tool = webhook(source="system", system=SYSTEM | {"arguments": [argument]})
        assert client.create(tools=[tool])["tools"][0]["system"] == {
            "triggers": [{"event": "call_end", "source_tool_id": None}],
            "arguments": [
                {
                    "name": "log",
                    "type": "transcript_messages",
                    "required": False,
                    "description": None,
                    "source": {"type": "transcript_messages", "max_messages": 200},
                }
            ],
        }


def test_the_other_tools_are_answered_with_their_defaults() -> None:
    built_in = {"type": "built_in", "id": TOOL_ID, "built_in": "current_datetime"}
    third = "11111111-1111-4111-8111-111111111111"
    with emulated() as client:
        tools = [hangup(), built_in, transfer(id=third)]
        assert client.create(tools=tools, sip_outbound_trunk_id=TRUNK)["tools"] == [
            {"type": "template", "id": OTHER_ID, "template": "hangup", "prompt": None},
            built_in | {"source": "contextual", "timezone": "UTC", "prompt": None},
            transfer(id=third, description=None),
        ]


def test_fallbacks_are_shown_only_when_given_and_then_whole() -> None:
    models = {"stt": "a", "llm": "b", "tts": "c", "tts_voice": "d"}
    with emulated() as client:
        agent = client.create(models=models | {"fallbacks": {"llm": ["x"]}})
        assert agent["models"]["fallbacks"] == {"stt": [], "llm": ["x"], "tts": []}


def test_declared_nudges_are_answered_with_their_defaults() -> None:
    nudges = {
        "first_nudge_text": "1",
        "second_nudge_text": "2",
        "final_hangup_text": "3",
        "hangup_delay_seconds": 5,
    }
    with emulated() as client:
        assert client.create(idle_nudges=nudges)["idle_nudges"] == nudges | {
            "enabled": True,
            "first_nudge_delay_seconds": 15,
            "second_nudge_delay_seconds": 30,
        }


def test_undeclared_nudges_follow_the_language() -> None:
    with emulated() as client:
        agent = client.create(language="es")
        assert agent["idle_nudges"] == default_nudges("es")
        assert client.patch(agent, language="de").json["idle_nudges"] == default_nudges("de")


def test_declared_nudges_stay_when_the_language_changes() -> None:
    nudges = {"first_nudge_text": "1", "second_nudge_text": "2", "final_hangup_text": "3"}
    with emulated() as client:
        agent = client.create(idle_nudges=nudges)
        assert client.patch(agent, language="de").json["idle_nudges"] == agent["idle_nudges"]


def test_each_known_language_has_texts_of_its_own() -> None:
    texts = {
        default_nudges(language)["final_hangup_text"]
        for language in ("en", "es", "fr", "de", "it", "pt", "nl")
    }
    assert len(texts) == 7


@pytest.mark.parametrize(
    ("language", "like"), [("es-MX", "es"), ("pt_BR", "pt"), ("DE", "de"), ("xx", "en"), ("", "en")]
)
def test_a_variant_of_a_language_has_its_texts_and_an_unknown_one_those_of_english(
    language: str, like: str
) -> None:
    assert default_nudges(language) == default_nudges(like)


def test_template_variables_come_from_the_prompt_and_all_greetings() -> None:
    with emulated() as client:
        agent = client.create(
            system_prompt="{{a}} {{ b }} {{a}}",
            greeting="{{c}}",
            inbound_greeting="{{d}}",
            outbound_greeting="{{e}}",
            sip_outbound_trunk_id=TRUNK,
            tools=[webhook(url="https://example.com/{{tool_only}}")],
            template_defaults={"b": "", "e": "E", "unused": "u"},
        )
        assert agent["template_variables"] == {
            "a": {"required": True},
            "b": {"required": False, "default": ""},
            "c": {"required": True},
            "d": {"required": True},
            "e": {"required": False, "default": "E"},
        }


def test_a_default_that_no_text_uses_comes_back_when_a_text_uses_it() -> None:
    with emulated() as client:
        agent = client.create(greeting="Hi", template_defaults={"late": "x"})
        changed = client.patch(agent, greeting="Hi {{late}}").json
        assert changed["template_variables"]["late"] == {"required": False, "default": "x"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("plain", ()),
        ("{{a}}{{b}}", ("a", "b")),
        ("{{{raw}}}", ("raw",)),
        ("{{ spaced }} {{\ttab\n}}", ("spaced", "tab")),
        ("{{#if a}}x{{else}}y{{/if}} {{this}}", ()),
        ("{{a.b}} {{a b}} {{1a}} {{}}", ()),
        ("{{año}}", ("año",)),
        ("{ {a} } {b}", ()),
        ("{{a}} }", ("a",)),
    ],
)
def test_only_plain_names_are_variables(text: str, names: tuple[str, ...]) -> None:
    assert variables(text) == names


def test_substitution_fills_what_it_knows_and_leaves_the_rest() -> None:
    text = "{{a}} {{{a}}} {{ a }} {{b}} {{#if a}}x{{/if}} {a}"
    assert substitute(text, {"a": "{{b}}"}) == "{{b}} {{b}} {{b}} {{b}} {{#if a}}x{{/if}} {a}"
