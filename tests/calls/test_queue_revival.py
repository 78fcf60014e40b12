"""Lanes of workers that died, were taken for dead, or have lost the database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from queue_script import QUEUE, STAYING, Heard, Script, queue_lane, until, work_through, work_while
from queue_world import ask, fresh, queued

from agentconf.calls.queue.app import open_app
from agentconf.calls.queue.event import Disconnected, Ready, Revived, Took
from agentconf.calls.queue.shift import Rest
from agentconf.calls.queue.tables import SCHEMA
from agentconf.calls.queue.worker import work_on
from agentconf.stop import Stop


@pytest.fixture
def database(ledger_url: str) -> Iterator[str]:
    yield from fresh(ledger_url)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentconf.calls.queue.worker._POLL", 0.05)


async def abandon_lane(url: str) -> None:
    """Take a lane as a worker does that is then killed."""
    await queue_lane(url)
    async with open_app(url) as app:
        worker = await app.job_manager.register_worker()
        await app.job_manager.fetch_job([QUEUE], worker)
    ask(url, f"UPDATE {SCHEMA}.procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")


def test_the_lane_of_a_dead_worker_comes_back(database: str) -> None:
    script = Script()

    async def scenario() -> Heard:
        await abandon_lane(database)
        return await work_through(database, script)

    heard = asyncio.run(scenario())
    assert heard.of(Revived) == [Revived(("recall/0",))]
    assert script.carried == ["recall/0"]


def test_many_workers_revive_a_lane_once(database: str) -> None:
    script = Script()

    async def scenario() -> list[Heard]:
        await abandon_lane(database)
        return await asyncio.gather(*(work_through(database, script) for _ in range(3)))

    heard = asyncio.run(scenario())
    assert sum(len(one.of(Revived)) for one in heard) == 1
    assert set(script.carried) == {"recall/0"}
    assert queued(database) == []


def test_a_sleeper_does_not_end_what_another_has_taken_over(
    database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    asleep, awake = asyncio.Event(), asyncio.Event()

    async def sleep(_stop: Stop) -> Rest | None:
        asleep.set()
        await awake.wait()
        return None

    async def hold(_stop: Stop) -> Rest | None:
        awake.set()
        await until(lambda: len(queued(database)) == 1 and gone.is_set())
        held.append(queued(database))
        return None

    held: list[list[tuple[str, str]]] = []

    gone = asyncio.Event()

    async def scenario() -> None:
        await queue_lane(database)
        stop = Stop()
        first = asyncio.create_task(
            work_on(
                database,
                "test",
                Script({"recall/0": [sleep]}),
                replace(STAYING, heartbeat=9.0, stalled=18.0),
                listener=Heard(),
                stop=stop,
            )
        )
        await until(asleep.is_set)
        ask(
            database,
            f"UPDATE {SCHEMA}.procrastinate_workers SET last_heartbeat = now() - interval '1 minute'",
        )
        second = asyncio.create_task(work_through(database, Script({"recall/0": [hold]})))
        await until(awake.is_set)
        stop.request()
        await first
        gone.set()
        await second

    asyncio.run(scenario())
    assert held == [[("recall/0", "doing")]]
    assert capfd.readouterr() == ("", "")


def cut_off(url: str) -> None:
    ask(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def test_a_worker_goes_on_when_its_connections_break(
    database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    script = Script()

    async def cut(_stop: Stop, heard: Heard) -> None:
        await until(lambda: heard.of(Ready))
        cut_off(database)
        await queue_lane(database)
        await until(lambda: script.carried)

    asyncio.run(work_while(database, script, cut))
    assert script.carried == ["recall/0"]
    assert capfd.readouterr() == ("", "")


def test_a_worker_waits_for_a_database_that_is_away(
    postgres_server: str,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("agentconf.calls.queue.app._PATIENCE", 0.2)
    monkeypatch.setattr("agentconf.calls.queue.worker._PAUSES", (0.1, 0.3))
    admin, name = f"{postgres_server}/postgres", postgres_url.rpartition("/")[2]
    script = Script()

    async def take_away(_stop: Stop, heard: Heard) -> None:
        await until(lambda: heard.of(Ready))
        ask(admin, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        ask(admin, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        await until(lambda: len(heard.of(Disconnected)) == 3)
        ask(admin, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await until(lambda: len(heard.of(Ready)) == 2)
        await queue_lane(postgres_url)
        await until(lambda: script.carried)

    heard = asyncio.run(work_while(postgres_url, script, take_away))
    assert [event.again for event in heard.of(Ready)] == [False, True]
    assert [event.again_in for event in heard.of(Disconnected)][:3] == [0.1, 0.3, 0.3]
    assert "not currently accepting connections" in heard.of(Disconnected)[1].message
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_was_taken_for_dead_begins_anew(database: str) -> None:
    script = Script()

    async def forget(_stop: Stop, heard: Heard) -> None:
        await until(lambda: heard.of(Ready))
        await until(lambda: ask(database, f"DELETE FROM {SCHEMA}.procrastinate_workers RETURNING id"))
        await queue_lane(database)
        await until(lambda: script.carried)

    heard = asyncio.run(work_while(database, script, forget))
    assert [event.message.partition(",")[0] for event in heard.of(Disconnected)] == [
        "this worker was taken for dead"
    ]
    assert heard.of(Took) == [Took("recall", 0)]
