"""A project as its files would be: some texts in place of what stands on the disk, read and resolved."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from agentconf.errors import ConfigurationError
from agentconf.project.load import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from agentconf.project.definition import Definition, Project
    from agentconf.source.tree import Path as Place
    from agentconf.source.tree import Tree


class Copy:
    """A project whose files are changed in memory only. It is never changed itself.

    Args:
        root: the project's folder.
        environ: the environment variables.
        environment: the environment that is looked at.
        texts: content by path from the root.

    """

    def __init__(
        self, root: Path, environ: Mapping[str, str], environment: str, texts: Mapping[str, str]
    ) -> None:
        self.root = root
        self._environ = environ
        self._environment = environment
        self.texts = texts
        self._loader = Loader(root, environ)
        for path, text in texts.items():
            self._loader.add_text(path, text)
        self.project: Project = self._loader.project(environment)

    @cached_property
    def bodies(self) -> dict[tuple[str, str], Any]:
        """What every agent declares, by environment and key."""
        return {
            (name, one.key): one.data
            for name in self._loader.environment_names
            for one in (self.project if name == self._environment else self._loader.project(name)).definitions
        }

    def changed(self, texts: Mapping[str, str]) -> Copy:
        """Return the project with other texts."""
        return Copy(self.root, self._environ, self._environment, texts)

    def text(self, display: str) -> str:
        """Return a file's content, without a byte order mark."""
        if display in self.texts:
            return self.texts[display]
        return (self.root / display).read_bytes().decode("utf-8-sig")

    def raw(self, display: str) -> Tree:
        """Return a file as it is written, references not followed.

        Raises:
            ConfigurationError: it cannot be read.

        """
        tree = self._loader.reader.composed(display).tree
        if tree is None:
            raise ConfigurationError(f"{display} cannot be read")
        return tree

    def origin(self, found: Tree) -> tuple[str, Place]:
        """Return the file in which a resolved value stands, and its path there.

        Raises:
            ConfigurationError: that cannot be told.

        """
        display = found.document.path
        for path, tree in walk(self.raw(display)):
            if (tree.start, tree.end, tree.key_start) == (found.start, found.end, found.key_start):
                return display, path
        raise ConfigurationError(f"its place in {display} cannot be told")

    def definition(self, key: str) -> Definition:
        """Return an agent's definition.

        Raises:
            ConfigurationError: there is none, or it has errors.

        """
        found = self.project.definition(key)
        if found is None:
            raise ConfigurationError(f"there is no agent {key!r}")
        if found.problems:
            raise ConfigurationError(f"{key} has errors: {found.problems[0].message}")
        return found


def walk(tree: Tree, path: Place = ()) -> Iterator[tuple[Place, Tree]]:
    """Yield a value and all below it, each with its path."""
    yield path, tree
    if isinstance(tree.value, dict):
        for name, child in tree.value.items():
            yield from walk(child, (*path, name))
    elif isinstance(tree.value, list):
        for index, child in enumerate(tree.value):
            yield from walk(child, (*path, index))
