"""What aliases cost: anchors, and a cap on what a document grows to through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.source.document import Label, Location
from agentconf.source.stop import MAX_DEPTH, StopReading, problem, too_deep
from agentconf.source.suggest import suggest
from agentconf.source.tree import Tree

if TYPE_CHECKING:
    from agentconf.source.document import Document

MAX_GAINED = 10_000
"""Most values that aliases may add to a document; what is written out does not count."""


class Anchors:
    """The anchors of one document, and how much their aliases have added so far.

    Args:
        document: where they stand.

    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._trees: dict[str, Tree | None] = {}
        self._gained = 0

    def open(self, name: str) -> None:
        """Note that an anchored value has begun: an alias of it is a cycle until `close`."""
        self._trees[name] = None

    def close(self, name: str, tree: Tree) -> None:
        """Note an anchored value; a later anchor of the same name replaces it."""
        self._trees[name] = tree

    def alias(self, name: str, place: tuple[int, int], depth: int) -> Tree:
        """Return the anchored value for an alias, as a value of its own that shares the parts.

        The time is bounded: what is walked is what is counted, and the walk ends at the cap.

        Args:
            name: the alias without its `*`.
            place: offsets of the alias.
            depth: nesting at the alias.

        Raises:
            StopReading: no such anchor, a cycle, growth over the cap, or nesting too deep.

        """
        target = self._trees.get(name)
        if target is None:
            raise self._no_target(name, place)
        self._count(target, place, depth)
        return Tree(
            target.value,
            target.document,
            target.start,
            target.end,
            raw=target.raw,
            plain=target.plain,
            unresolved=target.unresolved,
        )

    def _no_target(self, name: str, place: tuple[int, int]) -> StopReading:
        if name in self._trees:
            message = f"the alias `*{name}` stands inside of its own anchor"
            return StopReading(problem("AC004", message, self._document, place))
        close = suggest(name, self._trees)
        help_ = f"did you mean `*{close}`?" if close else f"give a value the anchor `&{name}` above"
        return StopReading(problem("AC001", f"no anchor `{name}` stands above", self._document, place, help_))

    def _count(self, target: Tree, place: tuple[int, int], depth: int) -> None:
        """Add what the alias brings to what the document has gained."""
        pending = [(target, depth)]
        while pending:
            tree, level = pending.pop()
            self._gained += 1
            if self._gained > MAX_GAINED:
                raise self._too_much(target, place)
            if level > MAX_DEPTH:
                raise too_deep(self._document, place)
            if type(tree.value) is dict:
                pending.extend((child, level + 1) for child in tree.value.values())
            elif type(tree.value) is list:
                pending.extend((child, level + 1) for child in tree.value)

    def _too_much(self, target: Tree, place: tuple[int, int]) -> StopReading:
        return StopReading(
            problem(
                "AC004",
                f"aliases make this document more than {MAX_GAINED:,} values larger",
                self._document,
                place,
                "write the values out, or share a file with $ref",
                labels=(Label(Location(self._document, target.span), "repeated here"),),
            )
        )
