"""Where a webhook's stored secret goes: to another host as soon as the address has another origin.

An update leaves stored secrets out, which keeps them, and the platform sends them to whatever address the
tool has then. Nobody reads a changed address as a secret that is handed on, so the plan says it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agentconf.plan.canonical import identifier
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from agentconf.model.agent import AgentData

GOES_ALONG = "its stored secret goes along"
"""Stands beside the change of an address."""

_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^/?#]*")
_DOUBTFUL = re.compile(r"[\\\x00-\x1f\x7f]|[:/]$")
"""What readers of addresses disagree about: odd characters, and a scheme without a host behind it."""


def origin_text(url: Any) -> str:
    """Return the text of an address that decides on its origin: up to the path."""
    found = _ORIGIN.match(url) if isinstance(url, str) else None
    return found.group() if found else ""


def same_origin(before: Any, after: Any) -> bool:
    """Tell whether two addresses have scheme, host and port in common; when in doubt, they do not.

    Args:
        before: as the tool holds it; placeholders in it count as text.
        after: the same.

    """
    one, other = origin_text(before), origin_text(after)
    if before == after:
        return True
    if any(not text or _DOUBTFUL.search(text) for text in (one, other)):
        return False
    return one == other or ("{{" not in one + other and _origin(one) == _origin(other) is not None)


def moved_secrets(before: AgentData, after: AgentData, sent: Collection[str]) -> frozenset[str]:
    """Name the tools, by id, whose stored secret an update hands to another origin.

    Args:
        before: the canonical live body.
        after: the canonical body afterwards.
        sent: ids of the tools whose secret is sent with the update; that shows by itself.

    """
    live = {str(identifier(tool.get("id"))): tool for tool in tools_of(before)}
    kept = {str(identifier(tool.get("id"))): tool for tool in tools_of(after) if has_auth(tool)}
    return frozenset(
        key
        for key in live.keys() & kept.keys() - set(sent)
        if has_auth(live[key]) and not same_origin(live[key].get("url"), kept[key].get("url"))
    )


def has_auth(tool: dict[str, Any]) -> bool:
    """Tell whether a tool proves who it is, with a secret."""
    return isinstance(tool.get("auth"), dict)


def _origin(text: str) -> tuple[str, str, int | None] | None:
    """Read scheme, host and port; None where there are none to be sure of."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if not parts.scheme or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or _PORTS.get(parts.scheme)
