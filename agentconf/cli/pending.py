"""Where lines of the journal wait on this machine until the state's store has them."""

from __future__ import annotations

from pathlib import Path

from agentconf.state.address import file_name

FOLDER = Path(".agentconf") / "journal"
"""Below the project's root."""


def pending_file(root: Path, environment: str) -> Path:
    """Return the file of one environment.

    Args:
        root: the project's folder.
        environment: its name.

    """
    return root / FOLDER / f"{file_name(environment)}.pending.ndjson"
