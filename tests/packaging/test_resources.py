"""The schemas are found in a checkout and in an installed package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf import resources

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_schemas_are_found_inside_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agentconf").mkdir()
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "agentconf" / "resources.py"))
    assert resources.schemas_folder() == tmp_path / "schemas"
    (tmp_path / "agentconf" / "schemas").mkdir()
    assert resources.schemas_folder() == tmp_path / "agentconf" / "schemas"


def test_each_named_schema_can_be_read() -> None:
    assert "agent" in resources.schema_names()
    for name in resources.schema_names():
        assert resources.schema_text(name).startswith("{")
