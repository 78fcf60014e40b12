"""The state in PostgreSQL: a row an environment, a row a line of the journal, an advisory lock.

The lock is the session's: it goes with the connection of whoever holds it, so a killed process holds
nothing. A pooler that hands sessions out by the transaction breaks that; the comparison of versions holds all
the same.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agentconf.errors import ConfigurationError, StaleError, StoreError
from agentconf.state import document, holder
from agentconf.state.store import Holder, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from psycopg import Connection

    from agentconf.model.memory import State

SCHEMES = ("postgresql", "postgres")
_POLL = 0.2
_TABLES = """
SELECT pg_advisory_xact_lock(hashtextextended('agentconf state tables', 0));
CREATE SCHEMA IF NOT EXISTS agentconf;
CREATE TABLE IF NOT EXISTS agentconf.state (
    name text PRIMARY KEY, version bigint NOT NULL, document text NOT NULL
);
CREATE TABLE IF NOT EXISTS agentconf.state_journal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, line text NOT NULL
);
CREATE TABLE IF NOT EXISTS agentconf.state_holder (
    name text PRIMARY KEY, backend integer NOT NULL, holder text NOT NULL
)
"""


class PostgresStore:
    """A state in a database.

    Args:
        url: of the database; a fragment (`#team`) names a project, where several share it.
        environment: whose state it is.
        environ: the environment variables, for the holder's name.

    Raises:
        ConfigurationError: the extra `postgres` is not installed, or the URL cannot be read.

    """

    def __init__(self, url: str, *, environment: str, environ: Mapping[str, str]) -> None:
        plain, _, project = url.partition("#")
        self._settings = _settings(plain)
        if environ.get("PGPASSWORD"):  # libpq reads the process's own only, not those of --env-file
            self._settings.setdefault("password", environ["PGPASSWORD"])
        self._environment = environment
        self._environ = environ
        self._name = f"{project}/{environment}" if project else environment
        host, database = self._settings.get("host", "localhost"), self._settings.get("dbname", "")
        self._address = f"postgresql://{host}/{database}, row {self._name}"

    @property
    def address(self) -> str:
        """Host, database and row; never a user or password."""
        return self._address

    def read(self) -> Snapshot | None:
        """Return the state; see `Store.read`."""
        row = self._row()
        if row is None:
            return None
        state = document.load(row[0], address=self._address, environment=self._environment)
        return Snapshot(state, str(row[1]))

    def version(self) -> str | None:
        """Tell which version stands there; see `Store.version`."""
        row = self._row()
        return None if row is None else str(row[1])

    def _row(self) -> tuple[str, int] | None:
        with self._connected() as connection:
            found: tuple[str, int] | None = connection.execute(
                "SELECT document, version FROM agentconf.state WHERE name = %s", (self._name,)
            ).fetchone()
        return found

    def write(self, state: State, *, expected: str | None, entries: Sequence[str] = ()) -> Snapshot:
        """Replace the state; see `Store.write`."""
        with self._connected() as connection, connection.transaction():
            text = document.dump(state)
            if expected is None:
                row = connection.execute(
                    "INSERT INTO agentconf.state VALUES (%s, 1, %s) ON CONFLICT DO NOTHING RETURNING version",
                    (self._name, text),
                ).fetchone()
            else:
                row = connection.execute(
                    "UPDATE agentconf.state SET document = %s, version = version + 1"
                    " WHERE name = %s AND version = %s RETURNING version",
                    (text, self._name, int(expected)),
                ).fetchone()
            if row is None:
                raise StaleError(f"the state in {self._address} was written by somebody else")
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO agentconf.state_journal (name, line) VALUES (%s, %s)",
                    [(self._name, line) for line in entries],
                )
        return Snapshot(state, str(row[0]))

    def journal(self) -> Iterator[str]:
        """Yield the journal's lines; see `Store.journal`."""
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT line FROM agentconf.state_journal WHERE name = %s ORDER BY id", (self._name,)
            ).fetchall()
        yield from (row[0] for row in rows)

    @contextlib.contextmanager
    def lock(self, operation: str, *, patience: float = 0.0) -> Iterator[Holder]:
        """Hold the state; see `Store.lock`."""
        deadline = time.monotonic() + patience
        with self._connected() as connection:
            while not self._taken(connection):
                if time.monotonic() >= deadline:
                    raise holder.refusal(self.holder(), self._address, self._environment)
                time.sleep(max(0.0, min(_POLL, deadline - time.monotonic())))
            mine = holder.holder_of(operation, self._environ)
            connection.execute(
                "INSERT INTO agentconf.state_holder VALUES (%s, pg_backend_pid(), %s)"
                " ON CONFLICT (name) DO UPDATE SET backend = EXCLUDED.backend, holder = EXCLUDED.holder",
                (self._name, holder.dump(mine)),
            )
            try:
                yield mine
            finally:
                with contextlib.suppress(*self._errors()):
                    connection.execute(
                        "DELETE FROM agentconf.state_holder WHERE name = %s AND backend = pg_backend_pid()",
                        (self._name,),
                    )

    def _taken(self, connection: Connection) -> bool:
        row = connection.execute(
            "SELECT pg_try_advisory_lock(hashtextextended('agentconf state ' || %s, 0))", (self._name,)
        ).fetchone()
        return bool(row and row[0])

    def holder(self) -> Holder | None:
        """Tell who holds the state; see `Store.holder`."""
        found = self._held()
        return found[1] if found is not None else None

    def _held(self) -> tuple[int, Holder] | None:
        """Return the server's process and the holder whose session is still there."""
        with self._connected() as connection:
            row = connection.execute(
                "SELECT backend, holder FROM agentconf.state_holder JOIN pg_locks"
                " ON pid = backend AND locktype = 'advisory' AND granted WHERE name = %s LIMIT 1",
                (self._name,),
            ).fetchone()
        found = holder.load(row[1]) if row is not None else None
        return (row[0], found) if row is not None and found is not None else None

    def unlock(self, lock_id: str) -> Holder:
        """Free a lock by force, by ending its holder's session; see `Store.unlock`."""
        found = self._held()
        if found is None or found[1].id != lock_id:
            raise ConfigurationError(
                f"nobody holds the state in {self._address} with the lock {lock_id}",
                help="`agentconf state unlock` shows who holds it",
            )
        with self._connected() as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", (found[0],))
            connection.execute("DELETE FROM agentconf.state_holder WHERE name = %s", (self._name,))
        return found[1]

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Connection]:
        import psycopg  # noqa: PLC0415 - an extra

        try:
            with contextlib.closing(psycopg.connect(**self._settings, autocommit=True)) as connection:
                if connection.execute("SELECT to_regclass('agentconf.state_holder')").fetchone() == (None,):
                    with connection.transaction():
                        connection.execute(_TABLES)
                yield connection
        except psycopg.errors.InsufficientPrivilege as error:
            raise StoreError(
                f"the database of the state refuses: {_brief(error)}",
                help="grant its user CREATE on the database, or on its schema agentconf",
            ) from error
        except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError) as error:
            raise StoreError(
                f"the database of the state failed: {_brief(error)}",
                help="see that it is running and can be reached",
            ) from error

    def _errors(self) -> tuple[type[Exception], ...]:
        import psycopg  # noqa: PLC0415 - an extra

        return (psycopg.OperationalError, psycopg.InterfaceError)


def _settings(url: str) -> dict[str, Any]:
    """Read a URL into libpq's words.

    Raises:
        ConfigurationError: it cannot be read, or the extra `postgres` is not installed. The message never
            shows the URL: there may be a password in it.

    """
    try:
        from psycopg import ProgrammingError  # noqa: PLC0415 - an extra
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(
            "a state in PostgreSQL needs psycopg, which is not installed",
            help="pip install 'agentconf[postgres]'",
        ) from error
    try:
        urlsplit(url)
        found = conninfo_to_dict(url)
    except (ProgrammingError, ValueError):
        found = {"host": "@"}
    if "@" in f"{found.get('host', '')}{found.get('dbname', '')}":
        raise ConfigurationError(
            "the URL of the state's database cannot be read",
            help="give postgresql://user@host:5432/database, with special characters written as %XX",
        )
    return {"connect_timeout": "10", "application_name": "agentconf", **found}


def _brief(error: Exception) -> str:
    """Return the first line of what the database said, without the details: those show values."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
