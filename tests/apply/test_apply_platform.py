"""Plans carried out over real HTTP, on an emulator that can fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from agentconf.apply.event import Event, Started
from agentconf.apply.executor import ApplyOptions, apply_plan
from agentconf.apply.outcome import Outcome, Report
from agentconf.emulator.faults import parse_faults
from agentconf.emulator.options import DEFAULT_ORGANISATION, EmulatorOptions
from agentconf.emulator.server import Running, running
from agentconf.errors import ExitCode
from agentconf.model.memory import Remembered, State
from agentconf.model.secret import SecretRef
from agentconf.plan.make import make_plan
from agentconf.plan.options import Desired, PlanOptions
from agentconf.remote.connection import ConnectionSettings, Timing
from agentconf.remote.slng.client import SlngPlatform
from agentconf.stop import Stop

if TYPE_CHECKING:
    from agentconf.plan.plan import Plan

SECRETS = {"SLNG_API_KEY": "canary-runtime-key", "CRM_TOKEN": "canary-crm-token"}
TOOL_ID = "8d7f2a3f-35d6-4ff9-97e6-1ab6a2d6867a"
Bodies = Mapping[str, Mapping[str, Any]]


def body(name: str, **changes: Any) -> dict[str, Any]:
    tool = {
        "type": "webhook",
        "id": TOOL_ID,
        "name": "lookup",
        "description": "Looks something up",
        "url": "https://crm.example.com/lookup",
        "parameters": {"type": "object", "properties": {}},
        "auth": {"type": "bearer", "token": SecretRef("CRM_TOKEN")},
    }
    return {
        "name": name,
        "system_prompt": "You help callers of {{brand}}.",
        "greeting": "Hello from {{brand}}.",
        "language": "en",
        "region": "eu-central",
        "models": {"stt": "a/b:c", "llm": "d/e", "tts": "f/g:h", "tts_voice": "i"},
        "slng_api_key": SecretRef("SLNG_API_KEY"),
        "template_defaults": {"brand": "ACME"},
        "tools": [tool],
    } | changes


class Place:
    """An emulator, and what is done on it."""

    def __init__(self, server: Running) -> None:
        self.server = server

    def with_platform(self, work: Callable[[SlngPlatform], Awaitable[Any]]) -> Any:
        now = 0.0

        async def sleep(seconds: float) -> None:
            nonlocal now
            now += seconds
            await asyncio.sleep(0)

        timing = Timing(clock=lambda: now, sleep=sleep)
        settings = ConnectionSettings(self.server.url, "key-1", tries=30, budget=10_000, timing=timing)

        async def go() -> Any:
            async with SlngPlatform(settings) as platform:
                return await work(platform)

        return asyncio.run(go())

    def plan(self, bodies: Bodies, **options: Any) -> Plan:
        desired = [Desired(key, dict(body)) for key, body in bodies.items()]
        live = self.with_platform(lambda platform: platform.list_agents())
        return make_plan(desired, live, PlanOptions(environment="test", **options))

    def apply(self, plan: Plan, stop: Stop | None = None, **options: Any) -> Report:
        events: list[Event] = []

        def work(platform: SlngPlatform) -> Awaitable[Report]:
            return apply_plan(plan, platform, SECRETS, ApplyOptions(**options), events.append, stop=stop)

        report: Report = self.with_platform(work)
        return report

    def writes(self) -> Sequence[str]:
        return [entry.method for entry in self.server.store.requests() if entry.method != "GET"]


@contextmanager
def place(**options: Any) -> Iterator[Place]:
    with running(EmulatorOptions(**options)) as server:
        yield Place(server)


def outcomes(report: Report) -> list[tuple[str, str, str | None]]:
    return [(result.operation.key, result.outcome.value, result.message) for result in report.results]


def test_what_was_applied_is_what_runs() -> None:
    wanted = {"one": body("One"), "two": body("Two")}
    with place() as here:
        assert here.apply(here.plan(wanted)).exit_code() is ExitCode.OK
        assert here.plan(wanted).operations == ()


def test_creates_updates_and_deletions_of_one_plan_all_happen() -> None:
    with place() as here:
        here.apply(here.plan({"one": body("One"), "two": body("Two"), "three": body("Three")}))
        wanted = {"one": body("One", greeting="Good day."), "four": body("Four"), "two": body("Two")}
        report = here.apply(here.plan(wanted, prune_unmanaged=True, max_deletes=1))
        assert report.complete
        assert here.plan(wanted, prune_unmanaged=True).operations == ()


def test_agents_swap_their_names() -> None:
    with place() as here:
        here.apply(here.plan({"one": body("One"), "two": body("Two")}))
        ids = {agent.name: agent.id for agent in here.with_platform(lambda p: p.list_agents())}
        known = {key: Remembered(ids[name], name) for key, name in (("one", "One"), ("two", "Two"))}
        state = State("test", "lineage", 1, "00" * 16, None, known)
        swapped = [Desired("one", body("Two")), Desired("two", body("One"))]
        live = here.with_platform(lambda platform: platform.list_agents())
        report = here.apply(make_plan(swapped, live, PlanOptions(environment="test"), state))
        assert [message for _, _, message in outcomes(report)] == [None] * len(report.results)
        after = {agent.name: agent.id for agent in here.with_platform(lambda p: p.list_agents())}
        assert after == {"One": ids["Two"], "Two": ids["One"]}


def test_a_platform_that_forgets_a_field_fails_the_run_by_name() -> None:
    with place(ignore_fields=("enable_interruptions",)) as here:
        report = here.apply(here.plan({"one": body("One", enable_interruptions=False)}))
    assert outcomes(report) == [
        ("one", "failed", "written, but the platform did not keep: enable_interruptions")
    ]


def test_a_platform_that_goes_away_is_given_up_soon() -> None:
    wanted = {f"a{number:02}": body(f"Agent {number}") for number in range(40)}
    with place() as here:
        plan = here.plan(wanted)
    report = here.apply(plan, concurrency=4)
    assert report.exit_code() is ExitCode.PARTIAL
    assert report.count(Outcome.FAILED) <= 8
    assert report.count(Outcome.FAILED) + report.count(Outcome.NOT_ATTEMPTED) == 40
    assert "refuses connections" in str(report.results[0].message)
    assert {result.message for result in report.results[8:]} == {
        "the platform gave no answer to 5 operations in a row"
    }


def test_a_refusal_is_told_in_the_platforms_words() -> None:
    tool = {"type": "human_transfer", "id": TOOL_ID, "name": "person", "phone_number": "+34600111222"}
    with place() as here:
        report = here.apply(here.plan({"one": body("One", tools=[tool]), "two": body("Two")}))
    assert [outcome for _, outcome, _ in outcomes(report)] == ["failed", "done"]
    assert "sip_outbound_trunk_id" in str(report.results[0].message)


@pytest.mark.parametrize("seed", range(3))
def test_faults_of_every_kind_end_in_the_wanted_world(seed: int) -> None:
    faults = parse_faults("429=0.05,500=0.05,502=0.05,503=0.05,reset-before=0.05,reset-after=0.05")
    wanted = {f"a{number}": body(f"Agent {number}") for number in range(30)}
    with place(faults=faults, random_seed=seed, retry_after=0) as here:
        report = here.apply(here.plan(wanted))
        assert [message for _, _, message in outcomes(report) if message] == []
        assert here.plan(wanted).operations == ()
        assert here.server.store.count_agents() == 30


def test_the_wrong_organisation_gets_one_agent_and_no_more() -> None:
    expected = "99999999-9999-4999-8999-999999999999"
    wanted = {f"a{number}": body(f"Agent {number}") for number in range(10)}
    with place() as here:
        report = here.apply(here.plan(wanted), expect_organisation=expected)
        assert here.writes() == ["POST"]
    assert report.exit_code() is ExitCode.DENIED
    assert DEFAULT_ORGANISATION in str(report.denied)


def test_a_refused_key_ends_the_run_at_once() -> None:
    with place() as here:
        plan = here.plan({f"a{number}": body(f"Agent {number}") for number in range(10)})
    with place(tokens={"another-key": DEFAULT_ORGANISATION}) as here:
        report = here.apply(plan, concurrency=2)
        assert len(here.writes()) == 2
    assert report.exit_code() is ExitCode.DENIED
    assert report.count(Outcome.NOT_ATTEMPTED) == 8


def test_an_apply_that_is_stopped_on_the_way_is_finished_by_the_next() -> None:
    wanted = {f"a{number}": body(f"Agent {number}") for number in range(12)}
    with place(latency=0.005) as here:
        stop = Stop()
        begun = 0
        plan = here.plan(wanted)

        def listen(event: Event) -> None:
            nonlocal begun
            begun += isinstance(event, Started)
            if begun == 5:
                stop.request()
                stop.request()

        def work(platform: SlngPlatform) -> Awaitable[Report]:
            options = ApplyOptions(concurrency=3)
            return apply_plan(plan, platform, SECRETS, options, listen, stop=stop)

        report: Report = here.with_platform(work)
        assert report.exit_code() is ExitCode.INTERRUPTED
        assert report.count(Outcome.UNKNOWN) > 0
        assert report.count(Outcome.NOT_ATTEMPTED) >= 7
        assert here.apply(here.plan(wanted)).complete
        assert here.plan(wanted).operations == ()
        assert here.server.store.count_agents() == 12
