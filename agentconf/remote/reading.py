"""Values out of JSON that may hold anything: what is missing or of another type is absent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def text_of(value: Any) -> str | None:
    """Return a text that says something."""
    return value if isinstance(value, str) and value.strip() else None


def moment_of(value: Any) -> datetime | None:
    """Read an ISO 8601 date-time; one without a time zone is UTC."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def number_of(value: Any) -> float | None:
    """Return a number."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def texts_of(value: Any) -> Mapping[str, str]:
    """Return those values of an object that are texts."""
    if not isinstance(value, dict):
        return {}
    return {name: item for name, item in value.items() if isinstance(item, str)}


def direction_of(word: Any) -> str:
    """Bring a call's direction, or its type, into one spelling.

    Returns:
        `inbound`, `web`, or `outbound`, which anything else counts as: it may be one of ours.

    """
    text = word.lower() if isinstance(word, str) else ""
    if "inbound" in text:
        return "inbound"
    return "web" if "web" in text or "chat" in text else "outbound"


def utc(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC, to the second; a fraction of one is dropped."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
