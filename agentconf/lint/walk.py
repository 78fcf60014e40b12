"""All values of a definition, and the documents that its keys stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.source.document import Document
    from agentconf.source.tree import Tree


def walk(tree: Tree) -> Iterator[Tree]:
    """Yield a value and all values below it, in no particular order."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node.value, dict):
            waiting.extend(node.value.values())
        elif isinstance(node.value, list):
            waiting.extend(node.value)


def key_documents(tree: Tree) -> set[Document]:
    """Return the documents that keys of a definition stand in: YAML or JSON, never a text pulled in."""
    return {node.key_document or node.document for node in walk(tree) if node.key_start >= 0}
