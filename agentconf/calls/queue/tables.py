"""Procrastinate's tables, in a schema of their own beside the ledger's."""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import version
from typing import TYPE_CHECKING

from agentconf.calls.queue.address import UnreachableError, brief, connect
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from psycopg import AsyncConnection

SCHEMA = "agentconf_queue"
"""Apart from the ledger's, so that it can be thrown away, and from a Procrastinate that others may have."""

_LOCK = 7_267_415_031_844_907
"""Of PostgreSQL's advisory locks; a number that nobody else is likely to use."""

_STAMP = re.compile(r"Procrastinate (?P<version>\S+), tables (?P<digest>[0-9a-f]{16})")


async def ensure_tables(url: str) -> None:
    """Create the tables where they are not there yet; safe to be called by many at once.

    Raises:
        ConfigurationError: they are those of another version, or may not be created, or the server cannot be
            reached (`UnreachableError`).

    """
    from psycopg import Error, OperationalError  # noqa: PLC0415 - an extra

    try:
        async with connect(url) as connection:
            if not await _are_there(connection):
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                if not await _are_there(connection):
                    await _create(connection)
    except OperationalError as error:
        raise UnreachableError(f"the database was lost: {brief(error)}") from None
    except Error as error:
        raise ConfigurationError(
            f"the queue cannot be set up in the database: {brief(error)}",
            help=f"let its user create schemas, or let another one create the schema {SCHEMA} for it",
        ) from None


async def _are_there(connection: AsyncConnection) -> bool:
    # Not to_regclass: within a transaction it may remember that there was no such table.
    cursor = await connection.execute(
        "SELECT COALESCE(obj_description(pg_class.oid, 'pg_class'), 'somebody else') FROM pg_class"
        " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE nspname = %s AND relname = 'procrastinate_jobs'",
        (SCHEMA,),
    )
    row = await cursor.fetchone()
    stamp = row[0] if row else None
    if stamp is None:
        return False
    found = _STAMP.fullmatch(stamp)
    if found is None or found["digest"] != _digest():
        raise ConfigurationError(
            f"the queue in the database was made by {stamp.partition(',')[0]}; "
            f"Procrastinate {version('procrastinate')} is installed here, and its tables are others",
            help="install the same version everywhere; or end all workers, DROP SCHEMA "
            f"{SCHEMA} CASCADE (it holds no contacts), start them, and resume the campaigns",
        )
    return True


async def _create(connection: AsyncConnection) -> None:
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - an extra
    from psycopg.sql import SQL, Identifier, Literal  # noqa: PLC0415 - an extra

    schema = Identifier(SCHEMA)
    await connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
    await connection.execute(SQL("SET LOCAL search_path TO {}").format(schema))
    await connection.execute(SchemaManager.get_schema())
    stamp = f"Procrastinate {version('procrastinate')}, tables {_digest()}"
    await connection.execute(SQL("COMMENT ON TABLE procrastinate_jobs IS {}").format(Literal(stamp)))


def _digest() -> str:
    """Tell the tables of one version of Procrastinate from those of another; most versions change none."""
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - an extra

    return hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()[:16]
