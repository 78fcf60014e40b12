"""The file of a ledger: made for its owner alone, told from other files, and its faults in words."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agentconf.calls.ledger.tables import VERSION
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

APPLICATION_ID = 0x61676C64
"""`agld`, in the file's header: this file is a ledger of agentconf."""

BUSY = 30.0
"""Seconds to wait for other processes that write."""

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_AT_APPLICATION_ID = slice(68, 72)


def make_file(path: Path) -> None:
    """Make an empty file that nobody else can read; SQLite gives the files beside it the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        reason = "its folder is a file" if isinstance(error, FileExistsError) else error.strerror
        raise ConfigurationError(
            f"the ledger {path} cannot be opened: {reason}",
            help="make its folder writable, or choose another place for it",
        ) from error


def check_header(path: Path) -> None:
    """Refuse what is no ledger before SQLite touches it."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if not header:
        return
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise ConfigurationError(
            f"{path} is not a ledger, or it is damaged",
            help="move it away, restore it from a copy, or choose another place for the ledger",
        )
    if int.from_bytes(header[_AT_APPLICATION_ID], "big") != APPLICATION_ID:
        raise ConfigurationError(
            f"{path} is a database of something else than agentconf",
            help="choose another place for the ledger",
        )


def prepare(connection: sqlite3.Connection, path: Path, tables: Sequence[str]) -> None:
    """Make the tables if there are none, and see to it that what is committed is on the disk.

    Args:
        connection: to the file.
        path: of the file.
        tables: the statements that make them.

    Raises:
        ConfigurationError: a newer agentconf made them.

    """
    connection.execute("PRAGMA synchronous = FULL")
    # Without it, macOS leaves what is written to the disk's own cache.
    connection.execute("PRAGMA fullfsync = ON")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        version = _make_tables(connection, tables)
    if version > VERSION:
        raise ConfigurationError(
            f"the ledger {path} was written by a newer agentconf", help="upgrade agentconf on this machine"
        )
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        connection.execute("PRAGMA journal_mode = WAL")


def _make_tables(connection: sqlite3.Connection, tables: Sequence[str]) -> int:
    """Make everything in one transaction; return the version, which may be that of who was faster."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for statement in tables:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            version = VERSION
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return int(version)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Tell what went wrong with the file, and what to do about it.

    Errors that only a mistake of ours can bring are left to show themselves.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        if _code(error) == sqlite3.SQLITE_ERROR:
            raise
        message, advice = _fault(error)
        raise ConfigurationError(f"the ledger {path} {message}", help=advice) from error


def _code(error: sqlite3.DatabaseError) -> int:
    """Return SQLite's primary result code (SQLite documentation, Result and Error Codes)."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _fault(error: sqlite3.DatabaseError) -> tuple[str, str]:
    match _code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return (
                f"has been held by another process for {BUSY:.0f} s",
                "end that process, then run the command again",
            )
        case sqlite3.SQLITE_FULL:
            return "cannot grow: the disk is full", "free some space, then run the command again"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return "cannot be written", "make the file and its folder writable for you"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return "is damaged", "restore it from a copy; it is left as it is"
        case _:
            return f"cannot be used: {error}", "check the disk that it is on"
