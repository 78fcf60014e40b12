"""Workers, lanes and campaigns for the tests of the queue; as a script, one worker.

`python queue_world.py URL PLATFORM OPTIONS` works on the environment `test` and prints a line an event.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from agentconf.calls.campaign import Campaign, Pacing, Retry
from agentconf.calls.contact import NewContact, State
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.postgres import open_postgres
from agentconf.calls.queue.deferring import enqueue
from agentconf.calls.queue.event import Disconnected, Failed, Progress, Ready, Revived, Took, WorkEvent
from agentconf.calls.queue.options import WorkOptions
from agentconf.calls.queue.tables import SCHEMA
from agentconf.calls.queue.worker import work
from agentconf.calls.turn import Phase
from agentconf.emulator.clock import Clock
from agentconf.errors import AgentconfError
from agentconf.remote.calling import Target
from agentconf.remote.connection import ConnectionSettings
from agentconf.remote.slng.calls import SlngCalls
from agentconf.stop import Stop

ROOT = Path(__file__).parent.parent.parent
QUICK = WorkOptions("one", slice=2.0, heartbeat=0.2, stalled=1.0, idle=0.5, drain=True)
AGENT = {
    "name": "Support",
    "system_prompt": "You help.",
    "greeting": "Hello.",
    "language": "en",
    "region": "eu-central",
    "models": {"stt": "a/b:c", "llm": "d/e", "tts": "f/g:h", "tts_voice": "i"},
    "slng_api_key": "key-of-the-agents-runtime",
    "sip_outbound_trunk_id": "550e8400-e29b-41d4-a716-446655440000",
}


def ask(url: str, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def fresh(url: str) -> Iterator[str]:
    """Give a database without a queue, and take its queue away afterwards; the body of a fixture."""
    yield url
    ask(url, f"SET client_min_messages = warning; DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def queued(url: str) -> list[tuple[str, str]]:
    """Read which lanes are in the queue, and where they stand."""
    return ask(url, f"SELECT lock, status::text FROM {SCHEMA}.procrastinate_jobs ORDER BY lock, id")


def campaign_of(
    name: str = "recall",
    *,
    environment: str = "test",
    agent_id: str = "0",
    retry: Retry | None = None,
    **pacing: Any,
) -> Campaign:
    target = Target("slng", agent_id)
    return Campaign(name, environment, "support", target, pacing=Pacing(**pacing), retry=retry)


def numbers(count: int, start: int = 0) -> list[str]:
    """Numbers that nobody has."""
    assert start + count <= 1000
    return [f"+442079460{index:03}" for index in range(start, start + count)]


@dataclass
class Worker:
    """A worker as a process of its own."""

    name: str
    process: subprocess.Popen[str]
    folder: Path

    @property
    def told(self) -> str:
        return (self.folder / "out").read_text()

    @property
    def complaints(self) -> str:
        return (self.folder / "err").read_text()

    def wait_for(self, text: str) -> None:
        eventually(lambda: text in self.told, f"a worker to say {text!r}")

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self, seconds: float = 20) -> int:
        return self.process.wait(seconds)


@dataclass
class World:
    """A database, a platform and workers.

    Args:
        database: its URL.
        platform: its URL.
        agent_id: who calls.
        folder: for what workers say.
        clock: the platform's time.

    """

    database: str
    platform: str
    agent_id: str
    folder: Path
    clock: Clock
    workers: list[Worker] = field(default_factory=list)

    def campaign(self, name: str = "recall", **settings: Any) -> Campaign:
        chosen: dict[str, Any] = {"agent_id": self.agent_id, "interval": 0.0, "patience": 2.0} | settings
        return campaign_of(name, **chosen)

    @contextlib.contextmanager
    def ledger(self) -> Iterator[Ledger]:
        with Ledger(open_postgres(self.database)) as ledger:
            yield ledger

    def enrol(self, campaign: Campaign, to: Sequence[str]) -> None:
        contacts = [NewContact(f"{campaign.id}{number}", line, number) for line, number in enumerate(to, 2)]
        with self.ledger() as ledger:
            ledger.enrol(campaign, contacts, at=time.time())

    def enqueue(self, campaign: Campaign) -> int:
        return asyncio.run(enqueue(self.database, campaign))

    def start(self, campaign: Campaign, to: Sequence[str]) -> None:
        self.enrol(campaign, to)
        self.enqueue(campaign)

    def control(self, campaign: Campaign, phase: Phase) -> None:
        with self.ledger() as ledger:
            ledger.control(campaign.id, phase)

    def states(self, campaign: Campaign) -> dict[State, int]:
        with self.ledger() as ledger:
            return {state: count for state, count in ledger.counts(campaign.id).states.items() if count}

    def work(self, count: int = 1, **options: Any) -> list[Worker]:
        """Start workers; they run until the queue is empty unless they are told otherwise."""
        return [self._work(**options) for _ in range(count)]

    def _work(self, **options: Any) -> Worker:
        name = f"worker-{len(self.workers)}"
        folder = self.folder / name
        folder.mkdir()
        chosen = asdict(QUICK) | {"name": name} | options
        database = f"{self.database}?application_name={name}"
        command = [sys.executable, __file__, database, self.platform, json.dumps(chosen)]
        with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
            process = subprocess.Popen(
                command,
                stdout=out,
                stderr=err,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        self.workers.append(Worker(name, process, folder))
        return self.workers[-1]

    def calls_begun(self, count: int) -> None:
        """Wait for so many requests for calls, as long as any worker is alive."""

        def begun() -> bool:
            complaints = [worker.complaints for worker in self.workers]
            assert any(worker.process.poll() is None for worker in self.workers), complaints
            return len(self.log()) >= count

        eventually(begun, f"{count} calls")

    def drained(self) -> list[int]:
        """Wait until all workers that are alive have ended by themselves."""
        alive = [worker for worker in self.workers if worker.process.poll() is None]
        return [worker.end(30) for worker in alive]

    def log(self) -> list[dict[str, Any]]:
        """Read the requests for calls that the platform was sent, by when they began."""
        with urllib.request.urlopen(f"{self.platform}/_emulator/requests?method=POST", timeout=10) as answer:
            entries = json.loads(answer.read())
        return sorted(
            (entry for entry in entries if entry["path"].endswith("/calls")),
            key=lambda entry: entry["began_at"],
        )

    def called(self) -> Counter[str]:
        """Count the calls that the platform has placed, by number."""
        found: Counter[str] = Counter()
        page, pages = 1, 1
        while page <= pages:
            path = f"/v1/agents/{self.agent_id}/calls?page={page}&page_size=500"
            answer = self._request("GET", path)
            found.update(call["phone_number"] for call in answer["items"])
            page, pages = page + 1, answer["meta"]["pages"]
        return found

    def most_at_once(self) -> int:
        """Tell how many requests were under way at the same time, at most."""
        ends = [(entry["began_at"], 1) for entry in self.log()] + [
            (entry["ended_at"], -1) for entry in self.log()
        ]
        now = most = 0
        for _, step in sorted(ends):
            now += step
            most = max(most, now)
        return most

    def _request(self, method: str, path: str) -> Any:
        for _ in range(50):
            with contextlib.suppress(OSError):
                request = urllib.request.Request(
                    self.platform + path, method=method, headers={"Authorization": "Bearer operator"}
                )
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return json.loads(answer.read())
        raise AssertionError(f"the platform does not answer {path}")


@contextlib.contextmanager
def world(
    database: str, folder: Path, *, faults: str = "", latency: float = 0.02, **options: Any
) -> Iterator[World]:
    # Not at the top: a worker has no use for these, and starts twice as fast without them.
    from agentconf.emulator.faults import parse_faults  # noqa: PLC0415
    from agentconf.emulator.options import EmulatorOptions  # noqa: PLC0415
    from agentconf.emulator.server import running  # noqa: PLC0415

    seed = folder / "agents.json"
    seed.write_text(json.dumps([AGENT]))
    emulator = EmulatorOptions(faults=parse_faults(faults), latency=latency, seed_file=seed, **options)
    with running(emulator) as platform:
        made = World(database, platform.url, "", folder, platform.clock)
        try:
            made.agent_id = made._request("GET", "/v1/agents")[0]["id"]
            yield made
        finally:
            for worker in made.workers:
                if worker.process.poll() is None:
                    worker.kill()


def eventually(happened: Callable[[], object], what: str, seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < limit, f"waited for {what}"
        time.sleep(0.1)


def _words(event: WorkEvent) -> str:
    match event:
        case Ready():
            return f"ready {'again' if event.again else ''}"
        case Took():
            return f"took {event.campaign_id}/{event.lane}"
        case Failed():
            return f"failed {event.campaign_id}/{event.lane}: {event.error!r}"
        case Revived():
            return f"revived {' '.join(event.lanes)}"
        case Disconnected():
            return f"disconnected {event.message}"
        case Progress():
            return f"progress {event.campaign_id} {type(event.event).__name__}"


async def _main(url: str, platform: str, options: WorkOptions) -> None:
    stop, loop = Stop(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.request)

    def open_platform(_campaign: Campaign) -> SlngCalls:
        return SlngCalls(ConnectionSettings(platform, "operator"))

    def tell(event: WorkEvent) -> None:
        print(_words(event), flush=True)  # noqa: T201 - what the tests read

    try:
        await work(url, "test", open_platform, options, listener=tell, stop=stop)
    except AgentconfError as error:
        sys.exit(error.message)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], WorkOptions(**json.loads(sys.argv[3]))))
