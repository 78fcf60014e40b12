from __future__ import annotations

import pytest
from rule_probe import RULES, findings, marks
from samples import extend, project

from agentconf.lint.rule import Context, Cursor
from agentconf.lint.schema import soundness

HANGUP = "  - {type: template, template: hangup}\n"
CLOCK = "  - {type: built_in, built_in: current_datetime}\n"
LOOK_UP = (
    "  - {type: webhook, name: look_up_order, description: a, url: 'https://h.io',\n"
    "     parameters: {type: object, properties: {order_number: {type: string}}}}\n"
)


def prompted(prompt: str, *tools: str) -> str:
    return f"system_prompt: {prompt!r}\n" + ("tools:\n" + "".join(tools) if tools else "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (prompted("Use human_transfer if they want a person."), ["warning human_transfer"]),
        (prompted("Then end_call. Again: end_call."), ["warning end_call"]),
        (prompted("Then end_call.", HANGUP), []),
        (prompted("Call detected_answering_machine at once."), ["warning detected_answering_machine"]),
        (prompted("Ask get_current_datetime.", CLOCK), []),
        (prompted("Ask the current_datetime tool.", CLOCK), ["info current_datetime"]),
        (prompted("Ask the current_datetime tool."), ["warning current_datetime"]),
        (prompted("Use the book_table tool."), ["warning book_table"]),
        (prompted('Use the "book_table" tool.'), ["warning book_table"]),
        (prompted("Use the `book_table` function."), ["warning book_table"]),
        (prompted("Call the tool `book_table` now."), ["warning book_table"]),
        (prompted("Call the tool book_table now.", LOOK_UP), ["warning book_table"]),
        (prompted("Use look_up_order.", LOOK_UP), []),
        (prompted("Use `look_up_ordr`.", LOOK_UP), ["warning look_up_ordr"]),
        (prompted("Use look_up_ordr.", LOOK_UP), []),
        (prompted("Ask for the `order_number` for the tool, then the `postal_code`.", LOOK_UP), []),
        (prompted("Give the order_number tool its value.", LOOK_UP), []),
        (prompted("Use the {{best_tool}} tool and the {{other}} tool_x."), []),
        (prompted("Say first_name and last_name. Use a snake_case style, call customer_care."), []),
        (prompted("Hang up with hangup or voicemail."), []),
        (prompted("not_a-tool tool and Xend_call or end_call_now"), []),
    ],
)
def test_tools_that_a_prompt_names_are_there(text: str, expected: list[str]) -> None:
    assert marks("AC206", text) == expected


def test_variables_are_not_taken_for_tools() -> None:
    text = prompted("Use the crm_name tool or the erp_name tool.")
    known = (
        f"{text}template_defaults: {{crm_name: a}}\nruntime_variables: [{{name: erp_name, description: b}}]"
    )
    assert (marks("AC206", text), marks("AC206", known)) == (["warning crm_name", "warning erp_name"], [])


def test_a_system_tool_that_the_prompt_names_is_there() -> None:
    text = prompted("The current_datetime tool has run.", CLOCK.replace("}", ", source: system}"))
    assert marks("AC206", text) == ["info current_datetime"]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (prompted("Use human_transfer."), "add the tool, or take the name away"),
        (prompted("Use current_datetime.", CLOCK), "the model sees it as `get_current_datetime`"),
        (prompted("Use the look_up_orders tool.", LOOK_UP), "did you mean `look_up_order`"),
    ],
)
def test_the_advice_fits_the_name(text: str, advice: str) -> None:
    assert [finding.help for finding in findings("AC206", text)] == [advice]


def policy(message: str, tool: str = "type: built_in, built_in: current_datetime") -> str:
    return f"tools:\n  - {{{tool}, execution_policy: {{pre_action_message: {{{message}}}}}}}"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("enabled: true, text: One moment.", []),
        ("enabled: true", ["error true"]),
        ("enabled: true, text: null", ["error true"]),
        ("enabled: true, text: ''", ["error true"]),
        ("enabled: true, text: ' '", ["error true"]),
        ("enabled: true, text: [a]", []),
        ("enabled: false", []),
        ("enabled: false, text: null", []),
        ("enabled: false, text: ''", ["info ''"]),
        ("text: ''", ["info ''"]),
        ("", []),
    ],
)
def test_messages_that_are_on_say_something(message: str, expected: list[str]) -> None:
    assert marks("AC318", policy(message)) == expected


def test_hangup_may_leave_the_goodbye_to_the_model() -> None:
    hangup, voicemail = (f"type: template, template: {kind}" for kind in ("hangup", "voicemail_detection"))
    assert (
        marks("AC318", policy("enabled: true", hangup)),
        marks("AC318", policy("enabled: true", voicemail)),
    ) == (
        [],
        ["error true"],
    )


@pytest.mark.parametrize(
    ("region", "advice"),
    [
        ("us-east", None),
        ("eu-central", None),
        ("ap-south", None),
        ("eu-west", "did you mean `eu-central`?"),
        ("us-west-2", "did you mean `us-east`?"),
        ("US-EAST", "did you mean `us-east`?"),
        ("us_east", "did you mean `us-east`?"),
        ("ap-south-1", "did you mean `ap-south`?"),
        ("Europe", "did you mean `eu-central`?"),
        ("United States", "did you mean `us-east`?"),
        ("us", "did you mean `us-east`?"),
        ("any", "choose one of `us-east`, `eu-central` and `ap-south`"),
        ("''", "choose one of `us-east`, `eu-central` and `ap-south`"),
    ],
)
def test_regions(region: str, advice: str | None) -> None:
    assert [finding.help for finding in findings("AC401", f"region: {region}")] == (
        [advice] if advice else []
    )


def test_regions_of_the_project_file_are_known() -> None:
    definition = extend("region: sa-east")
    agent, _ = soundness(definition)
    context = Context(project(definition), ("us-east", "sa-east"), "keyed")
    assert list(RULES["AC401"].check(agent, Cursor(definition, RULES["AC401"], context))) == []


@pytest.mark.parametrize(
    "language", ["en", "es", "no", "fil", "pt-BR", "es-419", "zh-Hant", "sr-Latn-RS", "EN"]
)
def test_language_tags(language: str) -> None:
    assert marks("AC402", f"language: {language}") == []


@pytest.mark.parametrize(
    ("language", "severity", "advice"),
    [
        ("english", "error", "write `en`"),
        ("German", "error", "write `de`"),
        ("pt_BR", "error", "write `pt-BR`"),
        ("' en '", "error", "write `en`"),
        ("''", "error", "write a tag such as en, es or pt-BR"),
        ("e", "error", "write a tag such as en, es or pt-BR"),
        ("en-", "error", "write a tag such as en, es or pt-BR"),
        ("en-US-x-a", "error", "write a tag such as en, es or pt-BR"),
        ("日本語", "error", "write a tag such as en, es or pt-BR"),
        ("multi", "warning", "write a tag such as en, es or pt-BR"),
    ],
)
def test_what_is_no_language_tag(language: str, severity: str, advice: str) -> None:
    assert [
        (finding.severity.value, finding.help) for finding in findings("AC402", f"language: {language}")
    ] == [(severity, advice)]


NUDGES = "first_nudge_text: a, second_nudge_text: b, final_hangup_text: c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("language: en", ["info name"]),
        ("tools: []", ["info tools"]),
        (f"tools:\n{CLOCK}", ["info tools"]),
        (f"tools:\n{HANGUP}", []),
        ("tools:\n  - {type: template, template: hangup, prompt: [5]}", []),
        (f"idle_nudges: {{{NUDGES}}}", []),
        (f"idle_nudges: {{enabled: true, {NUDGES}}}", []),
        (f"idle_nudges: {{enabled: false, {NUDGES}}}", ["warning false"]),
        (f"tools:\n{HANGUP}idle_nudges: {{enabled: false, {NUDGES}}}", []),
        ("idle_nudges: null", ["info name"]),
    ],
)
def test_calls_can_be_ended(text: str, expected: list[str]) -> None:
    assert marks("AC408", text) == expected
