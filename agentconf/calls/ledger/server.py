"""The server of a ledger: how it is reached, when a connection is of no use any more, and faults in words."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agentconf.errors import AgentconfError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection, Error

RUNNING = "see that the database is running and can be reached, then run the command again"
"""What to do about a server that fails."""

_SESSION = """
SET idle_in_transaction_session_timeout = '15s';
SET lock_timeout = '300s';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""
"""A transaction is ended after 15 seconds of standing still, and waits for another up to five minutes, as
long as bringing in some million contacts takes; both ours. A claim that a crash of the server could take back
would let somebody be called twice, so none is."""


def connection_settings(url: str) -> dict[str, Any]:
    """Read a URL into libpq's words; what it does not say is set so that dead connections are noticed.

    Raises:
        ConfigurationError: it cannot be read, or the extra `postgres` is not installed.

    """
    try:
        from psycopg import ProgrammingError  # noqa: PLC0415 - an extra
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(
            "a ledger in PostgreSQL needs psycopg, which is not installed",
            help="pip install 'agentconf[postgres]'",
        ) from error
    settings: dict[str, Any] = {
        "connect_timeout": "10",
        "application_name": "agentconf",
        "keepalives_idle": "10",
        "keepalives_interval": "5",
        "keepalives_count": "3",
        "tcp_user_timeout": "15000",
    }
    unreadable = ConfigurationError(
        "the URL of the ledger's database cannot be read",
        help="give postgresql://user:password@host:5432/database, with special characters written as %XX",
    )
    try:
        settings |= conninfo_to_dict(url)
    except ProgrammingError:
        raise unreadable from None
    # A password with an unescaped @ or / ends up in these, and then in messages.
    place = f"{settings.get('host', '')}{settings.get('dbname', '')}"
    ports = str(settings.get("port", "")).replace(",", "")
    if "@" in place or (ports and not ports.isdecimal()):
        raise unreadable
    return settings


def connect(settings: dict[str, Any]) -> Connection:
    """Connect; each statement stands for itself until a transaction is begun.

    Raises:
        ConfigurationError: the server cannot be reached, or does not let us in.

    """
    import psycopg  # noqa: PLC0415 - an extra

    # What psycopg logs comes as an error as well; a handler of the caller's own still gets it.
    logger = logging.getLogger("psycopg")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    try:
        connection = psycopg.connect(**settings, autocommit=True)
    except psycopg.Error as error:
        raise ConfigurationError(
            f"the ledger's database cannot be reached: {_brief(error)}", help=RUNNING
        ) from None
    try:
        # What is decided under a lock is decided by what was committed when the lock was given.
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connection.execute(_SESSION)
    except BaseException:
        connection.close()
        raise
    return connection


def alive(connection: Connection) -> bool:
    """Tell whether a connection can be used, without asking: if the server ended it, that has arrived."""
    import psycopg  # noqa: PLC0415 - an extra

    if connection.closed:
        return False
    idle = connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    if not idle or connection.pgconn.pipeline_status != psycopg.pq.PipelineStatus.OFF:
        return True
    try:
        connection.pgconn.consume_input()
        connection.pgconn.consume_input()  # the first one finds the message, this one that it was the last
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def told() -> Iterator[None]:
    """Tell what went wrong with the database; never what was in a statement.

    Errors that only a mistake of ours can bring are left to show themselves.
    """
    import psycopg  # noqa: PLC0415 - an extra

    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigurationError(
            f"the ledger's database refuses: {_brief(error)}",
            help="grant its user CREATE on the database, or on its schema agentconf",
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError) as error:
        raise AgentconfError(f"the ledger's database failed: {_brief(error)}", help=RUNNING) from error


def _brief(error: Error) -> str:
    """Return the first line of what the database said, without the details: those show values."""
    lines = (error.diag.message_primary or str(error)).strip().splitlines()
    return lines[0] if lines else type(error).__name__
