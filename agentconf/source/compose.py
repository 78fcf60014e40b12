"""Text to trees: the one door of this room for YAML and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agentconf.source.document import Document, Problem
from agentconf.source.stop import StopReading

if TYPE_CHECKING:
    from agentconf.source.tree import Tree


class Composed(NamedTuple):
    """A text that was read.

    Args:
        document: the text.
        tree: its value with places; None when it could not be read.
        problems: what is wrong with it (AC001 to AC004, AC008). A tree may stand beside problems: what is
            sound in it is still worth checking.

    """

    document: Document
    tree: Tree | None
    problems: tuple[Problem, ...] = ()


def compose(text: str, path: str) -> Composed:
    """Read YAML or, when the path ends in `.json`, JSON. Bad input makes problems, never an exception.

    Args:
        text: the content, without a byte order mark.
        path: how messages name the file.

    """
    return compose_document(Document(path, text))


def compose_document(document: Document) -> Composed:
    """Read a document that is already at hand; see `compose`."""
    problems: list[Problem] = []
    try:
        tree = _read(document, problems)
    except StopReading as stop:
        start = stop.problem.location.span.start
        said = any(problem.location.span.start == start for problem in problems)
        return Composed(document, None, tuple(problems) if said else (*problems, stop.problem))
    return Composed(document, tree, tuple(problems))


def _read(document: Document, problems: list[Problem]) -> Tree:
    if document.path.lower().endswith(".json"):
        from agentconf.source.json_reader import read_json  # noqa: PLC0415 - few projects hold JSON

        return read_json(document, problems)
    from agentconf.source.yaml_reader import read_yaml  # noqa: PLC0415 - JSON needs no YAML parser

    return read_yaml(document, problems)
