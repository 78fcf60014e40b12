"""An import for programs (schemas/import.schema.json)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.adopt.draft import Drafted
    from agentconf.adopt.importing import Chosen

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(made: Sequence[Drafted], chosen: Chosen, *, written: bool) -> str:
    """Write what was imported as one JSON document.

    Args:
        made: the agents, as they were written.
        chosen: which ones were meant.
        written: whether the files are there now.

    """
    document = {
        "format_version": VERSION,
        "written": written,
        "agents": [
            {
                "key": one.key,
                "id": one.live.id,
                "name": one.live.name,
                "files": list(one.files),
                "secrets": [{"variable": name, "what": what} for name, what in one.secrets.items()],
                "trunks": list(one.trunks),
            }
            for one in made
        ],
        "declared": [{"name": name, "key": key} for name, key in chosen.declared],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
