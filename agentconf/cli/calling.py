"""Opening a platform that places calls: one of three, or the emulator of all three."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, assert_never

from agentconf.cli.connect import EMULATOR_URL, credential, embedded
from agentconf.errors import AuthenticationError
from agentconf.remote.connection import MAX_CONCURRENCY, ConnectionSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    import httpx

    from agentconf.cli.options import Session
    from agentconf.model.secret import SecretRef
    from agentconf.project.definition import Project
    from agentconf.remote.calling import CallPlatform, PlatformName


@asynccontextmanager
async def connect_calls(
    session: Session, project: Project, name: PlatformName, *, bulk: int | None = None
) -> AsyncIterator[CallPlatform]:
    """Open a platform of the project's environment.

    Args:
        session: the invocation.
        project: resolved for the environment.
        name: which platform.
        bulk: most calls that one request places; None: the environment's setting.

    Raises:
        AuthenticationError: the environment names no credential for it, or its variable is not set.
        ConfigurationError: the emulator is asked for and not installed.

    """
    if project.environment.settings.emulator:
        with embedded(project) as transport:
            local = ConnectionSettings(EMULATOR_URL, "local", concurrency=MAX_CONCURRENCY)
            async with _client(project, name, local, transport, bulk=bulk) as platform:
                yield platform
        return
    async with _client(project, name, _settings(session, project, name), bulk=bulk) as platform:
        yield platform


def _settings(session: Session, project: Project, name: PlatformName) -> ConnectionSettings:
    environment = project.environment
    match name:
        case "slng":
            base_url, key = environment.settings.base_url, credential(session, environment)
        case "sipgate":
            own = environment.settings.sipgate
            base_url, key = own.base_url, _token(session, own.token, "sipgate AI Flow")
        case "dasha":
            theirs = environment.settings.dasha
            base_url, key = theirs.base_url, _token(session, theirs.api_key, "Dasha")
        case _:
            assert_never(name)
    return ConnectionSettings(base_url, key, concurrency=MAX_CONCURRENCY)


def _token(session: Session, reference: SecretRef, platform: str) -> str:
    token = session.environ.get(reference.env, "")
    if not token:
        raise AuthenticationError(
            f"{reference.env} is not set; it holds the credential of {platform}",
            help=f"export {reference.env}=…",
        )
    session.output.protect([token])
    return token


def _client(
    project: Project,
    name: PlatformName,
    connection: ConnectionSettings,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    bulk: int | None,
) -> AbstractAsyncContextManager[CallPlatform]:
    settings = project.environment.settings
    match name:
        case "slng":
            from agentconf.remote.slng.calls import SlngCalls  # noqa: PLC0415 - one of three

            return SlngCalls(connection, transport)
        case "sipgate":
            from agentconf.remote.sipgate.client import SipgateCalls  # noqa: PLC0415

            return SipgateCalls(connection, transport, plus=settings.sipgate.plus)
        case "dasha":
            from agentconf.remote.dasha.client import DashaCalls  # noqa: PLC0415

            return DashaCalls(connection, transport, bulk=bulk or settings.dasha.bulk)
