from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from golden import check

if TYPE_CHECKING:
    from pathlib import Path


def test_a_missing_golden_file_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UPDATE_GOLDEN", raising=False)
    with pytest.raises(AssertionError, match="UPDATE_GOLDEN=1"):
        check("nothing.txt", "text", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_different_text_fails_and_the_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UPDATE_GOLDEN", raising=False)
    (tmp_path / "some.txt").write_text("old", encoding="utf-8")
    with pytest.raises(AssertionError):
        check("some.txt", "new", folder=tmp_path)
    assert (tmp_path / "some.txt").read_text(encoding="utf-8") == "old"


def test_golden_files_are_rewritten_on_request_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPDATE_GOLDEN", "1")
    check("some.txt", "new", folder=tmp_path / "golden")
    monkeypatch.setenv("UPDATE_GOLDEN", "0")
    check("some.txt", "new", folder=tmp_path / "golden")
