"""An agent as a call would see it, offline: texts and tool fields filled in, and what would go wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple

from agentconf.lint.evaluate import resolve_phone, resolve_timezone, resolve_url
from agentconf.lint.phone import PhoneFault
from agentconf.lint.scalars import INTEGER, NUMBER
from agentconf.lint.template import substitute, variables
from agentconf.model.agent import START_CRITICAL
from agentconf.model.arguments import TemplateSource
from agentconf.model.tools import BuiltInTool, HumanTransferTool, WebhookTool, tool_name
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from agentconf.lint.timezone import TimezoneFault
    from agentconf.lint.urls import UrlFault
    from agentconf.model.agent import Agent, Example
    from agentconf.model.arguments import SystemArgument
    from agentconf.model.tools import Tool

MAX_KEYS, MAX_KEY, MAX_VALUE, MAX_TOGETHER = 32, 64, 1024, 8192
"""Bounds of runtime arguments, in keys and characters (SLNG documentation, Runtime arguments)."""

EXACT, REGEX = "exact:", "regex:"
"""What an expectation begins with that is no glob."""

Resolve = Callable[[str, Mapping[str, str]], "str | UrlFault | PhoneFault | TimezoneFault"]


class Rehearsal(NamedTuple):
    """What a call would see.

    Args:
        fields: filled-in texts by path: `greeting`, `tools.lookup.url` …; without those that cannot be.
        faults: what would go wrong, a sentence each.

    """

    fields: Mapping[str, str]
    faults: tuple[str, ...]


def rehearse(agent: Agent, arguments: Mapping[str, str]) -> Rehearsal:
    """Fill an agent's texts and tool fields in, as a call with these arguments would.

    Args:
        agent: the sound parts of a definition.
        arguments: runtime arguments; they override `template_defaults`.

    """
    values = {**agent.template_defaults, **arguments}
    fields: dict[str, str] = {}
    faults = list(argument_faults(arguments))
    for name, text in _texts(agent):
        missing = [variable for variable in variables(text) if variable not in values]
        if missing:
            faults.append(f"{name}: no value for {_names(missing)}; the call would not start")
        else:
            fields[name] = substitute(text, values)
    for tool in agent.tools:
        if tool is not None:
            for name, template, resolve in _tool_fields(tool):
                missing = [variable for variable in variables(template) if variable not in values]
                if missing:
                    faults.append(f"{name}: no value for {_names(missing)}; the tool would fail")
                    continue
                filled = resolve(template, values)
                if isinstance(filled, str):
                    fields[name] = filled
                else:
                    faults.append(f"{name}: {filled.message}; the tool would fail")
    return Rehearsal(fields, tuple(faults))


MOST_CASES = 1_000
"""Combinations of a matrix at most; ours: a report of more is read by nobody."""


class Case(NamedTuple):
    """An example with one combination of its matrix.

    Args:
        name: the example's, with the values of the combination.
        example: it, with all arguments and no matrix.

    """

    name: str
    example: Example


def cases(example: Example) -> tuple[Case, ...]:
    """Return an example once for each combination of its matrix; at most `MOST_CASES` of them."""
    if not example.matrix:
        return (Case(example.name, example),)
    found = []
    for values in islice(product(*example.matrix.values()), MOST_CASES):
        given = dict(zip(example.matrix, values, strict=True))
        shown = ", ".join(f"{name}={_short(value)}" for name, value in given.items())
        arguments = {**example.arguments, **given}
        one = example.model_copy(update={"arguments": arguments, "matrix": {}})
        found.append(Case(f"{example.name} [{shown}]", one))
    return tuple(found)


class Coverage(NamedTuple):
    """What an agent's examples exercise.

    Args:
        variables: every variable that its texts and tools use, in the order of their names.
        never_given: those of them that no example gives a value.
        tools: names of the tools that have variables.
        never_expected: those of them of which no example expects anything.

    """

    variables: tuple[str, ...]
    never_given: tuple[str, ...]
    tools: tuple[str, ...]
    never_expected: tuple[str, ...]


def coverage(agent: Agent) -> Coverage:
    """Tell what the examples of an agent exercise, and what they leave out."""
    examples = [example for example in agent.examples if example is not None]
    given = {name for example in examples for name in (*example.arguments, *example.matrix)}
    expected = {_tool_of(name) for example in examples for name in example.expect}
    used = {name for _, text in _texts(agent) for name in variables(text)}
    fields = [field for tool in agent.tools if tool is not None for field in _tool_fields(tool)]
    used.update(name for _, template, _ in fields for name in variables(template))
    tools = tuple(dict.fromkeys(_tool_of(path) for path, template, _ in fields if variables(template)))
    return Coverage(
        tuple(sorted(used)),
        tuple(sorted(used - given)),
        tools,
        tuple(name for name in tools if name not in expected),
    )


def _tool_of(field: str) -> str:
    """Return the tool that a field is of; nothing for one of the agent's own texts."""
    return field.split(".")[1] if field.startswith("tools.") else ""


def check_example(agent: Agent, example: Example) -> tuple[str, ...]:
    """Rehearse an example and hold the result against what it expects.

    Returns:
        What is wrong, a sentence each; empty when all is as expected.

    """
    rehearsal = rehearse(agent, example.arguments)
    return (*rehearsal.faults, *_unmet(rehearsal, example.expect))


def argument_faults(arguments: Mapping[str, str]) -> Iterator[str]:
    """Say which bounds of runtime arguments are broken."""
    if len(arguments) > MAX_KEYS:
        yield f"{len(arguments)} arguments; a call takes at most {MAX_KEYS}"
    for name, value in arguments.items():
        if len(name) > MAX_KEY:
            yield f"the argument name {name[:20]}… has {len(name)} characters; at most {MAX_KEY} are allowed"
        if len(value) > MAX_VALUE:
            yield f"argument {name}: {len(value)} characters; at most {MAX_VALUE} are allowed"
    together = sum(map(len, arguments.values()))
    if together > MAX_TOGETHER:
        yield f"the arguments' values have {together} characters together; at most {MAX_TOGETHER} are allowed"


def known_variables(agent: Agent) -> frozenset[str]:
    """Name every variable that an agent's texts and tools use, or that it declares."""
    used = {variable for _, text in _texts(agent) for variable in variables(text)}
    for tool in agent.tools:
        if tool is not None:
            used.update(variable for _, template, _ in _tool_fields(tool) for variable in variables(template))
    return frozenset(used | agent.template_defaults.keys() | {one.name for one in agent.runtime_variables})


def renderable(agent: Agent) -> tuple[str, ...]:
    """Name the fields that a rehearsal fills in, when nothing is wrong: what an example can expect."""
    tools = (tool for tool in agent.tools if tool is not None)
    fields = (name for tool in tools for name, _, _ in _tool_fields(tool))
    return (*(name for name, _ in _texts(agent)), *fields)


def _texts(agent: Agent) -> Iterator[tuple[str, str]]:
    for name in START_CRITICAL:
        text = getattr(agent, name)
        if text is not None:
            yield name, text


def _tool_fields(tool: Tool) -> Iterator[tuple[str, str, Resolve]]:
    path = f"tools.{tool_name(tool.__dict__)}"
    match tool:
        case WebhookTool():
            yield f"{path}.url", tool.url, resolve_url
        case HumanTransferTool():
            yield f"{path}.phone_number", tool.phone_number, resolve_phone
        case BuiltInTool():
            yield f"{path}.timezone", tool.timezone, resolve_timezone
        case _:
            pass
    if isinstance(tool, WebhookTool | BuiltInTool) and tool.system is not None:
        for argument in tool.system.arguments:
            if isinstance(argument.source, TemplateSource):
                yield f"{path}.arguments.{argument.name}", argument.source.template, _scalar(argument)


def _scalar(argument: SystemArgument) -> Resolve:
    def resolve(template: str, values: Mapping[str, str]) -> str | PhoneFault:
        filled = substitute(template, values)
        if _SCALARS.get(argument.type, _ANY).fullmatch(filled):
            return filled
        return PhoneFault(f"{filled!r} is not a value of type {argument.type}", "")

    return resolve


_ANY = re.compile(r".*", re.DOTALL)
_SCALARS = {
    "integer": INTEGER,
    "number": NUMBER,
    "boolean": re.compile(r"true|false", re.IGNORECASE),
}


def _unmet(rehearsal: Rehearsal, expect: Mapping[str, str]) -> Iterator[str]:
    for name, pattern in expect.items():
        text = rehearsal.fields.get(name)
        if text is None:
            guess = suggest(name, rehearsal.fields)
            yield f"{name}: nothing was rendered to expect there" + (
                f"; did you mean {guess}?" if guess else ""
            )
        elif (fault := pattern_fault(pattern)) is not None:
            yield f"{name}: {fault}"
        elif not matches(pattern, text):
            yield f"{name}: expected {pattern!r}, rendered {_short(text)!r}"


def pattern_fault(pattern: str) -> str | None:
    """Say why an expectation cannot be held against a text; None when it can."""
    if not pattern.startswith(REGEX):
        return None
    try:
        re.compile(pattern.removeprefix(REGEX).strip())
    except re.error as error:
        return f"{pattern!r} is no regular expression: {error}"
    return None


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text is as a pattern says.

    Args:
        pattern: `exact: …`, the text itself; `regex: …`, found anywhere in the text; else the text, with `*`
            for anything, line ends included.
        text: what was rendered.

    """
    if pattern.startswith(EXACT):
        return pattern.removeprefix(EXACT).removeprefix(" ") == text
    if pattern.startswith(REGEX):
        return re.search(pattern.removeprefix(REGEX).strip(), text) is not None
    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _names(names: list[str]) -> str:
    return ", ".join(f"{{{{{name}}}}}" for name in names)


def _short(text: str) -> str:
    limit = 160
    return text if len(text) <= limit else text[: limit - 1] + "…"
