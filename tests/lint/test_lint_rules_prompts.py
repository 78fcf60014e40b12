"""Prompts and tools: mistaken placeholders, secrets, length, what the prompt does not know, twins."""

from __future__ import annotations

import time

import pytest
from rule_probe import findings, labelled, marks, system_webhook, transfer, webhook


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("greeting: Hello $${name}.", ["warning $${name}"]),
        ("system_prompt: 'Hi {name}.'\ntemplate_defaults: {name: a}", ["warning {name}"]),
        ("system_prompt: 'Hi { name }.'\ntemplate_defaults: {name: a}", ["warning { name }"]),
        ("system_prompt: 'Say {yes}, {\"a\": 1}, {a b} or {}.'\ntemplate_defaults: {name: a}", []),
        ("system_prompt: 'Hi {{name}}, {{{name}}}.'\ntemplate_defaults: {name: a}", []),
        ("system_prompt: 'It costs $5, or $${x y}.'", []),
        ("greeting: 'Hi {{env:NAME}}.'", ["error {{env:NAME}}"]),
        ("greeting: 'Hi {{ var:brand }}.'", ["error {{ var:brand }}"]),
        ("greeting: 'Hi {{file:../a.md}}.'", ["error {{file:../a.md}}"]),
        (webhook("https://h.io/$${order}"), ["warning $${order}"]),
        ("idle_nudges: {first_nudge_text: '{a}', second_nudge_text: b, final_hangup_text: c}", []),
    ],
)
def test_placeholders_of_the_wrong_kind(text: str, expected: list[str]) -> None:
    assert [mark.replace("$$", "$") for mark in marks("AC209", text)] == [
        mark.replace("$$", "$") for mark in expected
    ]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("greeting: Hello $${name}.", "write `{{name}}`"),
        ("greeting: 'Hi {{env: NAME }}.'", "write `${env:NAME}`"),
    ],
)
def test_the_right_placeholder_is_named(text: str, advice: str) -> None:
    assert [finding.help for finding in findings("AC209", text)] == [advice]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("runtime_variables: [{name: a_b, description: c}]", ["info a_b"]),
        ("system_prompt: Ask for a_b.\nruntime_variables: [{name: a_b, description: c}]", []),
        ("greeting: Hi {{a}}.\nruntime_variables: [{name: a, description: c}]", ["info a"]),
        (
            "greeting: Hi {{a}}.\ntemplate_defaults: {a: b}\nruntime_variables: [{name: a, description: c}]",
            [],
        ),
        ("runtime_variables: [{name: '', description: c}]", []),
    ],
)
def test_runtime_variables_that_nothing_mentions(text: str, expected: list[str]) -> None:
    assert marks("AC211", text) == expected


@pytest.mark.parametrize(
    ("prompt", "count"),
    [("word " * 6_000, 0), ("word " * 6_600, 1), ("字" * 11_000, 0), ("字" * 12_500, 1)],
)
def test_prompts_over_the_budget(prompt: str, count: int) -> None:
    assert len(findings("AC214", f"system_prompt: {prompt}")) == count


SECRETS = (
    "sk-proj-abcdefghijklmnopqrstuvwxyz012345",
    "sk-ant-" + "api03-abcdefghijklmnopqrst",
    "sk_live_abcdefghijklmnop1234",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "glpat-abcdefghij0123456789",
    "xoxb-123456789012-abcdefghij",
    "AKIAIOSFODNN7EXAMPLE",
    "AIza" + "Sy0123456789abcdefghijklmnopqrstuvw",
    "zpka_0123456789abcdef0123",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijklmnop",
    "-----BEGIN RSA PRIVATE KEY-----",
    "Bearer abcdefghijklmnopqrstuvwx0123",
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "text", ["system_prompt: 'Use {}.'", "tools: [{{type: template, template: hangup, prompt: 'Use {}.'}}]"]
)
def test_secrets_in_texts_are_found_and_never_shown(secret: str, text: str) -> None:
    (finding,) = findings("AC215", text.format(secret))
    document = finding.location.document
    shown = "\n".join(document.line(number) for number in range(1, document.line_count + 1))
    assert secret not in f"{shown}{finding.message}{finding.help}"
    assert finding.severity.value == "error"


@pytest.mark.parametrize(
    "text",
    [
        "Ask for the key; risk-free, sk-1, ask-me-anything-about-whatever.",
        "The bearer of the token, Bearer authentication, bearer internationalisation-and-localisation.",
        "eyJ is how such tokens begin. AKIA too. gh_nothing.",
        "-----BEGIN PUBLIC KEY-----",
        "Order 0123456789abcdef0123456789abcdef",
        "Read https://crm.example.com/orders?id=8d7f2a3f35d64ff997e61ab6a2d6867a",
    ],
)
def test_prose_is_no_secret(text: str) -> None:
    assert findings("AC215", f"system_prompt: {text!r}") == []


def test_a_long_text_without_secrets_takes_no_time() -> None:
    text = "system_prompt: '" + "sk-" * 60_000 + "eyJ." * 20_000 + "'"
    begun = time.process_time()
    assert findings("AC215", text) == []
    assert time.process_time() - begun < 3


def orders(extra: str = "", name: str = "check_order") -> str:
    return (
        f"  - {{type: webhook, name: {name}, description: a, url: 'https://h.io/a', "
        f"parameters: {{type: object, properties: {{}}}}{extra}}}\n"
    )


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Be brief.", ["info check_order"]),
        ("Use check_order.", []),
        ("Use CHECK_ORDER.", []),
        ("Check the order, or another order.", []),
        ("Check whatever they want.", ["info check_order"]),
    ],
)
def test_tools_that_the_prompt_does_not_know(prompt: str, expected: list[str]) -> None:
    assert marks("AC207", f"system_prompt: {prompt}\ntools:\n{orders()}") == expected


def test_tools_that_nobody_has_to_mention() -> None:
    tools = (
        "tools:\n  - {type: template, template: hangup}\n  - {type: built_in, built_in: current_datetime}\n"
    )
    assert marks("AC207", f"system_prompt: Be brief.\n{tools}") == []
    assert marks("AC207", "system_prompt: Be brief.\n" + system_webhook("")) == []
    assert marks("AC207", "system_prompt: Be brief.\n" + transfer("+14155550101")) == ["info hand_over"]


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("", []),
        (", timeout_seconds: 10", []),
        (", timeout_seconds: 10.5", ["warning 10.5"]),
        (", timeout_seconds: 60", ["warning 60"]),
        (", timeout_seconds: 90", []),
        (", timeout_seconds: 30, wait_for_response: false", []),
        (
            ", timeout_seconds: 30, execution_policy: {pre_action_message: {enabled: true, text: One moment.}}",
            [],
        ),
        (
            ", timeout_seconds: 30, execution_policy: {pre_action_message: {enabled: false, text: One moment.}}",
            ["warning 30"],
        ),
        (", timeout_seconds: 30, source: system, system: {triggers: [{event: call_end}]}", []),
    ],
)
def test_tools_that_keep_callers_in_silence(extra: str, expected: list[str]) -> None:
    assert marks("AC321", f"tools:\n{orders(extra)}") == expected


TRANSFERS = "".join(
    f"  - {{type: human_transfer, name: {name}, phone_number: '+14155550101'}}\n" for name in "abc"
)


@pytest.mark.parametrize(
    ("tools", "count"),
    [
        (orders() + orders(name="check_stock"), 1),
        (orders() + orders(", http_method: PUT", "check_stock"), 0),
        (orders() + orders(", source: system, system: {triggers: [{event: call_end}]}", "check_stock"), 0),
        (orders() + orders(", timeout_seconds: 20", "check_stock"), 1),
        (orders() + orders(), 0),
        ("  - {type: template, template: hangup}\n" * 2, 0),
        (TRANSFERS, 2),
    ],
)
def test_tools_that_do_the_same(tools: str, count: int) -> None:
    found = findings("AC323", f"tools:\n{tools}")
    assert len(found) == count
    assert all(labelled(one)[0][0] == "the same" for one in found)
