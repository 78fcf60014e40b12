"""Where each value of a definition was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.model.secret import SecretRef
from agentconf.project.places import AGENT, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.project.definition import Definition
    from agentconf.source.document import Location
    from agentconf.source.tree import Path, Tree

HIDDEN = "********"
"""What stands for a secret that was written literally."""

Origin = tuple["Path", Any, "Location", str | None]


def origins(definition: Definition) -> Iterator[Origin]:
    """Tell of every value which file and place it came from.

    Args:
        definition: a resolved agent.

    Yields:
        Path, value, place and, when the value came from a reference, what was written in its place. The
        values are the leaves: scalars, and mappings and lists without entries. A secret is its reference,
        or asterisks where it was written literally.

    """
    yield from _origins(definition.tree, AGENT, ())


def _origins(tree: Tree, place: Place, path: Path) -> Iterator[Origin]:
    value = tree.value
    if isinstance(value, SecretRef):
        yield path, str(value), tree.location, tree.reference
    elif place.secret and value is not None:
        yield path, HIDDEN, tree.location, None
    elif isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _origins(child, place.below(key), (*path, key))
    elif isinstance(value, list) and value:
        for index, child in enumerate(value):
            yield from _origins(child, place.below(index), (*path, index))
    else:
        yield path, tree.data(), tree.location, tree.reference
