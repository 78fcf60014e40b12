"""What may be a secret in a place where none belongs is masked before a report can show its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconf.source.tree import Path, Tree

_SECRETIVE = re.compile(r"auth|secret|token|password|credential|api_?-?key|signature|private", re.IGNORECASE)


def mask_secrets(tree: Tree, path: Path) -> None:
    """Mask a value that validation objects to, when a key on the way to it speaks of secrets.

    Args:
        tree: the definition.
        path: where the value stands.

    """
    if not any(isinstance(segment, str) and _SECRETIVE.search(segment) for segment in path):
        return
    found, depth = tree.find(path)
    if depth == len(path) and path[-1] != "type":
        _mask(found)


def _mask(tree: Tree) -> None:
    match tree.value:
        case dict():
            for child in tree.value.values():
                _mask(child)
        case list():
            for child in tree.value:
                _mask(child)
        case _:
            tree.document.mask(tree.span)
