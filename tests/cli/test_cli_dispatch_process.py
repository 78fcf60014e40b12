"""`dispatch` as whole processes: asked on a terminal, interrupted, and two at once."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from select import select
from typing import TYPE_CHECKING

import pytest
from cli_calls_world import CANARIES, NUMBERS, World, soon, world
from conftest import Ended, Project, clean_environ

from agentconf.emulator.options import EmulatorOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = (sys.executable, "-m", "agentconf")
CONTROLLED = """
import os, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Makes the terminal that a session has opened the one that its Ctrl-C comes from."""

DISPATCH = ("dispatch", "outreach", "contacts.csv", "-e", "staging", "--auto-approve")
AT_ONCE = ("--interval", "0s")


@pytest.fixture
def staging(project: Project) -> Iterator[World]:
    with world(project) as made:
        yield made


def begin(staging: World, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=staging.project.root,
        env=clean_environ(CANARIES),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


INTERRUPT = b"\x03"
"""What Ctrl-C sends."""


def finish(process: subprocess.Popen[str]) -> Ended:
    out, err = process.communicate(timeout=60)
    assert [canary for canary in CANARIES.values() if canary in out + err] == []
    return Ended(process.returncode, out, err)


def ask(staging: World, answer: bytes, *arguments: str) -> tuple[int, str]:
    """Run a command on a terminal, and answer its question."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", CONTROLLED, *COMMAND, *arguments],
        cwd=staging.project.root,
        env=clean_environ(CANARIES) | {"TERM": "xterm", "COLUMNS": "100"},
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    )
    os.close(follower)
    shown = b""
    deadline = threading.Timer(30, process.kill)
    deadline.start()
    with suppress(OSError):  # which is how a terminal ends
        while True:
            # A Ctrl-C that falls between the question and the wait for its answer is pressed again, as people do.
            if not select([leader], [], [], 1)[0]:
                if b"goes on: " in shown and answer == INTERRUPT:
                    os.write(leader, answer)
                continue
            part = os.read(leader, 4096)
            if not part:
                break
            asked, shown = b"goes on: " in shown, shown + part
            if not asked and b"goes on: " in shown:
                os.write(leader, answer)
    os.close(leader)
    deadline.cancel()
    return process.wait(), shown.decode()


@pytest.mark.parametrize(
    ("answer", "code", "calls"), [(b"yes\n", 0, 2), (b"y\n", 6, 0), (b"\n", 6, 0), (INTERRUPT, 130, 0)]
)
def test_on_a_terminal_it_asks_and_only_yes_goes_on(
    staging: World, answer: bytes, code: int, calls: int
) -> None:
    staging.people(2)
    ended, shown = ask(staging, answer, "-e", "staging", "dispatch", "outreach", "contacts.csv")
    assert "Place 2 calls with outreach in staging? Only 'yes' goes on: " in shown
    assert (ended, len(staging.calls())) == (code, calls)


def test_ctrl_c_finishes_what_is_under_way_and_says_what_is_left(project: Project) -> None:
    with world(project, EmulatorOptions(latency=0.05)) as staging:
        staging.people(30)
        process = begin(staging, *DISPATCH, "--json")
        soon(staging.calls)
        process.send_signal(signal.SIGINT)
        ended = finish(process)
        states = ended.json["counts"]["states"]
        assert (ended.code, ended.json["interrupted"]) == (130, True)
        assert states["placed"] == len(staging.calls()) < 30
        assert states["placed"] + states["planned"] == 30


def test_ctrl_c_twice_gives_up_and_the_next_run_asks_what_became_of_it(project: Project) -> None:
    slowly = EmulatorOptions(script=("POST /v1/agents/*/calls slow",) * 2, slow_delay=1.0)
    with world(project, slowly) as staging:
        staging.people(2)
        process = begin(staging, *DISPATCH, *AT_ONCE, "--timeout", "1s")
        # The log knows a request once it is answered, so the ledger tells that one is under way.
        soon(lambda: "sending" in states_of(staging))
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        ended = finish(process)
        assert (ended.code, "  under way  2\n" in ended.out) == (130, True)
        resumed = staging.run("campaign", "resume", "dispatch-outreach-contacts", "--json")
        assert (resumed.code, resumed.json["counts"]["states"]["placed"]) == (0, 2)
        # A request that was given up is in no log of requests; the platform's calls tell.
        listed = staging.run("calls", "list", "outreach", "--show-numbers", "--json", numbers=True)
        assert sorted(call["number"] for call in listed.json["calls"]) == list(NUMBERS[:2])


def states_of(staging: World) -> set[str]:
    campaigns = staging.run("campaign", "status", "--json").json["campaigns"]
    return {state for one in campaigns for state, number in one["counts"]["states"].items() if number}


def test_sigterm_ends_it_in_good_order_too(project: Project) -> None:
    with world(project, EmulatorOptions(latency=0.05)) as staging:
        staging.people(30)
        process = begin(staging, *DISPATCH, "-q")
        soon(staging.calls)
        process.send_signal(signal.SIGTERM)
        ended = finish(process)
        assert (ended.code, "Interrupted: " in ended.out) == (130, True)


def test_two_at_once_call_nobody_twice(staging: World) -> None:
    staging.people(40)
    processes = [begin(staging, *DISPATCH, *AT_ONCE, "--resume", "--json") for _ in range(3)]
    ended = [finish(process) for process in processes]
    assert [one.code for one in ended] == [0, 0, 0]
    assert sorted(staging.called()) == list(NUMBERS[:40])
    assert sum(json.loads(one.out)["placed_in_this_run"] for one in ended) == 40


def test_two_first_runs_at_once_do_not_both_begin(staging: World) -> None:
    staging.people(20)
    processes = [begin(staging, *DISPATCH, "--interval", "20ms", "-q") for _ in range(2)]
    ended = [finish(process) for process in processes]
    assert len({one.code for one in ended} & {3, 6}) == 1
    assert sorted(staging.called()) == list(NUMBERS[:20])
