"""Names that agents have for a moment, while names go round in a circle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

NAME_LIMIT = 255
"""Longest name of an agent (API contract, VoiceAgentCreate)."""

_TEMPORARY = re.compile(r" \(agentconf [1-9][0-9]*\)\Z")


def temporary_name(name: str, taken: Collection[str]) -> str:
    """Make a name that nobody has.

    Args:
        name: the one that the agent gets in the end.
        taken: names that agents have or get.

    """
    number = 1
    while True:
        ending = f" (agentconf {number})"
        candidate = name[: NAME_LIMIT - len(ending)] + ending
        if candidate not in taken:
            return candidate
        number += 1


def is_temporary(name: object) -> bool:
    """Tell whether a live name was given for a moment: an apply was killed in the midst of a circle."""
    return isinstance(name, str) and _TEMPORARY.search(name) is not None
