"""The layers of one environment, and an agent made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agentconf.project import overlay
from agentconf.project.definition import Definition
from agentconf.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.project.definition import VariableUse
    from agentconf.project.discover import Found
    from agentconf.project.resolve import Resolver
    from agentconf.project.trail import Resolved
    from agentconf.source.document import Document, Problem


class Layers(NamedTuple):
    """What lies under and over every agent in one environment.

    Args:
        resolver: follows references there.
        defaults: the project's defaults.
        everyone: the override of all agents.
        overrides: the overrides of single agents by key, references not yet followed.

    """

    resolver: Resolver
    defaults: Resolved | None
    everyone: Resolved | None
    overrides: Mapping[str, Tree]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the layers of all agents."""
        return tuple(one for layer in (self.defaults, self.everyone) if layer for one in layer.problems)

    @property
    def variables(self) -> tuple[VariableUse, ...]:
        """Uses of `${var:…}` in the layers of all agents."""
        return tuple(one for layer in (self.defaults, self.everyone) if layer for one in layer.variables)


def layered(
    file: Found, problems: tuple[Problem, ...], resolved: Resolved, layers: Layers, own: Resolved | None
) -> Definition:
    """Lay the layers over each other: defaults, the agent, the override of all, the agent's own override.

    Args:
        file: the agent's file.
        problems: what is wrong with the file itself.
        resolved: its mapping, references followed.
        layers: what lies under and over every agent.
        own: the override of this agent, when there is one.

    """
    tree = resolved.tree
    if layers.defaults is not None:
        tree = overlay.fill(layers.defaults.tree, tree)
    for layer in (layers.everyone, own):
        if layer is not None:
            tree = overlay.override(tree, layer.tree)
    parts = (resolved,) if own is None else (resolved, own)
    return Definition(
        file.key,
        tree.document,
        tree,
        tree.data(),
        (*problems, *(problem for part in parts for problem in part.problems)),
        tuple(use for part in parts for use in part.variables),
        files=frozenset({file.display}).union(*(part.files for part in parts)),
    )


def unreadable(file: Found, document: Document, problems: tuple[Problem, ...]) -> Definition:
    """Make the definition of an agent whose file holds no mapping: it is there, and nothing is known of it.

    Args:
        file: the agent's file.
        document: its text, as far as there is one.
        problems: why.

    """
    tree = Tree({}, document, 0, 0)
    files = frozenset({file.display})
    return Definition(file.key, document, tree, {}, problems, readable=False, files=files)
