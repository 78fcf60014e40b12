"""Telling our own agent from somebody else's of the same name, after a create whose answer was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent

_EVIDENCE = ("system_prompt", "greeting", "language", "region")


def unlike(body: AgentData, live: LiveAgent) -> tuple[str, ...]:
    """Name the fields that show that a live agent is not the one that was sent.

    Only what identifies an agent is looked at, the four required texts and the ids of the tools: whether the
    platform kept every other field is for the read-back to say.

    Args:
        body: what was sent.
        live: the agent of that name.

    Returns:
        Names of fields; empty when it is ours.

    """
    texts = (name for name in _EVIDENCE if name in body and _text(body[name]) != _text(live.body.get(name)))
    tools = ("tools",) if not _tool_ids(body) <= _tool_ids(live.body) else ()
    return (*texts, *tools)


def _text(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _tool_ids(body: AgentData) -> frozenset[str]:
    tools = body.get("tools") or ()
    return frozenset(
        tool["id"].lower() for tool in tools if isinstance(tool, dict) and isinstance(tool.get("id"), str)
    )
