"""Calls in progress: an apply that would reach into them is refused, or waits until they are over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from cli_calls_world import World, soon, world
from cli_inside import inside
from conftest import Emulator, Project, clean_environ

from agentconf.cli.draining import _waiting
from agentconf.cli.output import Output
from agentconf.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

TRUNK = "475f59bf-2718-431c-806a-f50953cb684f"
OTHER = "4151b6f4-f106-4922-b5b1-b8ef8ec5b9bf"
APPLY = ("apply", "--auto-approve")


@pytest.fixture
def busy(project: Project) -> Iterator[World]:
    """A world in which the agent `outreach` speaks with somebody, and is to call over another trunk."""
    with world(project) as made:
        session(made, "outreach")
        project.replace("agents/outreach.yaml", TRUNK, OTHER)
        yield made


def agents_of(made: World) -> Emulator:
    return Emulator(made.emulator.url)


def session(made: World, agent: str) -> None:
    emulator = agents_of(made)
    path = f"/v1/agents/{emulator.agent(agent)['id']}/web-sessions"
    emulator.request("POST", path, {"arguments": {"name": "Ada", "practice_name": "Greenfield"}})


def listings(made: World) -> int:
    """Count the requests for calls."""
    return sum(one.path.endswith("/calls") for one in made.emulator.store.requests() if one.method == "GET")


def trunk(made: World) -> str | None:
    return str(agents_of(made).agent("outreach")["sip_outbound_trunk_id"])


def meanwhile(made: World, act: Callable[[], Any]) -> threading.Thread:
    """Do something as soon as an apply has looked for calls twice."""

    def run() -> None:
        soon(lambda: listings(made) > 3)
        act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def hang_up(made: World) -> None:
    made.emulator.clock.advance(1000)


def test_an_apply_that_would_reroute_a_call_is_refused(busy: World) -> None:
    ended = busy.run(*APPLY)
    assert ended.code == 6
    assert (
        "nothing was written: calls are in progress with agents that would go or be routed otherwise: outreach (1)"
        in ended.err
    )
    assert "--drain SECONDS waits until they are over; --ignore-calls applies" in ended.err
    assert trunk(busy) == TRUNK


def test_a_call_that_was_dialled_counts_until_it_is_over(project: Project) -> None:
    with world(project) as made:
        emulator = agents_of(made)
        path = f"/v1/agents/{emulator.agent('outreach')['id']}/calls"
        emulator.request("POST", path, {"phone_number": "+14155550100", "arguments": {"name": "Ada"}})
        project.replace("agents/outreach.yaml", TRUNK, OTHER)
        for seconds in (0, 2, 10):
            made.emulator.clock.advance(seconds)
            assert "outreach (1)" in made.run(*APPLY).err
        hang_up(made)
        assert made.run(*APPLY).code == 0


def test_the_deletion_of_an_agent_in_a_call_is_refused(busy: World) -> None:
    ended = busy.run("destroy", "outreach", "--auto-approve")
    assert (ended.code, "outreach (1)" in ended.err) == (6, True)


def test_only_agents_that_go_or_are_rerouted_are_asked_for(busy: World) -> None:
    busy.project.replace("agents/outreach.yaml", OTHER, TRUNK)
    busy.project.replace("agents/outreach.yaml", "greeting: Hello", "greeting: Good day")
    session(busy, "receptionist")
    assert busy.run(*APPLY).code == 0
    assert listings(busy) == 0


def test_a_plan_asks_for_no_calls(busy: World) -> None:
    assert busy.run("plan").code == 0
    assert listings(busy) == 0


def test_calls_can_be_ignored(busy: World) -> None:
    assert busy.run(*APPLY, "--ignore-calls").code == 0
    assert (trunk(busy), listings(busy)) == (OTHER, 0)


def test_draining_waits_until_the_calls_are_over(busy: World) -> None:
    thread = meanwhile(busy, lambda: hang_up(busy))
    ended = busy.run(*APPLY, "--drain", "60")
    thread.join()
    assert (ended.code, trunk(busy)) == (0, OTHER)
    assert ended.err.count("Waiting up to 1m for calls to end: outreach (1)") == 1


def test_a_quiet_wait_says_nothing(busy: World) -> None:
    thread = meanwhile(busy, lambda: hang_up(busy))
    ended = busy.run(*APPLY, "--drain", "60", "--quiet")
    thread.join()
    assert (ended.code, ended.err) == (0, "")


def test_draining_ends_when_its_time_is_up(busy: World) -> None:
    ended = busy.run(*APPLY, "--drain", "50ms")
    assert (ended.code, trunk(busy)) == (6, TRUNK)
    assert "calls are still in progress after 50ms with agents" in ended.err


def test_what_moved_while_it_waited_is_not_written_over(busy: World) -> None:
    def edit() -> None:
        agents_of(busy).patch("outreach", language="de")
        hang_up(busy)

    thread = meanwhile(busy, edit)
    ended = busy.run(*APPLY, "--drain", "1m")
    thread.join()
    assert (ended.code, trunk(busy)) == (5, TRUNK)


def test_calls_that_cannot_be_listed_refuse_the_apply(busy: World) -> None:
    class Silent:
        async def list_calls(self, *_: object, **__: object) -> None:
            raise RemoteError("could not list the calls: 403", help="ask for access")

    @asynccontextmanager
    async def connect(*_: object, **__: object) -> AsyncIterator[Silent]:
        yield Silent()

    with patch("agentconf.cli.calling.connect_calls", connect):
        ended = busy.run(*APPLY, "--drain", "1m")
    assert (ended.code, trunk(busy)) == (6, TRUNK)
    assert "whether calls are in progress cannot be told: could not list the calls: 403" in ended.err
    assert "help: ask for access; --ignore-calls applies whatever calls there are" in ended.err


def test_the_embedded_emulator_is_asked_too(project: Project) -> None:
    project.agent("outreach", extra=f"sip_outbound_trunk_id: {TRUNK}\n")
    assert inside(project.root, *APPLY).code == 0
    assert inside(project.root, "session", "outreach", "--arg", "practice_name=A").code == 0
    project.replace("agents/outreach.yaml", TRUNK, OTHER)
    ended = inside(project.root, *APPLY)
    assert (ended.code, "outreach (1)" in ended.err) == (6, True)


def test_an_interrupted_wait_writes_nothing_and_lets_the_next_apply_in(busy: World) -> None:
    command = [sys.executable, "-m", "agentconf", *APPLY, "-e", "staging", "--drain", "10m"]
    with subprocess.Popen(
        command, cwd=busy.project.root, env=clean_environ(busy.environ), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert "Waiting up to 10m" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(timeout=30) == 130, said
    assert trunk(busy) == TRUNK
    hang_up(busy)
    assert busy.run(*APPLY).code == 0


def test_a_terminal_shows_the_calls_that_are_waited_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    output = Output(sys.stdout, sys.stderr, os.environ)
    with patch.object(Output, "terminal", lambda _: True), _waiting(output, "1m") as show:
        show({"outreach": 2})
    assert "Waiting up to 1m for calls to end: outreach (2)" in capsys.readouterr().err


@pytest.mark.parametrize("drain", ["-1", "soon", "1e3", "--drain"])
def test_a_length_of_time_is_wanted(busy: World, drain: str) -> None:
    assert busy.run(*APPLY, "--drain", drain).code == 64
