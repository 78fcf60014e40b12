"""The runs that an environment's journal tells of, for a command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentconf.apply.history import RunRecord, runs
from agentconf.apply.journal import left_behind
from agentconf.cli.memory import store_of
from agentconf.cli.pending import pending_file

if TYPE_CHECKING:
    from agentconf.cli.options import Session
    from agentconf.project.definition import Project


def lines_of(session: Session, project: Project) -> tuple[str, ...]:
    """Return the journal's lines, those that a killed run left behind on this machine too."""
    stored = tuple(store_of(session, project).journal())
    left = left_behind(pending_file(Path(project.root), project.environment.name), lambda: stored)
    return (*stored, *left)


def records_of(session: Session, project: Project) -> tuple[RunRecord, ...]:
    """Return the runs of an environment, the oldest first."""
    return runs(lines_of(session, project))
