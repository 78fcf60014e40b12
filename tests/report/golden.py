"""Compares a text with a file under golden/; UPDATE_GOLDEN=1 rewrites the files instead."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str, *, folder: Path = FOLDER) -> None:
    """Fail unless the text is what the golden file holds.

    Args:
        name: the file's name within the folder.
        text: what a renderer made.
        folder: where golden files are.

    """
    file = folder / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return
    assert file.is_file(), f"{name} is missing; write it with UPDATE_GOLDEN=1 and read it"
    assert file.read_text(encoding="utf-8") == text
