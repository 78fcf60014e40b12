"""The law of idempotence, over random valid agents, against the emulator: apply, then the plan is empty."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent.parent / "plan"))

from strategies import agent_bodies

from agentconf.apply.executor import ApplyOptions, apply_plan, secret_refs
from agentconf.emulator.app import create_app
from agentconf.emulator.options import EmulatorOptions
from agentconf.model.agent import Lifecycle
from agentconf.plan.make import Desired, PlanOptions, make_plan
from agentconf.remote.slng.client import ConnectionSettings, SlngPlatform

if TYPE_CHECKING:
    from conftest import Emulator, Project, Run

    from agentconf.plan.plan import Plan

LAW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


class World:
    """A platform in memory, and the client that plans and applies to it."""

    def __init__(self, **options: Any) -> None:
        self.app = create_app(EmulatorOptions(unknown_fields="keep", **options))
        self.writes = 0

    def platform(self) -> SlngPlatform:
        world = self

        class Counting(httpx.ASGITransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                world.writes += request.method != "GET"
                return await super().handle_async_request(request)

        return SlngPlatform(
            ConnectionSettings(base_url="http://127.0.0.1", api_key="any-key"), Counting(self.app)
        )

    def plan(self, bodies: dict[str, Any]) -> Plan:
        async def go() -> Plan:
            async with self.platform() as platform:
                return make_plan(
                    desired(bodies), await platform.list_agents(), PlanOptions(environment="local")
                )

        return asyncio.run(go())

    def apply(self, bodies: dict[str, Any]) -> None:
        async def go() -> None:
            async with self.platform() as platform:
                plan = make_plan(
                    desired(bodies), await platform.list_agents(), PlanOptions(environment="local")
                )
                secrets = {reference.env: f"value-of-{reference.env}" for reference in secret_refs(plan)}
                report = await apply_plan(plan, platform, secrets, ApplyOptions(), lambda _: None)
                problems = [
                    (result.operation.key, result.message) for result in report.results if result.message
                ]
                assert problems == []

        asyncio.run(go())

    def edit(self, name: str, body: dict[str, Any]) -> None:
        async def go() -> None:
            async with self.platform() as platform:
                live = next(agent for agent in await platform.list_agents() if agent.name == name)
                await platform.update_agent(live.id, body, {})

        asyncio.run(go())

    def live(self, name: str) -> dict[str, Any]:
        async def go() -> dict[str, Any]:
            async with self.platform() as platform:
                return next(agent.body for agent in await platform.list_agents() if agent.name == name)

        return asyncio.run(go())


def desired(bodies: dict[str, Any]) -> list[Desired]:
    return [Desired(key=key, body=body, lifecycle=Lifecycle()) for key, body in bodies.items()]


@LAW
@given(body=agent_bodies())
def test_after_an_apply_the_plan_is_empty_and_a_second_apply_writes_nothing(body: dict[str, Any]) -> None:
    world = World()
    world.apply({"agent": body})
    assert world.plan({"agent": body}).operations == ()
    writes = world.writes
    world.apply({"agent": body})
    assert world.writes == writes == 1


@LAW
@given(before=agent_bodies(), after=agent_bodies())
def test_any_agent_can_become_any_other_with_one_write(before: dict[str, Any], after: dict[str, Any]) -> None:
    world = World()
    after = after | {"name": before["name"]}
    world.apply({"agent": before})
    world.apply({"agent": after})
    assert world.plan({"agent": after}).operations == ()
    assert world.writes <= 2


@LAW
@given(
    body=agent_bodies(),
    value=st.recursive(st.booleans() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2)),
)
def test_unknown_fields_survive_declared_and_undeclared(body: dict[str, Any], value: object) -> None:
    world = World()
    declared = body | {"a_field_of_tomorrow": value}
    world.apply({"agent": declared})
    assert world.plan({"agent": declared}).operations == ()
    world.edit(body["name"], {"set_in_the_dashboard": "kept"})
    world.apply({"agent": declared | {"greeting": "Another greeting."}})
    live = world.live(body["name"])
    assert live["a_field_of_tomorrow"] == value
    assert live["set_in_the_dashboard"] == "kept"


def test_null_nudges_are_applied_as_left_out_and_nothing_is_left_to_do(
    project: Project, run: Run, emulator: Emulator
) -> None:
    project.agent("a", extra="idle_nudges: null\n")
    assert run("lint").code == 0
    assert run("apply", "--auto-approve", environ=emulator.environ).code == 0
    assert emulator.agent("a")["idle_nudges"]["enabled"] is True
    again = run("plan", "--json", environ=emulator.environ)
    assert (again.code, again.json["operations"]) == (0, [])
