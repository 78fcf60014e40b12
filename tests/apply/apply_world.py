"""Plans made by hand, and a platform whose every answer the test decides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agentconf.apply.event import Event, Finished, Started
from agentconf.apply.executor import ApplyOptions, apply_plan
from agentconf.model.live import LiveAgent
from agentconf.plan.change import Action, LiveRef, Operation
from agentconf.plan.plan import Plan

if TYPE_CHECKING:
    from agentconf.apply.outcome import Report
    from agentconf.stop import Stop

ORGANISATION = "22222222-2222-4222-8222-222222222222"
OTHER = "33333333-3333-4333-8333-333333333333"

Json = dict[str, Any]
Behaviour = Callable[[], Awaitable[None]]


def create(key: str, *after: str, body: Json | None = None) -> Operation:
    sent = {"name": key, "greeting": "Hello."} | (body or {})
    expected = {"name": key, "greeting": "Hello."}
    return Operation(key, key, Action.CREATE, (), body=sent, expected=expected, after=after)


def update(key: str, *after: str, **body: Any) -> Operation:
    sent = body or {"greeting": "Good day."}
    ref = LiveRef(f"id-{key}", "2026-01-01T00:00:00Z", "0" * 64)
    return Operation(key, key, Action.UPDATE, (), body=sent, expected=sent, live=ref, after=after)


def delete(key: str, *after: str) -> Operation:
    ref = LiveRef(f"id-{key}", "2026-01-01T00:00:00Z", "0" * 64)
    return Operation(key, key, Action.DELETE, (), live=ref, after=after)


def plan_of(*operations: Operation, organisation: str | None = ORGANISATION) -> Plan:
    return Plan(
        environment="test",
        organisation=organisation,
        operations=operations,
        unchanged=(),
        unmanaged=(),
        blockers=(),
        notes=(),
        agents=len(operations),
        live=0,
        inputs="0" * 64,
        version="0",
    )


@dataclass
class Scripted:
    """A platform that does what it is told to for each agent, and remembers what was asked of it.

    Args:
        behaviour: by name or id of an agent, what happens before the answer: it may wait or raise.
        organisation: whose the agents are.
        lost: fields that the platform does not keep.

    """

    behaviour: Mapping[str, Behaviour] = field(default_factory=dict)
    organisation: str = ORGANISATION
    lost: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)
    secrets: list[Mapping[str, str]] = field(default_factory=list)
    under_way: int = 0
    most: int = 0

    async def list_agents(self) -> tuple[LiveAgent, ...]:
        raise NotImplementedError

    async def get_agent(self, agent_id: str) -> LiveAgent | None:
        raise NotImplementedError

    async def create_agent(self, body: Json, secrets: Mapping[str, str]) -> LiveAgent:
        self.secrets.append(secrets)
        await self._do("create", body["name"])
        return self._live(f"id-{body['name']}", body)

    async def update_agent(self, agent_id: str, body: Json, secrets: Mapping[str, str]) -> LiveAgent:
        self.secrets.append(secrets)
        await self._do("update", agent_id)
        return self._live(agent_id, body)

    async def delete_agent(self, agent_id: str) -> None:
        await self._do("delete", agent_id)

    async def _do(self, what: str, which: str) -> None:
        self.asked.append(f"{what} {which}")
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(0)
            if act := self.behaviour.get(which):
                await act()
        finally:
            self.under_way -= 1

    def _live(self, agent_id: str, body: Json) -> LiveAgent:
        kept = {name: value for name, value in body.items() if name not in self.lost}
        return LiveAgent(agent_id, str(body.get("name")), self.organisation, "2026-01-02T00:00:00Z", kept)


def raising(error: BaseException) -> Behaviour:
    async def act() -> None:
        raise error

    return act


class Gate:
    """Holds an operation until the test opens it."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self) -> None:
        self.reached.set()
        await self.open.wait()


@dataclass
class Run:
    """What became of an apply."""

    report: Report
    events: list[Event]

    @property
    def outcomes(self) -> dict[str, str]:
        return {result.operation.key: result.outcome.value for result in self.report.results}

    @property
    def messages(self) -> dict[str, str | None]:
        return {result.operation.key: result.message for result in self.report.results}

    @property
    def told(self) -> list[str]:
        return [_word(event) for event in self.events]


def _word(event: Event) -> str:
    match event:
        case Started(operation):
            return f"start {operation.key}"
        case Finished(result, done, total):
            return f"{result.outcome.value} {result.operation.key} {done}/{total}"


async def applying(
    platform: Any,
    *operations: Operation,
    secrets: Mapping[str, str] | None = None,
    stop: Stop | None = None,
    organisation: str | None = ORGANISATION,
    **options: Any,
) -> Run:
    events: list[Event] = []
    report = await apply_plan(
        plan_of(*operations, organisation=organisation),
        platform,
        secrets or {},
        ApplyOptions(**options),
        events.append,
        stop=stop,
    )
    return Run(report, events)


def applied(platform: Any, *operations: Operation, **options: Any) -> Run:
    return asyncio.run(applying(platform, *operations, **options))
