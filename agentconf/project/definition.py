"""One agent of one environment, resolved: what lint checks and plan compares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from agentconf.model.agent import OWN_KEYS, AgentData, Lifecycle
from agentconf.project.policy import NONE, Policies
from agentconf.source.document import Document, Location, Problem, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.model.project import EnvironmentFile, ProjectFile
    from agentconf.source.tree import Path, Tree


class VariableUse(NamedTuple):
    """One `${var:name}` in a definition, and where it stands."""

    name: str
    location: Location


@dataclass(frozen=True, slots=True)
class Definition:
    """One agent, with defaults, includes, overlay and variables resolved.

    Args:
        key: the agent's stable handle, its file's stem.
        document: the agent's own file.
        tree: the resolved values with their places; holds our own keys too.
        data: the same as plain data, `SecretRef` in write-only places; holds our own keys too.
        problems: what went wrong while resolving (AC0xx, AC504); the rest is still there.
        variables: each use of `${var:…}`.
        readable: whether the agent's file is a mapping at all. When it is not, `problems` says why, the tree
            and the data are empty, and no rule has anything to judge.
        files: every file that takes part, as messages name them: the agent's own, those pulled in.

    """

    key: str
    document: Document = field(repr=False)
    tree: Tree = field(repr=False)
    data: dict[str, Any] = field(repr=False)
    problems: tuple[Problem, ...] = ()
    variables: tuple[VariableUse, ...] = ()
    readable: bool = True
    files: frozenset[str] = frozenset()

    @property
    def body(self) -> AgentData:
        """The create body: the data without our own keys."""
        return {key: value for key, value in self.data.items() if key not in OWN_KEYS}

    @property
    def lifecycle(self) -> Lifecycle:
        """How plan treats the agent; defaults where the block is absent. Only for what lints clean."""
        return Lifecycle.model_validate(self.data.get("lifecycle", {}))

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """Find where a value, or its key, stands; the nearest ancestor that exists when it does not.

        Args:
            path: keys and indexes from the root of the definition.
            key: point at the key instead of the value. A path that is missing is its parent's first key.

        """
        tree, depth = self.tree.find(path)
        if depth < len(path):
            children = tree.value if isinstance(tree.value, dict) else {}
            first = next(iter(children.values()), None)
            return first.key_location if first is not None else tree.location
        return tree.key_location if key else tree.location

    def locate_text(self, path: Path, start: int, end: int) -> Location:
        """Find a stretch of a text value; the whole value where it cannot be told (escapes, folding).

        Args:
            path: where the text stands in the definition.
            start: offset of the stretch's first character in the value.
            end: offset behind its last character.

        """
        tree, depth = self.tree.find(path)
        if depth < len(path) or not isinstance(tree.value, str):
            return self.locate(path)
        return Location(tree.document, stretch(tree, start, end))


def stretch(tree: Tree, start: int, end: int) -> Span:
    """Map a stretch of a text value to its place in the source.

    A value that reads as it was written is mapped by offset. Else the stretch's text is looked for in the
    source of the value: when it occurs there as often as in the value, the one of the same number is meant.

    Args:
        tree: the text value.
        start: offset of the stretch's first character in the value.
        end: offset behind its last character.

    """
    text: str = tree.value
    source = tree.document.text[tree.span.start : tree.span.end]
    if source == text:
        return Span(tree.span.start + start, tree.span.start + end)
    needle = text[start:end]
    if not needle or source.count(needle) != text.count(needle):
        return tree.span
    offset = -len(needle)
    for _ in range(text.count(needle, 0, start) + 1):
        offset = source.index(needle, offset + len(needle))
    return Span(tree.span.start + offset, tree.span.start + offset + len(needle))


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment that definitions were resolved for.

    Args:
        name: its name in the project file.
        settings: as declared, defaults filled in: `contract` and `ownership` are the project's where the
            environment sets none.
        variables: values of `${var:…}` as declared, the project's overridden by the environment's. A
            reference in one of them stands as it was written: it is followed where the variable is used.
        trees: the same with their places.

    """

    name: str
    settings: EnvironmentFile
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    trees: Mapping[str, Tree] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Project:
    """Everything that was read, for one environment.

    Args:
        root: absolute path of the project's folder.
        settings: the project file, defaults where it is absent.
        document: the project file's text; None without one.
        environment: the one that definitions were resolved for.
        environment_names: all that are declared, `local` always among them.
        definitions: one an agent file, ordered by key.
        problems: what is wrong with the project and environment files themselves, and with what they bring
            to every agent (`defaults`, the override of `"*"`, the values of variables).
        environment_trees: each declared environment with its places, as written.
        tree: the project file with its places.
        variables: uses of `${var:…}` outside of the definitions' own files: in settings, in values of
            variables, in `defaults` and in the override of `"*"`.
        policies: of all environments, with what is wrong with their files.

    """

    root: str
    settings: ProjectFile
    document: Document | None
    environment: Environment
    environment_names: tuple[str, ...]
    definitions: tuple[Definition, ...] = ()
    problems: tuple[Problem, ...] = ()
    environment_trees: Mapping[str, Tree] = field(default_factory=dict, repr=False)
    tree: Tree | None = field(default=None, repr=False)
    variables: tuple[VariableUse, ...] = ()
    policies: Policies = NONE

    def definition(self, key: str) -> Definition | None:
        """Return the agent of that key."""
        return next((one for one in self.definitions if one.key == key), None)
