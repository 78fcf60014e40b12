"""The environment's state for a command: where it is kept, what it holds, and which secrets it knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentconf.plan.secrets import references
from agentconf.state.address import credentials, open_store
from agentconf.state.fingerprint import Fingerprints

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.cli.options import Session
    from agentconf.model.memory import State
    from agentconf.plan.options import Desired
    from agentconf.project.definition import Project
    from agentconf.state.store import Store


def store_of(session: Session, project: Project) -> Store:
    """Open where the environment's state is kept.

    Raises:
        ConfigurationError: the setting `state` names no store, or one that is not installed.

    """
    environment = project.environment
    session.output.protect(credentials(environment.settings.state, session.environ))
    return open_store(
        environment.settings.state,
        root=Path(project.root),
        environment=environment.name,
        environ=session.environ,
    )


def recall(session: Session, project: Project) -> State | None:
    """Read the state without holding it; None when there is none yet.

    Raises:
        ConfigurationError: what is there is corrupt, foreign or of a newer version.
        StoreError: it cannot be reached.

    """
    snapshot = store_of(session, project).read()
    return snapshot.state if snapshot is not None else None


def fingerprints(session: Session, desired: Iterable[Desired], state: State | None) -> dict[str, str]:
    """Make the fingerprints of the secrets that are set here and of which one is remembered.

    Args:
        session: the invocation; the values are kept out of all output from here on.
        desired: the declared agents.
        state: the remembered one.

    Returns:
        By environment variable.

    """
    if state is None or not any(one.fingerprints for one in state.agents.values()):
        return {}
    maker = Fingerprints(state.salt)
    found = {}
    for name in sorted({reference.env for one in desired for reference in references(one.body)}):
        if value := session.environ.get(name):
            session.output.protect([value])
            found[name] = maker.of(value)
    return found
