"""The walk over a definition that follows its references, for one environment.

A value without references comes back as it is, not copied. What is pulled in keeps the place where it was
written; a text that names it keeps its own place, with the reference noted on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.project.include import REF, Includer, Shared
from agentconf.project.interpolate import Interpolator, Sources
from agentconf.project.trail import (
    MAX_WEIGHT,
    VALUE_WEIGHT,
    Chain,
    Resolved,
    Trail,
    is_bounded,
    unresolved,
)
from agentconf.source.stop import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.project.definition import VariableUse
    from agentconf.project.places import Place
    from agentconf.source.document import Problem
    from agentconf.source.tree import Tree


class Resolver:
    """Follows references for one environment.

    Args:
        sources: where values come from.
        shared: included files that are the same in every environment; read and added to.

    """

    def __init__(self, sources: Sources, shared: Shared) -> None:
        self._chain = Chain()
        self._texts = Interpolator(sources, self._chain, self._value)
        self._includes = Includer(sources.reader, self._chain, self._value, shared)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the values of the variables that were used; each is there once."""
        return tuple(self._texts.problems)

    @property
    def variables(self) -> tuple[VariableUse, ...]:
        """Uses of variables in the values of variables."""
        return tuple(self._texts.variables)

    def resolve(self, tree: Tree, place: Place) -> Resolved:
        """Follow all references in a value.

        Args:
            tree: the value, as composed.
            place: what stands there.

        """
        return self._chain.enter(("file", tree.document.path), self._value, tree, place, depth=1)

    def _value(self, tree: Tree, place: Place, depth: int, trail: Trail) -> Tree:
        value = tree.value
        trail.weight += VALUE_WEIGHT
        if isinstance(value, str):
            trail.weight += len(value)
            return self._texts.text(tree, place, depth, trail) if "${" in value else tree
        if not isinstance(value, (dict, list)):
            return tree
        crowded = depth > MAX_DEPTH or trail.weight > MAX_WEIGHT
        if crowded and not is_bounded(depth, tree.location, trail):
            return unresolved(tree.holding(None))
        trail.deepest = max(trail.deepest, depth)
        if isinstance(value, list):
            changed = self._changed(enumerate(value), place, depth + 1, trail)
            return tree.holding([changed.get(at, item) for at, item in enumerate(value)]) if changed else tree
        if REF in value and not place.free and not place.secret:
            return self._includes.mapping(tree, place, depth, trail)
        changed = self._changed(value.items(), place, depth + 1, trail)
        return tree.holding({**value, **changed}) if changed else tree

    def _changed(
        self, children: Iterable[tuple[Any, Tree]], place: Place, depth: int, trail: Trail
    ) -> dict[Any, Tree]:
        """Resolve the parts of a value, and return those that are not what they were."""
        changed: dict[Any, Tree] = {}
        for key, child in children:
            value = child.value
            # Nearly all values are texts without references: they are counted here, without a call.
            if type(value) is str and "${" not in value:
                trail.weight += VALUE_WEIGHT + len(value)
                continue
            result = self._value(child, place.below(key), depth, trail)
            if result is not child:
                changed[key] = result
        return changed
