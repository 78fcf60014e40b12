"""The pages with commands: they say what the pages show."""

from __future__ import annotations

from pathlib import Path

import pytest
from doc_page import blocks, example, follow

PAGES = ("state.md", "drift.md", "secrets.md", "rollback.md", "import.md", "linting.md")


@pytest.mark.parametrize("page", PAGES)
def test_its_commands_say_what_it_shows(page: str, tmp_path: Path) -> None:
    assert sum(one.language == "console" for one in blocks(page)) > 0
    assert follow(page, example(tmp_path)) == []
