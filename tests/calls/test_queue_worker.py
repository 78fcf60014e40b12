"""Workers: what becomes of lanes when all goes well, when one breaks, and when a worker is told to stop."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator

import pytest
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.jobs import Job
from queue_script import (
    LANE,
    QUEUE,
    Heard,
    Script,
    back,
    queue_lane,
    until,
    until_stopped,
    work_through,
    work_while,
)
from queue_world import QUICK, ask, campaign_of, fresh, queued

from agentconf.calls.queue.deferring import enqueue
from agentconf.calls.queue.event import Failed, Ready
from agentconf.calls.queue.lane import Lane, queue_name
from agentconf.calls.queue.shift import MOST_FAILURES, Rest, Shift
from agentconf.calls.queue.tables import SCHEMA
from agentconf.errors import RemoteError
from agentconf.stop import Stop


@pytest.fixture
def database(ledger_url: str) -> Iterator[str]:
    yield from fresh(ledger_url)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentconf.calls.queue.worker._POLL", 0.05)


def test_lanes_are_worked_on_until_their_end(database: str) -> None:
    script = Script({"recall/0": [Rest()], "recall/watch": [Rest()]})

    async def scenario() -> None:
        await enqueue(database, campaign_of(concurrency=2))
        await work_through(database, script)

    asyncio.run(scenario())
    assert sorted(script.carried) == ["recall/0", "recall/0", "recall/1", "recall/watch", "recall/watch"]
    assert queued(database) == []


def test_no_two_slices_share_a_name(database: str) -> None:
    script = Script({"recall/0": [Rest()]})

    async def scenario() -> None:
        await enqueue(database, campaign_of(concurrency=2))
        await work_through(database, script)

    asyncio.run(scenario())
    assert all(worker.startswith("one/") for worker in script.workers)
    assert len(set(script.workers)) == 4


def test_a_lane_rests_as_long_as_it_says(database: str) -> None:
    begun = time.time()
    script = Script({"recall/0": [Rest(begun + 1)]})

    async def scenario() -> None:
        await queue_lane(database)
        await work_through(database, script)

    asyncio.run(scenario())
    assert script.carried == ["recall/0", "recall/0"]
    assert time.time() - begun >= 1


def test_a_worker_that_stays_waits_for_work(database: str) -> None:
    script = Script()

    async def add_late(stop: Stop, heard: Heard) -> None:
        await until(lambda: heard.of(Ready))
        await queue_lane(database)
        await until(lambda: script.carried)

    asyncio.run(work_while(database, script, add_late))
    assert script.carried == ["recall/0"]


def test_a_worker_leaves_other_environments_alone(database: str) -> None:
    script = Script()

    async def scenario() -> None:
        await queue_lane(database, Lane("theirs", 0), queue_name("other"))
        await queue_lane(database)
        await work_through(database, script)

    asyncio.run(scenario())
    assert script.carried == ["recall/0"]
    assert queued(database) == [("theirs/0", "todo")]


def test_a_failed_lane_is_told_and_put_back(database: str, capfd: pytest.CaptureFixture[str]) -> None:
    fault = ValueError("no such thing")
    script = Script({"recall/0": [fault]})

    async def scenario() -> Heard:
        await queue_lane(database)
        return await work_while(
            database, script, lambda _stop, _heard: until(lambda: script.carried and back(database))
        )

    heard = asyncio.run(scenario())
    assert heard.of(Failed) == [Failed("recall", 0, fault, again_in=2)]
    rests = ask(
        database, f"SELECT scheduled_at > now() + interval '1 s', attempts FROM {SCHEMA}.procrastinate_jobs"
    )
    assert rests == [(True, 1)]
    assert capfd.readouterr() == ("", "")


def test_a_lane_that_fails_too_often_halts_its_campaign(database: str) -> None:
    fault = ValueError("no such thing")
    script = Script({"recall/0": [fault]})

    async def scenario() -> Heard:
        await queue_lane(database)
        ask(database, f"UPDATE {SCHEMA}.procrastinate_jobs SET attempts = %s", MOST_FAILURES - 1)
        return await work_through(database, script)

    heard = asyncio.run(scenario())
    assert heard.of(Failed) == [Failed("recall", 0, fault, again_in=None, halted=True)]
    assert len(script.halted) == 1
    assert re.fullmatch(
        r"recall/0 failed 5 times: ValueError at queue_script.py:\d+, which is .*", script.halted[0]
    )
    assert queued(database) == []


def test_a_failed_lane_with_a_successor_makes_room_for_it(database: str) -> None:
    async def overtaken(_stop: Stop) -> Rest | None:
        await queue_lane(database)
        raise ValueError("no such thing")

    script = Script({"recall/0": [overtaken]})

    async def scenario() -> None:
        await queue_lane(database)
        await work_through(database, script)

    asyncio.run(scenario())
    assert script.carried == ["recall/0", "recall/0"]


def test_a_lane_that_cannot_go_on_for_now_rests(database: str) -> None:
    refusal = RemoteError("no such region")
    script = Script({"recall/0": [refusal]})

    async def scenario() -> Heard:
        await queue_lane(database)
        return await work_while(
            database,
            script,
            lambda _stop, _heard: until(
                lambda: queued(database) == [("recall/0", "todo")] and script.carried
            ),
        )

    heard = asyncio.run(scenario())
    assert heard.of(Failed) == [Failed("recall", 0, refusal, again_in=30.0)]
    rests = ask(
        database, f"SELECT scheduled_at > now() + interval '20 s', attempts FROM {SCHEMA}.procrastinate_jobs"
    )
    assert rests == [(True, 0)]


def test_a_stopped_worker_hands_its_lanes_back(database: str) -> None:
    async def scenario() -> None:
        begun = asyncio.Event()
        script = Script({"recall/0": [until_stopped(begun)]})
        await queue_lane(database)
        await work_while(database, script, lambda _stop, _heard: until(begun.is_set))

    asyncio.run(scenario())
    assert queued(database) == [("recall/0", "todo")]


def test_a_worker_that_is_asked_twice_gives_up(database: str) -> None:
    begun, given_up = asyncio.Event(), asyncio.Event()

    async def stubborn(stop: Stop) -> Rest | None:
        stop.tell(lambda: given_up.set() if stop.forced else None)
        begun.set()
        await given_up.wait()
        return Rest()

    async def ask_once(stop: Stop, _heard: Heard) -> None:
        await until(begun.is_set)
        stop.request()

    async def scenario() -> None:
        await queue_lane(database)
        await work_while(database, Script({"recall/0": [stubborn]}), ask_once)

    asyncio.run(scenario())
    assert given_up.is_set()
    assert queued(database) == [("recall/0", "todo")]


def test_a_worker_that_is_stopped_before_it_starts_takes_nothing(database: str) -> None:
    stop, script = Stop(), Script()
    stop.request()

    async def scenario() -> None:
        await queue_lane(database)
        await work_through(database, script, stop)

    asyncio.run(scenario())
    assert script.carried == []
    assert queued(database) == [("recall/0", "todo")]


def test_a_lane_that_is_taken_while_the_worker_ends_is_told_so() -> None:
    seen: list[tuple[bool, bool]] = []

    async def look(stop: Stop) -> Rest | None:
        seen.append((stop.requested, stop.forced))
        return None

    shift = Shift(Script({"recall/0": [look] * 3}), QUICK, Heard())
    context = JobContext(
        app=App(connector=PsycopgConnector()),
        job=Job(id=1, queue=QUEUE, lock=LANE.name, queueing_lock=LANE.name, task_name=LANE.task),
        start_timestamp=0.0,
        abort_reason=lambda: None,
    )

    async def scenario() -> None:
        await shift.call(context, campaign_id="recall", lane=0)
        shift.end()
        await shift.call(context, campaign_id="recall", lane=0)
        shift.end(give_up=True)
        await shift.call(context, campaign_id="recall", lane=0)

    asyncio.run(scenario())
    assert seen == [(False, False), (True, False), (True, True)]
