"""Tools: ids, names and parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconf.lint.finding import Severity
from agentconf.lint.fixing import preceded, rewritten
from agentconf.lint.parameters import check_parameters
from agentconf.lint.rule import rule
from agentconf.lint.toolset import (
    canonical_uuid,
    is_uuid,
    raw_tools,
    seen_name,
    sound_tools,
    tool_ids,
    webhooks,
)
from agentconf.model.tools import (
    RESERVED_TOOL_NAMES,
    HumanTransferTool,
    WebhookTool,
    derive_tool_id,
    tool_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Edit, Finding
    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent
    from agentconf.source.tree import Path

_CALLABLE = re.compile(r"[A-Za-z0-9_-]+")
_UNCALLABLE = re.compile(r"[^A-Za-z0-9_-]+")
_TRUNKS = ("sip_inbound_trunk_id", "sip_outbound_trunk_id")


@rule("AC301", "duplicate-tool-id", Severity.ERROR)
def duplicate_tool_id(_agent: Agent, here: Cursor) -> Iterator[Finding]:
    """Two tools of one agent have the same id.

    Case does not count. Tools without an id have one derived from the agent's key and their name; two of one
    name derive the same.

    ## Why
    The platform refuses the agent: "Duplicate tool id detected".

    ## Bad
    ```yaml
    tools:
      - {type: template, id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01, template: hangup}
      - {type: webhook, id: 1D0A3C52-6A43-4B7E-8F43-0D6F0C1B2A01, name: look_up} # expect: AC301
    ```
    ```yaml
    tools:
      - {type: webhook, name: notify, source: system, system: {triggers: [{event: call_start}]}}
      - {type: webhook, name: notify, source: system, system: {triggers: [{event: call_end}]}} # expect: AC301
    ```

    ## Good
    ```yaml
    tools:
      - {type: template, id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01, template: hangup}
      - {type: template, id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a02, template: voicemail_detection}
    ```

    ## Source
    SLNG documentation, Tools: "Tool id is required for all tools and must be unique within an agent"; API
    contract, createAgent (400).
    """
    first: dict[str, int] = {}
    for index, tool_id in enumerate(tool_ids(here)):
        if tool_id is None:
            continue
        other = first.setdefault(tool_id, index)
        if other != index:
            declared = here.at("tools", index, "id").raw() is not None
            yield here.at("tools", index, *(("id",) if declared else _named_by(here, index))).finding(
                "two tools have the same id" if declared else "two tools derive the same id from one name",
                label=f"as tool {other + 1}" if declared else None,
                help="give each tool an id of its own" if declared else "give them different names, or ids",
                labels=[(_id_place(here, other), "the first of them")],
            )


@rule("AC302", "id-not-a-uuid", Severity.ERROR)
def id_not_a_uuid(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The id of a tool or of a trunk is not a UUID.

    ## Why
    The platform refuses it. Ids are UUIDs of any version, written with dashes.

    ## Bad
    ```yaml
    tools:
      - {type: template, id: hangup-1, template: hangup} # expect: AC302
    sip_outbound_trunk_id: ST_4151b6f4f106 # expect: AC302
    ```

    ## Good
    ```yaml
    tools:
      - {type: template, id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01, template: hangup}
    sip_outbound_trunk_id: 0b0e6ac6-9d69-4a43-9a0c-6f0a53b0c3f8
    ```

    ## Source
    API contract, UUID.
    """
    ids: list[tuple[Path, object]] = [
        (("tools", index, "id"), tool.get("id")) for index, tool in enumerate(raw_tools(here))
    ]
    ids += [
        ((field,), here.definition.data.get(field)) for field in _TRUNKS if getattr(agent, field) is not None
    ]
    for path, value in ids:
        if isinstance(value, str) and not is_uuid(value):
            meant = canonical_uuid(value)
            trunk = path[0] in _TRUNKS
            advice = "take the trunk's id from the dashboard" if trunk else "take it away, and one is derived"
            yield here.at(*path).finding(
                f"`{value}` is not a UUID" if value else "the id is empty",
                help=f"write it as {meant}" if meant else advice,
                fix=rewritten(node, meant) if meant and (node := here.at(*path).node()) is not None else (),
            )


@rule("AC303", "tool-id-missing", Severity.INFO)
def tool_id_missing(_agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A tool has no id of its own.

    It gets one that is derived from the agent's key and the tool's name, or keeps the id that it has on the
    platform. That is fine as long as both names stay.

    ## Why
    Rename the tool or the file, and the platform sees one tool go and another come.

    ## Bad
    ```yaml
    tools:
      - {type: template, template: hangup} # expect: AC303
    ```

    ## Good
    ```yaml
    tools:
      - {type: template, id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01, template: hangup}
    ```

    ## Source
    SLNG documentation, Tools: "Tool IDs should be stable".
    """
    key = here.definition.key
    for index, tool in enumerate(raw_tools(here)):
        name = tool_name(tool)
        if name is not None and tool.get("id") is None:
            yield here.at("tools", index, *_named_by(here, index)).finding(
                f"`{name}` has no id",
                why="its id is derived from the agent's key and this name, and changes with them",
                help=f"to keep it for good, write id: {derive_tool_id(key, name)}, or the live tool's id",
                fix=_with_id(here, index, derive_tool_id(key, name)),
                unsafe=True,
            )


@rule("AC304", "duplicate-tool-name", Severity.ERROR)
def duplicate_tool_name(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The model sees two tools of one name.

    It sees the template tools as `end_call` and `detected_answering_machine`, the built-in one as
    `get_current_datetime`, webhooks and transfers by their name. Tools that the platform runs by itself
    (`source: system`) it does not see.

    ## Why
    The model calls tools by name; with two of one name the request is refused, or the wrong tool runs.

    ## Bad
    ```yaml
    tools:
      - {type: template, template: hangup, id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a01}
      - {type: template, template: hangup, id: 1d0a3c52-6a43-4b7e-8f43-0d6f0c1b2a02} # expect: AC304
    ```

    ## Good
    ```yaml
    tools:
      - {type: webhook, name: look_up}
      - {type: webhook, name: Look up, source: system, system: {triggers: [{event: call_start}]}}
    ```

    ## Source
    SLNG documentation, Tools (names that the model sees); API contract, WebhookTool.
    """
    first: dict[str, int] = {}
    for index, tool in sound_tools(agent):
        name = seen_name(tool)
        if name is None:
            continue
        other = first.setdefault(name, index)
        if other != index:
            yield here.at("tools", index, *_named_by(here, index)).finding(
                f"the model sees two tools named `{name}`",
                why="the model calls tools by name",
                help="rename one of them, or take it away",
                labels=[(here.at("tools", other, *_named_by(here, other)), "the first of them")],
            )


@rule("AC305", "tool-name-not-allowed", Severity.ERROR)
def tool_name_not_allowed(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A tool's name is reserved, or has characters that the model cannot call.

    `end_call` and `detected_answering_machine` are the platform's. Names of webhooks that the model calls
    consist of ASCII letters, digits, underscores and dashes; those of system webhooks may hold blanks. Of
    transfers the contract does not say it: there it is a warning.

    ## Why
    The platform refuses the agent.

    ## Bad
    ```yaml
    tools:
      - {type: webhook, name: end_call} # expect: AC305
      - {type: webhook, name: look up order} # expect: AC305
    ```

    ## Good
    ```yaml
    tools:
      - {type: webhook, name: look_up_order}
      - {type: webhook, name: Call summary, source: system, system: {triggers: [{event: call_end}]}}
    ```

    ## Source
    API contract, WebhookTool.
    """
    for index, tool in sound_tools(agent):
        if not isinstance(tool, WebhookTool | HumanTransferTool):
            continue
        at = here.at("tools", index, "name")
        if tool.name in RESERVED_TOOL_NAMES:
            yield at.finding(
                f"the name `{tool.name}` is the platform's own",
                why="its template tools go by that name",
                help="choose another name",
            )
        elif not tool.name.strip():
            yield at.finding("the tool's name is empty", help="name what it does, as in look_up_order")
        elif seen_name(tool) is not None and not _CALLABLE.fullmatch(tool.name):
            yield at.finding(
                f"the model cannot call a tool named `{tool.name}`",
                why="names of tools that the model calls have letters, digits, underscores and dashes only",
                help=_callable_help(tool.name),
                severity=Severity.WARNING if isinstance(tool, HumanTransferTool) else None,
            )


@rule("AC312", "parameters-not-a-schema", Severity.ERROR)
def parameters_not_a_schema(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """The parameters of a webhook are not a valid JSON Schema (2020-12) of an object.

    A required name that is not among the properties is a warning.

    ## Why
    The model is given this schema to fill in. A model provider refuses the whole conversation for one that is
    not valid.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        parameters:
          type: object
          properties:
            count: {type: int} # expect: AC312
            name: {type: string, required: true} # expect: AC312
          required: [cuont] # expect: AC312
    ```
    ```yaml
    tools:
      - type: webhook
        parameters: {type: array, items: {type: string}} # expect: AC312
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        parameters:
          type: object
          properties:
            count: {type: integer, minimum: 1}
          required: [count]
    ```

    ## Source
    API contract, WebhookTool.parameters; JSON Schema 2020-12.
    """
    for index, tool in webhooks(agent):
        for fault in check_parameters(tool.parameters):
            yield here.at("tools", index, "parameters", *fault.path).finding(
                fault.message,
                help=fault.help,
                severity=None if fault.certain else Severity.WARNING,
                key=not fault.path,
            )


def _named_by(here: Cursor, index: int) -> tuple[str, ...]:
    """Return the key that names a tool: `name`, `template` or `built_in`; none when it is absent."""
    tool = raw_tools(here)[index]
    return next(((key,) for key in ("name", "template", "built_in") if key in tool), ())


def _id_place(here: Cursor, index: int) -> Cursor:
    at = here.at("tools", index)
    return at.at("id") if at.at("id").raw() is not None else at.at(*_named_by(here, index))


def _callable_help(name: str) -> str:
    plain = _UNCALLABLE.sub("_", name).strip("_")
    return f"write it as {plain}" if plain else "name it in ASCII letters, as in look_up_order"


def _with_id(here: Cursor, index: int, tool_id: str) -> tuple[Edit, ...]:
    """Write an id in front of a tool's first key; a tool that a file brings is shared, and has none."""
    tool = here.at("tools", index).node()
    keys = [] if tool is None or not isinstance(tool.value, dict) else list(tool.value.values())
    own = [key for key in keys if (key.key_document or key.document) is here.definition.document]
    if not own or len(own) < len(keys) or "id" in tool.value:  # type: ignore[union-attr]
        return ()
    second = sorted(own, key=lambda one: one.key_start)[1 if len(own) > 1 else 0]
    return preceded(second, f"id: {tool_id}", here.definition.document)


RULES = (
    duplicate_tool_id,
    id_not_a_uuid,
    tool_id_missing,
    duplicate_tool_name,
    tool_name_not_allowed,
    parameters_not_a_schema,
)
