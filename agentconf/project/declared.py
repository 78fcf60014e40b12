"""What the project file and the environment files declare, references not yet followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentconf.model.project import ProjectFile
from agentconf.project.discover import ENVIRONMENTS, PROJECT_FILE, Found, find_files
from agentconf.project.places import AGENT, ENVIRONMENT
from agentconf.project.secrets import hide_secrets
from agentconf.project.settings import not_a_mapping, validate
from agentconf.source.document import Document, Label, Location, Problem, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.project.reader import Reader
    from agentconf.source.tree import Tree

LOCAL = "local"
"""The environment that is always there: the embedded emulator."""

VARS, AGENTS = "vars", "agents"
"""Parts of an environment that are followed where they are used, not where they stand."""

BASE_URL = "base_url"
STATE = "state"
PLATFORMS = ("sipgate", "dasha")
"""Parts of an environment with an address of their own."""

_ENVIRONMENTS = "environments"


@dataclass(frozen=True, slots=True)
class Declared:
    """What the project file and the environment files say, references not yet followed.

    Args:
        settings: the project file's sound parts, without its environments.
        document: the project file's text; None without one.
        tree: the project file with places; None when there is none, or none that can be read.
        problems: what is wrong with the project file.
        environments: each declared environment by name, the file of one that is declared twice; `local` is
            there only when it is declared.
        environment_problems: what is wrong with an environment's declaration, by name.

    """

    settings: ProjectFile
    document: Document | None
    tree: Tree | None
    problems: tuple[Problem, ...]
    environments: Mapping[str, Tree]
    environment_problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All environments, `local` among them, in alphabetical order."""
        return tuple(sorted({LOCAL, *self.environments, *self.environment_problems}))

    def part(self, key: str) -> Tree | None:
        """Return a mapping of the project file; None when it is absent or no mapping."""
        return mapping_at(self.tree, key)

    def variables(self, environment: str) -> dict[str, Tree]:
        """Return the values of `${var:…}` as declared, the environment's over the project's."""
        layers = (self.part(VARS), mapping_at(self.environments.get(environment), VARS))
        return {name: tree for layer in layers if layer is not None for name, tree in layer.value.items()}

    def overrides(self, environment: str) -> dict[str, Tree]:
        """Return an environment's overrides by agent key."""
        agents = mapping_at(self.environments.get(environment), AGENTS)
        return {} if agents is None else dict(agents.value)


def mapping_at(tree: Tree | None, key: str) -> Tree | None:
    """Return a value of a mapping when it is a mapping itself."""
    child = tree.value.get(key) if tree is not None and isinstance(tree.value, dict) else None
    return child if child is not None and isinstance(child.value, dict) else None


def addresses(environment: Tree) -> dict[str, Tree]:
    """Return the addresses of APIs that an environment says, by the setting that holds each."""
    parents = {"": environment} | {f"{name}.": mapping_at(environment, name) for name in PLATFORMS}
    return {
        f"{prefix}{BASE_URL}": parent.value[BASE_URL]
        for prefix, parent in parents.items()
        if parent is not None and BASE_URL in parent.value
    }


def read_declared(reader: Reader) -> Declared:
    """Read the project file and all environment files; each absent one is simply not there."""
    problems: list[Problem] = []
    document, tree = None, None
    if not reader.contains(PROJECT_FILE):
        problems.extend(
            problem for problem in [unusable(Found("", PROJECT_FILE, outside=True), "project")] if problem
        )
    elif reader.holds(PROJECT_FILE):
        document, tree = _mapping_of(reader, PROJECT_FILE, "the project file", problems)
    settings, wrong = _project_settings(tree)
    environments, found = _inline(tree)
    environment_problems: dict[str, tuple[Problem, ...]] = {}
    for file in find_files(reader.root, ENVIRONMENTS):
        mine: list[Problem] = []
        own = _environment_file(reader, file, mine)
        inline = environments.get(file.key)
        if own is not None and inline is not None:
            mine.append(_declared_twice(file, inline))
        if own is not None:
            environments[file.key] = own
        environment_problems[file.key] = (*environment_problems.get(file.key, ()), *mine)
    for environment in environments.values():
        _hide(environment)
    return Declared(settings, document, tree, (*problems, *wrong, *found), environments, environment_problems)


def _project_settings(tree: Tree | None) -> tuple[ProjectFile, tuple[Problem, ...]]:
    if tree is None:
        return ProjectFile(version=1), ()
    data = {key: child.data() for key, child in tree.value.items() if key != _ENVIRONMENTS}
    if defaults := tree.value.get("defaults"):
        hide_secrets(defaults, AGENT)
    return validate(ProjectFile, data, tree, {"version": 1})


def _inline(tree: Tree | None) -> tuple[dict[str, Tree], list[Problem]]:
    """Return the environments that stand in the project file itself."""
    declared = tree.value.get(_ENVIRONMENTS) if tree is not None else None
    if declared is None or declared.value is None:
        return {}, []
    if not isinstance(declared.value, dict):
        return {}, [not_a_mapping("`environments`", declared.location)]
    found: dict[str, Tree] = {}
    wrong: list[Problem] = []
    for name, environment in declared.value.items():
        if isinstance(environment.value, dict):
            found[name] = environment
        elif environment.value is None:
            found[name] = environment.holding({})
        else:
            wrong.append(not_a_mapping(f"`environments.{name}`", environment.location))
    return found, wrong


def _environment_file(reader: Reader, file: Found, problems: list[Problem]) -> Tree | None:
    if problem := unusable(file, "environment"):
        problems.append(problem)
        return None
    return _mapping_of(reader, file.display, "an environment file", problems)[1]


def unusable(file: Found, kind: str) -> Problem | None:
    """Tell why a file that was found is not read: a link that leads out, or a second one of the same key.

    Args:
        file: what was found.
        kind: what its key names: an agent, an environment.

    """
    location = beginning(file.display)
    if file.outside:
        return Problem("AC007", "the file is a link that leads out of the project", location)
    if file.first is not None:
        labels = (Label(beginning(file.first), "the first one, which is used until then"),)
        message = f"two files define the {kind} `{file.key}`"
        return Problem("AC002", message, location, "rename or remove one of the two", labels)
    return None


def beginning(display: str) -> Location:
    """Return the place of a file, or of a folder, that is not looked into."""
    return Location(Document(display, ""), Span(0, 0))


def _mapping_of(
    reader: Reader, display: str, what: str, problems: list[Problem]
) -> tuple[Document, Tree | None]:
    composed = reader.composed(display)
    problems.extend(composed.problems)
    tree = composed.tree
    if tree is not None and not isinstance(tree.value, dict):
        problems.append(not_a_mapping(what, tree.location))
        tree = None
    return composed.document, tree


def _declared_twice(file: Found, inline: Tree) -> Problem:
    labels = (Label(inline.key_location, "declared here too"),)
    message = f"the environment `{file.key}` is declared in the project file and in a file of its own"
    help_ = "keep one of the two; the file is used until then"
    return Problem("AC002", message, beginning(file.display), help_, labels)


def _store(environment: Tree) -> tuple[Tree, ...]:
    state = environment.value.get(STATE)
    return (state,) if state is not None and isinstance(state.value, str) and ":" in state.value else ()


def _hide(environment: Tree) -> None:
    hide_secrets(environment, ENVIRONMENT)
    for address in (*addresses(environment).values(), *_store(environment)):
        from agentconf.project.address import hide_credentials  # noqa: PLC0415 - hardly an environment has one

        hide_credentials(address)
    agents = mapping_at(environment, AGENTS)
    for override in agents.value.values() if agents is not None else ():
        hide_secrets(override, AGENT)
