"""How a reader gives up: inside of this room only, never beyond `compose`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.source.document import Label, Location, Problem, Span

if TYPE_CHECKING:
    from agentconf.source.document import Document
    from agentconf.source.tree import Tree

MAX_DEPTH = 100
"""Deepest nesting of a file. A definition of the platform needs about 10."""


class StopReading(Exception):  # noqa: N818 - it ends a walk; the problem in it is the error
    """The document cannot be read any further.

    Args:
        problem: why.

    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def problem(  # noqa: D417 - the rest is Problem's
    code: str,
    message: str,
    document: Document,
    place: tuple[int, int],
    help_: str | None = None,
    *,
    labels: tuple[Label, ...] = (),
) -> Problem:
    """Make a problem at a place of a document.

    Args:
        place: offsets of the first character and behind the last; brought inside of the text.

    """
    size = len(document.text)
    start, end = min(place[0], size), min(place[1], size)
    return Problem(code, message, Location(document, Span(start, end)), help_, labels)


def repeated_key(name: str, first: Tree, second: Tree) -> Problem:
    """Make the problem of a key that stands twice in one mapping; the first one is kept.

    Args:
        name: the key.
        first: the value under the first one.
        second: the value under the second one.

    """
    return problem(
        "AC002",
        f"the key `{name}` stands twice in one mapping",
        second.document,
        (second.key_start, second.key_end),
        "remove one of the two; the first one is used until then",
        labels=(Label(first.key_location, "first here"),),
    )


def too_deep(document: Document, place: tuple[int, int]) -> StopReading:
    """Make the stop for nesting beyond `MAX_DEPTH`."""
    return StopReading(problem("AC001", f"nested more than {MAX_DEPTH} levels deep", document, place))
