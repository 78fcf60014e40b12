"""Killed at any moment and run again: nobody is called twice, nobody is forgotten."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from dispatch_world import AGENT, contacts

from agentconf.calls.campaign import Campaign, Pacing
from agentconf.calls.contact import State
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.sqlite import open_sqlite
from agentconf.calls.turn import Counts
from agentconf.emulator.faults import parse_faults
from agentconf.emulator.options import DEFAULT_ORGANISATION, EmulatorOptions
from agentconf.emulator.seed import seed
from agentconf.emulator.server import Running, running
from agentconf.remote.calling import Target

PEOPLE = 40
RUNNER = Path(__file__).parent / "campaign_process.py"


@dataclass
class Scene:
    """A campaign on disk, and the emulator that it calls through."""

    path: Path
    server: Running
    agent_id: str

    @contextmanager
    def process(self, worker: str, capacity: int = 6) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, str(RUNNER), str(self.path), self.server.url, worker, str(capacity)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running_one:
            try:
                yield running_one
            finally:
                running_one.kill()

    def kill_after(self, lines: int, worker: str) -> None:
        """Run the campaign, and kill it with SIGKILL once it has told of so many steps."""
        with self.process(worker) as one:
            assert one.stdout is not None
            for _ in range(lines):
                one.stdout.readline()

    def finish(self) -> Counts:
        with self.process("last") as one:
            assert one.wait(timeout=60) == 0
        with Ledger(open_sqlite(self.path)) as ledger:
            return ledger.counts("recall")

    def calls(self) -> Counter[str]:
        now = self.server.clock.now()
        _, found = self.server.store.calls.page(self.agent_id, now, status=None, page=1, page_size=10_000)
        return Counter(call.phone_number for call in found)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    faults = parse_faults("500=0.05,502=0.05,reset=0.1")
    options = EmulatorOptions(latency=0.03, faults=faults, random_seed=3)
    with running(options) as server:
        seed(server.store, [AGENT])
        agent_id = json.loads(server.store.answers(DEFAULT_ORGANISATION)[0])["id"]
        made = Scene(tmp_path / "calls.db", server, agent_id)
        pacing = Pacing(concurrency=6, interval=0.0, patience=0.6)
        campaign = Campaign("recall", "local", "recall", Target("slng", agent_id), pacing=pacing)
        with Ledger(open_sqlite(made.path)) as ledger:
            ledger.enrol(campaign, contacts(PEOPLE), at=time.time())
        yield made


def test_a_campaign_that_is_killed_again_and_again_calls_everybody_once(scene: Scene) -> None:
    draw = Random(11)
    for number in range(3):
        scene.kill_after(draw.randint(1, 14), f"run-{number}")
    counts = scene.finish()
    assert ({State.PLACED: PEOPLE}, PEOPLE, {1}) == (
        {state: count for state, count in counts.states.items() if count},
        len(scene.calls()),
        set(scene.calls().values()),
    )


def test_processes_side_by_side_share_the_work_and_call_everybody_once(scene: Scene) -> None:
    with scene.process("one", 3) as one, scene.process("two", 3) as two:
        codes = [one.wait(timeout=60), two.wait(timeout=60)]
    with Ledger(open_sqlite(scene.path)) as ledger:
        workers = {attempt.worker for attempt in ledger.attempts("recall")}
    assert ([0, 0], PEOPLE, {1}, {"one", "two"}) == (
        codes,
        len(scene.calls()),
        set(scene.calls().values()),
        workers,
    )
