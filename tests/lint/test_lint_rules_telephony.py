from __future__ import annotations

import pytest
from rule_probe import clock, findings, labelled, marks, transfer

TRUNK = "sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8\n"


def example(name: str, value: str) -> str:
    return f"{{name: {value}, arguments: {{{name}: '{value}'}}}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (transfer("+14155551234"), []),
        (transfer("+34600111222"), []),
        (transfer("415 555 1234"), ["error '415 555 1234'"]),
        (transfer(""), ["error ''"]),
        (transfer("+1415555"), ["warning '+1415555'"]),
        (transfer("+34{{local}}"), []),
        (transfer("+34{{local"), []),
        (transfer("+34{{a.b}}"), []),
        (transfer("+34{{local}}", "template_defaults: {local: '600111222'}"), []),
        (transfer("+34{{local}}", "template_defaults: {local: 600 111 222}"), ["error '+34{{local}}'"]),
        (transfer("{{number}}", "template_defaults: {number: '+34600111222'}"), []),
        (transfer("{{number}}", "template_defaults: {number: ''}"), ["error '{{number}}'"]),
        (transfer("+{{country}}{{local}}", "template_defaults: {country: '34'}"), []),
        (
            transfer(
                "+{{country}}{{local}}",
                f"template_defaults: {{country: '34'}}\nexamples: [{example('local', '6')}]",
            ),
            ["error '+{{country}}{{local}}'"],
        ),
        (
            transfer("+34{{local}}", "template_defaults: {local: ''}"),
            ["error '+34{{local}}'"],
        ),
        (
            transfer("+34{{local}}", f"examples: [{example('local', 'x')}, {example('local', 'y')}]"),
            ["error '+34{{local}}'", "error '+34{{local}}'"],
        ),
        (
            transfer("+34{{local}}", f"examples: [{example('local', 'x')}, {example('local', 'x')}]"),
            ["error '+34{{local}}'"],
        ),
        (
            transfer(
                "+34{{local}}", "template_defaults: {local: x}\nexamples: [{name: a, arguments: {b: c}}]"
            ),
            ["error '+34{{local}}'"],
        ),
    ],
)
def test_phone_numbers(text: str, expected: list[str]) -> None:
    assert marks("AC309", text) == expected


def test_a_number_that_yaml_read_as_a_number_is_seen_as_written() -> None:
    text = "tools:\n  - {type: human_transfer, name: a, phone_number: +14155551234}"
    assert marks("AC309", text) == []


def test_a_bad_default_is_named_with_its_place() -> None:
    (finding,) = findings("AC309", transfer("+34{{local}}", "template_defaults: {local: abc}"))
    assert (finding.label, labelled(finding)) == (
        "with its values filled in",
        [("the value of `local`", "abc")],
    )


def test_a_bad_example_is_named_with_its_place() -> None:
    defaults = f"template_defaults: {{local: '600111222'}}\nexamples: [{example('local', 'abc')}]"
    (finding,) = findings("AC309", transfer("+34{{local}}", defaults))
    assert (finding.label, labelled(finding)) == (
        "with the values of example 1 filled in",
        [("the value of `local`", "'abc'")],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (transfer("+34{{local}}"), ["info '+34{{local}}'"]),
        (clock("Europe/{{city}}"), ["info 'Europe/{{city}}'"]),
        (
            transfer("+34{{local}}", "runtime_variables: [{name: local, description: a}]"),
            ["info '+34{{local}}'"],
        ),
        (transfer("+34{{local}}", "template_defaults: {local: x}"), []),
        (transfer("+34{{local}}", f"examples: [{example('other', 'x')}, {example('local', 'x')}]"), []),
        (
            transfer("+{{a}}{{b}}", f"examples: [{example('a', 'x')}, {example('b', 'x')}]"),
            ["info '+{{a}}{{b}}'"],
        ),
        (transfer("+34600111222"), []),
        (clock("Europe/Madrid"), []),
    ],
)
def test_templates_that_no_example_covers(text: str, expected: list[str]) -> None:
    assert marks("AC310", text) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (transfer("+{{a}}{{b}}", "template_defaults: {a: x}"), "`b`"),
        (transfer("+{{a}}{{b}}"), "`a` and `b`"),
        (transfer("+{{a}}{{b}}", f"examples: [{example('a', 'x')}, {example('b', 'x')}]"), "`a` and `b`"),
    ],
)
def test_the_lacking_variables_are_named(text: str, names: str) -> None:
    assert [finding.message for finding in findings("AC310", text)] == [
        f"`phone_number` cannot be checked before the call: nothing gives {names} a value"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (clock("UTC"), []),
        (clock("Europe/Madrid"), []),
        (clock("US/Pacific"), []),
        (clock("europe/madrid"), ["error 'europe/madrid'"]),
        (clock(""), ["error ''"]),
        (clock("+01:00"), ["error '+01:00'"]),
        (clock("Europe/{{city}}"), []),
        (clock("Europe/{{city"), []),
        (clock("Europe/{{city}}", "template_defaults: {city: Madrid}"), []),
        (clock("Europe/{{city}}", "template_defaults: {city: madrid}"), ["error 'Europe/{{city}}'"]),
        (
            clock(
                "Europe/{{city}}",
                f"template_defaults: {{city: Madrid}}\nexamples: [{example('city', 'Barcelona')}]",
            ),
            ["error 'Europe/{{city}}'"],
        ),
        ("tools:\n  - {type: built_in, built_in: current_datetime}", []),
        (
            clock("Mars").replace("}", ", source: system, system: {triggers: [{event: call_start}]}}"),
            ["error 'Mars'"],
        ),
    ],
)
def test_time_zones(text: str, expected: list[str]) -> None:
    assert marks("AC311", text) == expected


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("", ["error human_transfer"]),
        ("sip_outbound_trunk_id: null", ["error human_transfer"]),
        ("sip_inbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8", ["error human_transfer"]),
        ("lifecycle: {ignore_changes: [sip_inbound_trunk_id]}", ["error human_transfer"]),
        (TRUNK, []),
        ("sip_outbound_trunk_id: 5", []),
        ("sip_outbound_trunk_id: [5]", []),
        ("lifecycle: {ignore_changes: [sip_outbound_trunk_id]}", []),
    ],
)
def test_transfers_need_an_outbound_trunk(extra: str, expected: list[str]) -> None:
    assert marks("AC322", transfer("+14155551234", extra)) == expected


def test_several_transfers_lack_one_trunk_once() -> None:
    one = "  - {type: human_transfer, name: a, phone_number: '+14155551234'}\n"
    assert marks("AC322", f"tools:\n{one}{one}") == ["error human_transfer"]


def test_a_trunk_that_is_null_is_pointed_at() -> None:
    (finding,) = findings("AC322", transfer("+14155551234", "sip_outbound_trunk_id: null"))
    assert [label.text for label in finding.labels] == ["no trunk"]


def test_an_agent_without_transfers_needs_no_trunk() -> None:
    assert marks("AC322", clock("UTC")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("outbound_greeting: Hi.", ["error outbound_greeting"]),
        ("outbound_greeting: Hi.\nsip_outbound_trunk_id: null", ["error outbound_greeting"]),
        ("inbound_greeting: Hi.", ["info inbound_greeting"]),
        (
            "inbound_greeting: Hi.\noutbound_greeting: Hi.",
            ["error outbound_greeting", "info inbound_greeting"],
        ),
        (f"outbound_greeting: Hi.\n{TRUNK}", []),
        ("outbound_greeting: Hi.\nlifecycle: {ignore_changes: [sip_outbound_trunk_id]}", []),
        ("inbound_greeting: Hi.\nlifecycle: {ignore_changes: [sip_inbound_trunk_id]}", []),
        ("inbound_greeting: Hi.\nsip_inbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8", []),
        ("outbound_greeting: null\ninbound_greeting: null", []),
        ("outbound_greeting: ''", []),
    ],
)
def test_greetings_need_their_trunk(text: str, expected: list[str]) -> None:
    assert marks("AC407", text) == expected


@pytest.mark.parametrize(
    ("number", "help_"),
    [
        ("+34 {{x}}", "write `+34{{…}}`"),
        ("+34-{{x}}", "write `+34{{…}}`"),
        ("0034{{x}}", "write `+34{{…}}`"),
        ("tel:{{x}}", "write `{{…}}`"),
        ("34{{x}}", "write `+34{{…}}`"),
        ("+0{{x}}", None),
        ("{{x}}+", None),
        ("{{x}} ext. 4", None),
        ("+34{{x}}+34", None),
        ("+3460011122233344{{x}}", None),
    ],
)
def test_a_number_that_its_literal_parts_rule_out_needs_no_values(number: str, help_: str | None) -> None:
    (finding,) = findings("AC309", transfer(number, "template_defaults: {x: '600111222'}"))
    assert finding.message.endswith("can never be part of an E.164 number")
    assert finding.severity == "error"
    assert finding.help == help_ or (help_ is None and finding.help is not None)
    assert marks("AC310", transfer(number)) == []


@pytest.mark.parametrize(
    "number", ["{{x}}", "+{{x}}", "+34{{x}}", "{{x}}{{y}}", "{{x}}+34{{y}}", "+{{x}}600{{y}}1"]
)
def test_a_number_that_its_literal_parts_allow_waits_for_values(number: str) -> None:
    assert (marks("AC309", transfer(number)), len(marks("AC310", transfer(number)))) == ([], 1)


def test_an_empty_local_number_leaves_a_country_code_that_reaches_nobody() -> None:
    (finding,) = findings("AC309", transfer("+34{{local}}", "examples: [{name: a, arguments: {local: ''}}]"))
    assert (finding.message, finding.label) == (
        "`+34` is at most a country code",
        "with the values of example 1 filled in",
    )


@pytest.mark.parametrize(
    ("zone", "message", "help_"),
    [
        ("Nowhere/{{c}}", "`Nowhere/`", "write Area/{{city}}, such as Europe/{{city}}"),
        ("Europa/{{c}}", "`Europa/`", "did you mean `Europe/{{…}}`?"),
        ("Europe/{{c}}/x y", "`Europe/` … `/x y`", "write Area/{{city}}, such as Europe/{{city}}"),
        ("europe/{{c}}", "`europe/`", "did you mean `Europe/{{…}}`?"),
    ],
)
def test_a_time_zone_that_its_literal_parts_rule_out_needs_no_values(
    zone: str, message: str, help_: str
) -> None:
    (finding,) = findings("AC311", clock(zone, "template_defaults: {c: Madrid}"))
    assert finding.message == f"the literal part {message} is in no name of the IANA time zone database"
    assert (finding.severity, finding.help) == ("error", help_)
    assert marks("AC310", clock(zone)) == []


@pytest.mark.parametrize("zone", ["{{c}}", "Europe/{{c}}", "{{c}}/Madrid", "America/{{c}}/{{d}}", "U{{c}}"])
def test_a_time_zone_that_its_literal_parts_allow_waits_for_values(zone: str) -> None:
    assert (marks("AC311", clock(zone)), len(marks("AC310", clock(zone)))) == ([], 1)
