"""What the tests of calls share: ledgers in both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.postgres import open_postgres
from agentconf.calls.ledger.sqlite import open_sqlite

OpenLedger = Callable[[], Ledger]


@pytest.fixture(scope="session")
def ledger_server(postgres_server: str) -> str:
    """Make one database for all ledgers of this test run: that takes longer than most tests."""
    reason = "psycopg is not installed: pip install 'agentconf[postgres]'"
    psycopg = pytest.importorskip("psycopg", reason=reason)
    name = f"ledgers_{uuid4().hex}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{postgres_server}/{name}"


@pytest.fixture
def ledger_url(ledger_server: str) -> Iterator[str]:
    """Give the URL of a database without a ledger; whatever ledger is made there is gone after the test."""
    import psycopg  # noqa: PLC0415 - an extra

    yield ledger_server
    with psycopg.connect(ledger_server, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute("DROP SCHEMA IF EXISTS agentconf CASCADE")


@pytest.fixture(params=["sqlite", "postgres"])
def open_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenLedger]:
    """Open the test's one ledger, any number of times; all are closed when the test ends."""
    opened: list[Ledger] = []
    url = request.getfixturevalue("ledger_url") if request.param == "postgres" else None

    def open_one() -> Ledger:
        database = open_sqlite(tmp_path / "ledger" / "calls.db") if url is None else open_postgres(url)
        opened.append(Ledger(database))
        return opened[-1]

    yield open_one
    for ledger in opened:
        ledger.close()
