"""Nobody is called twice, nobody is forgotten, and no limit is exceeded: by the platform's own log.

The platform refuses 5 % of the requests for their pace and fails in 2 %; 2 % of the answers get lost after the
call was placed. Processes are killed at random moments until all is done.
"""

from __future__ import annotations

import time
from collections import Counter

from calls_world import (
    CONTACTS,
    calls_of,
    crew,
    dispatches,
    enlist,
    fictional_numbers,
    moments,
    most_at_once,
    most_in,
)
from conftest import Emulator, Project, Run, emulator_process
from processes import kill, start

TROUBLE = ("--fault", "429=0.05,500=0.02,reset-after=0.02", "--retry-after", "0")
CONCURRENCY = 32
KILLS = 3
LATENESS = 0.5
"""Seconds by which a busy machine may let one request arrive later than it was admitted, and another not."""
FLAGS = ("--concurrency", str(CONCURRENCY), "--interval", "0s", "--timeout", "2s", "--auto-approve")


def everybody_once(count: int) -> Counter[str]:
    numbers = fictional_numbers()
    return Counter(next(numbers) for _ in range(count))


def applied(run: Run, emulator: Emulator) -> None:
    for _ in range(10):
        if run("apply", "--auto-approve", environ=emulator.environ).code == 0:
            return
    raise AssertionError("the agent could not be applied")


def test_one_process_that_is_killed_again_and_again_calls_everybody_once(project: Project, run: Run) -> None:
    count = min(CONTACTS, 500)
    enlist(project, count)
    command = ("dispatch", "outreach", "contacts.csv", "--resume", *FLAGS)
    with emulator_process("--latency", "0.02", "--log-limit", "1000000", *TROUBLE) as emulator:
        applied(run, emulator)
        pauses, kills = moments(1, 1.0, 2.0), 0
        for pause in pauses:
            process = start(project, *command, environ=emulator.environ)
            deadline = time.monotonic() + (pause if kills < KILLS else 120)
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
            if process.poll() is not None:
                break
            kill(process)
            kills += 1
        assert process.returncode == 0
        assert kills > 0
        assert calls_of(emulator) == everybody_once(count)
        assert most_at_once(dispatches(emulator)) <= CONCURRENCY


def test_workers_that_are_killed_at_random_call_everybody_once(
    project: Project, run: Run, postgres_url: str
) -> None:
    count = CONTACTS
    enlist(project, count)
    work = ("worker", "--heartbeat", "500ms", "--stalled", "2s")
    with emulator_process("--latency", "0.02", "--log-limit", "1000000", *TROUBLE) as emulator:
        environ = {**emulator.environ, "AGENTCONF_WORKERS": postgres_url}
        applied(run, emulator)
        kills = 0
        with crew(project, 3, *work, environ=environ) as workers:
            campaign = start(project, "dispatch", "outreach", "contacts.csv", *FLAGS, environ=environ)
            last, pauses = time.monotonic(), moments(2, 1.0, 3.0)
            pause = next(pauses)
            while campaign.poll() is None:
                time.sleep(0.05)
                if time.monotonic() - last > pause and kills < max(KILLS, count // 200):
                    victim = workers.pop(kills % len(workers))
                    kill(victim)
                    workers.append(start(project, *work, environ=environ))
                    kills, last, pause = kills + 1, time.monotonic(), next(pauses)
        assert campaign.returncode == 0
        assert kills >= 2
        assert calls_of(emulator) == everybody_once(count)
        assert most_at_once(dispatches(emulator)) <= CONCURRENCY


def test_the_interval_is_the_campaigns_over_all_workers(
    project: Project, run: Run, postgres_url: str
) -> None:
    enlist(project, 100)
    with emulator_process("--latency", "0.05") as emulator:
        environ = {**emulator.environ, "AGENTCONF_WORKERS": postgres_url}
        applied(run, emulator)
        flags = ("--concurrency", "8", "--interval", "40ms", "--auto-approve")
        with crew(project, 3, "worker", environ=environ):
            ended = run("dispatch", "outreach", "contacts.csv", *flags, environ=environ)
        assert ended.code == 0
        assert calls_of(emulator) == everybody_once(100)
        # Each worker by itself would let three times as many through.
        assert most_in(dispatches(emulator), 1.0) <= (1.0 + LATENESS) / 0.04 + 1
