"""Where the platform fills placeholders in, and where not (SLNG documentation, Tool personalization)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from agentconf.lint.template import mentions, scan, variables
from agentconf.lint.toolset import sound_tools
from agentconf.lint.walk import walk
from agentconf.model.agent import START_CRITICAL
from agentconf.model.arguments import CallSource, ConstantSource, TemplateSource
from agentconf.model.tools import BuiltInTool, HumanTransferTool, TemplateTool, WebhookTool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent
    from agentconf.model.tools import Tool
    from agentconf.source.tree import Path

NUDGES = ("first_nudge_text", "second_nudge_text", "final_hangup_text")
"""The texts that meet silence."""

FACTS: frozenset[str] = frozenset(get_args(CallSource.model_fields["type"].annotation))
"""Facts of the call that the platform gives to arguments of system tools, and to nothing else."""


class Surface(NamedTuple):
    """One text of a definition.

    Args:
        path: where it stands.
        text: what it says.
        start_critical: of a template: whether a missing value can block the call, not just fail a tool.
        documented: of a static text: whether the documentation calls it static, not merely leaves it out.

    """

    path: Path
    text: str
    start_critical: bool = False
    documented: bool = True


@lru_cache(maxsize=2)
def templates(agent: Agent) -> tuple[Surface, ...]:
    """Return every text that the platform fills in, in the order of the contract."""
    return tuple(_templates(agent))


def _templates(agent: Agent) -> Iterator[Surface]:
    for field in START_CRITICAL:
        text = getattr(agent, field)
        if text is not None:
            yield Surface((field,), text, start_critical=True)
    for index, tool in sound_tools(agent):
        for path, text in _tool_templates(tool):
            yield Surface(("tools", index, *path), text)


@lru_cache(maxsize=2)
def static_texts(agent: Agent) -> tuple[Surface, ...]:
    """Return every text that callers or the model get as it stands."""
    return tuple(_static_texts(agent))


def _static_texts(agent: Agent) -> Iterator[Surface]:
    if agent.name is not None:
        yield Surface(("name",), agent.name, documented=False)
    for name, value in agent.template_defaults.items():
        yield Surface(("template_defaults", name), value, documented=False)
    for index, variable in enumerate(agent.runtime_variables):
        yield Surface(("runtime_variables", index, "description"), variable.description, documented=False)
    if agent.idle_nudges is not None:
        for field in NUDGES:
            yield Surface(("idle_nudges", field), getattr(agent.idle_nudges, field), documented=False)
    for index, tool in sound_tools(agent):
        for path, text, documented in _tool_texts(tool):
            if text is not None:
                yield Surface(("tools", index, *path), text, documented=documented)


@lru_cache(maxsize=2)
def everything(agent: Agent) -> str:
    """Return all texts that are sent, one behind the other: one look tells whether a rare thing is in any."""
    return "".join([surface.text for surface in (*templates(agent), *static_texts(agent))])


def filled(agent: Agent) -> set[str]:
    """Name the variables of the texts that the platform fills in."""
    return {name for surface in templates(agent) for name in variables(surface.text)}


def mentioned(here: Cursor) -> frozenset[str]:
    """Name everything that stands between double braces anywhere in the agent, malformed parts included."""
    body = {key: value for key, value in here.definition.body.items() if key != "template_defaults"}
    return frozenset().union(*(mentions(text) for text in _strings(body) if "{{" in text or "}}" in text))


def given(here: Cursor) -> frozenset[str]:
    """Name the variables that a default, an example or a runtime variable gives, malformed ones too."""
    names = _keys(here.at("template_defaults").raw())
    for example in _mappings(here.at("examples").raw()):
        names |= _keys(example.get("arguments")) | _keys(example.get("matrix"))
    declared = (one.get("name") for one in _mappings(here.at("runtime_variables").raw()))
    return names | {name for name in declared if isinstance(name, str)}


def unread(here: Cursor, *path: str | int) -> bool:
    """Tell whether something could not be pulled in at or below a place: what is missing may stand there."""
    if not here.definition.problems:
        return False
    tree, depth = here.definition.tree.find(path)
    return depth == len(path) and any(one.unresolved for one in walk(tree))


def used(agent: Agent) -> Iterator[tuple[Surface, int, int, str]]:
    """Yield every placeholder that the platform fills in: where, its offsets, and its variable."""
    for surface in templates(agent):
        for part in scan(surface.text):
            name = getattr(part, "name", None)
            if name is not None:
                yield surface, part.start, part.end, name


def _tool_templates(tool: Tool) -> Iterator[tuple[Path, str]]:
    match tool:
        case WebhookTool():
            yield ("url",), tool.url
        case HumanTransferTool():
            yield ("phone_number",), tool.phone_number
        case BuiltInTool():
            yield ("timezone",), tool.timezone
        case TemplateTool():
            return
    system = None if isinstance(tool, HumanTransferTool) else tool.system
    for index, argument in enumerate(system.arguments if system else ()):
        if isinstance(argument.source, TemplateSource):
            yield ("system", "arguments", index, "source", "template"), argument.source.template


def _tool_texts(tool: Tool) -> Iterator[tuple[Path, str | None, bool]]:
    match tool:
        case WebhookTool():
            yield ("description",), tool.description, True
            yield ("llm_result_instructions",), tool.llm_result_instructions, True
            for path, text in _descriptions(tool.parameters, ("parameters",)):
                yield path, text, False
        case HumanTransferTool():
            yield ("description",), tool.description, True
        case TemplateTool() | BuiltInTool():
            yield ("prompt",), tool.prompt, False
    system = tool.system if isinstance(tool, WebhookTool | BuiltInTool) else None
    for index, argument in enumerate(system.arguments if system else ()):
        yield ("system", "arguments", index, "description"), argument.description, False
        if isinstance(argument.source, ConstantSource) and isinstance(argument.source.value, str):
            yield ("system", "arguments", index, "source", "value"), argument.source.value, False
    message = tool.execution_policy.pre_action_message
    yield ("execution_policy", "pre_action_message", "text"), message.text, True


def _descriptions(schema: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the descriptions of a JSON Schema's properties; the schema itself may be malformed."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    for name, child in properties.items() if isinstance(properties, dict) else ():
        if isinstance(child, dict) and isinstance(child.get("description"), str):
            yield (*path, "properties", name, "description"), child["description"]


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for child in value.values():
                yield from _strings(child)
        case list():
            for child in value:
                yield from _strings(child)


def _keys(value: Any) -> frozenset[str]:
    return frozenset(value) if isinstance(value, dict) else frozenset()


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    return (one for one in (value if isinstance(value, list) else ()) if isinstance(one, dict))
