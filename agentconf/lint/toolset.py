"""An agent's tools as a set: the names the model sees, and the ids that the platform gets."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from agentconf.model.tools import (
    BuiltInTool,
    HumanTransferTool,
    TemplateTool,
    WebhookTool,
    derive_tool_id,
    tool_name,
)

if TYPE_CHECKING:
    from agentconf.lint.rule import Cursor
    from agentconf.model.agent import Agent
    from agentconf.model.tools import Tool
    from agentconf.project.definition import Definition

SEEN_AS = {
    "hangup": "end_call",
    "voicemail_detection": "detected_answering_machine",
    "current_datetime": "get_current_datetime",
}
"""Template or built-in kind → the name under which the model calls it (SLNG documentation, Tools)."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BARE_UUID = re.compile(r"(?:urn:uuid:)?\{?([0-9a-fA-F-]{32,36})\}?")


def is_uuid(text: str) -> bool:
    """Tell whether a text is a UUID in its canonical form, of any version and case."""
    return _UUID.fullmatch(text) is not None


def canonical_uuid(text: str) -> str | None:
    """Rewrite a UUID from another form (`urn:uuid:…`, in braces, without dashes); None when it is none."""
    match = _BARE_UUID.fullmatch(text.strip().lower())
    digits = match[1].replace("-", "") if match else ""
    if len(digits) != 32:  # noqa: PLR2004 - hexadecimal digits of a UUID
        return None
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@lru_cache(maxsize=2)
def sound_tools(agent: Agent) -> tuple[tuple[int, Tool], ...]:
    """Return the tools that are well-formed, each with its index in the definition."""
    return tuple((index, tool) for index, tool in enumerate(agent.tools) if tool is not None)


@lru_cache(maxsize=2)
def webhooks(agent: Agent) -> tuple[tuple[int, WebhookTool], ...]:
    """Return the webhooks that are well-formed, each with its index in the definition."""
    return tuple((index, tool) for index, tool in sound_tools(agent) if isinstance(tool, WebhookTool))


def seen_name(tool: Tool) -> str | None:
    """Name a tool as the model sees it; None when the platform runs it by itself."""
    match tool:
        case TemplateTool():
            return SEEN_AS[tool.template]
        case BuiltInTool():
            return SEEN_AS[tool.built_in] if tool.source == "contextual" else None
        case WebhookTool():
            return tool.name if tool.source == "contextual" else None
        case HumanTransferTool():
            return tool.name
    assert_never(tool)


def raw_tools(here: Cursor) -> tuple[dict[str, object], ...]:
    """Return the tools as they were written, the malformed ones too; what is no mapping is an empty one."""
    return raw_tools_of(here.definition)


def raw_tools_of(definition: Definition) -> tuple[dict[str, object], ...]:
    """Return the tools of a definition; see `raw_tools`."""
    tools = definition.data.get("tools")
    listed = tools if isinstance(tools, list) else ()
    return tuple([tool if isinstance(tool, dict) else {} for tool in listed])


def tool_ids(here: Cursor) -> tuple[str | None, ...]:
    """Return each tool's id in lower case: the declared one, else the derived one; None without a name.

    Malformed tools count: they may be what another tool refers to.
    """
    return tuple(_tool_id(tool, here.definition.key) for tool in raw_tools(here))


def _tool_id(tool: dict[str, object], key: str) -> str | None:
    declared = tool.get("id")
    if declared is not None:
        return declared.lower() if isinstance(declared, str) else None
    name = tool_name(tool)
    return derive_tool_id(key, name) if name is not None else None
