"""What the tests of a whole project share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.project.load import load_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agentconf.project.definition import Definition, Project
    from agentconf.source.document import Problem

Said = list[tuple[str, str, str]]


def said(problems: tuple[Problem, ...]) -> Said:
    """Tell each problem as code, place and message."""
    return [(one.code, str(one.location), one.message) for one in problems]


def underlined(problem: Problem) -> str:
    span = problem.location.span
    return problem.location.document.text[span.start : span.end]


class Folder:
    """A project on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def load(self, environment: str | None = None, environ: Mapping[str, str] | None = None) -> Project:
        return load_project(self.root, environment, environ=environ or {})

    def agent(
        self,
        text: str | None = None,
        environment: str | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Definition:
        """Load the agent `a`, after writing it when a text is given."""
        if text is not None:
            self.write("agents/a.yaml", text)
        definition = self.load(environment, environ).definition("a")
        assert definition is not None
        return definition
