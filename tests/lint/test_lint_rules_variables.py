from __future__ import annotations

import pytest
from rule_probe import clock, findings, marks, system_webhook, transfer, webhook


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("greeting: Hi {{a}} {{b}} {{a}}.", ["warning {{a}}", "warning {{b}}"]),
        ("system_prompt: You are {{a}}.\ngreeting: Hi {{a}}.", ["warning {{a}}"]),
        ("inbound_greeting: Hi {{a}}.\noutbound_greeting: Hi {{b}}.", ["warning {{a}}", "warning {{b}}"]),
        ("greeting: Hi {{a}}.\ntemplate_defaults: {a: ''}", []),
        ("greeting: Hi {{a}}.\ntemplate_defaults: {a: 5}", []),
        ("greeting: Hi {{a}}.\ntemplate_defaults: {a: [5]}", []),
        ("greeting: Hi {{a}}.\nexamples: [{name: x, arguments: {b: c}}, {name: y, arguments: {a: c}}]", []),
        ("greeting: Hi {{a}}.\nexamples: [{arguments: {a: c}}]", []),
        ("greeting: Hi {{a}}.\nruntime_variables: [{name: a, description: b}]", []),
        ("greeting: Hi {{a}}.\nruntime_variables: [{name: a}, 5]", []),
        ("greeting: Hi {{a}}.\nexamples: 5\ntemplate_defaults: 5\nruntime_variables: 5", ["warning {{a}}"]),
        (webhook("https://h.io/{{order}}"), ["info {{order}}"]),
        (webhook("https://h.io/{{call_id}}"), ["warning {{call_id}}"]),
        ("greeting: Hi {{phone_number}}.", ["warning {{phone_number}}"]),
        (
            system_webhook('{name: a, type: string, source: {type: template, template: "{{x}}"}}'),
            ["info {{x}}"],
        ),
        (transfer("+34{{x}}"), []),
        (clock("Europe/{{x}}"), []),
        ("greeting: Hi {{#if a}}{{a.b}}{{/if}}.", []),
    ],
)
def test_variables_that_nothing_gives(text: str, expected: list[str]) -> None:
    assert marks("AC203", text) == expected


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (
            "greeting: Hi {{patient_nme}}.\ntemplate_defaults: {patient_name: a}",
            "did you mean `patient_name`?",
        ),
        (
            webhook("https://h.io/{{call_id}}"),
            "the platform gives `call_id` to arguments of system tools only (source type `call_id`)",
        ),
        (
            "greeting: Hi {{a}}.",
            "give it a default under `template_defaults`, or pass it in an example if every call brings it",
        ),
    ],
)
def test_the_advice_fits_the_variable(text: str, advice: str) -> None:
    assert [finding.help for finding in findings("AC203", text)] == [advice]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("greeting: Hi {{a}}.", "without a value the call may not start"),
        (webhook("https://h.io/{{order}}"), "without a value the tool fails"),
    ],
)
def test_it_is_said_what_a_missing_value_does(text: str, why: str) -> None:
    assert [finding.why for finding in findings("AC203", text)] == [why]


@pytest.mark.parametrize(
    "text",
    [
        "system_prompt: Hi {{a}}.",
        "inbound_greeting: Hi {{ a }}.",
        "greeting: Hi {{#if a}}you{{/if}}.",
        "greeting: Hi {{a",
        webhook("https://h.io/{{a}}"),
        webhook("https://h.io/?q={{a}}"),
        transfer("+34{{a}}"),
        clock("Europe/{{a}}"),
        system_webhook('{name: b, type: string, source: {type: template, template: "{{a}}"}}'),
        'tools:\n  - {type: webhook, name: broken, url: "https://h.io/{{a}}"}',
        'tools:\n  - {type: future_tool, somewhere: ["{{a}}"]}',
        "idle_nudges: {first_nudge_text: '{{a}}', second_nudge_text: b, final_hangup_text: c}",
    ],
)
def test_a_default_that_any_text_mentions_is_used(text: str) -> None:
    assert marks("AC204", f"template_defaults: {{a: b}}\n{text}") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "greeting: Hi a.",
        "runtime_variables: [{name: a, description: b}]",
        "lifecycle: {renamed_from: '{{a}}'}",
    ],
)
def test_a_default_that_no_text_mentions_is_not(text: str) -> None:
    assert marks("AC204", f"template_defaults: {{a: b}}\n{text}") == ["warning a"]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (
            "greeting: Hi {{patient_name}}.\ntemplate_defaults: {patientname: a}",
            "did you mean `patient_name`?",
        ),
        ("greeting: Hi {{a}}.\ntemplate_defaults: {a: x, zzzz: y}", "take it away, or use it in a text"),
    ],
)
def test_an_unused_default_may_be_a_misspelt_one(text: str, advice: str) -> None:
    assert [finding.help for finding in findings("AC204", text)] == [advice]


def mapping(values: dict[str, str]) -> str:
    return "".join(f"\n  {key}: '{value}'" for key, value in values.items())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"x" * 65: "a"}, "the name has 65 characters, more than 64"),
        ({"a": "x" * 1025}, "the value of `a` has 1025 characters, more than 1024"),
        ({f"v{n}": "" for n in range(33)}, "33 defaults, more than 32"),
        (
            {f"v{n}": "x" * 1024 for n in range(8)} | {"w": "x"},
            "the values of the defaults have 8193 characters together, more than 8192",
        ),
    ],
)
def test_defaults_beyond_the_bounds(values: dict[str, str], message: str) -> None:
    assert [finding.message for finding in findings("AC210", "template_defaults:" + mapping(values))] == [
        message
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"x" * 64: "a"},
        {"a": "é" * 1024},
        {f"v{n}": "x" * 256 for n in range(32)},
    ],
)
def test_defaults_within_the_bounds(values: dict[str, str]) -> None:
    assert marks("AC210", "template_defaults:" + mapping(values)) == []


def test_each_example_has_the_bounds_of_a_call() -> None:
    many = ", ".join(f"v{n}: a" for n in range(33))
    text = (
        f"examples:\n  - {{name: a, arguments: {{{many}}}}}\n  - {{arguments: {{}}}}\n"
        f"  - {{name: b, arguments: {{x: {'y' * 1025}}}}}"
    )
    assert [finding.message for finding in findings("AC210", text)] == [
        "33 arguments, more than 32",
        "the value of `x` has 1025 characters, more than 1024",
    ]


def test_defaults_and_arguments_are_not_added_up() -> None:
    defaults = ", ".join(f"v{n}: a" for n in range(20))
    arguments = ", ".join(f"w{n}: a" for n in range(20))
    assert (
        marks(
            "AC210", f"template_defaults: {{{defaults}}}\nexamples: [{{name: a, arguments: {{{arguments}}}}}]"
        )
        == []
    )


def test_what_is_too_many_is_marked_at_the_key() -> None:
    many = ", ".join(f"v{n}: a" for n in range(33))
    assert marks("AC210", f"template_defaults: {{{many}}}") == ["error template_defaults"]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "runtime_variables: [{name: a, description: b}, {name: a, description: c}]",
            ["two runtime variables are named `a`"],
        ),
        ("examples: [{name: a}, {name: b}, {name: a}]", ["two examples are named `a`"]),
        ("examples: [{name: a}, 5]\nruntime_variables: [{name: a, description: b}]", []),
    ],
)
def test_names_of_variables_and_of_examples_stand_once(text: str, messages: list[str]) -> None:
    assert [finding.message for finding in findings("AC216", text)] == messages


@pytest.mark.parametrize(
    ("expect", "extra", "messages"),
    [
        ("{greting: a}", "", ["no call fills in `greting`"]),
        ("{name: a}", "", ["no call fills in `name`"]),
        ("{inbound_greeting: a}", "", ["no call fills in `inbound_greeting`"]),
        ("{inbound_greeting: a}", "inbound_greeting: [5]\n", []),
        ("{greeting: a, system_prompt: b}", "", []),
        ("{tools.look_up.url: a}", webhook("https://h.io"), []),
        ("{tools.look_up.urls: a}", webhook("https://h.io"), ["no call fills in `tools.look_up.urls`"]),
        ("{tools.x.url: a}", "tools: [{type: webhook}]\n", []),
        ("{tools.x.url: a}", "", ["no call fills in `tools.x.url`"]),
        (
            "{tools.look_up.arguments.b: a}",
            system_webhook('{name: b, type: string, source: {type: template, template: "c"}}'),
            [],
        ),
    ],
)
def test_an_example_expects_what_calls_fill_in(expect: str, extra: str, messages: list[str]) -> None:
    text = f"{extra}examples: [{{name: a, expect: {expect}}}]"
    assert [finding.message for finding in findings("AC218", text)] == messages


def test_the_nearest_field_is_named() -> None:
    (finding,) = findings("AC218", "examples: [{name: a, expect: {greting: a}}]")
    assert finding.help == "did you mean `greeting`?"
