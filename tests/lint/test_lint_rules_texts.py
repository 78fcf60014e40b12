from __future__ import annotations

import pytest
from rule_probe import UUID, clock, findings, marks, system_webhook, transfer, webhook

HOOK = "tools:\n  - {type: webhook, name: a, url: 'https://h.io', parameters: {type: object}, "
POLICY = "execution_policy: {pre_action_message: {text: '{{z}}'}}}"
TOOL = f"tools:\n  - {{type: template, id: {UUID}1, template: hangup, prompt: "


@pytest.mark.parametrize(
    "text",
    [
        "system_prompt: Hello {{name",
        "greeting: Hello {{name",
        "inbound_greeting: Hello {{name",
        "outbound_greeting: Hello {{name",
        webhook("https://hooks.greenfield-clinic.net/{{name"),
        transfer("+34{{name"),
        clock("Europe/{{name"),
        system_webhook('{name: a, type: string, source: {type: template, template: "{{name"}}'),
    ],
)
def test_open_braces_are_found_wherever_placeholders_may_stand(text: str) -> None:
    assert marks("AC201", text) == ["error {{name"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("greeting: Hello {{name.", "`{{name.` is opened and never closed"),
        ("greeting: Hello name}}.", "`}}` closes what nothing opened"),
        ("greeting: Hello {{name}}}.", "`{{name}}}` opens and closes with different numbers of braces"),
        ("greeting: Hello {{a {{b}} }}.", "a placeholder stands inside another"),
    ],
)
def test_unmatched_braces_are_said_to_be_what_they_are(text: str, message: str) -> None:
    assert [finding.message for finding in findings("AC201", text)] == [message]


def test_the_advice_for_json_keeps_the_json() -> None:
    (finding,) = findings("AC201", """system_prompt: 'Say {"a": {"b": 1}}'""")
    assert (
        finding.help
        == "take the braces away; braces that are meant literally need a blank between them: `} }`"
    )


def test_each_pair_of_stray_braces_is_a_finding_of_its_own() -> None:
    assert marks("AC201", "greeting: a }} b }} {{c") == ["error }}", "error }}", "error {{c"]


@pytest.mark.parametrize(
    "text",
    [
        "system_prompt: Say {this} and { that }.",
        HOOK + 'description: "{{x"}',
        TOOL + '"{{x"}',
        "language: '{{x'",
    ],
)
def test_braces_elsewhere_are_not_the_business_of_ac201(text: str) -> None:
    assert marks("AC201", text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("greeting: 'A {{#if x}}b{{else}}c{{/if}}.'", ["error {{#if x}}"]),
        ("greeting: 'A b{{/if}}.'", ["error {{/if}}"]),
        ("greeting: 'A {{a.b}} and {{ a + 1 }}.'", ["error {{a.b}}", "error {{ a + 1 }}"]),
        ("greeting: 'A {{}} and {{{b}}}.'", ["error {{}}", "error {{{b}}}"]),
        ("greeting: 'A {{patient name}}.'", ["error {{patient name}}"]),
        ("greeting: 'A {{año}} {{1st}} {{ok}}.'", ["warning {{año}}", "warning {{1st}}"]),
        (f"greeting: 'A {{{{{'x' * 65}}}}}.'", [f"error {{{{{'x' * 65}}}}}"]),
        (f"greeting: 'A {{{{{'x' * 64}}}}}.'", []),
        ("greeting: 'A {{ name }} {{ first-name }}.'", []),
        (webhook("https://hooks.greenfield-clinic.net/{{a.b}}"), ["error {{a.b}}"]),
    ],
)
def test_only_names_stand_between_braces(text: str, expected: list[str]) -> None:
    assert marks("AC202", text) == expected


def test_a_block_in_one_text_does_not_excuse_its_end_in_another() -> None:
    text = "system_prompt: '{{#if x}}a{{/if}}'\ngreeting: 'b{{/if}}'"
    assert marks("AC202", text) == ["error {{#if x}}", "error {{/if}}"]


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ("{{}}", "write the variable's name, or take the braces away"),
        (
            "{{#a}}",
            "let the caller of the API decide, and pass the text that is to stand here as an argument",
        ),
        ("{{!a}}", "take it away; comments belong into the file, behind `#`"),
        ("{{{a}}}", "two braces on each side: nothing is escaped anyway"),
        ("{{a b}}", "join the words with underscores, as in `{{patient_name}}`"),
        ("{{a|b}}", "compute the value before the call, and pass it as an argument of its own"),
    ],
)
def test_the_advice_fits_what_stands_there(content: str, advice: str) -> None:
    assert [finding.help for finding in findings("AC202", f"greeting: 'Hi {content}'")] == [advice]


def test_long_expressions_are_shown_on_one_short_line() -> None:
    (finding,) = findings(
        "AC202", "greeting: |\n  Hi {{ aaaaaaaaaaaaaaaa +\n  bbbbbbbbbbbbbbbbbbbb + cccccccccc }}\n"
    )
    assert finding.message.startswith("`{{ aaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbb…` is an expression")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            HOOK + 'description: "{{x}}", llm_result_instructions: "{{y}}", ' + POLICY,
            ["error {{x}}", "error {{y}}", "error {{z}}"],
        ),
        (
            'tools:\n  - {type: human_transfer, name: a, description: "{{x}}", phone_number: "+12"}',
            ["error {{x}}"],
        ),
        (TOOL + '"{{x}}"}', ["warning {{x}}"]),
        (
            'tools:\n  - {type: built_in, built_in: current_datetime, prompt: "{{x}}", ' + POLICY,
            ["warning {{x}}", "error {{z}}"],
        ),
        (
            HOOK.replace(
                "{type: object}", "{properties: {c: {description: '{{x}}'}, d: [], e: {description: 5}}}"
            )
            + "description: a}",
            ["warning {{x}}"],
        ),
        (
            "idle_nudges: {first_nudge_text: '{{x}}', second_nudge_text: '{{#y}}', final_hangup_text: '{{z'}",
            ["warning {{x}}", "warning {{#y}}"],
        ),
    ],
)
def test_static_texts_take_no_variables(text: str, expected: list[str]) -> None:
    assert marks("AC205", text) == expected


def test_the_static_field_is_named() -> None:
    (finding,) = findings("AC205", TOOL + '"{{x}}"}')
    assert finding.message == "`{{x}}` is not filled in: `prompt` is not among the texts that are filled in"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("system_prompt: 'TODO: write this'", ["warning TODO"]),
        ("system_prompt: 'Greet. FIXME(anna) closing'", ["warning FIXME"]),
        ("greeting: TODO", ["warning TODO"]),
        ("greeting: tbd", []),
        ("greeting: '...'", ["warning ..."]),
        ("greeting: Hello, this is <your company>.", ["warning <your company>"]),
        ("greeting: Hello, this is <YOUR_COMPANY>.", ["warning <YOUR_COMPANY>"]),
        ("greeting: Hello, this is [YOUR NAME].", ["warning [YOUR NAME]"]),
        ("greeting: Hello, this is YOUR_COMPANY.", ["warning YOUR_COMPANY"]),
        ("name: CHANGE_ME", ["warning CHANGE_ME"]),
        ("outbound_greeting: Lorem ipsum dolor.", ["warning Lorem ipsum"]),
        ("template_defaults: {a: <your-name>, b: ''}", ["warning <your-name>"]),
        ("system_prompt: ' '", ["warning ' '"]),
        ("greeting: ''", ["info ''"]),
        ("inbound_greeting: ''", []),
        ("models: {stt: a, llm: b, tts: c, tts_voice: ''}", ["warning ''"]),
        (webhook("https://<your-public-host>/x"), ["error <your-public-host>"]),
        (webhook("https://h.io/<tenant>/x"), ["error <tenant>"]),
        ("system_prompt: Ask. <wait for response> Then <b>go</b>. Add it to the TODO list.", []),
        ("system_prompt: 'Cuéntamelo todo: qué, cuándo y cómo.'", []),
        ("system_prompt: Say [your name] as the caller gave it.", []),
        ("template_defaults: {a: n/a}", []),
    ],
)
def test_texts_that_nobody_has_written_yet(text: str, expected: list[str]) -> None:
    assert marks("AC208", text) == expected


def test_a_tool_description_that_waits_is_told_once() -> None:
    assert marks("AC208", HOOK + 'description: "TODO: say"}') == ["warning TODO"]


@pytest.mark.parametrize(
    "text",
    [
        "name: Reception {{x}}",
        "template_defaults: {a: 'b {{x}}'}",
        "runtime_variables: [{name: a, description: 'b {{x}}'}]",
        system_webhook("{name: a, type: string, description: 'b {{x}}', source: {type: call_id}}"),
        system_webhook("{name: a, type: string, source: {type: constant, value: 'b {{x}}'}}"),
    ],
)
def test_texts_that_the_documentation_leaves_out_take_no_variables_either(text: str) -> None:
    assert marks("AC205", text) == ["warning {{x}}"]


def test_a_default_is_not_filled_in_again() -> None:
    (finding,) = findings("AC205", "template_defaults: {a: '{{x}}'}")
    assert finding.message == "`{{x}}` is not filled in: `a` is a value itself, and is not filled in again"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('greeting: "a\\0b"', ["`greeting` holds the control character U+0000"]),
        ('system_prompt: "\\e[1m \\a"', ["`system_prompt` holds the control character U+001B"]),
        ('template_defaults: {a: "b\\r"}', ["`a` holds the control character U+000D"]),
        ('name: "a\\x7f"', ["`name` holds the control character U+007F"]),
        ('greeting: "é\\ta\\nb\\u0085"', []),
    ],
)
def test_control_characters_are_told_once_a_text(text: str, said: list[str]) -> None:
    assert [finding.message for finding in findings("AC217", text)] == said
