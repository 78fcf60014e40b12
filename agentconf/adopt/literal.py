"""Live values as files write them: what looks like a reference is escaped, what no file can hold is found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_HALVES = re.compile("[\ud800-\udfff]")
_LINE_FOR_LINE = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_BOM = "\ufeff"


def escaped(value: Any) -> Any:
    """Write `${` as `$${` in every text, so that reading gives the same text back."""
    match value:
        case str():
            return value.replace("${", "$${") if "${" in value else value
        case dict():
            return {name: escaped(child) for name, child in value.items()}
        case list():
            return [escaped(child) for child in value]
        case _:
            return value


def fits_a_file(text: str) -> bool:
    """Tell whether a file of its own gives a text back as it is: lines, and nothing that editors change."""
    return not (_LINE_FOR_LINE.search(text) or text.startswith(_BOM) or text.endswith("\r"))


def unwritable(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield where a text stands that no file can hold: one with half a character (a lone surrogate)."""
    match value:
        case str():
            if _HALVES.search(value):
                yield path
        case dict():
            for name, child in value.items():
                if _HALVES.search(name):
                    yield (*path, name)
                yield from unwritable(child, (*path, name))
        case list():
            for index, child in enumerate(value):
                yield from unwritable(child, (*path, index))
        case _:
            return
