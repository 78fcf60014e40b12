"""Where lines of the journal wait on this machine until the state's store has them."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(".agentconf") / "journal"
"""Below the project's root."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def pending_file(root: Path, environment: str) -> Path:
    """Return the file of one environment.

    Args:
        root: the project's folder.
        environment: its name.

    """
    return root / FOLDER / f"{_UNSAFE.sub('_', environment)}.pending.ndjson"
