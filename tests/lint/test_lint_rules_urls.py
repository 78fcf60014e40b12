from __future__ import annotations

import pytest
from rule_probe import findings, labelled, marks, system_webhook, underlined, webhook


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://{{x}}.h.io/a", "placeholder in the host of a webhook's URL"),
        ("{{x}}/a", "placeholder in the scheme and host of a webhook's URL"),
        ("{{x}}://h.io/a", "placeholder in the scheme of a webhook's URL"),
        ("https://h.io:{{x}}/a", "placeholder in the port of a webhook's URL"),
        ("https://{{x}}@h.io/a", "placeholder in the user info of a webhook's URL"),
        ("https://h.io/a#{{x}}", "placeholder in the fragment of a webhook's URL"),
        ("https://h.io/a?{{x}}=1", "placeholder in the name of a query parameter of a webhook's URL"),
    ],
)
def test_a_placeholder_where_the_url_must_be_literal(url: str, message: str) -> None:
    assert [(finding.message, underlined(finding)) for finding in findings("AC306", webhook(url))] == [
        (message, "{{x}}")
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://h.io/{{x}}?q={{y}}",
        "https://h.io/catalog/{{item_id}}/webhook?case={{case_id}}",
        "https://h.io/{{a.b}}",
        "https://{{a.b}}/x",
    ],
)
def test_a_placeholder_where_it_may_stand_or_none_at_all(url: str) -> None:
    assert marks("AC306", webhook(url)) == []


def test_system_webhooks_are_looked_at_too() -> None:
    assert marks(
        "AC306", webhook("https://{{x}}/", "    source: system\n    system: {triggers: [{event: call_end}]}")
    ) == ["error {{x}}"]


def test_the_same_placeholder_twice_is_two_findings() -> None:
    assert marks("AC306", webhook("https://{{x}}.h.io:{{x}}/{{x}}")) == ["error {{x}}", "error {{x}}"]


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        (
            "https://{{x}}.h.io/",
            "pass it in the path, https://api.example.com/{{x}}/…, or use one tool for each host",
        ),
        ("https://h.io/?{{x}}=1", "fix the name and fill in its value: ?name={{x}}"),
        ("https://h.io/#{{x}}", "take the fragment away: it is never sent"),
        ("{{x}}/a", "write it out; what differs between environments is a `${var:…}`"),
    ],
)
def test_the_advice_fits_the_part_of_the_url(url: str, advice: str) -> None:
    assert [finding.help for finding in findings("AC306", webhook(url))] == [advice]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/orders", ["error /orders"]),
        ("https:/h.io/", ["error https:/"]),
        ("ftp://h.io/", ["error ftp"]),
        ("https://h.io:99999/", ["error 99999"]),
        ("https://h.io/a b", ["error  "]),
        ("", ["error ''"]),
        ("https://h.io/{id}", ["warning {id}"]),
        ("h.io/{id}", ["warning {id}", "error h.io"]),
        ("https://h.io/{{x}}", []),
        ("https://<your-host>/", []),
        ("/orders/{{a.b}}", []),
        ("https://{{x}}/a b", ["error  "]),
        ("https://{{x}}/", []),
    ],
)
def test_urls_that_are_not_full(url: str, expected: list[str]) -> None:
    assert marks("AC307", webhook(url)) == expected


def test_credentials_in_a_url_are_hidden() -> None:
    (finding,) = findings("AC307", webhook("https://robot:hunter2@h.io/"))
    shown = finding.location.document.line(finding.location.start.line)
    assert (finding.severity.value, shown.strip()) == ("warning", "url: 'https://*************@h.io/'")


def test_a_default_that_leads_elsewhere_is_named_with_its_place() -> None:
    text = webhook("https://h.io/{{a}}/{{b}}", "template_defaults: {a: x/y, c: z}")
    (finding,) = findings("AC307", text)
    assert labelled(finding) == [("the value of `a`", "x/y")]


def test_an_example_that_leads_elsewhere_is_named_with_its_place() -> None:
    text = webhook(
        "https://h.io/{{a}}",
        "template_defaults: {a: fine}\n"
        "examples: [{name: one, arguments: {a: ok}}, {name: two, arguments: {a: ../x}}]",
    )
    (finding,) = findings("AC307", text)
    assert (finding.message, labelled(finding)) == (
        "`a` is `../x`, with `/`, which ends a path segment",
        [("the value of `a`", "../x")],
    )


@pytest.mark.parametrize(
    ("url", "extra", "expected"),
    [
        ("https://h.io/{{a}}", "template_defaults: {a: ''}", ["warning {{a}}"]),
        ("https://h.io/?q={{a}}", "template_defaults: {a: ''}", []),
        ("https://h.io/{{a}}", "template_defaults: {a: '..'}", ["error {{a}}"]),
        ("https://h.io/?q={{a}}", "template_defaults: {a: 'b&c=d'}", ["warning {{a}}"]),
        ("https://h.io/?q={{a}}", "template_defaults: {a: 'b#c'}", ["error {{a}}"]),
        ("https://h.io/?q={{a}}", "template_defaults: {a: Maria Lindqvist}", []),
        (
            "https://h.io/{{a}}",
            "template_defaults: {a: x/y}\nexamples: [{name: o, arguments: {}}, {name: p, arguments: {b: c}}]",
            ["error {{a}}"],
        ),
        (
            "https://h.io/{{a}}/{{b}}",
            "template_defaults: {a: x/y}\nexamples: [{name: o, arguments: {b: c}}, {name: p, arguments: {}}]",
            ["error {{a}}"],
        ),
        (
            "https://h.io/{{a}}/{{b}}",
            "examples: [{name: o, arguments: {a: x/y}}, {name: p, arguments: {a: z/y}}]",
            ["error {{a}}", "error {{a}}"],
        ),
    ],
)
def test_urls_are_tried_with_defaults_and_examples(url: str, extra: str, expected: list[str]) -> None:
    assert marks("AC307", webhook(url, extra)) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h.io/", ["warning http"]),
        ("HTTP://h.io/{{x}}", ["warning HTTP"]),
        ("http://localhost.evil.example/", ["warning http"]),
        ("https://h.io/http://x", []),
        ("http://localhost/", []),
        ("http://LOCALHOST:8080/", []),
        ("http://127.0.0.1:8080/{{x}}", []),
        ("http://[::1]:8080/", []),
        ("/orders", []),
    ],
)
def test_http_without_tls(url: str, expected: list[str]) -> None:
    assert marks("AC308", webhook(url)) == expected


TRANSCRIPT = "{name: said, type: transcript_messages, source: {type: transcript_messages}}"
FACT = "{name: id, type: string, source: {type: call_id}}"
CONSTANT = "{name: id, type: string, source: {type: constant, value: a}}"
AUTH = '    auth: {type: bearer, token: "${env:TOKEN}"}\n'


@pytest.mark.parametrize(
    ("text", "severity", "message"),
    [
        (system_webhook(TRANSCRIPT), "warning", "`look_up` sends the transcript of the call without `auth`"),
        (
            system_webhook(f"{FACT}, {TRANSCRIPT}"),
            "warning",
            "`look_up` sends the transcript of the call without `auth`",
        ),
        (system_webhook(FACT), "warning", "`look_up` sends facts of the call without `auth`"),
        (
            webhook("https://h.io/?id={{call_id}}"),
            "warning",
            "`look_up` sends facts of the call without `auth`",
        ),
        (system_webhook(CONSTANT), "info", "`look_up` has no `auth`"),
        (webhook("https://h.io/"), "info", "`look_up` has no `auth`"),
    ],
)
def test_webhooks_without_auth(text: str, severity: str, message: str) -> None:
    assert [(finding.severity.value, finding.message) for finding in findings("AC319", text)] == [
        (severity, message)
    ]


@pytest.mark.parametrize(
    "auth",
    [AUTH, '    auth: {type: hmac, secret: "${env:SECRET}"}\n', "    auth: {type: bearer, token: literal}\n"],
)
def test_webhooks_with_auth_of_whatever_form(auth: str) -> None:
    assert marks("AC319", system_webhook(TRANSCRIPT, auth)) == []
