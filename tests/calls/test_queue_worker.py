"""Workers: what becomes of lanes when all goes well, when something breaks, and when they are told to stop."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.jobs import Job
from queue_world import QUICK, Heard, Script, ask, campaign_of, fresh, queued, until_stopped

from agentconf.calls.queue.app import open_app
from agentconf.calls.queue.deferring import defer, enqueue
from agentconf.calls.queue.event import Disconnected, Failed, Ready, Revived, Took
from agentconf.calls.queue.lane import Lane, queue_name
from agentconf.calls.queue.shift import MOST_FAILURES, Rest, Shift
from agentconf.calls.queue.tables import SCHEMA
from agentconf.calls.queue.worker import work_on
from agentconf.errors import RemoteError
from agentconf.stop import Stop

QUEUE = queue_name("test")
LANE = Lane("recall", 0)
STAYING = replace(QUICK, drain=False)

Act = Callable[[], Awaitable[None]]


@pytest.fixture
def database(ledger_url: str) -> Iterator[str]:
    yield from fresh(ledger_url)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentconf.calls.queue.worker._POLL", 0.05)


async def queue_lane(url: str, lane: Lane = LANE, queue: str = QUEUE) -> None:
    async with open_app(url) as app:
        await defer(app, lane, queue)


async def work_through(url: str, script: Script, stop: Stop | None = None) -> Heard:
    """Let a worker do what is queued."""
    heard = Heard()
    async with asyncio.timeout(20):
        await work_on(url, "test", script, QUICK, listener=heard, stop=stop or Stop())
    return heard


async def work_while(url: str, script: Script, act: Callable[[Stop, Heard], Awaitable[None]]) -> Heard:
    """Let a worker work while something is done, and then end it."""
    heard, stop = Heard(), Stop()
    async with asyncio.timeout(20):
        working = asyncio.create_task(work_on(url, "test", script, STAYING, listener=heard, stop=stop))
        await act(stop, heard)
        stop.request()
        await working
    return heard


def back(url: str) -> bool:
    return queued(url) == [("recall/0", "todo")]


async def until(happened: Callable[[], object]) -> None:
    while not happened():  # noqa: ASYNC110 - what happens is in other processes, and sets no event
        await asyncio.sleep(0.02)


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
        r"recall/0 failed 5 times: ValueError at queue_world.py:\d+, which is .*", script.halted[0]
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
