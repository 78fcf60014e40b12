"""Lines that changes of the state itself leave in the journal (schemas/journal.schema.json)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.state.store import Holder

FORMAT = 1
"""Version of the journal's lines. It grows when a reader of the former version could misread the new one."""


def state_entry(what: str, keys: Sequence[str], holder: Holder) -> str:
    """Write down that somebody changed the state itself.

    Args:
        what: `mv`, `rm`, `push` or `unlock`.
        keys: of the agents concerned.
        holder: who did it.

    """
    content = {
        "format_version": FORMAT,
        "kind": "state",
        "id": str(uuid4()),
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "actor": holder.who,
        "host": holder.host,
        "what": what,
        "keys": list(keys),
    }
    return json.dumps(content)
