"""Campaigns in the hands of real workers: processes that are killed, stopped, put to sleep and told to go."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from queue_world import Worker, ask, eventually, fresh, numbers, queued, world

from agentconf.calls.campaign import Retry
from agentconf.calls.contact import State
from agentconf.calls.turn import Phase
from agentconf.remote.calling import Outcome


@pytest.fixture
def database(ledger_url: str) -> Iterator[str]:
    yield from fresh(ledger_url)


def put_to_sleep(worker: Worker, url: str) -> None:
    """Stop a worker, but not within a transaction: others wait for that until the server ends it, a minute."""

    def asleep() -> bool:
        worker.send(signal.SIGSTOP)
        time.sleep(0.3)
        busy = ask(
            url,
            "SELECT state FROM pg_stat_activity WHERE application_name = %s AND state <> 'idle'",
            worker.name,
        )
        if busy:
            worker.send(signal.SIGCONT)
        return not busy

    eventually(asleep, "a moment between two transactions")


def test_a_campaign_survives_its_workers(database: str, tmp_path: Path) -> None:
    faults = "500=0.02,502=0.02,503=0.02,reset=0.02"
    with world(database, tmp_path, faults=faults, retry_after=0) as there:
        campaign, to = there.campaign(concurrency=8, patience=1.0), numbers(240)
        there.start(campaign, to)
        for count, victim in enumerate(there.work(3)[:2], 1):
            there.calls_begun(70 * count)
            victim.kill()
            there.work()
        assert there.drained() == [0, 0, 0]
        assert there.states(campaign) == {State.PLACED: 240}
        assert there.called() == dict.fromkeys(to, 1)
        assert there.most_at_once() <= 8
        assert queued(database) == []
        assert {worker.complaints for worker in there.workers} == {""}


def test_pace_and_pauses_are_those_of_all_workers_together(database: str, tmp_path: Path) -> None:
    interval = 0.02
    with world(database, tmp_path, script=["POST */calls 429"], retry_after=1) as there:
        campaign, to = there.campaign(concurrency=4, interval=interval), numbers(100)
        there.enrol(campaign, to)
        for worker in there.work(2, drain=False):
            worker.wait_for("ready")
        there.enqueue(campaign)
        eventually(lambda: there.states(campaign) == {State.PLACED: 100}, "all calls")
        log = there.log()
        (told,) = [entry["ended_at"] for entry in log if entry["status"] == 429]
        # What was claimed before the refusal was known may still go out.
        early = [entry for entry in log if told + 500_000 < entry["began_at"] < told + 1_000_000]
        assert early == []
        began = [entry["began_at"] / 1_000_000 for entry in log]
        # A request takes some time to get from the claim to the platform: up to 0.4 s more than another one
        # on a busy machine. Two workers with a pace each would need half of 60 intervals.
        spans = [later - earlier for earlier, later in zip(began, began[60:], strict=False)]
        assert min(spans) >= 60 * interval - 0.4
        assert there.called() == dict.fromkeys(to, 1)


def test_pause_resume_and_cancel_reach_all_workers(database: str, tmp_path: Path) -> None:
    with world(database, tmp_path) as there:
        campaign, to = there.campaign(concurrency=3, interval=0.02), numbers(200)
        there.start(campaign, to)
        workers = there.work(2, drain=False)
        there.calls_begun(15)
        there.control(campaign, Phase.PAUSED)
        eventually(lambda: not queued(database), "lanes to end")
        paused = there.states(campaign)
        assert paused == {State.PLACED: len(there.log()), State.PLANNED: 200 - len(there.log())}
        there.control(campaign, Phase.RUNNING)
        assert there.enqueue(campaign) == 4
        there.calls_begun(paused[State.PLACED] + 15)
        there.control(campaign, Phase.CANCELED)
        eventually(lambda: not queued(database), "lanes to end")
        canceled = there.states(campaign)
        assert set(canceled) == {State.PLACED, State.CANCELED}
        assert there.called() == dict.fromkeys(to[: canceled[State.PLACED]], 1)
        assert [worker.process.poll() for worker in workers] == [None, None]


def test_a_worker_that_was_asleep_calls_nobody_twice(database: str, tmp_path: Path) -> None:
    with world(database, tmp_path) as there:
        campaign, to = there.campaign(concurrency=4, interval=0.02, patience=1.0), numbers(150)
        there.start(campaign, to)
        (sleeper,) = there.work(concurrency=2, slice=30.0)
        sleeper.wait_for("progress")
        (other,) = there.work()
        other.wait_for("progress")
        put_to_sleep(sleeper, database)
        assert other.end() == 0
        assert "revived recall/" in other.told
        assert there.states(campaign) == {State.PLACED: 150}
        sleeper.send(signal.SIGCONT)
        assert sleeper.end() == 0
        assert there.called() == dict.fromkeys(to, 1)
        assert there.most_at_once() <= 4
        assert [worker.complaints for worker in there.workers] == ["", ""]


def test_a_worker_that_is_told_to_go_leaves_nothing_in_doubt(database: str, tmp_path: Path) -> None:
    with world(database, tmp_path, latency=0.2) as there:
        campaign = there.campaign(concurrency=4)
        there.start(campaign, numbers(100))
        (worker,) = there.work(slice=30.0)
        there.calls_begun(8)
        worker.send(signal.SIGTERM)
        assert worker.end() == 0
        states = there.states(campaign)
        assert set(states) == {State.PLACED, State.PLANNED}
        assert states[State.PLACED] == sum(there.called().values())
        assert [status for _, status in queued(database)] == ["todo"] * 5


def test_campaigns_share_workers_and_keep_to_themselves(database: str, tmp_path: Path) -> None:
    with world(database, tmp_path) as there:
        one, other = there.campaign("one", concurrency=2), there.campaign("other", concurrency=2)
        foreign = there.campaign("foreign", environment="elsewhere", concurrency=1)
        for campaign, start in ((one, 0), (other, 20), (foreign, 40)):
            there.start(campaign, numbers(20, start))
        # Fewer hands than lanes: these have to take turns.
        there.work(2, concurrency=2, slice=0.2)
        assert there.drained() == [0, 0]
        assert there.called() == dict.fromkeys(numbers(40), 1)
        assert there.most_at_once() <= 4
        assert there.states(foreign) == {State.PLANNED: 20}
        assert queued(database) == [("foreign/0", "todo"), ("foreign/watch", "todo")]


def test_calls_that_are_due_again_bring_back_the_lanes(database: str, tmp_path: Path) -> None:
    with world(database, tmp_path, call_failure_rate=1.0) as there:
        # Nobody answers for half a minute; the platform's clock is put forward, and ours is not.
        retry = Retry(frozenset(Outcome) - {Outcome.COMPLETED}, times=1, after=-60.0)
        campaign = there.campaign(concurrency=2, retry=retry)
        there.start(campaign, numbers(4))
        there.work()
        for calls in (4, 8):
            eventually(lambda: sum(there.called().values()) == calls, f"{calls} calls")  # noqa: B023 - at once
            there.clock.advance(40)
        assert there.drained() == [0]
        assert there.called() == dict.fromkeys(numbers(4), 2)
        assert queued(database) == []
