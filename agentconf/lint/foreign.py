"""Agent files of other tools, told by keys that only they use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentconf.source.tree import Path


def other_format(data: dict[str, Any]) -> tuple[str, Path] | None:
    """Recognise a definition that was written for another tool.

    The markers are top-level keys of the tools' public formats. A definition with a `system_prompt` is
    ours, whatever else it holds: all agents here need one, and none of the others calls it so.

    Args:
        data: the definition.

    Returns:
        The tool's name and the path of the key that gives it away; None when it is no such file.

    """
    if "system_prompt" in data:
        return None
    for tool, markers in _MARKERS:
        for path in markers:
            if _mapping_at(data, path[:-1]) and path[-1] in _mapping_at(data, path[:-1]):
                return tool, path
    return None


_MARKERS: tuple[tuple[str, tuple[Path, ...]], ...] = (
    # Unmute, agent.yaml: https://github.com/slng-ai/unmute-templates
    ("Unmute", (("entry_agent",), ("models", "think"), ("models", "speak"), ("models", "listen"))),
    # ElevenLabs, agent configuration: https://elevenlabs.io/docs (Agents, create agent)
    ("ElevenLabs", (("conversation_config",), ("platform_settings",))),
    # Retell, create-agent and create-retell-llm: https://docs.retellai.com/api-references
    (
        "Retell",
        (
            ("response_engine",),
            ("llm_websocket_url",),
            ("general_prompt",),
            ("begin_message",),
            ("voice_id",),
        ),
    ),
    # Vapi, create assistant: https://docs.vapi.ai/api-reference/assistants/create
    ("Vapi", (("firstMessage",), ("firstMessageMode",), ("transcriber",), ("model", "provider"))),
)


def _mapping_at(data: dict[str, Any], path: Path) -> dict[str, Any]:
    value: Any = data
    for segment in path:
        value = value.get(segment) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
