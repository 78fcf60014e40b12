"""Files and an environment make a project: read once, resolved for each environment that is asked for."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError
from agentconf.project.declared import LOCAL, Declared, beginning, read_declared, unusable
from agentconf.project.definition import Environment, Project, VariableUse
from agentconf.project.discover import (
    AGENTS,
    CAMPAIGNS,
    ENVIRONMENTS,
    PARTS,
    PROJECT_FILE,
    Found,
    find_files,
)
from agentconf.project.environment import settle
from agentconf.project.interpolate import Sources
from agentconf.project.layers import Layers, layered, unreadable
from agentconf.project.places import AGENT
from agentconf.project.policy import Policies, read_policies
from agentconf.project.reader import Reader
from agentconf.project.resolve import Resolver
from agentconf.project.secrets import hide_secrets
from agentconf.project.settings import not_a_mapping
from agentconf.project.trail import Resolved
from agentconf.source.document import Document, Location, Problem, Span
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from agentconf.project.definition import Definition
    from agentconf.project.include import Shared
    from agentconf.source.tree import Tree

_EVERYONE = "*"
_VARIABLE = re.compile(r"\$\{var:([^{}\n]+)\}")


def load_project(
    root: Path,
    environment: str | None = None,
    *,
    environ: Mapping[str, str],
    paths: Sequence[Path] | None = None,
) -> Project:
    """Read a project and resolve it for one environment.

    Args:
        root: the project's folder.
        environment: name of the environment; None is `AGENTCONF_ENV`, else `local`.
        environ: the environment variables.
        paths: files and folders to keep to; see `Loader.project`.

    Raises:
        ConfigurationError: there is no such folder, environment or path.

    """
    return Loader(root, environ).project(environment, paths)


class Loader:
    """Reads every file once and resolves for one environment after the other.

    Args:
        root: the project's folder.
        environ: the environment variables.

    Raises:
        ConfigurationError: there is no such folder.

    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        if not root.is_dir():
            raise ConfigurationError(f"there is no folder `{root}`", help="give the project's folder with -C")
        self.root = root.absolute()
        self._environ = environ
        self._reader = Reader(self.root)
        self._added: dict[str, Found] = {}
        self._declared: Declared | None = None
        self._policies: Policies | None = None
        self._shared: Shared = {}
        self._stable: dict[str, Resolved] = {}
        self._definitions: dict[str, tuple[Resolved, Resolved | None, Definition]] = {}

    def add_text(self, display: str, text: str) -> None:
        """Use a text in place of a file's content, as for `lint -`. Call it before the first `project`.

        Args:
            display: path from the root, with forward slashes. It need not exist: unless the path is that of
                another file of the project, the text is then an agent whose key is the path's stem.
            text: the content.

        """
        exists = self._reader.holds(display)
        self._reader.put(display, text)
        folder = str(PurePosixPath(display).parent)
        if folder == AGENTS or not (exists or display == PROJECT_FILE or folder in (ENVIRONMENTS, *PARTS)):
            self._added[display] = Found(PurePosixPath(display).stem, display)

    @property
    def declared(self) -> Declared:
        """What the project file and the environment files say."""
        if self._declared is None:
            self._declared = read_declared(self._reader)
        return self._declared

    @property
    def policies(self) -> Policies:
        """What the policy files say; the same in all environments."""
        if self._policies is None:
            self._policies = read_policies(self._reader, self.declared.names)
        return self._policies

    @property
    def environment_names(self) -> tuple[str, ...]:
        """All environments, `local` among them, in alphabetical order."""
        return self.declared.names

    def project(self, environment: str | None = None, paths: Sequence[Path] | None = None) -> Project:
        """Resolve the project for one environment.

        Args:
            environment: its name; None is `AGENTCONF_ENV`, else `local`.
            paths: keep to the agents that these files and folders are, or take part in. The project file and
                the environment files take part in all. A file that takes part in none, outside of `tools`,
                `prompts`, `campaigns` and `policies`, is an agent itself: a draft. Relative paths count from
                the current folder.

        Raises:
            ConfigurationError: there is no such environment or path.

        """
        name = environment or self._environ.get("AGENTCONF_ENV") or LOCAL
        declared = self.declared
        self._require_environment(name)
        variables = declared.variables(name)
        resolver = self.resolver(name)
        settled = settle(declared, name, resolver, self._environ)
        layers = self._layers(name, resolver)
        found, duplicates = self._agents()
        definitions = tuple(self._definition(file, layers) for file in found)
        if paths is not None:
            definitions = self._kept(definitions, paths, layers)
        values = {key: tree.data() for key, tree in variables.items()}
        return Project(
            root=str(self.root),
            settings=declared.settings,
            document=declared.document,
            environment=Environment(name, settled.settings, values, variables),
            environment_names=declared.names,
            definitions=definitions,
            problems=(
                *declared.problems,
                *settled.problems,
                *duplicates,
                *layers.problems,
                *resolver.problems,
            ),
            environment_trees=declared.environments,
            tree=declared.tree,
            variables=(
                *settled.variables,
                *layers.variables,
                *resolver.variables,
                *self._uses_in_campaigns(),
            ),
            policies=self.policies,
        )

    @property
    def reader(self) -> Reader:
        """The project's files."""
        return self._reader

    def resolver(self, environment: str) -> Resolver:
        """Return what follows references as they are followed for an environment's agents.

        Args:
            environment: its name; it is one of `environment_names`.

        """
        sources = Sources(self._reader, self.declared.variables(environment), self._environ, environment)
        return Resolver(sources, self._shared)

    def strangers(self, paths: Sequence[Path], projects: Iterable[Project]) -> tuple[str, ...]:
        """Name the files among paths that no agent could stand in, and that take part in none: typing errors.

        Args:
            paths: files and folders; relative ones count from the current folder.
            projects: whole projects of this loader, one an environment.

        Raises:
            ConfigurationError: there is no such path.

        """
        from agentconf.project.select import select  # noqa: PLC0415 - only when paths are given

        definitions = [definition for project in projects for definition in project.definitions]
        return select(self._reader, definitions, paths).strangers

    def _uses_in_campaigns(self) -> Iterator[VariableUse]:
        """Find uses of variables in campaigns, which are resolved when one is run."""
        for file in find_files(self.root, CAMPAIGNS):
            document = None if file.outside else self._reader.text(file.display)
            if isinstance(document, Document):
                for match in _VARIABLE.finditer(document.text):
                    yield VariableUse(match[1], Location(document, Span(*match.span())))

    def _require_environment(self, name: str) -> None:
        names = self.declared.names
        if name not in names:
            close = suggest(name, names)
            help_ = f"did you mean `{close}`?" if close else f"declared are: {', '.join(names)}"
            raise ConfigurationError(f"there is no environment `{name}`", help=help_)

    def _layers(self, name: str, resolver: Resolver) -> Layers:
        defaults = self.declared.part("defaults")
        overrides = self.declared.overrides(name)
        everyone = overrides.pop(_EVERYONE, None)
        return Layers(
            resolver,
            None if defaults is None else self._resolved("defaults of the project", defaults, resolver),
            None if everyone is None else resolver.resolve(everyone, AGENT),
            overrides,
        )

    def _resolved(self, name: str, tree: Tree, resolver: Resolver) -> Resolved:
        """Resolve a value, or take the result of another environment when no variable is in it."""
        if name not in self._stable:
            resolved = Resolved(tree) if _is_plain(tree.document.text) else resolver.resolve(tree, AGENT)
            if resolved.variables:
                return resolved
            self._stable[name] = resolved
        return self._stable[name]

    def _agents(self) -> tuple[list[Found], list[Problem]]:
        """List the agents' files, and the problems of those that repeat a key."""
        files = {file.display: file for file in find_files(self.root, AGENTS)} | self._added
        by_key: dict[str, Found] = {}
        problems: list[Problem] = []
        if not self._reader.contains(AGENTS):
            message = f"the folder `{AGENTS}` is a link that leads out of the project"
            problems.append(Problem("AC007", message, beginning(AGENTS)))
        for file in files.values():
            first = by_key.setdefault(file.key, file)
            if first is not file:
                again = Found(file.key, file.display, file.outside, first.display)
                problems.extend(problem for problem in [unusable(again, "agent")] if problem)
        return [by_key[key] for key in sorted(by_key)], problems

    def _definition(self, file: Found, layers: Layers) -> Definition:
        if file.outside and (problem := unusable(file, "agent")):
            return unreadable(file, problem.location.document, (problem,))
        composed = self._reader.composed(file.display)
        tree, problems = composed.tree, composed.problems
        if tree is None:
            return unreadable(file, composed.document, problems)
        if not isinstance(tree.value, dict):
            wrong = not_a_mapping("an agent's file", tree.location)
            return unreadable(file, composed.document, (*problems, wrong))
        if file.display not in self._stable:
            hide_secrets(tree, AGENT)
        resolved = self._resolved(file.display, tree, layers.resolver)
        over = layers.overrides.get(file.key)
        if over is not None or layers.everyone is not None:
            own = None if over is None else layers.resolver.resolve(over, AGENT)
            return layered(file, problems, resolved, layers, own)
        known = self._definitions.get(file.display)
        if known is None or known[0] is not resolved or known[1] is not layers.defaults:
            definition = layered(file, problems, resolved, layers, None)
            self._definitions[file.display] = known = (resolved, layers.defaults, definition)
        return known[2]

    def _kept(
        self, definitions: tuple[Definition, ...], paths: Sequence[Path], layers: Layers
    ) -> tuple[Definition, ...]:
        """Keep to the agents that files and folders take part in, and to drafts among the files."""
        from agentconf.project.select import select  # noqa: PLC0415 - only when paths are given

        selection = select(self._reader, definitions, paths)
        drafts = [
            self._definition(Found(PurePosixPath(display).stem, display), layers)
            for display in selection.drafts
        ]
        kept = [*selection.definitions, *drafts]
        return tuple(sorted(kept, key=lambda one: (one.key, one.document.path)))


def _is_plain(text: str) -> bool:
    """Tell whether a file can hold no reference; an escape may hide one."""
    return "${" not in text and "$ref" not in text and "\\" not in text
