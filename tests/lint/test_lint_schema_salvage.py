"""One mistake never hides the next: what is sound stays for the rules to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from samples import SOUND, define, extend

from agentconf.lint.schema import soundness
from agentconf.model.secret import SecretRef
from agentconf.model.tools import HumanTransferTool, TemplateTool, WebhookTool

if TYPE_CHECKING:
    from agentconf.model.agent import Agent

WEBHOOK = """\
  - type: webhook
    name: check_order_status
    description: Checks the status of an order.
    url: https://hooks.greenfield-clinic.net/orders
    parameters: {type: object}
"""


def sound(text: str) -> Agent:
    agent, _ = soundness(extend(text))
    return agent


def tool(extra: str) -> Any:
    (one,) = sound(f"tools:\n{WEBHOOK}    {extra}\n").tools
    return one


def test_a_sound_agent_is_whole() -> None:
    agent, issues = soundness(define(SOUND))
    assert issues == ()
    assert agent.name == "Example Agent"
    assert agent.slng_api_key == SecretRef("SLNG_API_KEY")
    assert "greeting" in agent.model_fields_set


def test_what_is_missing_at_the_root_leaves_the_rest() -> None:
    agent, _ = soundness(define("name: Reception\n"))
    assert (agent.name, agent.greeting, agent.models, agent.tools) == ("Reception", None, None, ())


def test_an_unknown_field_of_a_tool_leaves_the_tool() -> None:
    assert tool("barge_in: 1").name == "check_order_status"


def test_an_unknown_value_of_an_optional_field_falls_back_to_the_default() -> None:
    assert tool("http_method: GET").http_method == "POST"


def test_an_unknown_auth_leaves_the_tool_without_auth() -> None:
    assert tool("auth: {type: basic, user: a}").auth is None


def test_a_wrong_part_of_auth_leaves_the_tool_without_auth() -> None:
    assert tool("auth: {type: bearer, token: literal}").auth is None


def test_an_unknown_field_of_auth_leaves_the_auth() -> None:
    assert tool('auth: {type: hmac, secret: "${env:A}", token: b}').auth.secret == SecretRef("A")


def test_a_tool_without_a_required_field_is_none_and_the_others_keep_their_place() -> None:
    tools = sound(f"tools:\n  - {{type: human_transfer, name: a}}\n{WEBHOOK}  - type: zzz\n  - 5\n").tools
    assert [type(one) for one in tools] == [type(None), WebhookTool, type(None), type(None)]


def test_a_broken_bound_keeps_what_was_written() -> None:
    one = tool(f"llm_result_instructions: {'x' * 2001}\n    timeout_seconds: 99")
    assert (len(one.llm_result_instructions), one.timeout_seconds) == (2001, 99)


def test_an_empty_text_stays_empty() -> None:
    text = "idle_nudges: {first_nudge_text: '', second_nudge_text: b, final_hangup_text: c}"
    nudges = sound(text).idle_nudges
    assert nudges is not None
    assert nudges.first_nudge_text == ""


def test_a_broken_bound_next_to_a_missing_field_goes_with_it() -> None:
    arguments = f"[{{name: {'x' * 65}, type: string, source: {{type: call_id}}}}, {{name: b}}]"
    one = tool(f"system: {{triggers: [{{event: call_end}}], arguments: {arguments}}}")
    assert one.system.arguments == []


def test_a_number_where_text_is_wanted_stays_as_it_was_written() -> None:
    (one,) = sound("tools: [{type: human_transfer, name: a, phone_number: +14155551234}]").tools
    assert isinstance(one, HumanTransferTool)
    assert one.phone_number == "+14155551234"


def test_a_raw_text_that_is_too_long_takes_its_field_with_it() -> None:
    agent = sound(
        f"tools: [{{type: built_in, built_in: current_datetime, prompt: {'1' * 501}}}]\ngreeting: Hello\n"
    )
    assert (agent.tools, agent.greeting) == ((), "Hello")


def test_a_wrong_entry_of_a_map_leaves_the_others() -> None:
    assert sound("template_defaults: {a: [], b: c, d: null, e: 5}").template_defaults == {"b": "c", "e": "5"}


def test_a_wrong_item_of_a_list_takes_the_list() -> None:
    agent = sound("models: {stt: a, llm: b, tts: c, tts_voice: d, fallbacks: {stt: [e], tts: [{model: f}]}}")
    assert agent.models is not None
    assert (agent.models.fallbacks.stt, agent.models.fallbacks.tts) == (["e"], [])


def test_a_wrong_required_part_takes_the_whole() -> None:
    assert sound("models: {stt: a, llm: [b], tts: c, tts_voice: d}").models is None


@pytest.mark.parametrize("text", ["idle_nudges: null", "idle_nudges: {enabled: true}", "idle_nudges: 5"])
def test_nudges_that_are_wrong_are_left_out(text: str) -> None:
    assert sound(text).idle_nudges is None


def test_a_wrong_example_is_none_in_place() -> None:
    examples = sound("examples: [{name: a}, {arguments: {}}, 5, {name: b, nme: c}]").examples
    assert [one and one.name for one in examples] == ["a", None, None, "b"]


def test_a_template_tool_is_told_from_its_field_of_the_same_name() -> None:
    (one,) = sound("tools: [{type: template, template: hangup, prmpt: a}]").tools
    assert isinstance(one, TemplateTool)
    assert one.template == "hangup"


def test_an_argument_s_source_that_is_wrong_takes_the_arguments() -> None:
    source = "{type: template, template: {deep: 1}}"
    one = tool(
        "system: {triggers: [{event: call_end}], "
        f"arguments: [{{name: a, type: string, source: {source}}}]}}"
    )
    assert (one.system.triggers[0].event, one.system.arguments) == ("call_end", [])


def test_validation_changes_nothing_of_the_definition() -> None:
    definition = extend("tools: [{type: zzz}]\ntemplate_defaults: {a: 5}\nlifecycle: {state: gone}\n")
    before = definition.tree.data()
    soundness(definition)
    assert definition.data == before


def test_aliases_that_share_a_value_are_taken_out_one_by_one() -> None:
    agent = sound("template_defaults: &shared {a: 5}\nexamples: [{name: a, arguments: *shared}]")
    assert agent.template_defaults == {"a": "5"}
    assert agent.examples[0] is not None
    assert agent.examples[0].arguments == {"a": "5"}
