"""Values with the places they came from: what a composed document turns into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agentconf.source.document import Document, Location, Span

Path = tuple[str | int, ...]
"""Where a value stands in a definition: keys and list indexes from the root."""


def dotted(path: Path) -> str:
    """Write a path as people do: `tools[0].auth.token`."""
    text = "".join(f"[{segment}]" if isinstance(segment, int) else f".{segment}" for segment in path)
    return text.removeprefix(".")


_HOLDERS = frozenset({dict, list})


@dataclass(slots=True)
class Tree:
    """One value of a document, with its place. Never changed once it is composed: trees share their parts.

    Args:
        value: a dict of trees, a list of trees, or a scalar (text, number, boolean, None, or a `SecretRef`).
        document: where it stands. Of text pulled in by `${file:…}` this is the text's own document.
        start: offset of the value's first character.
        end: offset behind its last character.
        key_start: offset of the first character of its key in the parent mapping; -1 without a key.
        key_end: offset behind the key's last character.
        key_document: where the key stands when it is another document than the value's, as for a text pulled
            in by `${file:…}`.
        raw: the scalar as it was written: an unquoted `+1415…`, which reads as a number, keeps its sign here.
        plain: whether the scalar was written without quotes, and without a tag that says what it is.
        reference: what was written in this place when the value came from somewhere else: a text with
            `${kind:ref}` in it, or `$ref: path`.
        unresolved: what stands here is not what was meant, and a problem says why: a reference that could not
            be followed (the text as it was written, the mapping without what `$ref` was to bring), or a
            mapping with a key that could not be read.

    """

    value: Any
    document: Document
    start: int
    end: int
    key_start: int = -1
    key_end: int = -1
    key_document: Document | None = None
    raw: str | None = None
    plain: bool = False
    reference: str | None = None
    unresolved: bool = False

    @property
    def span(self) -> Span:
        """The value's characters."""
        return Span(self.start, self.end)

    @property
    def key(self) -> Span | None:
        """The characters of its key, in `key_document`; None without a key."""
        return Span(self.key_start, self.key_end) if self.key_start >= 0 else None

    @property
    def location(self) -> Location:
        """Where the value stands."""
        return Location(self.document, self.span)

    @property
    def key_location(self) -> Location:
        """Where the value's key stands; the value itself when it has none."""
        key = self.key
        return self.location if key is None else Location(self.key_document or self.document, key)

    def holding(self, value: Any) -> Tree:
        """Return a value at the same place, under the same key."""
        return Tree(
            value,
            self.document,
            self.start,
            self.end,
            self.key_start,
            self.key_end,
            self.key_document,
            self.raw,
            self.plain,
            self.reference,
            self.unresolved,
        )

    def keyed_as(self, other: Tree) -> Tree:
        """Return this value under another value's key: where it was pulled in, not where it was written."""
        tree = self.holding(self.value)
        tree.key_start, tree.key_end = other.key_start, other.key_end
        tree.key_document = other.key_document or other.document
        return tree

    def data(self) -> Any:
        """Return the value as plain data: dicts, lists and scalars."""
        value = self.value
        # Only what holds values is worth a call: most values are scalars.
        if type(value) is dict:
            return {
                key: child.data() if type(child.value) in _HOLDERS else child.value
                for key, child in value.items()
            }
        if type(value) is list:
            return [child.data() for child in value]
        return value

    def find(self, path: Path) -> tuple[Tree, int]:
        """Walk down a path as far as the tree goes.

        Args:
            path: keys and indexes from this value.

        Returns:
            The deepest value on the path, and how many of its segments were walked.

        """
        tree = self
        for depth, segment in enumerate(path):
            match tree.value:
                case dict() if segment in tree.value:
                    tree = tree.value[segment]
                case list() if isinstance(segment, int) and 0 <= segment < len(tree.value):
                    tree = tree.value[segment]
                case _:
                    return tree, depth
        return tree, len(path)
