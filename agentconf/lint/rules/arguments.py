"""Arguments of the tools that the platform runs by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.lint.finding import Severity
from agentconf.lint.rule import rule
from agentconf.lint.rules import triggers
from agentconf.lint.scalars import fits, may_read_as, reads_as
from agentconf.lint.template import OPEN, Fault, outline, scan, substitute, variables
from agentconf.lint.toolset import sound_tools, webhooks
from agentconf.lint.trials import distinct
from agentconf.lint.wording import listed, shorten
from agentconf.model.arguments import (
    ARRAY_TYPES,
    SCALAR_TYPES,
    CallSource,
    ConstantSource,
    TemplateSource,
    TranscriptSource,
)
from agentconf.model.tools import BuiltInTool, WebhookTool
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent
    from agentconf.model.arguments import SystemArgument

_TRANSCRIPT = "transcript_messages"


@rule("AC315", "array-not-constant", Severity.ERROR)
def array_not_constant(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """An argument that is an array comes from something other than a constant.

    ## Why
    Templates and facts of the call are single values; the platform refuses them where a list is wanted.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        auth: {type: bearer, token: "${env:TOKEN}"}
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [{name: tags, type: "string[]", source: {type: call_id}}] # expect: AC315
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [{name: tags, type: "string[]", source: {type: constant, value: [vip]}}]
    ```

    ## Source
    SLNG documentation, Tool personalization: "Templated system argument values are scalar-only in v1. Arrays
    must remain literal constants".
    """
    for argument, at in _arguments(agent, here):
        if argument.type in ARRAY_TYPES and not isinstance(argument.source, ConstantSource):
            yield at.at("source", "type").finding(
                f"an argument of type `{argument.type}` comes from `{argument.source.type}`",
                why="arrays must be constants",
                help="write the array as a constant, or send a single value",
            )


@rule("AC316", "argument-type-mismatch", Severity.ERROR)
def argument_type_mismatch(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """An argument's value is not of its type.

    Constants are held against the type (`true` is no integer, `5.0` is one). Templates are filled in with the
    defaults and with every example, and must then read as a value of the type; one whose literal parts rule
    that out (`x{{n}}` for a number) needs no values. A transcript goes with the type `transcript_messages`
    and with no other. Facts of the call are texts: as a number or truth value they are a warning. So are `1`
    and `yes` for a boolean, and a type that differs from the one of the same name in `parameters`.

    ## Why
    The tool fails when it runs.

    ## Bad
    ```yaml
    template_defaults: {retries: three}
    tools:
      - type: webhook
        auth: {type: bearer, token: "${env:TOKEN}"}
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [
            {name: vip, type: integer, source: {type: constant, value: true}}, # expect: AC316
            {name: tries, type: integer, source: {type: template, template: "{{retries}}"}}, # expect: AC316
            {name: said, type: string, source: {type: transcript_messages}}, # expect: AC316
          ]
    ```
    ```yaml
    tools:
      - type: webhook
        parameters: {type: object, properties: {tries: {type: string}}}
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [{name: tries, type: integer, source: {type: constant, value: 3}}] # expect: AC316
    ```

    ## Good
    ```yaml
    template_defaults: {retries: "3"}
    tools:
      - type: webhook
        auth: {type: bearer, token: "${env:TOKEN}"}
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [
            {name: vip, type: boolean, source: {type: constant, value: true}},
            {name: tries, type: integer, source: {type: template, template: "{{retries}}"}},
            {name: said, type: transcript_messages, source: {type: transcript_messages}},
          ]
    ```

    ## Source
    SLNG documentation, Tool personalization (system webhook argument values) and System webhook tools; API
    contract, SystemArgument.
    """
    for argument, at in _arguments(agent, here):
        match argument.source:
            case ConstantSource():
                yield from _constant_findings(argument.type, argument.source.value, at.at("source", "value"))
            case TemplateSource():
                yield from _template_findings(agent, argument.type, argument.source.template, at)
            case TranscriptSource() if argument.type != _TRANSCRIPT and argument.type not in ARRAY_TYPES:
                yield at.at("type").finding(
                    f"a transcript is no `{argument.type}`", help=f"write `type: {_TRANSCRIPT}`"
                )
            case CallSource() if argument.type not in ("string", *ARRAY_TYPES):
                yield _fact_finding(argument, at)
    for index, tool in webhooks(agent):
        properties = tool.parameters.get("properties")
        if tool.system is not None and isinstance(properties, dict):
            yield from _parameter_findings(tool.system.arguments, properties, here.at("tools", index))


@rule("AC325", "duplicate-argument-name", Severity.ERROR)
def duplicate_argument_name(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """Two arguments of one system tool have the same name.

    ## Why
    The arguments are sent as one object, in which a name stands once: one of the two values is lost.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [
            {name: case, type: string, source: {type: constant, value: A-17}},
            {name: case, type: string, source: {type: constant, value: B-2}}, # expect: AC325
          ]
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [
            {name: case, type: string, source: {type: constant, value: A-17}},
            {name: other_case, type: string, source: {type: constant, value: B-2}},
          ]
    ```

    ## Source
    SLNG documentation, System webhook tools; API contract, SystemArgument.
    """
    first: dict[tuple[object, str], Cursor] = {}
    for argument, at in _arguments(agent, here):
        tool = at.path[:2]
        other = first.setdefault((tool, argument.name), at)
        if other is not at:
            yield at.at("name").finding(
                f"two arguments of this tool are named `{argument.name}`",
                help="rename one of them, or take it away",
                labels=[(other.at("name"), "the first of them")],
            )


@rule("AC317", "argument-not-in-parameters", Severity.WARNING)
def argument_not_in_parameters(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """An argument of a system webhook is not among its parameters, or a required parameter gets no argument.

    Parameters without any properties say nothing about arguments, and are left alone unless they forbid
    others (`additionalProperties: false`).

    ## Why
    The receiver is told to expect something else than what is sent.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        parameters:
          type: object
          properties: {call_id: {type: string}, outcome: {type: string}}
          required: [outcome] # expect: AC317
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [{name: cal_id, type: string, source: {type: constant, value: A-17}}] # expect: AC317
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        parameters: {type: object, properties: {case: {type: string}}, required: [case]}
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [{name: case, type: string, source: {type: constant, value: A-17}}]
    ```

    ## Source
    SLNG documentation, System webhook tools.
    """
    for index, tool in sound_tools(agent):
        if not isinstance(tool, WebhookTool) or tool.source != "system" or tool.system is None:
            continue
        properties = tool.parameters.get("properties") or {}
        closed = tool.parameters.get("additionalProperties") is False
        if not isinstance(properties, dict) or not (properties or closed):
            continue
        names = {argument.name for argument in tool.system.arguments}
        at = here.at("tools", index)
        for place, argument in enumerate(tool.system.arguments):
            if argument.name not in properties:
                near = suggest(argument.name, set(properties) - names)
                yield at.at("system", "arguments", place, "name").finding(
                    f"`{argument.name}` is not among the tool's parameters",
                    help=f"did you mean `{near}`?"
                    if near
                    else f"add `{argument.name}` to `parameters.properties`",
                )
        yield from _ungiven(tool.parameters.get("required"), names, at)


def _arguments(agent: Agent, here: Cursor) -> Iterator[tuple[SystemArgument, Cursor]]:
    for index, tool in sound_tools(agent):
        system = tool.system if isinstance(tool, WebhookTool | BuiltInTool) else None
        for place, argument in enumerate(system.arguments if system else ()):
            yield argument, here.at("tools", index, "system", "arguments", place)


def _parameter_findings(
    arguments: Sequence[SystemArgument], properties: dict[str, object], at: Cursor
) -> Iterator[Finding]:
    """Hold the types of arguments against those of the parameters of the same name."""
    for place, argument in enumerate(arguments):
        parameter = properties.get(argument.name)
        told = parameter.get("type") if isinstance(parameter, dict) else None
        given = "array" if argument.type in ARRAY_TYPES else argument.type
        taken = [one for one in (told if isinstance(told, list) else [told]) if isinstance(one, str)]
        # A transcript's form is the platform's own, and a whole number is a number.
        if not taken or given == _TRANSCRIPT or given in taken or (given == "integer" and "number" in taken):
            continue
        yield at.at("system", "arguments", place, "type").finding(
            f"the argument is of type `{argument.type}`, its parameter of {listed(tuple(taken))}",
            why="the receiver is told to expect something else than what is sent",
            help="give both the same type",
            labels=[(at.at("parameters", "properties", argument.name, "type"), "the parameter's type")],
            severity=Severity.WARNING,
        )


def _constant_findings(kind: str, value: object, at: Cursor) -> Iterator[Finding]:
    if kind == _TRANSCRIPT:
        yield at.finding("a transcript cannot be a constant", help=f"write `source: {{type: {_TRANSCRIPT}}}`")
    elif kind in SCALAR_TYPES:
        if not fits(kind, value):
            yield at.finding(f"`{shorten(value)}` is not of type `{kind}`", help=_constant_help(kind, value))
    elif not isinstance(value, list):
        yield at.finding(f"`{shorten(value)}` is not of type `{kind}`", help="write a list")
    else:
        for index, item in enumerate(value):
            if not fits(kind.removesuffix("[]"), item):
                yield at.at(index).finding(
                    f"`{shorten(item)}` is not of type `{kind.removesuffix('[]')}`",
                    help=_constant_help(kind.removesuffix("[]"), item),
                )


def _constant_help(kind: str, value: object) -> str:
    if kind == "string" and not isinstance(value, dict | list) and value is not None:
        return f'write it in quotes: "{shorten(value)}"'
    if isinstance(value, str) and reads_as(kind, value):
        return "write it without quotes"
    return "write a value of that type, or change the type"


def _template_findings(agent: Agent, kind: str, template: str, at: Cursor) -> Iterator[Finding]:
    place = at.at("source", "template")
    if kind == _TRANSCRIPT:
        yield place.finding("a transcript cannot come from a template", help=f"write `type: {_TRANSCRIPT}`")
        return
    if kind not in SCALAR_TYPES or any(isinstance(part, Fault) for part in scan(template)):
        return
    if variables(template) and not may_read_as(kind, outline(template)):
        literal = " … ".join(f"`{shorten(part)}`" for part in outline(template).split(OPEN) if part.strip())
        yield place.finding(
            f"a text with {literal} in it is never of type `{kind}`",
            why="the tool fails when its arguments cannot be read",
            help="write only the placeholder, or `type: string`",
        )
        return
    for trial in distinct(agent, template):
        if not trial.covers(template):
            continue
        text = substitute(template, trial.values)
        reads = reads_as(kind, text)
        if reads is not True:
            yield place.finding(
                f"`{shorten(text)}` is not of type `{kind}`",
                label="with its values filled in" if variables(template) else None,
                why="the tool fails when its arguments cannot be read",
                help="write true or false" if kind == "boolean" else f"give a value that reads as {kind}",
                labels=trial.labels(at, variables(template)),
                severity=None if reads is False else Severity.WARNING,
            )


def _fact_finding(argument: SystemArgument, at: Cursor) -> Finding:
    transcript = argument.type == _TRANSCRIPT
    return at.at("type").finding(
        f"`{argument.source.type}` is a text, no `{argument.type}`",
        help=f"write `source: {{type: {_TRANSCRIPT}}}`" if transcript else "write `type: string`",
        severity=None if transcript else Severity.WARNING,
    )


def _ungiven(required: object, names: set[str], at: Cursor) -> Iterator[Finding]:
    wanted = [name for name in (required if isinstance(required, list) else ()) if isinstance(name, str)]
    missing = tuple(name for name in wanted if name not in names)
    if missing:
        yield at.at("parameters", "required").finding(
            f"no argument gives {listed(missing)}",
            why="nobody else fills the parameters of a system tool in",
            help="add an argument, or take the name out of `required`",
        )


RULES = (
    *triggers.RULES,
    array_not_constant,
    argument_type_mismatch,
    argument_not_in_parameters,
    duplicate_argument_name,
)
