"""A copy that the platform made, for programs (schemas/duplicate.schema.json)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agentconf.adopt.draft import Drafted
    from agentconf.model.live import LiveAgent

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(made: Drafted, source: str, original: LiveAgent) -> str:
    """Write it as one JSON document.

    Args:
        made: the copy's files.
        source: key of the original.
        original: what was copied.

    """
    document = {
        "format_version": VERSION,
        "original": {"key": source, "id": original.id, "name": original.name},
        "copy": {
            "key": made.key,
            "id": made.live.id,
            "name": made.live.name,
            "files": list(made.files),
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
