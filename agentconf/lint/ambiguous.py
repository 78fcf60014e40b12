"""Plain scalars that are text here, as YAML 1.2 has it, and something else to readers of YAML 1.1."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from agentconf.lint.finding import Edit
from agentconf.lint.toolset import is_uuid
from agentconf.lint.wording import shorten
from agentconf.source.document import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.source.tree import Tree

OPAQUE_KEYS = frozenset({"stt_kwargs", "llm_kwargs", "tts_kwargs", "parameters", "value"})
"""Keys of free JSON, where the field does not say that it wants text (trait `Opaque` of the models)."""

_WORDS = frozenset(
    case for word in ("y", "yes", "n", "no", "on", "off") for case in (word, word.title(), word.upper())
)
_FIRST = frozenset("+-=0123456789")
_SUSPECT = _FIRST | {word[0] for word in _WORDS}
_KINDS = (
    ("a date", r"\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?[ \t]*(?:Z|[-+][\d:]{1,5})?)?"),
    ("a number", r"[-+]?0b[01_]+|[-+]?0x[\da-fA-F_]+|[-+]?0[0-7_]+|[-+]?[1-9][\d_]*"),
    ("a number in base 60", r"[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?"),
    ("a number", r"[-+]?\d[\d_]*\.[\d_]*(?:[eE][-+]?\d+)?"),
    ("a default key", r"="),
)
"""The types of the YAML 1.1 repository (https://yaml.org/type/) whose notation YAML 1.2 dropped."""


def ambiguous_scalars(tree: Tree) -> Iterator[tuple[Problem, Edit]]:
    """Find the plain scalars of text fields that other readers take for something else.

    Args:
        tree: a definition.

    Yields:
        What is wrong, and the edit that quotes the scalar.

    """
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        value = node.value
        kind = type(value)
        if kind is str:
            if node.plain and value[:1] in _SUSPECT and node.reference is None:
                reading = _other_reading(value)
                if reading is not None:
                    yield _ambiguous(node, value, reading)
        elif kind is dict:
            waiting += [child for key, child in value.items() if key not in OPAQUE_KEYS]
        elif kind is list:
            waiting += value


def _other_reading(text: str) -> str | None:
    if text[:1] not in _FIRST:
        return "true or false" if text in _WORDS else None
    if is_uuid(text):  # none of them, and the most frequent of the texts that begin with a digit
        return None
    match = _notations().fullmatch(text)
    return _KINDS[match.lastindex - 1][0] if match and match.lastindex else None


@cache
def _notations() -> re.Pattern[str]:
    """Compile the kinds into one pattern with a group for each, when the first definition needs it."""
    return re.compile("|".join(f"({pattern})" for _, pattern in _KINDS))


def _ambiguous(node: Tree, text: str, kind: str) -> tuple[Problem, Edit]:
    problem = Problem(
        "AC005",
        f"{shorten(text)} without quotes is text here, but {kind} to readers of YAML 1.1",
        node.location,
        help=f'quote it: "{shorten(text)}"',
    )
    return problem, Edit(node.start, node.end, f'"{text}"')
