"""Taking live values into the files: each where the value came from, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.adopt.draft import written_tool
from agentconf.adopt.literal import escaped, fits_a_file
from agentconf.errors import ConfigurationError
from agentconf.model.agent import AgentBody
from agentconf.model.fields import fields_of
from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import identifier
from agentconf.plan.change import ABSENT
from agentconf.plan.toolids import tools_of, with_tool_ids
from agentconf.project.load import Loader
from agentconf.source.edit import GONE, edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from agentconf.model.live import LiveAgent
    from agentconf.project.definition import Definition, Project
    from agentconf.source.tree import Path as Place
    from agentconf.source.tree import Tree

_ORDER = tuple(fields_of(AgentBody))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One live value that is to be taken.

    Args:
        key: the agent's key.
        place: keys from the body's root, tools by id.
        value: the live value; `ABSENT` where there is none.
        live: the whole live agent.

    """

    key: str
    place: tuple[str, ...]
    value: Any
    live: LiveAgent


@dataclass(frozen=True, slots=True)
class Taken:
    """One live value that was taken.

    Args:
        wanted: which.
        file: where it was written, from the project's root.
        line: from 1.
        note: what a reader should know: a reference that is gone, an override that was made.

    """

    wanted: Wanted
    file: str
    line: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """One live value that was not taken.

    Args:
        wanted: which.
        reason: why, in a sentence without a full stop.

    """

    wanted: Wanted
    reason: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came out.

    Args:
        taken: values that files hold now.
        refused: values that they do not hold.
        files: what is to be written, by path from the project's root.
        elsewhere: other environments in which an agent changes too, by its key.

    """

    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]
    files: Mapping[str, str]
    elsewhere: Mapping[str, tuple[str, ...]]


def adopt(root: Path, environ: Mapping[str, str], environment: str, wanted: Sequence[Wanted]) -> Adopted:
    """Write live values into the texts of a project's files; nothing is put on the disk.

    Each value is tried where it came from, and else as an override in the agent's own file. It is taken when
    the agent then has it, and no other agent is another one.

    Args:
        root: the project's folder.
        environ: the environment variables.
        environment: in which the agents are live.
        wanted: the values.

    """
    work = _Work(root, environ, environment)
    for one in wanted:
        work.take(one)
    return Adopted(tuple(work.taken), tuple(work.refused), work.texts, work.elsewhere())


@dataclass(frozen=True, slots=True)
class _Step:
    """An edit of one file."""

    file: str
    path: Place
    value: Any
    note: str | None = None


class _Work:
    """The project while values are taken, one after the other."""

    def __init__(self, root: Path, environ: Mapping[str, str], environment: str) -> None:
        self._root = root
        self._environ = environ
        self._environment = environment
        self.texts: dict[str, str] = {}
        self.taken: list[Taken] = []
        self.refused: list[Refused] = []
        self._loader = self._load(self.texts)
        self._project = self._loader.project(environment)
        self._begun = self._now = self._after = self._everywhere(self._loader)

    def take(self, one: Wanted) -> None:
        """Take one value, or say why not."""
        reasons: list[str] = []
        for attempt in (self._in_place, self._in_own_file):
            try:
                step = attempt(one)
                line, texts = self._done(step)
                self._check(one, texts)
            except ConfigurationError as error:
                reasons.append(error.message)
                continue
            self.texts, self._now = texts, self._after
            self._loader = self._load(texts)
            self._project = self._loader.project(self._environment)
            self.taken.append(Taken(one, step.file, line, step.note))
            return
        self.refused.append(Refused(one, reasons[0]))

    def elsewhere(self) -> dict[str, tuple[str, ...]]:
        """Name the other environments in which agents are others now."""
        found: dict[str, list[str]] = {}
        for (name, key), body in self._now.items():
            if name != self._environment and self._begun.get((name, key)) != body:
                found.setdefault(key, []).append(name)
        return {key: tuple(sorted(names)) for key, names in sorted(found.items())}

    def _load(self, texts: Mapping[str, str]) -> Loader:
        loader = Loader(self._root, self._environ)
        for path, text in texts.items():
            loader.add_text(path, text)
        return loader

    def _everywhere(self, loader: Loader) -> dict[tuple[str, str], Any]:
        return {
            (name, one.key): one.data
            for name in loader.environment_names
            for one in loader.project(name).definitions
        }

    def _done(self, step: _Step) -> tuple[int, dict[str, str]]:
        """Carry an edit out in the texts."""
        before = self._text(step.file)
        if not step.path:
            return 1, {**self.texts, step.file: step.value}
        order = _ORDER if len(step.path) == 1 else ()
        edited = edit(before, step.file, step.path, step.value, order=order)
        return edited.line, {**self.texts, step.file: edited.text}

    def _text(self, display: str) -> str:
        if display in self.texts:
            return self.texts[display]
        return (self._root / display).read_bytes().decode("utf-8-sig")

    def _check(self, one: Wanted, texts: Mapping[str, str]) -> None:
        """Make sure that the agent has the value, and that no other one changed."""
        loader = self._load(texts)
        project = loader.project(self._environment)
        definition = project.definition(one.key)
        if definition is None or definition.problems or project.problems != self._project.problems:
            raise ConfigurationError("the files would have errors afterwards")
        if not _has(definition, one):
            raise ConfigurationError("an override decides on it: the file's value would not count")
        after = self._everywhere(loader)
        others = sorted(
            {
                key
                for place, body in after.items()
                if (key := place[1]) != one.key and self._now[place] != body
            }
        )
        if others:
            raise ConfigurationError(f"what stands there is shared: it would change {', '.join(others)} too")
        self._after = after

    def _in_place(self, one: Wanted) -> _Step:
        """Find the file and the place that a value came from."""
        definition = self._definition(one.key)
        path = _resolved(definition, one)
        found, depth = definition.tree.find(path)
        if depth < len(path):
            return self._in_own_file(one)
        if (found.reference or "").startswith("${file:"):
            return self._whole_file(found, one)
        if "${env:" in (found.reference or ""):
            raise ConfigurationError(
                f"{found.reference} stands there, and what it stands for may be a secret: change it by hand"
            )
        document, raw = self._origin(found)
        note = f"was {found.reference}" if found.reference and "${" in found.reference else None
        if one.value is ABSENT:
            return _Step(document, raw, GONE, note)
        return _Step(document, raw, _value(one), note)

    def _whole_file(self, found: Tree, one: Wanted) -> _Step:
        """Write a text into the file that brings it."""
        if not isinstance(one.value, str) or not fits_a_file(one.value):
            raise ConfigurationError(f"{found.document.path} cannot hold it")
        before = self._text(found.document.path)
        newline = "\r\n" if "\r\n" in before else "\n"
        end = newline if before.endswith("\n") or not before else ""
        return _Step(found.document.path, (), one.value.replace("\n", newline) + end)

    def _in_own_file(self, one: Wanted) -> _Step:
        """Write a value into the agent's own file, beside whatever brings another one."""
        definition = self._definition(one.key)
        if any(
            "${env:" in (part.reference or "") for part in _along(definition.tree, _resolved(definition, one))
        ):
            raise ConfigurationError("a reference to the environment stands there: change it by hand")
        display = definition.document.path
        path = _resolved(definition, one)
        if one.place[0] == "tools" and len(one.place) == 2:  # noqa: PLR2004 - tools, id: a whole tool
            return self._tool(display, one, path)
        tree = self._raw(display)
        local = path
        _, depth = tree.find(local)
        if one.value is ABSENT and depth == len(local):
            return _Step(display, local, GONE)
        value = None if one.value is ABSENT else _value(one)
        return _Step(display, local, value, "an override in the agent's own file")

    def _tool(self, display: str, one: Wanted, path: Place) -> _Step:
        """Add a tool to the agent's list, or take it out."""
        tree = self._raw(display)
        if one.value is ABSENT:
            return _Step(display, path, GONE)
        listed = tree.value.get("tools") if isinstance(tree.value, dict) else None
        secrets: dict[str, str] = {}
        shown = written_tool(
            one.value, (one.key, str(one.value.get("name") or one.value.get("type"))), secrets
        )
        note = f"set {', '.join(secrets)} before an apply sends it" if secrets else None
        if listed is None or not listed.value:
            return _Step(display, ("tools",), [shown], note)
        return _Step(display, ("tools", len(listed.value)), shown, note)

    def _origin(self, found: Tree) -> tuple[str, Place]:
        """Return the file in which a value stands, and its path there."""
        display = found.document.path
        for path, tree in _walk(self._raw(display), ()):
            if (tree.start, tree.end, tree.key_start) == (found.start, found.end, found.key_start):
                return display, path
        raise ConfigurationError(f"its place in {display} cannot be told")

    def _raw(self, display: str) -> Tree:
        tree = self._loader.reader.composed(display).tree
        if tree is None:
            raise ConfigurationError(f"{display} cannot be read")
        return tree

    def _definition(self, key: str) -> Definition:
        found = _definition(self._project, key)
        if found.problems:
            raise ConfigurationError(f"{key} has errors: {found.problems[0].message}")
        return found


def _definition(project: Project, key: str) -> Definition:
    found = project.definition(key)
    if found is None:
        raise ConfigurationError(f"there is no agent {key!r}")
    return found


def _along(tree: Tree, path: Place) -> Iterator[Tree]:
    """Yield what a path leads to, and all below it; nothing where it leads nowhere."""
    found, depth = tree.find(path)
    if depth == len(path):
        yield from (below for _, below in _walk(found, ()) if not isinstance(below.value, SecretRef))


def _walk(tree: Tree, path: Place) -> Iterator[tuple[Place, Tree]]:
    yield path, tree
    if isinstance(tree.value, dict):
        for name, child in tree.value.items():
            yield from _walk(child, (*path, name))
    elif isinstance(tree.value, list):
        for index, child in enumerate(tree.value):
            yield from _walk(child, (*path, index))


def _resolved(definition: Definition, one: Wanted) -> Place:
    """Turn a tool's id into its index among the declared ones; a new tool's is behind the last."""
    if one.place[0] != "tools" or len(one.place) == 1:
        return one.place
    tools = tools_of(with_tool_ids(definition.key, definition.body, one.live.body))
    for index, tool in enumerate(tools):
        if identifier(tool.get("id")) == one.place[1]:
            return ("tools", index, *one.place[2:])
    return ("tools", len(tools), *one.place[2:])


def _value(one: Wanted) -> Any:
    """Return a live value as it is written; of `auth` the type only, since nobody reads a secret."""
    if len(one.place) > 2 and one.place[2] == "auth":  # noqa: PLR2004 - tools, id, auth
        raise ConfigurationError("a secret is never read: declare `auth` by hand")
    return escaped(one.value)


def _has(definition: Definition, one: Wanted) -> bool:
    """Tell whether an agent declares a value."""
    path = _resolved(definition, one)
    found, depth = definition.tree.find(path)
    if depth < len(path):
        return one.value is ABSENT
    if one.value is ABSENT:
        return False
    if len(path) == 2 and path[0] == "tools":  # noqa: PLR2004 - a whole tool, with a secret's reference
        return True
    return bool(found.data() == one.value)
