"""Opening an environment's platform: the embedded emulator, or the API over HTTP."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from agentconf.errors import AuthenticationError, ConfigurationError
from agentconf.remote.slng.client import ConnectionSettings, SlngPlatform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import httpx

    from agentconf.cli.options import Session
    from agentconf.project.definition import Environment, Project
    from agentconf.remote.platform import AgentPlatform

EMULATOR_URL = "http://127.0.0.1"
EMULATOR_DATA = Path(".agentconf") / "emulator.sqlite"
"""Where the environment's embedded emulator keeps its agents, below the project's root."""


@asynccontextmanager
async def connect(session: Session, project: Project) -> AsyncIterator[AgentPlatform]:
    """Open the platform of the project's environment.

    Raises:
        AuthenticationError: the environment names no credential, or its variable is not set.
        ConfigurationError: the emulator is asked for and not installed.

    """
    settings = project.environment.settings
    if settings.emulator:
        with embedded(project) as transport:
            local = ConnectionSettings(EMULATOR_URL, "local", concurrency=settings.concurrency)
            async with SlngPlatform(local, transport) as platform:
                yield platform
        return
    key = credential(session, project.environment)
    connection = ConnectionSettings(settings.base_url, key, concurrency=settings.concurrency)
    async with SlngPlatform(connection) as platform:
        yield platform


def credential(session: Session, environment: Environment) -> str:
    """Read the API key from the variable that the environment names, and protect it."""
    reference = environment.settings.api_key
    if reference is None:
        raise AuthenticationError(
            f"environment {environment.name!r} names no credential",
            help='add `api_key: "${env:NAME}"` to the environment, or set AGENTCONF_API_KEY',
        )
    key = session.environ.get(reference.env, "")
    if not key:
        raise AuthenticationError(
            f"{reference.env} is not set; it holds the API key of environment {environment.name!r}",
            help=f"export {reference.env}=…",
        )
    session.output.protect([key])
    return key


@contextmanager
def embedded(project: Project) -> Iterator[httpx.AsyncBaseTransport]:
    """Open the emulator of the project's environment, in this process.

    Raises:
        ConfigurationError: it is not installed, or its folder cannot be written.

    """
    try:
        from agentconf.emulator.app import create_app  # noqa: PLC0415 - an extra; only for this environment
        from agentconf.emulator.options import EmulatorOptions  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(
            f"environment {project.environment.name!r} is the embedded emulator, which is not installed",
            help="pip install 'agentconf[emulator]', or name another environment with -e",
        ) from error
    import httpx  # noqa: PLC0415

    data = Path(project.root) / EMULATOR_DATA
    try:
        data.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"cannot write {data.parent}: {error.strerror}") from error
    contract = project.environment.settings.contract or project.settings.contract
    app = create_app(EmulatorOptions(database=str(data), contract=contract))
    try:
        yield httpx.ASGITransport(app)
    finally:
        app.state.store.close()
