"""Agents that come or go, summed up: how much there is of them, and what a reviewer asks first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.model.tools import tool_name
from agentconf.plan.change import Action
from agentconf.report.shown import path_text
from agentconf.report.values import value_text
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.plan.change import Operation

_KEY_FIELDS: tuple[tuple[str, ...], ...] = (
    ("region",),
    ("language",),
    ("models", "llm"),
    ("models", "tts_voice"),
    ("greeting",),
    ("inbound_greeting",),
    ("outbound_greeting",),
    ("sip_inbound_trunk_id",),
    ("sip_outbound_trunk_id",),
)


@dataclass(frozen=True, slots=True)
class Outline:
    """An agent in a few lines.

    Args:
        summary: `new: 3 tools, 1 variable`.
        rows: field and value, each in one line.

    """

    summary: str
    rows: tuple[tuple[str, str], ...]


def outline(operation: Operation) -> Outline:
    """Sum up the agent that an operation creates or deletes."""
    body = operation.body
    tools = [tool for tool in body.get("tools") or () if isinstance(tool, dict)]
    sizes = ((len(tools), "tool"), (len(body.get("template_defaults") or {}), "variable"))
    parts = ", ".join(count(number, noun) for number, noun in sizes if number)
    word = "deleted" if operation.action is Action.DELETE else "new"
    return Outline(f"{word}: {parts}" if parts else word, tuple(_rows(operation, tools)))


def _rows(operation: Operation, tools: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    yield "name", visible(operation.name)
    if operation.live is not None:
        yield "id", visible(operation.live.id)
    for path in _KEY_FIELDS:
        value: Any = operation.body
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None:
            yield path_text(path), visible(value_text(value, path) or "")
    for tool in tools:
        name = tool_name(tool) or str(tool.get("type"))
        yield path_text(("tools", name)), value_text(tool, ("tools", name)) or ""
