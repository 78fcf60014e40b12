"""Procrastinate's tables: made once, in a schema of their own, and never those of another version."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from queue_world import ask, fresh

from agentconf.calls.queue.app import open_app
from agentconf.calls.queue.tables import SCHEMA, ensure_tables
from agentconf.errors import ConfigurationError


@pytest.fixture
def database(ledger_url: str) -> Iterator[str]:
    yield from fresh(ledger_url)


def test_tables_have_a_schema_of_their_own(database: str) -> None:
    asyncio.run(ensure_tables(database))
    schemas = ask(database, "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename ~ '^procrastinate'")
    assert schemas == [(SCHEMA,)]


def test_many_may_make_the_tables_at_once(database: str) -> None:
    async def make() -> list[None]:
        return await asyncio.gather(*(ensure_tables(database) for _ in range(8)))

    assert asyncio.run(make()) == [None] * 8


def test_jobs_survive_another_start(database: str) -> None:
    async def start() -> int:
        async with open_app(database) as app:
            await app.configure_task("any").defer_async()
            return len(list(await app.job_manager.list_jobs_async()))

    assert [asyncio.run(start()), asyncio.run(start())] == [1, 2]


def test_tables_of_another_version_are_refused(database: str) -> None:
    asyncio.run(ensure_tables(database))
    ask(
        database,
        f"COMMENT ON TABLE {SCHEMA}.procrastinate_jobs IS 'Procrastinate 9.9.0, tables 0123456789abcdef'",
    )
    with pytest.raises(ConfigurationError, match=r"made by Procrastinate 9\.9\.0") as caught:
        asyncio.run(ensure_tables(database))
    assert f"DROP SCHEMA {SCHEMA} CASCADE" in str(caught.value.help)


def test_tables_that_somebody_else_made_are_refused(database: str) -> None:
    asyncio.run(ensure_tables(database))
    ask(database, f"COMMENT ON TABLE {SCHEMA}.procrastinate_jobs IS NULL")
    with pytest.raises(ConfigurationError, match="was made by somebody else"):
        asyncio.run(ensure_tables(database))


def test_dropping_the_schema_is_a_way_out(database: str) -> None:
    asyncio.run(ensure_tables(database))
    ask(database, f"DROP SCHEMA {SCHEMA} CASCADE")
    asyncio.run(ensure_tables(database))
    assert ask(database, f"SELECT count(*) FROM {SCHEMA}.procrastinate_jobs") == [(0,)]


def test_a_user_who_may_not_make_them_is_told(database: str) -> None:
    name = database.rpartition("/")[2]
    ask(database, f"CREATE ROLE guest_{name} LOGIN PASSWORD 'hidden'")
    try:
        guest = database.replace("postgres@", f"guest_{name}:hidden@")
        with pytest.raises(ConfigurationError, match="permission denied") as caught:
            asyncio.run(ensure_tables(guest))
        assert "hidden" not in str(caught.value)
    finally:
        ask(database, f"DROP ROLE guest_{name}")
