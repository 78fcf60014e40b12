from __future__ import annotations

import pytest
from rule_probe import UUID, findings, labelled, marks, system_webhook

from agentconf.model.tools import derive_tool_id


def hook(name: str, extra: str = "") -> str:
    rest = f"description: a, url: 'https://h.io', parameters: {{type: object}}{extra}"
    return f"  - {{type: webhook, name: {name}, {rest}}}\n"


def triggered(trigger: str, *others: str) -> str:
    return "tools:\n" + "".join(others) + hook("b", f", source: system, system: {{triggers: [{trigger}]}}")


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("", []),
        (", source: contextual", []),
        (", source: system", ["error system"]),
        (", source: system, system: null", ["error system"]),
        (", source: system, system: {triggers: [{event: call_end}]}", []),
        (", system: {triggers: [{event: call_end}]}", ["error system"]),
        (", source: contextual, system: {triggers: [{event: call_end}]}", ["error system"]),
        (", source: system, system: {triggers: []}", []),
        (", source: system, system: 5", []),
    ],
)
def test_system_tools_and_no_others_say_when_they_run(extra: str, expected: list[str]) -> None:
    assert marks("AC313", "tools:\n" + hook("a", extra)) == expected


def test_built_in_tools_may_be_system_tools() -> None:
    clock = "  - {type: built_in, built_in: current_datetime, source: system}\n"
    assert marks("AC313", f"tools:\n{clock}  - {{type: template, template: hangup}}") == ["error system"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (triggered("{event: call_end}"), []),
        (triggered("{event: call_end, source_tool_id: null}"), []),
        (triggered(f"{{event: call_start, source_tool_id: {UUID}1}}"), ["error source_tool_id"]),
        (triggered("{event: tool_succeeded}"), ["error tool_succeeded"]),
        (triggered("{event: tool_failed, source_tool_id: null}"), ["error tool_failed"]),
        (triggered(f"{{event: tool_failed, source_tool_id: {UUID}2}}"), [f"error {UUID}2"]),
        (triggered(f"{{event: tool_failed, source_tool_id: {UUID}1}}", hook("a", f", id: {UUID}1")), []),
        (triggered(f"{{event: tool_failed, source_tool_id: {UUID}A}}", hook("a", f", id: {UUID}a")), []),
        (
            triggered(f"{{event: tool_failed, source_tool_id: {derive_tool_id('example', 'a')}}}", hook("a")),
            [],
        ),
        (
            triggered(
                f"{{event: tool_failed, source_tool_id: {UUID}1}}", f"  - {{type: webhook, id: {UUID}1}}\n"
            ),
            [],
        ),
        (
            triggered(f"{{event: tool_failed, source_tool_id: {derive_tool_id('example', 'b')}}}"),
            [f"warning {derive_tool_id('example', 'b')}"],
        ),
        (triggered("{event: tool_failed, source_tool_id: ''}"), ["error ''"]),
    ],
)
def test_triggers_of_tools_name_a_tool_that_is_there(text: str, expected: list[str]) -> None:
    assert marks("AC314", text) == expected


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (
            triggered("{event: tool_failed, source_tool_id: a}", hook("a", f", id: {UUID}1")),
            f"write the tool's id: {UUID}1",
        ),
        (
            triggered(f"{{event: tool_failed, source_tool_id: {UUID}2}}", hook("a", f", id: {UUID}1")),
            f"did you mean {UUID}1?",
        ),
        (
            triggered("{event: tool_failed, source_tool_id: zz}", hook("a")),
            "write the `id` of the tool that it waits for",
        ),
    ],
)
def test_the_tool_that_was_meant_is_offered(text: str, advice: str) -> None:
    assert [finding.help for finding in findings("AC314", text)] == [advice]


@pytest.mark.parametrize("kind", ["string[]", "integer[]", "number[]", "boolean[]"])
@pytest.mark.parametrize(
    "source", ["{type: template, template: a}", "{type: call_id}", "{type: transcript_messages}"]
)
def test_arrays_are_constants(kind: str, source: str) -> None:
    word = source.partition("type: ")[2].partition(",")[0].rstrip("}")
    assert marks("AC315", system_webhook(f'{{name: a, type: "{kind}", source: {source}}}')) == [
        f"error {word}"
    ]


@pytest.mark.parametrize(
    "argument",
    [
        '{name: a, type: "string[]", source: {type: constant, value: [b]}}',
        "{name: a, type: string, source: {type: template, template: b}}",
        "{name: a, type: string, source: {type: call_id}}",
    ],
)
def test_constant_arrays_and_scalars_are_fine(argument: str) -> None:
    assert marks("AC315", system_webhook(argument)) == []


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("string", "voice", []),
        ("string", "5", ["error 5"]),
        ("string", "null", ["error null"]),
        ("integer", "5", []),
        ("integer", "5.0", []),
        ("integer", "'5'", ["error '5'"]),
        ("integer", "true", ["error true"]),
        ("number", "5.5", []),
        ("number", ".inf", ["error .inf"]),
        ("boolean", "false", []),
        ("boolean", "'false'", ["error 'false'"]),
        ("boolean", "0", ["error 0"]),
        ("string", "[a]", ["error [a]"]),
        ("'string[]'", "[]", []),
        ("'string[]'", "[a, b]", []),
        ("'string[]'", "[a, 5, null]", ["error 5", "error null"]),
        ("'integer[]'", "[1, 2.5, true]", ["error 2.5", "error true"]),
        ("'boolean[]'", "true", ["error true"]),
        ("'number[]'", "{a: 1}", ["error {a: 1}"]),
        ("transcript_messages", "[]", ["error []"]),
    ],
)
def test_constants_are_of_their_type(kind: str, value: str, expected: list[str]) -> None:
    argument = f"{{name: a, type: {kind}, source: {{type: constant, value: {value}}}}}"
    assert marks("AC316", system_webhook(argument)) == expected


@pytest.mark.parametrize(
    ("kind", "value", "advice"),
    [
        ("string", "5", 'write it in quotes: "5"'),
        ("string", "true", 'write it in quotes: "true"'),
        ("string", "[a]", "write a value of that type, or change the type"),
        ("string", "null", "write a value of that type, or change the type"),
        ("integer", "'5'", "write it without quotes"),
        ("boolean", "'true'", "write it without quotes"),
        ("integer", "five", "write a value of that type, or change the type"),
        ("'integer[]'", "['5']", "write it without quotes"),
        ("'integer[]'", "5", "write a list"),
    ],
)
def test_the_advice_fits_the_constant(kind: str, value: str, advice: str) -> None:
    argument = f"{{name: a, type: {kind}, source: {{type: constant, value: {value}}}}}"
    assert [finding.help for finding in findings("AC316", system_webhook(argument))] == [advice]


def template(kind: str, text: str, extra: str = "") -> str:
    return system_webhook(f"{{name: a, type: {kind}, source: {{type: template, template: '{text}'}}}}", extra)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (template("integer", "{{n}}"), []),
        (template("integer", "{{n}}", "template_defaults: {n: '3'}"), []),
        (template("integer", "{{n}}", "template_defaults: {n: three}"), ["error '{{n}}'"]),
        (template("integer", "{{n}}", "template_defaults: {n: ''}"), ["error '{{n}}'"]),
        (template("integer", "{{n}}0", "template_defaults: {n: '3'}"), []),
        (template("integer", "{{n}}.5", "template_defaults: {n: '3'}"), ["error '{{n}}.5'"]),
        (template("number", "{{n}}.5", "template_defaults: {n: '3'}"), []),
        (template("boolean", "{{n}}", "template_defaults: {n: 'true'}"), []),
        (template("boolean", "{{n}}", "template_defaults: {n: 'yes'}"), ["warning '{{n}}'"]),
        (template("boolean", "{{n}}", "template_defaults: {n: maybe}"), ["error '{{n}}'"]),
        (template("string", "{{n}}", "template_defaults: {n: ''}"), []),
        (template("integer", "5"), []),
        (template("integer", "five"), ["error 'five'"]),
        (template("integer", "{{n"), []),
        (
            template(
                "integer", "{{n}}", "examples: [{name: a, arguments: {n: x}}, {name: b, arguments: {n: '1'}}]"
            ),
            ["error '{{n}}'"],
        ),
        (template("transcript_messages", "{{n}}"), ["error '{{n}}'"]),
        (template('"string[]"', "{{n}}"), []),
    ],
)
def test_templates_read_as_their_type(text: str, expected: list[str]) -> None:
    assert marks("AC316", text) == expected


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("{name: a, type: transcript_messages, source: {type: transcript_messages}}", []),
        ("{name: a, type: string, source: {type: transcript_messages}}", ["error string"]),
        ('{name: a, type: "string[]", source: {type: transcript_messages}}', []),
        ("{name: a, type: transcript_messages, source: {type: call_id}}", ["error transcript_messages"]),
        ("{name: a, type: string, source: {type: call_id}}", []),
        ("{name: a, type: integer, source: {type: phone_number}}", ["warning integer"]),
        ("{name: a, type: boolean, source: {type: trigger_event}}", ["warning boolean"]),
        ('{name: a, type: "string[]", source: {type: call_id}}', []),
    ],
)
def test_transcripts_and_facts_have_their_types(argument: str, expected: list[str]) -> None:
    assert marks("AC316", system_webhook(argument)) == expected


def test_arguments_of_built_in_tools_are_looked_at_too() -> None:
    text = (
        "tools:\n  - type: built_in\n    built_in: current_datetime\n    source: system\n"
        "    system: {triggers: [{event: call_start}], arguments: ["
        "{name: a, type: integer, source: {type: constant, value: b}}]}"
    )
    assert marks("AC316", text) == ["error b"]


def given(parameters: str, *names: str, source: str = "system") -> str:
    arguments = ", ".join(f"{{name: {name}, type: string, source: {{type: call_id}}}}" for name in names)
    return (
        "tools:\n  - type: webhook\n    name: a\n    description: b\n    url: https://h.io\n"
        f"    parameters: {parameters}\n    source: {source}\n"
        f"    system: {{triggers: [{{event: call_end}}], arguments: [{arguments}]}}\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (given("{type: object, properties: {}, required: []}", "call_id", "transcript"), []),
        (given("{type: object, properties: {x: {}}}", "x"), []),
        (given("{type: object, properties: {x: {}}}", "y"), ["warning y"]),
        (given("{type: object, properties: {}, additionalProperties: false}", "y"), ["warning y"]),
        (given("{type: object, properties: {x: {}}, required: [x]}"), ["warning [x]"]),
        (
            given("{type: object, properties: {x: {}, z: {}}, required: [x, z]}", "y"),
            ["warning y", "warning [x, z]"],
        ),
        (given("{type: object, properties: {x: {}}, required: 5}", "x"), []),
        (given("{type: object, properties: 5}", "x"), []),
        (given("{type: object}", "x"), []),
        (given("{type: object, properties: {x: {}}}", "y", source="contextual"), []),
    ],
)
def test_arguments_and_parameters_agree(text: str, expected: list[str]) -> None:
    assert marks("AC317", text) == expected


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (given("{type: object, properties: {call_id: {}}}", "cal_id"), "did you mean `call_id`?"),
        (
            given("{type: object, properties: {call_id: {}}}", "call_id", "cal_id"),
            "add `cal_id` to `parameters.properties`",
        ),
    ],
)
def test_a_misspelt_argument_is_recognised(text: str, advice: str) -> None:
    assert [finding.help for finding in findings("AC317", text)] == [advice]


def test_missing_arguments_are_named_together() -> None:
    text = given("{type: object, properties: {x: {}, y: {}, z: {}}, required: [x, y, z]}", "y")
    assert [finding.message for finding in findings("AC317", text)] == ["no argument gives `x` and `z`"]


def computed(kind: str, text: str) -> str:
    return system_webhook(f"{{name: a, type: {kind}, source: {{type: template, template: '{text}'}}}}")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "x{{n}}"),
        ("integer", "{{n}}.5"),
        ("integer", "1 {{n}} 2"),
        ("number", "{{n}} euros"),
        ("number", "1.2.{{n}}"),
        ("boolean", "is {{n}}"),
    ],
)
def test_a_template_that_its_literal_parts_rule_out_is_wrong_whatever_the_values(
    kind: str, text: str
) -> None:
    (finding,) = findings("AC316", computed(kind, text) + "template_defaults: {n: '3'}")
    assert finding.message.endswith(f"in it is never of type `{kind}`")
    assert finding.severity == "error"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "{{n}}"),
        ("integer", " -1{{n}}0 "),
        ("integer", "{{n}} {{m}}"),
        ("number", "{{n}}.5e{{m}}2"),
        ("number", "+{{n}}.{{m}}"),
        ("boolean", "{{n}}"),
        ("boolean", "T{{n}}e"),
        ("boolean", "{{n}}o"),
        ("string", "x{{n}}"),
    ],
)
def test_a_template_that_its_literal_parts_allow_waits_for_values(kind: str, text: str) -> None:
    assert marks("AC316", computed(kind, text)) == []


@pytest.mark.parametrize(
    ("kind", "value", "parameter", "expected"),
    [
        ("integer", "3", "string", ["warning integer"]),
        ("string", "a", "[integer, 'null']", ["warning string"]),
        ("number", "3", "integer", ["warning number"]),
        ("string[]", "[a]", "string", ["warning 'string[]'"]),
        ("integer", "3", "number", []),
        ("integer", "3", "[integer, 'null']", []),
        ("string[]", "[a]", "array", []),
        ("string", "a", "5", []),
    ],
)
def test_an_argument_is_of_its_parameter_s_type(
    kind: str, value: str, parameter: str, expected: list[str]
) -> None:
    argument = f"{{name: a, type: '{kind}', source: {{type: constant, value: {value}}}}}"
    text = system_webhook(argument.replace(f"'{kind}'", kind) if "[" not in kind else argument)
    properties = f"{{type: object, properties: {{a: {{type: {parameter}}}}}}}"
    text = text.replace("{type: object, properties: {}}", properties)
    assert marks("AC316", text) == expected


def test_arguments_of_one_name_are_told_in_each_tool_for_itself() -> None:
    argument = "{name: a, type: string, source: {type: call_id}}"
    other = argument.replace("name: a", "name: b")
    text = system_webhook(f"{argument}, {other}, {argument}")
    second = system_webhook(argument).removeprefix("tools:\n").replace("look_up", "look_down")
    (finding,) = findings("AC325", text + second)
    assert finding.message == "two arguments of this tool are named `a`"
    assert labelled(finding) == [("the first of them", "a")]
