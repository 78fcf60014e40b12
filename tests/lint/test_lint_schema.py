"""What validation objects to becomes one finding with an exact place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from samples import SOUND, define, extend, lint

from agentconf.lint.finding import Edit, Finding, Severity
from agentconf.lint.schema import soundness
from agentconf.source.document import Problem

if TYPE_CHECKING:
    from agentconf.project.definition import Definition

WEBHOOK = """\
tools:
  - type: webhook
    name: check_order_status
    description: Checks the status of an order.
    url: https://hooks.greenfield-clinic.net/orders
    parameters: {{type: object, properties: {{}}}}
    auth: {{type: bearer, token: "${{env:CRM_TOKEN}}"}}
    {}
"""


def found(definition: Definition, **settings: object) -> list[Finding]:
    """Return the findings of the schema alone."""
    codes = {"AC005", "AC320", *(f"AC10{number}" for number in range(1, 10))}
    return [finding for finding in lint(definition, **settings).findings if finding.code in codes]


def only(definition: Definition, **settings: object) -> Finding:
    (finding,) = found(definition, **settings)
    return finding


def underlined(finding: Finding) -> str:
    span = finding.location.span
    return finding.location.document.text[span.start : span.end]


def test_a_sound_agent_has_no_finding() -> None:
    assert found(define(SOUND)) == []


def test_an_unknown_field_is_a_warning_at_its_key() -> None:
    finding = only(extend("barge_in: fast"))
    assert (finding.code, finding.severity, underlined(finding)) == ("AC101", Severity.WARNING, "barge_in")
    assert finding.message == "unknown field `barge_in`"


@pytest.mark.parametrize("key", ["enable_interuptions", "enableInterruptions", "enable-interruptions"])
def test_an_unknown_field_suggests_the_field_that_was_meant(key: str) -> None:
    assert only(extend(f"{key}: false")).help == "did you mean `enable_interruptions`?"


def test_an_unknown_field_does_not_suggest_a_field_that_is_there() -> None:
    assert only(extend("greating: Hello")).help == "remove it, or check how it is spelled"


def test_an_unknown_field_of_a_tool_names_the_tool_and_suggests_the_fields_of_its_type() -> None:
    finding = only(extend(WEBHOOK.format("timeoutSeconds: 5")))
    assert finding.message == "unknown field `timeoutSeconds` in `tools[0]`"
    assert finding.help == "did you mean `timeout_seconds`?"


@pytest.mark.parametrize(
    "text", ["lifecycle: {prevent_destory: true}", "examples: [{name: a, argumnets: {}}]"]
)
def test_an_unknown_field_of_our_own_is_an_error(text: str) -> None:
    assert only(extend(text)).severity is Severity.ERROR


def test_missing_fields_are_one_error_at_the_first_key() -> None:
    finding = only(define("name: Reception\nsystem_prompt: Be kind.\nslng_api_key: ${env:KEY}\n"))
    assert finding.message == "`greeting`, `language`, `region` and `models` are missing"
    assert (finding.code, finding.severity, underlined(finding)) == ("AC102", Severity.ERROR, "name")


def test_a_missing_field_of_a_tool_points_at_the_tool_s_first_key() -> None:
    finding = only(extend("tools:\n  - type: human_transfer\n    name: transfer\n"))
    assert finding.message == "`phone_number` is missing in `tools[0]`"
    assert (finding.location.start.line, underlined(finding)) == (13, "type")


def test_a_missing_type_of_a_tool_is_a_missing_field() -> None:
    assert only(extend("tools: [{name: a}]")).message == "`type` is missing in `tools[0]`"


def test_an_unquoted_phone_number_is_shown_as_written_and_quoted_by_the_fix() -> None:
    definition = extend(
        "tools:\n  - type: human_transfer\n    name: transfer\n    phone_number: +14155551234\n"
    )
    finding = only(definition)
    assert finding.code == "AC103"
    assert finding.message == "`phone_number` must be text, but +14155551234 without quotes is a number"
    assert finding.help == 'quote it: "+14155551234"'
    start = definition.document.text.index("+1415")
    assert finding.fix == (Edit(start, start + len("+14155551234"), '"+14155551234"'),)


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        ("template_defaults: {a: 012}", "`a` must be text, but 012 without quotes is a number", '"012"'),
        ("language: true", "`language` must be text, but true without quotes is a truth value", '"true"'),
        (
            "enable_interruptions: yes",
            "`enable_interruptions` must be true or false, but yes without quotes is text",
            "true",
        ),
        (
            "enable_interruptions: Off",
            "`enable_interruptions` must be true or false, but Off without quotes is text",
            "false",
        ),
        (
            'enable_interruptions: "false"',
            "`enable_interruptions` must be true or false, but false is text",
            "false",
        ),
        (WEBHOOK.format('timeout_seconds: "10"'), "`timeout_seconds` must be a number, but 10 is text", "10"),
    ],
)
def test_a_wrong_type_that_was_clearly_meant_has_a_fix(text: str, message: str, fix: str) -> None:
    finding = only(extend(text))
    assert (finding.message, [edit.text for edit in finding.fix]) == (message, [fix])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tools: {}", "`tools` must be a list, but is a mapping"),
        ("tools: [hangup]", "`tools[0]` must be a mapping, but is text"),
        ("models: fast", "`models` must be a mapping, but is text"),
        ("template_defaults: [a]", "`template_defaults` must be a mapping, but is a list"),
        ("greeting: [Hello]", "`greeting` must be text, but is a list"),
        (
            (
                "idle_nudges: {first_nudge_text: a, second_nudge_text: b, final_hangup_text: c,"
                " hangup_delay_seconds: '1.5'}"
            ),
            "`hangup_delay_seconds` must be a whole number, but is text",
        ),
        ("enable_interruptions: perhaps", "`enable_interruptions` must be true or false, but is text"),
        (
            "lifecycle: {ignore_changes: [1.5]}",
            "`ignore_changes[0]` must be text, but 1.5 without quotes is a number",
        ),
        ("tools: [{type: 5}]", "`type` is 5, which is none of template, built_in, webhook, human_transfer"),
    ],
)
def test_a_wrong_type_says_what_is_wanted_and_what_is_there(text: str, message: str) -> None:
    assert only(extend(text)).message == message


def test_a_wrong_type_that_a_reference_brought_has_no_fix() -> None:
    definition = extend("template_defaults: {a: 5}")
    definition.tree.value["template_defaults"].value["a"].reference = "${var:a}"
    assert only(definition).fix == ()


@pytest.mark.parametrize("value", ['"\\x66alse"', "!!str false"])
def test_a_wrong_type_that_is_written_in_a_roundabout_way_has_no_fix(value: str) -> None:
    finding = only(extend(f"enable_interruptions: {value}"))
    assert (finding.help, finding.fix) == ("write false", ())


def test_a_long_value_is_shortened() -> None:
    finding = only(extend(WEBHOOK.format(f"http_method: {'X' * 99}")))
    assert finding.message == f"`http_method` is `{'X' * 39}…`, which is none of POST, PUT, PATCH, DELETE"


@pytest.mark.parametrize(
    ("value", "shown"), [("1.5", "1.5"), ("true", "true"), ("[]", "a list"), ("{a: b}", "a mapping")]
)
def test_a_value_that_is_no_text_is_an_error_where_one_of_some_words_is_wanted(
    value: str, shown: str
) -> None:
    finding = only(extend(WEBHOOK.format(f"http_method: {value}")))
    assert finding.severity is Severity.ERROR
    assert finding.message == f"`http_method` is {shown}, which is none of POST, PUT, PATCH, DELETE"


@pytest.mark.parametrize("where", ["models", "template_defaults", "tools"])
@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf"])
def test_a_number_that_json_cannot_carry_is_an_error_even_in_free_parts(where: str, value: str) -> None:
    text = {
        "models": f"models: {{stt: a, llm: b, tts: c, tts_voice: d, llm_kwargs: {{deep: [{{x: {value}}}]}}}}",
        "template_defaults": f"template_defaults: {{x: {value}}}",
        "tools": WEBHOOK.format(f"timeout_seconds: {value}"),
    }[where]
    finding = only(extend(text))
    assert (finding.code, underlined(finding)) == ("AC103", value)
    assert finding.message.endswith(f"is {value}, which JSON has no number for")


def test_a_text_that_no_reader_can_decode_is_an_error() -> None:
    definition = define(SOUND)
    definition.tree.value["greeting"].value = definition.data["greeting"] = "Hello \udce9"
    assert only(definition).message == "`greeting` holds half of a surrogate pair, which is no character"


SOUND_JSON = """\
{
  "name": "Example", "region": "eu-central", "language": "en",
  "system_prompt": "Be kind.", "greeting": "Hello é",
  "models": {"stt": "a", "llm": "b", "tts": "c", "tts_voice": "d"},
  "slng_api_key": "${env:KEY}"
}
"""


def test_json_files_are_checked_alike() -> None:
    assert found(define(SOUND_JSON, path="agents/example.json")) == []


def test_a_number_in_json_is_quoted_by_the_fix() -> None:
    finding = only(define(SOUND_JSON.replace('"Example"', "7"), path="agents/example.json"))
    assert finding.message == "`name` must be text, but 7 without quotes is a number"
    assert [edit.text for edit in finding.fix] == ['"7"']


def test_an_unknown_value_is_a_warning_with_a_suggestion() -> None:
    finding = only(extend(WEBHOOK.format("http_method: post")))
    assert (finding.code, finding.severity, underlined(finding)) == ("AC104", Severity.WARNING, "post")
    assert finding.message == "`http_method` is `post`, which is none of POST, PUT, PATCH, DELETE"
    assert finding.help == "did you mean `POST`?"


def test_an_unknown_tool_type_is_a_warning_at_its_value() -> None:
    finding = only(extend("tools:\n  - type: web_hook\n    name: a\n"))
    assert (finding.severity, underlined(finding), finding.help) == (
        Severity.WARNING,
        "web_hook",
        "did you mean `webhook`?",
    )


def test_an_unknown_state_of_our_own_lifecycle_is_an_error() -> None:
    assert only(extend("lifecycle: {state: gone}")).severity is Severity.ERROR


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name: ""', "`name` is empty"),
        (f"name: {'x' * 256}", "`name` is 256 characters long; at most 255 are allowed"),
        (WEBHOOK.format("timeout_seconds: 0.5"), "`timeout_seconds` is 0.5; it must be at least 1"),
        (WEBHOOK.format("timeout_seconds: 61"), "`timeout_seconds` is 61; it must be at most 60"),
        (WEBHOOK.format("system: {triggers: []}"), "`triggers` is empty"),
    ],
)
def test_a_broken_bound_names_the_bound(text: str, message: str) -> None:
    finding = only(extend(text))
    assert (finding.code, finding.severity, finding.message) == ("AC105", Severity.ERROR, message)


@pytest.mark.parametrize(
    "field", ["id", "organisation_id", "template_variables", "created_at", "updated_at", "deleted_at"]
)
def test_a_field_of_an_answer_is_read_only(field: str) -> None:
    finding = only(extend(f"{field}: x"))
    assert (finding.code, finding.severity, underlined(finding)) == ("AC106", Severity.ERROR, field)


def test_auth_type_in_a_tool_is_read_only() -> None:
    finding = only(extend(WEBHOOK.format("auth_type: bearer")))
    assert finding.code == "AC106"
    assert finding.help == "remove it, and declare `auth` with its `type` and a secret instead"


@pytest.mark.parametrize(
    ("text", "tool", "key"),
    [
        ("entry_agent: a\nagents: {a: {}}\nname: b\n", "Unmute", "entry_agent"),
        ("name: b\nmodels: {think: {}, speak: {}}\n", "Unmute", "think"),
        (
            "name: a\nconversation_config: {agent: {}}\nplatform_settings: {}\n",
            "ElevenLabs",
            "conversation_config",
        ),
        ("agent_name: a\nvoice_id: b\nresponse_engine: {type: retell-llm}\n", "Retell", "response_engine"),
        (
            "name: a\nmodel: {provider: openai, model: gpt-4o}\nvoice: {provider: 11labs}\n",
            "Vapi",
            "provider",
        ),
        ("firstMessage: Hello\ntranscriber: {}\nlanguage: no\n", "Vapi", "firstMessage"),
    ],
)
def test_another_tool_s_format_is_one_finding(text: str, tool: str, key: str) -> None:
    definition = define(text)
    finding = only(definition)
    assert finding.message == f"this is an agent in the format of {tool}"
    assert (finding.code, underlined(finding)) == ("AC107", key)
    assert {one.code for one in lint(definition).findings if one.severity is not Severity.INFO} == {"AC107"}


def test_an_agent_with_a_system_prompt_is_ours_whatever_else_it_holds() -> None:
    assert {finding.code for finding in found(extend("transcriber: {}\nvoice_id: a"))} == {"AC101"}


@pytest.mark.parametrize(
    "text",
    [SOUND.replace("slng_api_key: ${env:SLNG_API_KEY}\n", ""), SOUND.replace("${env:SLNG_API_KEY}", "null")],
)
def test_the_keyed_contract_misses_a_key(text: str) -> None:
    finding = only(define(text), contract="keyed")
    assert (finding.code, finding.message) == ("AC108", "`slng_api_key` is missing")


def test_the_managed_contract_refuses_a_key() -> None:
    finding = only(define(SOUND), contract="managed")
    assert (finding.code, underlined(finding)) == ("AC108", "slng_api_key")


def test_the_managed_contract_wants_no_key() -> None:
    assert found(define(SOUND.replace("slng_api_key: ${env:SLNG_API_KEY}\n", "")), contract="managed") == []


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("language: null", "give it a value: it is required"),
        ("tools: null", "write `[]` to clear it"),
        ("template_defaults: null", "write `{}` to clear it"),
        ("template_defaults: {a: null}", "remove the entry, or give it a value"),
        ("enable_interruptions: null", "leave it out: the default is true"),
        ("lifecycle: null", "leave it out: the default applies"),
        ("tools: [{type: null}]", "give it a value: it is required"),
    ],
)
def test_a_null_that_cannot_be_says_what_to_write_instead(text: str, help_: str) -> None:
    finding = only(extend(text))
    assert (finding.code, finding.severity, finding.help) == ("AC109", Severity.ERROR, help_)


def test_null_nudges_are_the_platform_s_own_and_a_warning() -> None:
    finding = only(extend("idle_nudges: null"))
    assert (finding.code, finding.severity) == ("AC109", Severity.WARNING)
    assert finding.help == "leave it out; to turn nudges off, declare them with `enabled: false`"
    assert soundness(extend("idle_nudges: null"))[1] == ()


@pytest.mark.parametrize("text", ["inbound_greeting: null", "sip_outbound_trunk_id: null"])
def test_a_null_that_clears_a_field_is_fine(text: str) -> None:
    assert found(extend(text)) == []


@pytest.mark.parametrize("value", ["sk-live-1234", "${env:CRM_TOKEN:-sk-live-1234}", "1234"])
def test_a_literal_secret_is_an_error_that_does_not_show_it(value: str) -> None:
    finding = only(extend(f'slng_api_key: "{value}"'))
    assert (finding.code, finding.severity) == ("AC320", Severity.ERROR)
    assert "1234" not in f"{finding.message}{finding.help}{finding.why}"
    assert "1234" not in finding.location.document.line(finding.location.start.line)


@pytest.mark.parametrize(
    "auth",
    [
        "sk-live-1234",
        "1234",
        "[sk-live-1234]",
        "{type: bearer, token: sk-live-1234}",
        "{type: bearer, key: sk-live-1234, token: '${env:A}'}",
        "{type: bearer, token: 1234}",
        "{type: bearer, token: {value: sk-live-1234}}",
    ],
)
def test_what_stands_wrongly_in_auth_is_never_shown(auth: str) -> None:
    definition = extend(WEBHOOK.format("").replace('{type: bearer, token: "${env:CRM_TOKEN}"}', auth))
    findings = found(definition)
    assert findings
    shown = "".join(f"{one.message}{one.help}{one.why}" for one in findings)
    lines = "".join(definition.document.line(number + 1) for number in range(definition.document.line_count))
    assert "1234" not in shown + lines


def test_an_unknown_field_that_speaks_of_a_secret_is_masked() -> None:
    definition = extend("api_key: sk-live-1234")
    assert found(definition)
    assert (
        definition.document.line(definition.tree.value["api_key"].location.start.line)
        == "api_key: ************"
    )


def test_a_tombstone_needs_only_its_name() -> None:
    assert lint(define("name: Old Agent\nlifecycle: {state: absent}\n")).findings == ()


def test_a_tombstone_without_a_name_misses_it() -> None:
    assert only(define("lifecycle: {state: absent}\n")).message == "`name` is missing"


def test_an_unresolved_value_is_not_judged_further() -> None:
    text = SOUND.replace("language: en", "language: ${text:nothing-of-the-kind}")
    place = define(text).tree.value["language"].location
    definition = define(text, problems=(Problem("AC006", "no kind of reference is called `text`", place),))
    definition.tree.value["language"].unresolved = True
    loud = [one.code for one in lint(definition).findings if one.severity is not Severity.INFO]
    assert loud == ["AC006"]


MODELS = "models: {stt: a, llm: b, tts: c, tts_voice: d, stt_final_timeout_s: "
NUDGES = (
    "idle_nudges: {first_nudge_text: a, second_nudge_text: b, final_hangup_text: c, hangup_delay_seconds: "
)


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        (MODELS + "1" + "0" * 400 + "}", f"a number, but 1{'0' * 38}… is too large", []),
        (NUDGES + "200.0}", "a whole number, but 200.0 is written with a fraction", ["200"]),
        (NUDGES + "20.5}", "a whole number, but 20.5 is written with a fraction", []),
    ],
)
def test_a_number_of_the_wrong_kind_says_why(text: str, message: str, fix: list[str]) -> None:
    finding = only(extend(text))
    assert finding.code == "AC103"
    assert finding.message.endswith(f" must be {message}")
    assert [edit.text for edit in finding.fix] == fix


@pytest.mark.parametrize(
    ("number", "why"), [("1" + "0" * 9999, "which is too large"), ("-.inf", "which JSON has no number for")]
)
def test_a_number_beyond_all_bounds_is_cut(number: str, why: str) -> None:
    finding = only(extend(f"{NUDGES}{number}}}"))
    assert finding.message.endswith(why)
    assert len(finding.message) < 120


def test_an_ambiguous_scalar_is_cut() -> None:
    finding = only(extend(f"template_defaults: {{a: 1_{'0' * 900}}}"))
    assert (finding.code, len(finding.message) < 140, len(finding.help or "") < 80) == ("AC005", True, True)
    assert len(finding.fix[0].text) == 904


def test_a_scalar_with_a_tag_is_not_ambiguous() -> None:
    assert found(extend("template_defaults: {a: !!str 012, b: !!str yes}")) == []
