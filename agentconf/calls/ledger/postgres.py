"""A ledger in a PostgreSQL database: for workers on any number of machines."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from agentconf.calls.ledger.database import clean
from agentconf.calls.ledger.server import RUNNING, alive, connect, connection_settings, told
from agentconf.calls.ledger.tables import INCOMING, INCOMING_TABLE, TABLES, VERSION
from agentconf.errors import AgentconfError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from psycopg import Connection

    from agentconf.calls.ledger.database import Parameters, Query, Row, Value

_LOCK = 0x6167_6C64
"""Of the advisory locks of ledgers, `agld`: who makes the tables holds it."""

_HAS_TABLES = """
SELECT EXISTS (
  SELECT 1 FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname = 'agentconf' AND relname = 'note')
"""

_HAS_SCHEMA = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'agentconf')"

_STAGE = f"COPY pg_temp.incoming ({', '.join(INCOMING)}) FROM STDIN"

_PARAMETER = re.compile(r":(\w+)")


def open_postgres(url: str) -> PostgresDatabase:
    """Connect to a database, and make the ledger's tables in its schema `agentconf` when there are none.

    Args:
        url: `postgresql://…`; what it leaves out is taken from the environment, as libpq does it.

    Raises:
        ConfigurationError: the extra `postgres` is not installed, the URL cannot be read, the server cannot
            be reached or refuses, or the ledger was written by a newer agentconf. The URL is never shown.

    """
    database = PostgresDatabase(connection_settings(url))
    try:
        _ensure_tables(database)
    except BaseException:
        database.close()
        raise
    return database


class PostgresDatabase:
    """A connection to a ledger's database; as `Database` says. A lost one is made anew by the next call.

    Args:
        settings: how to connect, in libpq's words.

    """

    locking: ClassVar[str] = """
    SELECT name FROM unnest(CAST(:names AS TEXT[])) AS wanted (name)
    WHERE pg_try_advisory_xact_lock(hashtextextended(name, 1634168932))
    """
    """Advisory locks are numbers: hashes, seeded with `agld` so that they are nobody else's."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._connection: Connection | None = None
        self._staging = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Read what is committed; who locks the campaign's row first is alone in the campaign."""
        with told():
            connection = self._open()
            with connection.pipeline(), connection.transaction():
                yield

    def select(self, statement: str, parameters: Parameters) -> list[Row]:
        """Return all rows of a query."""
        with told():
            return self._open().execute(_translate(statement), _bind(parameters)).fetchall()

    def select_all(self, queries: Sequence[Query]) -> list[list[Row]]:
        """Return all rows of each of several queries, in one trip to the server."""
        with told():
            connection = self._open()
            with connection.pipeline():
                cursors = [connection.execute(_translate(query), _bind(asked)) for query, asked in queries]
            return [cursor.fetchall() for cursor in cursors]

    def change(self, statement: str, parameters: Parameters) -> None:
        """Carry out a statement; within a transaction, together with the next one that has an answer."""
        with told():
            self._open().execute(_translate(statement), _bind(parameters))

    def count_changes(self, statement: str, parameters: Parameters) -> int:
        """Carry out a statement; return how many rows it touched."""
        with told():
            connection = self._open()
            with connection.pipeline():
                cursor = connection.execute(_translate(statement), _bind(parameters))
            return cursor.rowcount

    def change_each(self, statement: str, each: Sequence[Parameters]) -> None:
        """Carry out a statement for each of several parameters, as `change` does it for one."""
        with told():
            connection = self._open()
            for one in each:
                connection.execute(_translate(statement), _bind(one))

    @contextmanager
    def stage(self, rows: Iterable[Sequence[Value]]) -> Iterator[None]:
        """Keep rows in a temporary table, which the server drops at the latest when the connection ends."""
        try:
            with told():
                connection = self._open()
                self._staging = True
                connection.execute(INCOMING_TABLE)
                with connection.cursor() as cursor, cursor.copy(_STAGE) as copy:
                    for row in rows:
                        copy.write_row(tuple(map(clean, row)))
                connection.execute("CREATE INDEX incoming_key ON pg_temp.incoming (key, position)")
                connection.execute("ANALYZE pg_temp.incoming")
            yield
        finally:
            self._staging = False
            if self._connection is not None and not self._connection.closed:
                self._connection.execute("DROP TABLE IF EXISTS pg_temp.incoming")

    def now(self) -> float | None:
        """Return the server's time."""
        ((seconds,),) = self.select(
            "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)", {}
        )
        return float(seconds)

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> Connection:
        """Return the connection; one that the server has ended while nothing was going on is made anew."""
        if self._connection is not None and alive(self._connection):
            return self._connection
        if self._staging:
            raise AgentconfError("the connection to the ledger's database was lost", help=RUNNING)
        self.close()
        self._connection = connect(self._settings)
        return self._connection


def _ensure_tables(database: PostgresDatabase) -> None:
    """Make the tables if there are none; who comes at the same time waits.

    Raises:
        ConfigurationError: they may not be made, are not ours, or were made by a newer agentconf.

    """
    if not _has_tables(database):
        with database.transaction():
            database.select("SELECT pg_advisory_xact_lock(:lock)", {"lock": _LOCK})
            if not _has_tables(database):
                _make_tables(database)
    rows = database.select("SELECT value FROM agentconf.note WHERE name = 'version'", {})
    if not rows:
        raise ConfigurationError(
            "the schema agentconf of this database is not a ledger's", help="use another database"
        )
    if int(rows[0][0]) > VERSION:
        raise ConfigurationError(
            "the ledger in this database was written by a newer agentconf",
            help="upgrade agentconf on this machine",
        )


def _has_tables(database: PostgresDatabase) -> bool:
    """Tell whether the tables are there.

    The catalogue is asked, and not `to_regclass`: that may answer from before the lock was waited for.
    """
    ((there,),) = database.select(_HAS_TABLES, {})
    return bool(there)


def _make_tables(database: PostgresDatabase) -> None:
    ((there,),) = database.select(_HAS_SCHEMA, {})
    if not there:
        database.change("CREATE SCHEMA agentconf", {})
    for statement in TABLES.split(";"):
        database.change(statement, {})
    database.change(
        "INSERT INTO agentconf.note (name, value) VALUES ('version', :version)", {"version": str(VERSION)}
    )


@cache
def _translate(statement: str) -> bytes:
    return _PARAMETER.sub(r"%(\1)s", statement).encode()


def _bind(parameters: Parameters) -> dict[str, Any]:
    return {name: clean(value) for name, value in parameters.items()}
