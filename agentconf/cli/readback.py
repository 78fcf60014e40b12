"""Reading files back before they are written: the project with them in it, and what a plan finds then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentconf.cli.planning import Scope, compare
from agentconf.errors import ConfigurationError
from agentconf.project.load import Loader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconf.cli.options import Session
    from agentconf.model.live import LiveAgent
    from agentconf.plan.plan import Plan
    from agentconf.project.definition import Project


def read_with(session: Session, project: Project, files: Mapping[str, str]) -> Project:
    """Read a project as it is with some files more.

    Args:
        session: the invocation.
        project: as it is on the disk.
        files: content by path from the root.

    """
    loader = Loader(Path(project.root), session.environ)
    for path, text in files.items():
        loader.add_text(path, text)
    return loader.project(project.environment.name)


def plan_of(session: Session, project: Project, live: Sequence[LiveAgent], keys: Sequence[str]) -> Plan:
    """Plan some agents without asking what is remembered.

    Raises:
        ConfigurationError: one cannot be read.

    """
    for one in project.definitions:
        if one.key in keys and one.problems:
            first = one.problems[0]
            raise ConfigurationError(
                f"{one.key} cannot be read back: {first.message}; nothing was written", help=first.help
            )
    return compare(session, project, live, Scope(agents=tuple(keys)), None).plan
