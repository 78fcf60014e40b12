"""Rules of the schema: AC101 to AC109, and AC320.

But for AC108 and one of AC109, the findings are made in `lint/schema.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.lint.finding import Finding, Severity
from agentconf.lint.rule import Cursor, declare, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.model.agent import Agent


@declare("AC101", "unknown-field", Severity.WARNING)
def unknown_field() -> None:
    """A field that neither the platform's contract nor this tool knows.

    ## Why
    Most often a typing error, and then what was meant does not happen. The platform moves faster than any
    client, so an unknown field is a warning and is sent as it is; under `lifecycle` and `examples`, which
    are this tool's own, it is an error.

    ## Bad
    ```yaml
    enable_interuptions: false  # expect: AC101
    ```
    ```yaml
    lifecycle:
      prevent_destory: true  # expect: AC101
    ```

    ## Good
    ```yaml
    enable_interruptions: false
    lifecycle:
      prevent_destroy: true
    ```

    ## Source
    API contract, VoiceAgentCreate: no additional properties.
    """


@declare("AC102", "missing-field", Severity.ERROR)
def missing_field() -> None:
    """A required field is missing.

    ## Why
    The platform refuses to create the agent.

    ## Bad
    ```yaml
    # as is
    name: Reception  # expect: AC102
    language: en
    region: eu-central
    system_prompt: You answer the phone of Greenfield Clinic. Be brief and kind.
    models:
      stt: slng/deepgram/nova:3-en  # expect: AC102
      llm: groq/openai/gpt-oss-120b
      tts: slng/deepgram/aura:2-en
    slng_api_key: ${env:SLNG_API_KEY}
    ```

    ## Good
    ```yaml
    name: Reception
    language: en
    region: eu-central
    system_prompt: You answer the phone of Greenfield Clinic. Be brief and kind.
    greeting: Hello, this is Greenfield Clinic.
    models:
      stt: slng/deepgram/nova:3-en
      llm: groq/openai/gpt-oss-120b
      tts: slng/deepgram/aura:2-en
      tts_voice: aura-2-thalia-en
    slng_api_key: ${env:SLNG_API_KEY}
    ```

    ## Source
    API contract, VoiceAgentCreate, Models and the tools: required properties.
    """


@declare("AC103", "wrong-type", Severity.ERROR)
def wrong_type() -> None:
    """A value is of another type than its field.

    ## Why
    YAML decides the type of an unquoted value by its looks. A phone number such as `+14155550101` is a
    number to YAML: the plus is lost, and what is left is no phone number. The same happens to `012`.

    ## Bad
    ```yaml
    tools:
      - type: human_transfer
        name: transfer_to_reception
        phone_number: +14155550101  # expect: AC103
    sip_outbound_trunk_id: 475f59bf-2718-431c-806a-f50953cb684f
    ```
    ```yaml
    enable_interruptions: yes  # expect: AC103
    ```

    ## Good
    ```yaml
    tools:
      - type: human_transfer
        name: transfer_to_reception
        phone_number: "+14155550101"
    sip_outbound_trunk_id: 475f59bf-2718-431c-806a-f50953cb684f
    enable_interruptions: true
    ```

    ## Source
    API contract, the type of each property; YAML 1.2.2, section 10.3 (core schema).
    """


@declare("AC104", "not-one-of", Severity.ERROR)
def not_one_of() -> None:
    """A value is none of those that its field takes.

    ## Why
    The platform refuses values that it does not know. It may know more than this version does, so in an
    agent's body such a value is only a warning, and is sent as it is. Under `lifecycle`, in the project file
    and in environments, which are this tool's own, nobody else can know it, and what was meant would not
    happen: no approval would be asked for, or a file of a later format be misread.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        http_method: GET  # expect: AC104
        auth: {type: bearer, token: "${env:CRM_TOKEN}"}
      - type: web_hook  # expect: AC104
    ```
    ```yaml
    # file: agentconf.yaml
    version: 2  # expect: AC104
    ```
    ```yaml
    # file: environments/production.yaml
    ownership: declare  # expect: AC104
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        http_method: POST
        auth: {type: bearer, token: "${env:CRM_TOKEN}"}
    ```

    ## Source
    API contract, the enum of each property; SLNG documentation, Tools.
    """


@declare("AC105", "out-of-range", Severity.ERROR)
def out_of_range() -> None:
    """A text is too long or empty, or a number out of its bounds.

    ## Why
    The platform refuses the agent.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        name: check_order_status
        timeout_seconds: 90  # expect: AC105
        auth: {type: bearer, token: "${env:CRM_TOKEN}"}
    idle_nudges:
      first_nudge_text: ""  # expect: AC105
      second_nudge_text: Can you still hear me?
      final_hangup_text: I will end the call now. Goodbye.
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        name: check_order_status
        timeout_seconds: 10
        auth: {type: bearer, token: "${env:CRM_TOKEN}"}
    idle_nudges:
      first_nudge_text: Are you still there?
      second_nudge_text: Can you still hear me?
      final_hangup_text: I will end the call now. Goodbye.
    ```

    ## Source
    API contract, the bounds of each property.
    """


@declare("AC106", "read-only-field", Severity.ERROR)
def read_only_field() -> None:
    """A field that the platform answers and never takes.

    ## Why
    An agent file is the body of a create request. An answer of the API kept as a file has fields that a
    request must not have, and lacks others: it never shows secrets or `template_defaults`.

    ## Bad
    ```yaml
    id: 6b3f4d0e-8d5f-4f8e-9a44-0f6d4f6b7c11  # expect: AC106
    created_at: "2026-07-01T09:30:00Z"  # expect: AC106
    ```

    ## Good
    ```yaml
    name: Example Agent
    ```

    ## Source
    API contract, VoiceAgentOut beside VoiceAgentCreate.
    """


@declare("AC107", "other-format", Severity.ERROR)
def other_format() -> None:
    """The file is an agent in another tool's format.

    ## Why
    Unmute, ElevenLabs, Retell and Vapi keep agents in files too. One finding says so, instead of one for
    each of their fields.

    ## Bad
    ```yaml
    # as is
    name: Reception
    firstMessage: Hello, this is Greenfield Clinic.  # expect: AC107
    model: {provider: openai, model: gpt-4o}
    voice: {provider: 11labs, voiceId: burt}
    ```

    ## Good
    ```yaml
    name: Reception
    greeting: Hello, this is Greenfield Clinic.
    ```

    ## Source
    The public formats of these tools: Unmute (`agent.yaml`), ElevenLabs (create agent), Retell (create agent,
    create Retell LLM), Vapi (create assistant).
    """


@rule("AC108", "runtime-key", Severity.ERROR)
def runtime_key(_: Agent, here: Cursor) -> Iterator[Finding]:
    """`slng_api_key` is missing where the platform needs it, or present where it refuses it.

    ## Why
    An agent's own model requests need a key. Under the contract `keyed` (the default) the agent brings it;
    under `managed` the platform makes it and refuses an agent that brings one.

    ## Bad
    ```yaml
    # as is
    name: Reception  # expect: AC108
    region: eu-central
    language: en
    system_prompt: You answer the phone of Greenfield Clinic. Be brief and kind.
    greeting: Hello, this is Greenfield Clinic. How can I help you?
    models:
      stt: slng/deepgram/nova:3-en
      llm: groq/openai/gpt-oss-120b
      tts: slng/deepgram/aura:2-en
      tts_voice: aura-2-thalia-en
    ```
    ```yaml
    slng_api_key: ${env:SLNG_API_KEY}  # expect: AC108
    ```
    ```yaml
    # file: agentconf.yaml
    version: 1
    contract: managed
    ```

    ## Good
    One line in the project file serves all agents.
    ```yaml
    name: Reception
    ```
    ```yaml
    # file: agentconf.yaml
    version: 1
    defaults: {slng_api_key: "${env:SLNG_API_KEY}"}
    ```

    ## Source
    API contract, VoiceAgentCreate: required in the keyed contract; SLNG documentation, Agent configuration.
    """
    field = here.at("slng_api_key")
    declared = field.declared() and field.raw() is not None
    if here.context.contract == "keyed" and not declared:
        yield field.finding(
            "`slng_api_key` is missing",
            why="the contract is `keyed`: an agent brings the key of its own model requests",
            help="add `slng_api_key: ${env:SLNG_API_KEY}` here, or to `defaults` in agentconf.yaml",
            key=field.declared(),
        )
    if here.context.contract == "managed" and declared:
        yield field.finding(
            "`slng_api_key` is refused by this platform",
            why="the contract is `managed`: the platform makes the key of an agent's model requests",
            help="remove it; it may stand in `defaults` of agentconf.yaml",
            key=True,
        )


@rule("AC109", "null-not-allowed", Severity.ERROR)
def null_not_allowed(_: Agent, here: Cursor) -> Iterator[Finding]:
    """A field is null that cannot be cleared.

    `idle_nudges: null` is only a warning: it is taken, and means the same as leaving the field out.

    ## Why
    `null` detaches a trunk or takes an inbound greeting away. Other fields always have a value: the one of
    the file, or the platform's own when the field is left out. Who writes `idle_nudges: null` may want silent
    callers to be left alone, and gets the platform's nudges.

    ## Bad
    ```yaml
    idle_nudges: null  # expect: AC109
    ```
    ```yaml
    tools: null  # expect: AC109
    ```

    ## Good
    ```yaml
    inbound_greeting: null
    tools: []
    ```

    ## Source
    API contract, VoiceAgentCreate: properties without the type null; VoiceAgentOut.idle_nudges is never null.
    """
    nudges = here.at("idle_nudges")
    if nudges.declared() and nudges.raw() is None:
        yield nudges.finding(
            "`idle_nudges: null` means the platform's own nudges",
            why="an agent always has nudges: `null` does not turn them off",
            help="leave it out; to turn nudges off, declare them with `enabled: false`",
            severity=Severity.WARNING,
        )


@declare("AC320", "literal-secret", Severity.ERROR)
def literal_secret() -> None:
    """A secret stands in the file instead of a reference to it.

    ## Why
    Whoever can read the repository, its history or a plan can read the secret. A secret that was committed
    once is to be replaced, not only removed. A default value (`${env:NAME:-value}`) is a literal too.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        auth: {type: bearer, token: not-a-real-token}  # expect: AC320
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        auth: {type: bearer, token: "${env:CRM_TOKEN}"}
    ```

    ## Source
    API contract, `x-write-only` properties: `slng_api_key`, `auth.token`, `auth.secret`.
    """


RULES = (
    unknown_field,
    missing_field,
    wrong_type,
    not_one_of,
    out_of_range,
    read_only_field,
    other_format,
    runtime_key,
    null_not_allowed,
    literal_secret,
)
