"""What is gathered while references are followed, and the bounds that keep it finite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from agentconf.source.document import Location, Problem
from agentconf.source.stop import MAX_DEPTH
from agentconf.source.tree import Tree

if TYPE_CHECKING:
    from agentconf.project.definition import VariableUse
    from agentconf.project.places import Place

MAX_CHAIN = 32
"""Most references that may lead from one to the next."""

MAX_WEIGHT = 10 * 1024 * 1024
"""Most that one definition may grow to through references: characters of texts, and 100 for every value."""

VALUE_WEIGHT = 100


@dataclass(slots=True)
class Trail:
    """What is gathered while a value is resolved.

    Args:
        problems: what went wrong.
        variables: uses of `${var:…}`.
        files: display paths of the files that were pulled in.
        weight: how much it has grown to.
        deepest: the deepest nesting that was reached.

    """

    problems: list[Problem] = field(default_factory=list)
    variables: list[VariableUse] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    weight: int = 0
    deepest: int = 0


class Resolved(NamedTuple):
    """A value with its references followed.

    Args:
        tree: the value.
        problems: what went wrong on the way; what could not be followed is marked as unresolved in the tree.
        variables: uses of `${var:…}`; without any, the value is the same in every environment.
        files: display paths of the files that were pulled in.
        weight: how much it has grown to.
        height: how deep it is nested.

    """

    tree: Tree
    problems: tuple[Problem, ...] = ()
    variables: tuple[VariableUse, ...] = ()
    files: frozenset[str] = frozenset()
    weight: int = 0
    height: int = 0


Walk = Callable[[Tree, "Place", int, Trail], Tree]
"""Resolves a value that stands at a place and a depth; what it meets is added to the trail."""

Link = tuple[str, str]
"""One step of a chain of references: what kind of thing, and its name."""


class Chain:
    """The references that have led to where the walk is."""

    def __init__(self) -> None:
        self._links: list[Link] = []

    def enter(self, link: Link, walk: Walk, tree: Tree, place: Place, *, depth: int) -> Resolved:
        """Walk a value as one more link of the chain.

        Args:
            link: what is entered.
            walk: resolves the value.
            tree: the value.
            place: what stands there.
            depth: nesting where it is going to stand.

        """
        trail = Trail(deepest=depth)
        self._links.append(link)
        try:
            result = walk(tree, place, depth, trail)
        finally:
            self._links.pop()
        return Resolved(
            result,
            tuple(trail.problems),
            tuple(trail.variables),
            frozenset(trail.files),
            trail.weight,
            trail.deepest - depth,
        )

    def refusal(self, link: Link, location: Location) -> Problem | None:
        """Tell why a link may not be entered: a cycle, or a chain too long to be meant (AC009)."""
        if link in self._links:
            links = [*self._links[self._links.index(link) :], link]
            names = " → ".join(f"${{var:{name}}}" if kind == "var" else name for kind, name in links)
            return Problem("AC009", f"this leads back to itself: {names}", location)
        if len(self._links) > MAX_CHAIN:
            return Problem("AC009", f"more than {MAX_CHAIN} references lead from one to the next", location)
        return None


def fits(resolved: Resolved, depth: int, location: Location, trail: Trail) -> bool:
    """Count what a reference brings; False, with a problem, when that is too much.

    Args:
        resolved: what it brings.
        depth: nesting where it is going to stand.
        location: where the reference stands.
        trail: where it is counted.

    """
    trail.weight += resolved.weight
    trail.deepest = max(trail.deepest, depth + resolved.height)
    return is_bounded(depth + resolved.height, location, trail)


def is_bounded(depth: int, location: Location, trail: Trail) -> bool:
    """Tell whether the walk may go on; False, with a problem, when a bound is crossed."""
    if depth > MAX_DEPTH:
        problem = Problem("AC001", f"references make this nested more than {MAX_DEPTH} levels deep", location)
    elif trail.weight > MAX_WEIGHT:
        message = f"references make this larger than {MAX_WEIGHT // 1024 // 1024} MiB"
        problem = Problem("AC004", message, location, "share less, or write smaller parts")
    else:
        return True
    if problem.code not in {one.code for one in trail.problems}:
        trail.problems.append(problem)
    return False


def unresolved(tree: Tree, reference: str | None = None) -> Tree:
    """Mark a value as not what was meant.

    Args:
        tree: what stands there instead.
        reference: what was written; a text says so itself.

    """
    result = tree.holding(tree.value)
    result.reference = reference or (tree.value if isinstance(tree.value, str) else tree.reference)
    result.unresolved = True
    return result
