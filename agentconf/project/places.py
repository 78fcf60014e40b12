"""What a place in a file means for reading it: where secrets stand, and where JSON is free.

The table follows the models' traits; a test compares the two. It is written out because reading needs it for
every value, and because it also holds for files that are parts: an `auth` mapping that `$ref` brings in has
its secrets where the agent has them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A kind of place in a file.

    Args:
        inside: places below, by key; whatever is not named is `VALUE`.
        items: place of each item, when the value is a list.
        secret: a write-only value stands here: only a reference is taken, and nothing here is ever shown.
        free: free JSON: `$ref` in it is not ours.

    """

    inside: Mapping[str, Place] = field(default_factory=lambda: MappingProxyType({}))
    items: Place | None = None
    secret: bool = False
    free: bool = False

    def below(self, segment: str | int) -> Place:
        """Return the place of a part of the value that stands here.

        Args:
            segment: the part's key or index.

        """
        if self.free or self.secret:
            return self
        if isinstance(segment, int):
            return self.items or VALUE
        return self.inside.get(segment, VALUE)


VALUE = Place()
SECRET = Place(secret=True)
FREE = Place(free=True)

_AUTH = Place({"token": SECRET, "secret": SECRET})
_ARGUMENT = Place({"source": Place({"value": FREE})})
TOOL = Place(
    {"parameters": FREE, "auth": _AUTH, "system": Place({"arguments": Place(items=_ARGUMENT)})},
)
"""One tool of an agent."""

_MODELS = Place({"stt_kwargs": FREE, "llm_kwargs": FREE, "tts_kwargs": FREE})

AGENT = Place({"slng_api_key": SECRET, "tools": Place(items=TOOL), "models": _MODELS})
"""The root of an agent's file, of `defaults` and of an override."""

ENVIRONMENT = Place(
    {"api_key": SECRET, "sipgate": Place({"token": SECRET}), "dasha": Place({"api_key": SECRET})}
)
"""The root of an environment's settings, without `vars` and `agents`."""

DETACHABLE = frozenset({"sip_inbound_trunk_id", "sip_outbound_trunk_id"})
"""Fields in which `null` means something of its own: it detaches what the dashboard has attached."""
