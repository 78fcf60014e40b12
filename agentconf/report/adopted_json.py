"""What was taken from the dashboard into the files, for programs (schemas/adopted.schema.json)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from agentconf.model.redact import redact
from agentconf.plan.change import ABSENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.adopt.adoption import Adopted
    from agentconf.adopt.places import Wanted

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(adopted: Adopted, gone: Sequence[str]) -> str:
    """Write it as one JSON document.

    Args:
        adopted: what came out.
        gone: keys of agents that were deleted outside.

    """
    document = {
        "format_version": VERSION,
        "taken": [
            {**_wanted(one.wanted), "file": one.file, "line": one.line, "note": one.note}
            for one in adopted.taken
        ],
        "refused": [{**_wanted(one.wanted), "reason": one.reason} for one in adopted.refused],
        "files": sorted(adopted.files),
        "elsewhere": {key: list(names) for key, names in adopted.elsewhere.items()},
        "deleted": list(gone),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _wanted(one: Wanted) -> dict[str, Any]:
    sides = {"before": one.before, "value": one.value}
    shown = {name: redact(value, one.place) for name, value in sides.items() if value is not ABSENT}
    return {"key": one.key, "place": list(one.place), **shown}
