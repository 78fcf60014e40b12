"""What is done in a lane, and when it goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from queue_script import Heard
from queue_world import QUICK, campaign_of, fresh, numbers

from agentconf.calls.campaign import Campaign
from agentconf.calls.contact import NewContact
from agentconf.calls.dispatcher import Ending, Why
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.postgres import open_postgres
from agentconf.calls.ledger.sqlite import open_sqlite
from agentconf.calls.queue.deferring import enqueue
from agentconf.calls.queue.duty import IN_DOUBT_PAUSE, LOOK_PAUSE, CampaignDuty, pause_of_watch, rest_after
from agentconf.calls.queue.event import Failed, describe
from agentconf.calls.queue.lane import Lane
from agentconf.calls.queue.shift import Rest
from agentconf.calls.queue.worker import work
from agentconf.calls.turn import Phase, Turn
from agentconf.calls.watcher import Watched
from agentconf.errors import ConfigurationError
from agentconf.remote.calling import CallPlatform
from agentconf.stop import Stop

NOW, IDLE = 1000.0, 30.0
NOTHING = Watched(in_doubt=0, unfinished=False)


def ending(why: Why, wake_at: float | None = None, *, open: bool = True) -> Ending:  # noqa: A002 - its field
    return Ending(why, Phase.RUNNING, None, wake_at, open)


@pytest.mark.parametrize(
    ("slice_end", "rest"),
    [
        (ending(Why.DONE, open=False), None),
        (ending(Why.HELD), None),
        (ending(Why.STOPPED), Rest()),
        (ending(Why.STOPPED, open=False), None),
        (ending(Why.LATER, NOW - 1), Rest()),
        (ending(Why.LATER, NOW + 10), Rest(NOW + 10)),
        (ending(Why.LATER, NOW + 3600), Rest(NOW + IDLE)),
        (ending(Why.LATER), Rest(NOW + IDLE)),
    ],
)
def test_a_lane_goes_on_when_there_is_something_to_do(slice_end: Ending, rest: Rest | None) -> None:
    assert rest_after(slice_end, now=NOW, idle=IDLE) == rest


def turn(phase: Phase, *, open: bool) -> Turn:  # noqa: A002 - its field
    return Turn((), phase, None, None, open, NOW)


@pytest.mark.parametrize(
    ("phase", "is_open", "watched", "pause"),
    [
        (Phase.RUNNING, True, NOTHING, LOOK_PAUSE),
        (Phase.RUNNING, False, NOTHING, None),
        (Phase.RUNNING, True, Watched(in_doubt=1, unfinished=False), IN_DOUBT_PAUSE),
        (Phase.RUNNING, False, Watched(in_doubt=0, unfinished=True), LOOK_PAUSE),
        (Phase.PAUSED, True, NOTHING, None),
        (Phase.PAUSED, True, Watched(in_doubt=1, unfinished=False), IN_DOUBT_PAUSE),
        (Phase.CANCELED, False, Watched(in_doubt=0, unfinished=True), LOOK_PAUSE),
        (Phase.HALTED, True, Watched(in_doubt=1, unfinished=True), None),
    ],
)
def test_a_watch_goes_on_while_there_is_something_to_watch(
    phase: Phase, is_open: bool, watched: Watched, pause: float | None
) -> None:
    assert pause_of_watch(turn(phase, open=is_open), watched) == pause


class NoPlatform(AbstractAsyncContextManager[CallPlatform]):
    """What a worker has that lacks the platform's key."""

    def __init__(self, _campaign: Campaign) -> None:
        self.error = ConfigurationError("the environment has no key", help="set it")

    async def __aenter__(self) -> CallPlatform:
        raise self.error

    async def __aexit__(self, *_: object) -> None:
        raise AssertionError("it was never entered")


@pytest.fixture
def open_ledger(tmp_path: Path) -> Callable[[], Ledger]:
    return lambda: Ledger(open_sqlite(tmp_path / "calls.db"))


def enrolled(open_ledger: Callable[[], Ledger], phase: Phase = Phase.RUNNING) -> Campaign:
    campaign = campaign_of(concurrency=2)
    with open_ledger() as ledger:
        (number,) = numbers(1)
        ledger.enrol(campaign, [NewContact("key", 2, number)], at=time.time())
        if phase is not Phase.RUNNING:
            ledger.control(campaign.id, phase)
    return campaign


def duty(open_ledger: Callable[[], Ledger]) -> CampaignDuty:
    return CampaignDuty(open_ledger, NoPlatform, QUICK, Heard())


def test_a_lane_that_is_no_longer_wanted_ends(open_ledger: Callable[[], Ledger]) -> None:
    campaign = enrolled(open_ledger)
    app: Any = None
    assert asyncio.run(duty(open_ledger).carry(app, Lane(campaign.id, 2), "one/1", Stop())) is None


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [(Phase.RUNNING, Phase.HALTED, "broken"), (Phase.PAUSED, Phase.PAUSED, None)],
)
def test_a_failure_halts_what_is_running(
    open_ledger: Callable[[], Ledger], before: Phase, after: Phase, reason: str | None
) -> None:
    campaign = enrolled(open_ledger, before)
    asyncio.run(duty(open_ledger).halt(Lane(campaign.id, 0), "broken"))
    with open_ledger() as ledger:
        standing = ledger.standing(campaign.id)
    assert (standing.phase, standing.reason) == (after, reason)


@pytest.fixture
def database(ledger_url: str) -> Iterator[str]:
    yield from fresh(ledger_url)


def test_a_worker_without_the_platforms_key_says_so_and_leaves_the_campaign_alone(database: str) -> None:
    campaign = enrolled(lambda: Ledger(open_postgres(database)))
    heard, stop = Heard(), Stop()

    def listen(event: Any) -> None:
        heard(event)
        if len(heard.of(Failed)) == 3:
            stop.request()

    async def scenario() -> None:
        await enqueue(database, campaign)
        async with asyncio.timeout(20):
            await work(database, "test", NoPlatform, replace(QUICK, drain=False), listener=listen, stop=stop)

    asyncio.run(scenario())
    assert {(event.message, event.again_in) for event in heard.of(Failed)} == {
        ("the environment has no key", 30.0)
    }
    with Ledger(open_postgres(database)) as ledger:
        assert ledger.standing(campaign.id).phase is Phase.RUNNING


def test_an_error_of_ours_is_told_without_the_values_in_it() -> None:
    assert describe(KeyError("+14155550100")) == "KeyError, which is a mistake in agentconf"
