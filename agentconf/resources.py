"""Finding the JSON Schemas that ship with agentconf, in a checkout and in an installed package alike."""

from __future__ import annotations

from pathlib import Path

SUFFIX = ".schema.json"


def schemas_folder() -> Path:
    """Return the folder of the schemas: inside an installed package, beside the package in a checkout."""
    inside = Path(__file__).parent / "schemas"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "schemas"


def schema_names() -> list[str]:
    """Name the schemas that users meet, sorted."""
    return sorted(path.name.removesuffix(SUFFIX) for path in schemas_folder().glob(f"*{SUFFIX}"))


def schema_text(name: str) -> str:
    """Return a schema's text.

    Args:
        name: one of `schema_names()`.

    """
    return (schemas_folder() / f"{name}{SUFFIX}").read_text(encoding="utf-8")
