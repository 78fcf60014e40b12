"""The database that workers share: its address, and connections to it that tell when they are dead."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agentconf.calls.ledger.server import connection_settings
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from psycopg import AsyncConnection, Error

SCHEMES = ("postgresql", "postgres")
EXAMPLE = "postgresql://user@host:5432/database"


class UnreachableError(ConfigurationError):
    """The database cannot be reached now; later it may be."""


def check_url(url: str) -> None:
    """Check that a URL names a PostgreSQL database.

    Raises:
        ConfigurationError: it does not, or the extra `postgres` is not installed. The message never shows the
            URL: there may be a password in it.

    """
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme not in SCHEMES:
        raise ConfigurationError(
            "workers share a PostgreSQL database, and this is not the URL of one", help=f"give {EXAMPLE}"
        )
    if find_spec("procrastinate") is None:
        raise ConfigurationError(
            "workers need Procrastinate, which is not installed", help="pip install 'agentconf[postgres]'"
        )
    connection_settings(url)


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[AsyncConnection]:
    """Open a connection, in a transaction that ends with the block.

    Raises:
        UnreachableError: the server cannot be reached, or does not let us in.

    """
    from psycopg import AsyncConnection, OperationalError  # noqa: PLC0415 - an extra

    settings = connection_settings(url)
    try:
        connection = await AsyncConnection.connect(**settings)
    except OperationalError as error:
        raise UnreachableError(
            f"the database cannot be reached: {brief(error)}", help="check its URL, and that it is running"
        ) from None
    async with connection:
        yield connection


def brief(error: Error) -> str:
    """Tell what the database said, in a line."""
    lines = (error.diag.message_primary or str(error)).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def silence() -> None:
    """Keep what Procrastinate and psycopg log off the terminal; handlers of the caller's own still get it."""
    for name in ("procrastinate", "psycopg"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
