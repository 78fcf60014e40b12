"""The project around an open file: its files with what editors hold of them, and what the linter says."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentconf.errors import AgentconfError
from agentconf.lint.baseline import load
from agentconf.lint.engine import lint_project
from agentconf.project.discover import AGENTS, PROJECT_FILE, display_path, find_root
from agentconf.project.load import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agentconf.lint.finding import Finding
    from agentconf.project.definition import Definition, Project
    from agentconf.source.tree import Path as Place
    from agentconf.source.tree import Tree


@dataclass(slots=True)
class View:
    """A project as editors have it right now.

    Args:
        root: its folder.
        loader: its files.
        projects: resolved, one an environment; none where the project cannot be read.
        findings: what the linter says of it all.
        fault: why it cannot be read; None when it can.

    """

    root: Path
    loader: Loader
    projects: tuple[Project, ...] = ()
    findings: tuple[Finding, ...] = ()
    fault: str | None = None

    def display(self, file: Path) -> str:
        """Name a file as findings do."""
        return display_path(self.root, file)

    def tree(self, display: str) -> Tree | None:
        """Return a file as it is written."""
        return self.loader.reader.composed(display).tree

    def users(self, display: str) -> Iterator[Definition]:
        """Yield the agents that a file takes part in, each once."""
        seen: set[str] = set()
        for project in self.projects:
            for one in project.definitions:
                if one.key not in seen and (display == one.document.path or display in one.files):
                    seen.add(one.key)
                    yield one


@dataclass(slots=True)
class Workspace:
    """The files that are open.

    Args:
        texts: what editors hold, by file.

    """

    texts: dict[Path, str] = field(default_factory=dict)

    def view(self, file: Path, *, lint: bool = True) -> View:
        """Read the project around a file.

        Args:
            file: an open file.
            lint: whether its findings are of interest.

        """
        root = find_root(file.parent)
        loader = Loader(root, os.environ)
        for other, text in self.texts.items():
            if other.is_relative_to(root):
                loader.add_text(display_path(root, other), text)
        try:
            projects = tuple(loader.project(name) for name in loader.environment_names)
            findings = _news(root, projects) if lint else ()
        except AgentconfError as error:
            return View(root, loader, fault=error.message)
        return View(root, loader, projects, findings)


def _news(root: Path, projects: tuple[Project, ...]) -> tuple[Finding, ...]:
    """Lint, and leave out what the project's baseline knows."""
    settings = projects[0].settings.lint
    result = lint_project(projects, settings)
    if settings.baseline is not None:
        result, _ = load(root / settings.baseline, settings.baseline).news(result)
    return result.findings


def is_ours(file: Path) -> bool:
    """Tell whether a file is a part of a project; a YAML file anywhere else is none of our business."""
    root = find_root(file.parent)
    if not (root / PROJECT_FILE).exists() and not (root / AGENTS).is_dir():
        return False
    parts = display_path(root, file).split("/")
    return parts[0] in {AGENTS, "tools", "prompts", "environments", "campaigns", "policies"} or parts == [
        PROJECT_FILE
    ]


def path_at(tree: Tree, offset: int) -> tuple[Place, Tree, bool]:
    """Return what stands at an offset: the path, the value, and whether the key is meant, not the value."""
    path: Place = ()
    while True:
        for name, child in _children(tree):
            if child.key_start <= offset <= child.key_end and child.key_start >= 0:
                return (*path, name), child, True
            if child.start <= offset <= child.end:
                path, tree = (*path, name), child
                break
        else:
            return path, tree, False


def _children(tree: Tree) -> Iterator[tuple[str | int, Tree]]:
    if isinstance(tree.value, dict):
        yield from tree.value.items()
    elif isinstance(tree.value, list):
        yield from enumerate(tree.value)
