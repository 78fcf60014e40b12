"""The pages' own test can fail: commands, exit codes, lines and their order."""

from __future__ import annotations

from pathlib import Path

import pytest
from doc_page import _run


@pytest.mark.parametrize(
    ("command", "shown", "wrong"),
    [
        ("echo one; echo two", ["one", "two"], 0),
        ("echo one; echo two; echo three", ["one", "three"], 0),
        ("echo one; echo two", ["two", "one"], 1),
        ("echo one two", ["one"], 1),
        ("echo one >&2", ["one"], 0),
        ("exit 2  # exit code 2", [], 0),
        ("exit 2", [], 1),
        ("exit 0  # exit code 2", [], 1),
    ],
)
def test_what_a_page_shows_is_held_against_what_its_command_says(
    tmp_path: Path, command: str, shown: list[str], wrong: int
) -> None:
    assert len(_run(command, shown, tmp_path)) == wrong
