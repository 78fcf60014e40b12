"""Which variables a text uses: an answer shows the defaults of those of prompt and greetings only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentconf.model.agent import START_CRITICAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.model.agent import AgentData

_PLACEHOLDER = re.compile(r"\{\{\s*(\w[\w-]*)\s*\}\}")


def variables_of(value: Any) -> frozenset[str]:
    """Name the variables in a text, or in all texts inside an object or a list."""
    return frozenset(_names(value))


def shown_variables(body: AgentData) -> frozenset[str]:
    """Name the variables whose defaults an answer shows, once this body is live."""
    return frozenset(name for text in START_CRITICAL for name in _names(body.get(text)))


def _names(value: Any) -> Iterator[str]:
    match value:
        case str():
            if "{{" in value:
                yield from _PLACEHOLDER.findall(value)
        case dict():
            for child in value.values():
                yield from _names(child)
        case list():
            for child in value:
                yield from _names(child)
        case _:
            return
