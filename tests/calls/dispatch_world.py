"""A campaign, its ledger and an emulated platform in one process, on a clock that jumps to what comes next."""

from __future__ import annotations

import asyncio
import inspect
import json
import selectors
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, Self, TypeVar

import httpx
import pytest

from agentconf.calls.campaign import Campaign, Pacing
from agentconf.calls.contact import Contact, NewContact, State
from agentconf.calls.event import Event, Moved
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.run import RunOptions, Summary, run_campaign
from agentconf.calls.timing import Timing
from agentconf.calls.turn import Phase
from agentconf.emulator.app import create_app
from agentconf.emulator.clock import Clock
from agentconf.emulator.options import DEFAULT_ORGANISATION, EmulatorOptions
from agentconf.emulator.requestlog import LoggedRequest
from agentconf.emulator.seed import seed
from agentconf.remote import connection
from agentconf.remote.calling import (
    CallPlatform,
    CallRecord,
    CallRequest,
    Capabilities,
    PlaceAnswer,
    Placed,
    Target,
)
from agentconf.remote.connection import ConnectionSettings
from agentconf.remote.slng.calls import SlngCalls
from agentconf.stop import Stop

T = TypeVar("T")

START = datetime(2026, 3, 4, 10, tzinfo=UTC).timestamp()
ON_SQLITE = pytest.mark.parametrize("open_ledger", ["sqlite"], indirect=True)
"""For what does not depend on the ledger's database."""

BRISK = Pacing(concurrency=4, interval=0.0, patience=4.0)

AGENT = {
    "name": "Recall",
    "system_prompt": "You remind {{name}}.",
    "greeting": "Hello {{name}}.",
    "language": "en",
    "region": "eu-central",
    "models": {"stt": "a/b:c", "llm": "d/e", "tts": "f/g:h", "tts_voice": "i"},
    "sip_outbound_trunk_id": "7b1c8a52-5d0e-4b5e-9f0a-1a2b3c4d5e6f",
}


@dataclass
class Time:
    """Seconds that pass only when nothing else can happen."""

    start: float = START
    passed: float = 0.0

    def now(self) -> float:
        return self.start + self.passed

    def timing(self, glance: float = 5.0) -> Timing:
        return Timing(now=self.now, monotonic=lambda: self.passed, chance=lambda: 1.0, glance=glance)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        with asyncio.Runner(loop_factory=lambda: _Loop(self)) as runner:
            return runner.run(work)


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to its next timer, unless a thread is still at work."""

    def __init__(self, time: Time) -> None:
        self._virtual = time
        self.jobs = 0
        super().__init__(_Selector(self, time))

    def time(self) -> float:
        return self._virtual.passed

    def run_in_executor(self, executor: Any, function: Any, *arguments: Any) -> Any:
        self.jobs += 1
        future = super().run_in_executor(executor, function, *arguments)
        future.add_done_callback(self._done)
        return future

    def _done(self, _future: Any) -> None:
        self.jobs -= 1


class _Selector(selectors.SelectSelector):
    def __init__(self, loop: _Loop, time: Time) -> None:
        super().__init__()
        self._loop = loop
        self._time = time

    def select(self, timeout: float | None = None) -> Any:
        if timeout == 0:
            return super().select(0)
        if self._loop.jobs:
            return super().select(None)
        assert timeout is not None, "nothing will ever happen"
        self._time.passed += timeout
        return super().select(0)


def contact(number: int, **changes: Any) -> NewContact:
    """The contact of a line of a file."""
    values = {
        "key": f"key-{number}",
        "line": number + 1,
        "to": f"+1415555{100 + number:04d}",
        "arguments": {"name": f"Person {number}"},
    }
    return NewContact(**(values | changes))


def contacts(count: int, **changes: Any) -> list[NewContact]:
    return [contact(number, **changes) for number in range(count)]


@dataclass(frozen=True)
class Sent:
    """A request that places calls, from its start to its answer, on the world's clock."""

    began: float
    ended: float
    calls: tuple[CallRequest, ...]
    answer: PlaceAnswer


class Metered:
    """A platform whose requests are measured."""

    def __init__(self, platform: Any, time: Time, sent: list[Sent]) -> None:
        self._platform = platform
        self._time = time
        self._sent = sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._platform, name)

    async def place(self, target: Target, calls: Sequence[CallRequest], *, timeout: float) -> PlaceAnswer:  # noqa: ASYNC109 - as the protocol says
        began = self._time.now()
        answer = await self._platform.place(target, calls, timeout=timeout)
        self._sent.append(Sent(began, self._time.now(), tuple(calls), answer))
        return answer


@dataclass
class Scripted:
    """A platform whose every answer the test decides.

    Args:
        answer: says what becomes of a request; may be awaitable, and may raise.
        capabilities: what it can do.
        records: the calls that it tells of.
        listed: called before each list; may raise.

    """

    answer: Callable[[Sequence[CallRequest]], Any] = lambda calls: Placed(tuple(call.key for call in calls))
    capabilities: Capabilities = field(default_factory=lambda: Capabilities("Scripted"))
    records: list[CallRecord] = field(default_factory=list)
    listed: Callable[[], None] = lambda: None
    asked: list[str] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def place(self, _target: Target, calls: Sequence[CallRequest], *, timeout: float) -> PlaceAnswer:  # noqa: ASYNC109 - as the protocol says
        answer = self.answer(calls)
        return await answer if inspect.isawaitable(answer) else answer

    async def calls_since(self, _target: Target, since: datetime) -> tuple[CallRecord, ...]:
        self.asked.append("list")
        self.listed()
        return tuple(record for record in self.records if record.created_at >= since)

    async def get_call(self, _target: Target, call_id: str) -> CallRecord | None:
        self.asked.append(call_id)
        return next((record for record in self.records if record.id == call_id), None)


def answers(*prepared: PlaceAnswer) -> Callable[[Sequence[CallRequest]], PlaceAnswer]:
    """Give prepared answers one after the other, then place every call."""
    left = list(prepared)
    return lambda calls: left.pop(0) if left else Placed(tuple(call.key for call in calls))


@dataclass
class World:
    """What a test of the engine works with."""

    open_real: Callable[[], Ledger]
    app: Any
    time: Time
    agent_id: str
    campaign: Campaign
    events: list[Event] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    def open_ledger(self) -> Ledger:
        ledger = self.open_real()
        ledger.now = lambda: None  # type: ignore[method-assign]  # the server does not know our time
        return ledger

    def enrol(self, people: Sequence[NewContact]) -> None:
        with self.open_ledger() as ledger:
            ledger.enrol(self.campaign, people, at=self.time.now())

    def platform(
        self, client: type[Any] = SlngCalls, **options: Any
    ) -> AbstractAsyncContextManager[CallPlatform]:
        settings = ConnectionSettings(
            "https://api.example.com",
            "key",
            timing=connection.Timing(clock=lambda: self.time.passed),
        )
        return client(settings, httpx.ASGITransport(self.app), **options)

    def run(
        self,
        platform: Any = None,
        *,
        stop: Stop | None = None,
        glance: float = 5.0,
        during: Callable[[Event], None] | None = None,
        **options: Any,
    ) -> Summary:
        """Run the campaign to its end.

        Args:
            platform: where; by default the emulated SLNG.
            stop: ends it early.
            glance: how often the ledger is looked at anyway.
            during: told of every event.
            options: of the run.

        """

        def listen(event: Event) -> None:
            self.events.append(event)
            if during is not None:
                during(event)

        async def go() -> Summary:
            async with platform or self.platform() as opened:
                return await run_campaign(
                    self.campaign.id,
                    self.open_ledger,
                    Metered(opened, self.time, self.sent),
                    RunOptions(**({"worker": "one"} | options)),
                    listener=listen,
                    stop=stop,
                    timing=self.time.timing(glance),
                )

        return self.time.run(go())

    def states(self) -> dict[str, int]:
        with self.open_ledger() as ledger:
            return {
                state.value: count for state, count in ledger.counts(self.campaign.id).states.items() if count
            }

    def contacts(self) -> list[Contact]:
        with self.open_ledger() as ledger:
            return list(ledger.contacts(self.campaign.id))

    def reasons(self) -> set[str | None]:
        return {one.reason for one in self.contacts()}

    def control(self, phase: Phase) -> None:
        with self.open_ledger() as ledger:
            ledger.control(self.campaign.id, phase)

    def overlap(self) -> int:
        """Return the most requests that were under way at once."""
        edges = sorted([(one.ended, -1) for one in self.sent] + [(one.began, 1) for one in self.sent])
        return max(accumulate(step for _, step in edges))

    def log(self, method: str = "POST") -> list[LoggedRequest]:
        return [entry for entry in self.app.state.store.log.entries() if entry.method == method]

    def calls(self) -> Counter[str]:
        """Calls that the platform has taken, by number."""
        now = self.app.state.clock.now()
        _, found = self.app.state.store.calls.page(self.agent_id, now, status=None, page=1, page_size=100_000)
        return Counter(call.phone_number for call in found)

    def moved(self, state: State | None = None) -> list[Moved]:
        return [event for event in self.events if isinstance(event, Moved) and state in (None, event.state)]


@contextmanager
def world(
    open_ledger: Callable[[], Ledger],
    *script: str,
    pacing: Pacing = BRISK,
    start: float = START,
    emulator: dict[str, Any] | None = None,
    target: Target | None = None,
    **campaign: Any,
) -> Iterator[World]:
    """A campaign on an emulator whose next requests meet the faults of a script, like `POST *calls 502`."""
    time = Time(start)
    clock = Clock(lambda: int(time.now() * 1_000_000))
    options = EmulatorOptions(script=script, log_limit=100_000, **(emulator or {}))
    app = create_app(options, clock=clock)
    try:
        seed(app.state.store, [AGENT], options=options, clock=clock)
        organisation = next(iter(options.tokens.values()), None) or DEFAULT_ORGANISATION
        agent_id = json.loads(app.state.store.answers(organisation)[0])["id"]
        made = Campaign(
            "recall", "local", "recall", target or Target("slng", agent_id), pacing=pacing, **campaign
        )
        yield World(open_ledger, app, time, agent_id, made)
    finally:
        app.state.store.close()
