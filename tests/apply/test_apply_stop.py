"""Ctrl-C at each stage of an apply."""

from __future__ import annotations

import asyncio

from apply_world import Gate, Run, Scripted, applied, applying, create, delete, raising, update

from agentconf.errors import ExitCode, RemoteError
from agentconf.stop import Stop


def test_a_stop_before_the_start_attempts_nothing() -> None:
    stop = Stop()
    stop.request()
    platform = Scripted()
    run = applied(platform, create("a"), delete("b"), stop=stop)
    assert run.outcomes == {"a": "not-attempted", "b": "not-attempted"}
    assert run.messages["a"] == "stopped before it began"
    assert platform.asked == []
    assert run.report.exit_code() is ExitCode.INTERRUPTED


def test_a_forced_stop_before_the_start_attempts_nothing() -> None:
    stop = Stop()
    stop.request()
    stop.request()
    assert applied(Scripted(), create("a"), stop=stop).outcomes == {"a": "not-attempted"}


async def interrupted(requests: int, *, finish: bool) -> Run:
    """Stop while `a` is under way, `b` and `c` wait for a place, and `d` for all of them."""
    gate, stop = Gate(), Stop()
    operations = (create("a"), create("b"), update("c"), delete("d"))
    running = asyncio.create_task(applying(Scripted({"a": gate}), *operations, stop=stop, concurrency=1))
    await gate.reached.wait()
    for _ in range(requests):
        stop.request()
    if finish:
        gate.open.set()
    return await running


def test_the_first_stop_lets_what_is_under_way_finish() -> None:
    run = asyncio.run(interrupted(1, finish=True))
    assert run.outcomes == {"a": "done", "b": "not-attempted", "c": "not-attempted", "d": "not-attempted"}
    assert run.report.interrupted
    assert run.report.exit_code() is ExitCode.INTERRUPTED


def test_the_second_stop_cancels_what_is_under_way_and_its_fate_is_unknown() -> None:
    run = asyncio.run(interrupted(2, finish=False))
    assert run.outcomes == {"a": "unknown", "b": "not-attempted", "c": "not-attempted", "d": "not-attempted"}
    assert run.messages["a"] == "stopped while it was under way; it may have been carried out"
    assert run.report.results[0].help == "`agentconf plan` tells what there is now"
    assert run.report.results[0].agent_id is None


def test_a_third_stop_changes_nothing() -> None:
    assert asyncio.run(interrupted(3, finish=False)).outcomes["a"] == "unknown"


def test_a_cancelled_update_tells_which_agent_it_was() -> None:
    async def go() -> str | None:
        gate, stop = Gate(), Stop()
        running = asyncio.create_task(applying(Scripted({"id-a": gate}), update("a"), stop=stop))
        await gate.reached.wait()
        stop.request()
        stop.request()
        return (await running).report.results[0].agent_id

    assert asyncio.run(go()) == "id-a"


def test_an_operation_that_had_not_sent_anything_yet_was_not_attempted() -> None:
    async def go() -> Run:
        stop = Stop()
        running = asyncio.create_task(applying(Scripted(), create("a"), stop=stop))
        # One step: the operation's task is made, and has not run.
        await asyncio.sleep(0)
        stop.request()
        stop.request()
        return await running

    run = asyncio.run(go())
    assert run.outcomes == {"a": "not-attempted"}
    assert run.told == ["not-attempted a 1/1"]


def test_a_stop_during_the_deletions_spares_the_rest() -> None:
    async def go() -> Run:
        gate, stop = Gate(), Stop()
        operations = (create("a"), delete("b"), delete("c"))
        running = asyncio.create_task(
            applying(Scripted({"id-b": gate}), *operations, stop=stop, concurrency=1)
        )
        await gate.reached.wait()
        stop.request()
        gate.open.set()
        return await running

    assert asyncio.run(go()).outcomes == {"a": "done", "b": "done", "c": "not-attempted"}


def test_a_stop_after_the_last_operation_is_no_interruption() -> None:
    async def go() -> Run:
        gate, stop = Gate(), Stop()
        running = asyncio.create_task(applying(Scripted({"a": gate}), create("a"), stop=stop))
        await gate.reached.wait()
        stop.request()
        gate.open.set()
        return await running

    run = asyncio.run(go())
    assert run.report.interrupted
    assert run.report.exit_code() is ExitCode.OK


def test_a_failure_while_stopping_is_still_told() -> None:
    async def go() -> Run:
        gate, stop = Gate(), Stop()

        async def fail() -> None:
            await gate()
            await raising(RemoteError("no"))()

        running = asyncio.create_task(applying(Scripted({"a": fail}), create("a"), stop=stop))
        await gate.reached.wait()
        stop.request()
        gate.open.set()
        return await running

    assert asyncio.run(go()).messages == {"a": "no"}


def test_a_stop_after_the_apply_is_over_is_harmless() -> None:
    stop = Stop()
    run = applied(Scripted(), create("a"), stop=stop)
    stop.request()
    stop.request()
    assert (run.report.interrupted, stop.forced) == (False, True)
