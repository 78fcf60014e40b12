"""Values of definitions as text: short, whole where it matters, and never a secret."""

from __future__ import annotations

import json
from typing import Any

from agentconf.model.redact import redact
from agentconf.model.tools import tool_name
from agentconf.plan.change import ABSENT
from agentconf.report.visible import visible

LONG = 60
"""Characters from which a value is shown as a passage; shorter ones stand side by side."""

_SECRET_FIELDS = ("token", "secret")


def value_text(value: Any, path: tuple[str | int, ...]) -> str | None:
    """Write a value as a reader expects it: texts bare, everything else as compact JSON.

    Args:
        value: the value; a tool as a whole is summed up.
        path: where it stands, with tools by name; values in write-only places are masked.

    Returns:
        The text, line feeds kept; None for a value that is not there.

    """
    if value is ABSENT:
        return None
    match path:
        case ("tools", str()) if isinstance(value, dict):
            return tool_text(value)
        case ("tools", str(), "auth") if isinstance(value, dict) and isinstance(value.get("type"), str):
            return _auth_text(redact(value, path))
        case _:
            pass
    shown = redact(value, path)
    if isinstance(shown, str) and not _looks_like_something_else(shown):
        return visible(shown, lines=True)
    return json_text(shown)


def _auth_text(auth: dict[str, Any]) -> str:
    """Write how a tool proves who it is: `hmac`, or `bearer (${env:CRM_TOKEN})` where the secret goes along.

    Args:
        auth: already without secrets.

    """
    others = [(name, value) for name, value in auth.items() if name != "type" and value is not None]
    shown = [value if name in _SECRET_FIELDS else f"{name}: {value}" for name, value in others]
    inside = ", ".join(str(text) for text in shown)
    return visible(f"{auth['type']} ({inside})" if inside else str(auth["type"]))


def json_text(value: Any) -> str:
    """Write a value as compact JSON."""
    return visible(json.dumps(value, ensure_ascii=False, separators=(", ", ": "), default=str))


def is_long(text: str) -> bool:
    """Tell whether a text is shown as a passage, because it is long or has several lines."""
    return len(text) > LONG or "\n" in text


def _looks_like_something_else(text: str) -> bool:
    """Tell short texts that would read as a number, as a word of JSON, or as nothing."""
    if is_long(text):
        return False
    if text != text.strip() or not text:
        return True
    try:
        return not isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def tool_text(tool: dict[str, Any]) -> str:
    """Sum a tool up in a line: its kind, where it leads, and what starts it.

    Args:
        tool: the tool as data, complete or not.

    """
    match tool.get("type"):
        case "webhook":
            kind = f"webhook, {tool.get('http_method', 'POST')} {tool.get('url', '')}"
        case "human_transfer":
            kind = f"human_transfer to {tool.get('phone_number', '')}"
        case "template" | "built_in" as kind_of:
            kind = f"{kind_of} {tool_name(tool) or ''}"
        case other:
            kind = str(other)
    events = ", ".join(_events(tool))
    return visible(f"{kind.rstrip()}, runs on {events}" if events else kind.rstrip())


def _events(tool: dict[str, Any]) -> list[str]:
    system = tool.get("system")
    triggers = system.get("triggers") if isinstance(system, dict) else None
    if not isinstance(triggers, list):
        return []
    return [str(trigger.get("event")) for trigger in triggers if isinstance(trigger, dict)]
