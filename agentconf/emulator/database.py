"""The SQLite file under an emulator: its tables, and transactions that several processes may share."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 2
"""Of the tables below; a file of another version is refused, not migrated: nothing in it must last."""

_BUSY_SECONDS = 30.0
_WAL_PAUSE_SECONDS = 0.02

_TABLES = """
CREATE TABLE IF NOT EXISTS agents (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, organisation TEXT NOT NULL, name TEXT NOT NULL,
    document TEXT NOT NULL, answer TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, deleted_at INTEGER);
CREATE UNIQUE INDEX IF NOT EXISTS names ON agents (organisation, name) WHERE deleted_at IS NULL;
CREATE TABLE IF NOT EXISTS secrets (
    agent_id TEXT NOT NULL, tool_id TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (agent_id, tool_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, organisation TEXT NOT NULL, agent_id TEXT NOT NULL,
    direction TEXT NOT NULL, phone_number TEXT NOT NULL, arguments TEXT NOT NULL, prompt TEXT NOT NULL,
    created_at INTEGER NOT NULL, ring_at INTEGER NOT NULL, answer_at INTEGER, end_at INTEGER NOT NULL,
    outcome TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS calls_of_agents ON calls (agent_id, seq);
CREATE INDEX IF NOT EXISTS calls_by_end ON calls (agent_id, end_at, outcome, ring_at, answer_at);
CREATE TABLE IF NOT EXISTS executions (seq INTEGER PRIMARY KEY, call_id TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS executions_of_calls ON executions (call_id, seq);
CREATE TABLE IF NOT EXISTS spending (
    platform TEXT NOT NULL, organisation TEXT NOT NULL, calls INTEGER NOT NULL,
    PRIMARY KEY (platform, organisation)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sipgate_calls (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, organisation TEXT NOT NULL, flow_id TEXT NOT NULL,
    billing_device TEXT NOT NULL, number TEXT NOT NULL, created_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS dasha_calls (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, organisation TEXT NOT NULL, agent_id TEXT NOT NULL,
    endpoint TEXT NOT NULL, additional_data TEXT NOT NULL, priority INTEGER NOT NULL,
    deadline INTEGER NOT NULL, timezone TEXT, override TEXT,
    created_at INTEGER NOT NULL, queued_at INTEGER NOT NULL, ringing INTEGER NOT NULL,
    talking INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT,
    started_at INTEGER, free_at INTEGER, over_at INTEGER);
CREATE INDEX IF NOT EXISTS dasha_waiting ON dasha_calls (organisation, priority DESC, seq)
    WHERE started_at IS NULL AND over_at IS NULL;
CREATE INDEX IF NOT EXISTS dasha_queued ON dasha_calls (organisation, queued_at)
    WHERE started_at IS NULL AND over_at IS NULL;
CREATE INDEX IF NOT EXISTS dasha_deadlines ON dasha_calls (organisation, deadline)
    WHERE started_at IS NULL AND over_at IS NULL;
CREATE INDEX IF NOT EXISTS dasha_lines ON dasha_calls (organisation, free_at) WHERE free_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS dasha_over ON dasha_calls (organisation, over_at) WHERE over_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS requests (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL, status INTEGER, fault TEXT, body TEXT,
    began_at INTEGER NOT NULL, ended_at INTEGER NOT NULL);
"""


class Database:
    """One connection to one SQLite file, or to memory; safe for threads, and for processes on one file.

    Args:
        location: a file, made with its folder when it is not there, or `:memory:`.

    Raises:
        ConfigurationError: the file cannot be opened, is no database, or belongs to another version.

    """

    def __init__(self, location: str) -> None:
        self._lock = RLock()
        self._depth = 0
        try:
            if location != ":memory:":
                Path(location).parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                location, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise _unusable(location, error) from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise _unusable(location, error) from error
        except ConfigurationError:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        self._use_wal()
        self._connection.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if version == VERSION:
                return
            if version != 0:
                raise ConfigurationError(
                    f"the emulator's database has version {version}, not {VERSION}",
                    help="delete the file, or give another one",
                )
            for statement in _TABLES.split(";\n"):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def _use_wal(self) -> None:
        """Turn on write-ahead logging, for which SQLite itself does not wait while another process writes."""
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(_WAL_PAUSE_SECONDS)
            else:
                return

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do everything inside or nothing; other processes wait before they read what may change."""
        with self._lock:
            outermost = self._depth == 0
            self._depth += 1
            try:
                if outermost:
                    self._connection.execute("BEGIN IMMEDIATE")
                yield
            except BaseException:
                if outermost and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            else:
                if outermost:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def rows(
        self, statement: str, values: tuple[object, ...] | dict[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        """Run one statement and return what it finds."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def spend(self, platform: str, organisation: str, credit: int | None, *, calls: int) -> int | None:
        """Count calls of an organisation on a platform, within a transaction.

        Args:
            platform: where.
            organisation: whose.
            credit: how many it may place there in all; None for any number.
            calls: how many it places now.

        Returns:
            How many it had placed before; None when its credit does not suffice, and nothing is counted.

        """
        found = self.rows(
            "SELECT calls FROM spending WHERE platform = ? AND organisation = ?", (platform, organisation)
        )
        before: int = found[0][0] if found else 0
        if credit is not None and before + calls > credit:
            return None
        self.rows("REPLACE INTO spending VALUES (?, ?, ?)", (platform, organisation, before + calls))
        return before

    def close(self) -> None:
        """Let go of the file; may be called again."""
        with self._lock:
            self._connection.close()


def _unusable(location: str, error: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"the emulator cannot use its database {location}: {error}",
        help="give another file, or delete this one",
    )
