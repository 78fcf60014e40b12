"""Putting lanes into the queue: never twice, never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.jobs import Status
from queue_world import ask, campaign_of, fresh, queued

from agentconf.calls.queue.app import open_app
from agentconf.calls.queue.deferring import defer, enqueue, fill_gaps
from agentconf.calls.queue.lane import Lane, queue_name
from agentconf.calls.queue.tables import SCHEMA

QUEUE = queue_name("test")
LATER = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def database(ledger_url: str) -> Iterator[str]:
    yield from fresh(ledger_url)


def test_a_campaign_is_queued_with_all_its_lanes(database: str) -> None:
    assert asyncio.run(enqueue(database, campaign_of(concurrency=2))) == 3
    assert queued(database) == [("recall/0", "todo"), ("recall/1", "todo"), ("recall/watch", "todo")]


def test_queueing_twice_changes_nothing(database: str) -> None:
    asyncio.run(enqueue(database, campaign_of(concurrency=2)))
    before = queued(database)
    assert asyncio.run(enqueue(database, campaign_of(concurrency=2))) == 0
    assert queued(database) == before


def test_queueing_from_many_sides_at_once_doubles_nothing(database: str) -> None:
    async def race() -> list[int]:
        return await asyncio.gather(*(enqueue(database, campaign_of(concurrency=8)) for _ in range(6)))

    assert sum(asyncio.run(race())) == 9
    assert len(queued(database)) == 9


def test_more_concurrency_adds_lanes(database: str) -> None:
    asyncio.run(enqueue(database, campaign_of(concurrency=1)))
    assert asyncio.run(enqueue(database, campaign_of(concurrency=3))) == 2


def test_campaigns_and_environments_are_apart(database: str) -> None:
    asyncio.run(enqueue(database, campaign_of("one", concurrency=1)))
    asyncio.run(enqueue(database, campaign_of("two", environment="other", concurrency=1)))
    queues = ask(database, f"SELECT lock, queue_name FROM {SCHEMA}.procrastinate_jobs ORDER BY id")
    assert queues == [
        ("one/0", "agentconf:test"),
        ("one/watch", "agentconf:test"),
        ("two/0", "agentconf:other"),
        ("two/watch", "agentconf:other"),
    ]


def test_a_name_with_every_sign_in_it_is_queued_once(database: str) -> None:
    campaign = campaign_of('it\'s (50 %) "new" /é\n{x}', concurrency=1)
    assert [asyncio.run(enqueue(database, campaign)) for _ in range(2)] == [2, 0]


def test_a_resting_lane_is_brought_forward(database: str) -> None:
    async def rest_and_resume() -> int:
        async with open_app(database) as app:
            await defer(app, Lane("recall", 0), QUEUE, at=LATER)
        return await enqueue(database, campaign_of(concurrency=1))

    assert asyncio.run(rest_and_resume()) == 2
    due = ask(database, f"SELECT lock, scheduled_at FROM {SCHEMA}.procrastinate_jobs ORDER BY lock")
    assert due == [("recall/0", None), ("recall/watch", None)]


def test_a_lane_at_work_gets_a_successor(database: str) -> None:
    async def take_and_resume() -> int:
        campaign = campaign_of(concurrency=1)
        await enqueue(database, campaign)
        async with open_app(database) as app:
            worker = await app.job_manager.register_worker()
            for _ in range(2):
                await app.job_manager.fetch_job([QUEUE], worker)
        return await enqueue(database, campaign)

    assert asyncio.run(take_and_resume()) == 2
    assert queued(database) == [
        ("recall/0", "doing"),
        ("recall/0", "todo"),
        ("recall/watch", "doing"),
        ("recall/watch", "todo"),
    ]


def test_a_successor_waits_until_its_lane_is_free(database: str) -> None:
    async def take_twice() -> list[str | None]:
        async with open_app(database) as app:
            manager, lane = app.job_manager, Lane("recall", 0)
            worker = await manager.register_worker()
            await defer(app, lane, QUEUE)
            first = await manager.fetch_job([QUEUE], worker)
            await defer(app, lane, QUEUE)
            early = await manager.fetch_job([QUEUE], worker)
            assert first is not None
            await manager.finish_job(first, Status.SUCCEEDED, delete_job=True)
            late = await manager.fetch_job([QUEUE], worker)
            return [None if job is None else job.lock for job in (first, early, late)]

    assert asyncio.run(take_twice()) == ["recall/0", None, "recall/0"]


def test_only_missing_lanes_are_filled_in(database: str) -> None:
    async def fill() -> list[int]:
        async with open_app(database) as app:
            await defer(app, Lane("recall", 1), QUEUE, at=LATER)
            return [await fill_gaps(app, campaign_of(concurrency=3)) for _ in range(2)]

    assert asyncio.run(fill()) == [3, 0]
