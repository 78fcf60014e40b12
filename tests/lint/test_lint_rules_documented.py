"""What the platform's documentation shows must pass: values as documented, texts of our own."""

from __future__ import annotations

import pytest
from rule_probe import UUID
from samples import extend, lint

TRUNK = "sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8\n"

QUICK_START = f"""
system_prompt: You are Grace of {{{{practice_name}}}} and call {{{{patient_name}}}} about the next visit.
greeting: Hi, is this {{{{patient_name}}}}? This is Grace of {{{{practice_name}}}}.
template_defaults: {{patient_name: Maria, practice_name: Greenfield Family Medicine}}
models:
  stt: slng/deepgram/nova:3-en
  llm: groq/moonshotai/kimi-k2-instruct-0905
  tts: slng/deepgram/aura:2-en
  tts_voice: aura-2-thalia-en
  llm_kwargs: {{}}
enable_interruptions: true
tools:
  - type: template
    id: {UUID}1
    template: hangup
    execution_policy: {{pre_action_message: {{enabled: true, text: Thanks and goodbye.}}}}
"""

PERSONALIZATION = f"""
{TRUNK}
tools:
  - type: webhook
    id: {UUID}1
    name: lookup_catalog_item
    description: Loads the item.
    url: https://api.example.com/catalog/{{{{item_id}}}}/webhook?case={{{{case_id}}}}
    parameters: {{type: object, properties: {{}}}}
    source: system
    system:
      triggers: [{{event: call_end}}]
      arguments:
        - {{name: retry_count, type: integer, source: {{type: template, template: "{{{{max_retries}}}}"}}}}
        - {{name: vip, type: boolean, source: {{type: template, template: "{{{{is_vip}}}}"}}}}
    execution_policy: {{pre_action_message: {{enabled: true, text: One moment.}}}}
  - {{type: human_transfer, id: {UUID}2, name: transfer_to_support, phone_number: "+34{{{{local_number}}}}"}}
  - {{type: built_in, id: {UUID}3, built_in: current_datetime, timezone: "Europe/{{{{timezone_city}}}}"}}
"""

TEMPLATES = f"""
tools:
  - {{type: template, id: {UUID}1, template: hangup}}
  - {{type: template, id: {UUID}2, template: voicemail_detection}}
  - {{type: built_in, id: {UUID}3, built_in: current_datetime, timezone: Europe/Madrid, prompt: Ask.}}
"""

CONTEXTUAL = f"""
tools:
  - type: webhook
    id: {UUID}1
    name: check_order_status
    description: Finds an order.
    url: https://api.yourcompany.com/orders/status
    parameters: {{type: object, properties: {{order_id: {{type: string}}}}, required: [order_id]}}
    auth: {{type: bearer, token: "${{env:TOKEN}}"}}
    timeout_seconds: 10
    wait_for_response: true
    show_results_to_llm: true
    llm_result_instructions: Say it in one sentence.
  - type: webhook
    id: {UUID}2
    name: update_crm_record
    description: Notes the status.
    url: https://api.yourcompany.com/crm/contacts/{{{{contact_id}}}}
    http_method: PATCH
    webhook_format: raw
    parameters: {{type: object, properties: {{status: {{type: string}}}}}}
"""

SUMMARY = f"""
tools:
  - type: webhook
    id: {UUID}1
    name: send_call_summary
    description: Sends a summary.
    url: https://api.yourcompany.com/calls/summary
    parameters: {{type: object, properties: {{}}, required: []}}
    source: system
    system:
      triggers: [{{event: call_end}}]
      arguments:
        - {{name: call_id, type: string, source: {{type: call_id}}}}
        - name: transcript
          type: transcript_messages
          source: {{type: transcript_messages, max_messages: 200}}
"""

TRANSFER = f"""
{TRUNK}
tools:
  - type: human_transfer
    id: {UUID}1
    name: transfer_to_support
    description: Connects to a person.
    phone_number: "+14155551234"
    execution_policy: {{pre_action_message: {{enabled: true, text: I connect you.}}}}
"""

INJECTED_CLOCK = f"""
tools:
  - type: built_in
    id: {UUID}1
    built_in: current_datetime
    timezone: Europe/Madrid
    source: system
    system: {{triggers: [{{event: call_start}}]}}
"""

NUDGES = """
idle_nudges:
  enabled: true
  first_nudge_delay_seconds: 15
  second_nudge_delay_seconds: 30
  hangup_delay_seconds: 15
  first_nudge_text: Are you there?
  second_nudge_text: Take your time.
  final_hangup_text: Goodbye for now.
"""


def found(text: str) -> list[str]:
    """Lint with all rules; tell severity and code of each finding."""
    return sorted(f"{one.severity.value} {one.code}" for one in lint(extend(text)).findings)


@pytest.mark.parametrize(
    ("text", "infos"),
    [
        (QUICK_START, []),
        (PERSONALIZATION, ["AC203"] * 4 + ["AC310"] * 2 + ["AC319", "AC408"]),
        (TEMPLATES, []),
        (CONTEXTUAL, ["AC203", "AC319", "AC408"]),
        (TRANSFER, ["AC408"]),
        (INJECTED_CLOCK, ["AC408"]),
        (NUDGES, []),
    ],
)
def test_documented_examples_get_infos_at_most(text: str, infos: list[str]) -> None:
    beside_style = [one for one in found(text) if one not in ("info AC207", "info AC213")]
    assert beside_style == [f"info {code}" for code in infos]


def test_the_documented_summary_is_sent_without_auth() -> None:
    assert [one for one in found(SUMMARY) if not one.startswith("info")] == ["warning AC319"]


def test_the_documented_prompt_needs_the_patient_of_each_call() -> None:
    text = (
        "system_prompt: You call {{patient_name}} from {{practice_name}}.\n"
        "template_defaults: {practice_name: Greenfield Family Medicine}\n"
        f"tools: [{{type: template, id: {UUID}1, template: hangup}}]\n"
    )
    given = f"{text}examples: [{{name: a, arguments: {{patient_name: Maria}}}}]"
    assert (found(text), found(given)) == (["warning AC203"], [])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("region: any", ["AC401"]),
        ("greeting: Hi {{name}", ["AC201"]),
        ("greeting: Hi {{upper name}}.", ["AC202"]),
        (
            TEMPLATES.replace(f"{UUID}2", f"{UUID}1"),
            ["AC301"],
        ),
        ("tools: [{type: human_transfer, name: a, phone_number: '+14155551234'}]", ["AC322"]),
    ],
)
def test_what_the_api_is_documented_to_refuse_is_an_error(text: str, codes: list[str]) -> None:
    assert [one for one in found(text) if one.startswith("error")] == [f"error {code}" for code in codes]
