from __future__ import annotations

import pytest
from rule_probe import UUID, findings, marks

from agentconf.model.tools import derive_tool_id


def tools(*entries: str) -> str:
    return "tools:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


def hook(name: str, extra: str = "") -> str:
    rest = f"description: a, url: 'https://h.io', parameters: {{type: object}}{extra}"
    return f"type: webhook, name: '{name}', {rest}"


SYSTEM = ", source: system, system: {triggers: [{event: call_end}]}"
HANGUP = "type: template, template: hangup"
VOICEMAIL = "type: template, template: voicemail_detection"
CLOCK = "type: built_in, built_in: current_datetime"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (tools(f"{HANGUP}, id: {UUID}1", f"{VOICEMAIL}, id: {UUID}2"), []),
        (tools(f"{HANGUP}, id: {UUID}a", f"{VOICEMAIL}, id: {UUID}A"), [f"error {UUID}A"]),
        (tools(f"{HANGUP}, id: x", f"{VOICEMAIL}, id: x"), ["error x"]),
        (tools(*[f"{HANGUP}, id: {UUID}1"] * 3), [f"error {UUID}1"] * 2),
        (tools(HANGUP, VOICEMAIL, CLOCK, hook("a")), []),
        (tools(HANGUP, HANGUP), ["error hangup"]),
        (tools(hook("a", SYSTEM), hook("a", SYSTEM)), ["error 'a'"]),
        (tools(CLOCK, CLOCK), ["error current_datetime"]),
        (tools(hook("hangup"), HANGUP), ["error hangup"]),
        (tools(f"{HANGUP}, id: null", HANGUP), ["error hangup"]),
        (tools(f"{HANGUP}, id: {derive_tool_id('example', 'a')}", hook("a")), ["error 'a'"]),
        (
            tools(hook("a"), f"{HANGUP}, id: {derive_tool_id('example', 'a').upper()}"),
            [f"error {derive_tool_id('example', 'a').upper()}"],
        ),
        (tools(f"type: webhook, id: {UUID}1", f"type: future, id: {UUID}1"), [f"error {UUID}1"]),
        (tools("type: webhook", "type: webhook", f"{HANGUP}, id: 5", f"{VOICEMAIL}, id: 5"), []),
        ("tools: [5, null]", []),
        ("tools: 5", []),
    ],
)
def test_ids_are_unique(text: str, expected: list[str]) -> None:
    assert marks("AC301", text) == expected


def test_the_first_of_two_ids_is_pointed_at() -> None:
    (finding,) = findings("AC301", tools(f"{HANGUP}, id: {UUID}1", f"{VOICEMAIL}, id: {UUID}1"))
    lines = (finding.location.start.line, finding.labels[0].location.start.line, finding.labels[0].text)
    assert (lines[0] - lines[1], lines[2], finding.label) == (1, "the first of them", "as tool 1")


@pytest.mark.parametrize(
    ("tool_id", "advice"),
    [
        (f"{UUID}1", None),
        (f"{UUID}F", None),
        ("00000000-0000-4000-8000-000000000001", None),
        ("dc4d6391-dc51-44e3-a816-bf65948290a2", None),
        ("''", "take it away, and one is derived"),
        ("hangup", "take it away, and one is derived"),
        (f"{UUID}", "take it away, and one is derived"),
        (f"{UUID}12", "take it away, and one is derived"),
        (f"{UUID}g", "take it away, and one is derived"),
        (f"{UUID}1".replace("-", ""), f"write it as {UUID}1"),
        (f"urn:uuid:{UUID}1", f"write it as {UUID}1"),
        (f"'{{{UUID}1}}'", f"write it as {UUID}1"),
        (f"' {UUID}1'", f"write it as {UUID}1"),
    ],
)
def test_ids_are_uuids(tool_id: str, advice: str | None) -> None:
    text = tools(f"{HANGUP}, id: {tool_id}")
    assert [finding.help for finding in findings("AC302", text)] == ([] if advice is None else [advice])


def test_trunks_have_uuids_too() -> None:
    text = f"sip_outbound_trunk_id: ST_abc\nsip_inbound_trunk_id: {UUID}1"
    assert [(finding.message, finding.help) for finding in findings("AC302", text)] == [
        ("`ST_abc` is not a UUID", "take the trunk's id from the dashboard")
    ]


def test_ids_of_malformed_tools_are_looked_at() -> None:
    assert marks("AC302", tools("type: webhook, id: x", "type: webhook, id: 5", "type: webhook")) == [
        "error x"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (tools(HANGUP, hook("a"), CLOCK), ["info hangup", "info 'a'", "info current_datetime"]),
        (tools(f"{HANGUP}, id: null"), ["info hangup"]),
        (tools(f"{HANGUP}, id: x"), []),
        (tools("type: webhook"), []),
    ],
)
def test_missing_ids_are_told(text: str, expected: list[str]) -> None:
    assert marks("AC303", text) == expected


def test_the_derived_id_is_shown() -> None:
    (finding,) = findings("AC303", tools(HANGUP), key="clinic")
    derived = derive_tool_id("clinic", "hangup")
    assert finding.help == f"to keep it for good, write id: {derived}, or the live tool's id"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (tools(HANGUP, VOICEMAIL, CLOCK, hook("a"), hook("b")), []),
        (tools(HANGUP, HANGUP), ["error hangup"]),
        (tools(hook("a"), hook("a")), ["error 'a'"]),
        (tools(hook("a"), hook("A")), []),
        (tools(hook("a"), hook("a", SYSTEM)), []),
        (tools(hook("a", SYSTEM), hook("a", SYSTEM)), []),
        (tools(hook("end_call"), HANGUP), ["error hangup"]),
        (tools(hook("get_current_datetime"), CLOCK), ["error current_datetime"]),
        (tools(hook("get_current_datetime"), CLOCK + SYSTEM), []),
        (tools(hook("a"), "type: human_transfer, name: a, phone_number: '+12'"), ["error a"]),
        (tools(hook("a"), "type: webhook, name: a"), []),
    ],
)
def test_the_model_sees_each_name_once(text: str, expected: list[str]) -> None:
    assert marks("AC304", text) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (hook("look_up-2"), []),
        (hook("Look_Up"), []),
        (hook("end_call"), ["error 'end_call'"]),
        (hook("end_call", SYSTEM), ["error 'end_call'"]),
        (hook("detected_answering_machine"), ["error 'detected_answering_machine'"]),
        (hook("End_Call"), []),
        (hook("hangup"), []),
        (hook("look up"), ["error 'look up'"]),
        (hook("look up", SYSTEM), []),
        (hook("look.up"), ["error 'look.up'"]),
        (hook("búsqueda"), ["error 'búsqueda'"]),
        (hook("{{name}}"), ["error '{{name}}'"]),
        (hook(""), ["error ''"]),
        (hook(" ", SYSTEM), ["error ' '"]),
        ("type: human_transfer, name: transfer, phone_number: '+12'", []),
        ("type: human_transfer, name: end_call, phone_number: '+12'", ["error end_call"]),
        ("type: human_transfer, name: To sales, phone_number: '+12'", ["warning To sales"]),
        (HANGUP, []),
    ],
)
def test_names_that_a_tool_may_have(entry: str, expected: list[str]) -> None:
    assert marks("AC305", tools(entry)) == expected


def test_a_line_end_is_no_part_of_a_name() -> None:
    text = tools(hook("a").replace("'a'", '"look_up\\n"'))
    assert marks("AC305", text) == ['error "look_up\\n"']


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("look up order!", "write it as look_up_order"),
        ("búsqueda", "write it as b_squeda"),
        ("検索", "name it in ASCII letters, as in look_up_order"),
    ],
)
def test_a_callable_name_is_offered(name: str, advice: str) -> None:
    assert [finding.help for finding in findings("AC305", tools(hook(name)))] == [advice]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("{type: object, properties: {}}", []),
        ("{type: object, properties: {}, required: []}", []),
        ("{type: object, properties: {a: {type: int}}}", ["error int"]),
        ("{type: object, properties: {}, required: [a]}", ["warning a"]),
        ("{type: array}", ["error array"]),
        ("{}", ["error parameters"]),
    ],
)
def test_parameters_are_a_schema(parameters: str, expected: list[str]) -> None:
    entry = f"type: webhook, name: a, description: b, url: 'https://h.io', parameters: {parameters}"
    assert marks("AC312", tools(entry)) == expected


def test_only_webhooks_have_parameters() -> None:
    assert marks("AC312", tools(HANGUP, CLOCK)) == []
