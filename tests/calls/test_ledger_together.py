"""Several workers on one ledger at the same time."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

from ledger_world import ID, NOON, begin, campaign, new, news, number, placed, planned, take

from agentconf.calls.campaign import Pacing
from agentconf.calls.contact import State
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.sqlite import open_sqlite

OpenLedger = Callable[[], Ledger]
WORKERS = 4


def together(work: Callable[[int], list[str]]) -> list[str]:
    """Let several threads work from the same moment on; return what all of them did."""
    barrier = Barrier(WORKERS)

    def one(index: int) -> list[str]:
        barrier.wait(30)
        return work(index)

    with ThreadPoolExecutor(WORKERS) as pool:
        return [name for names in pool.map(one, range(WORKERS)) for name in names]


def test_workers_never_claim_the_same_contact_nor_more_than_the_campaign_allows(
    open_ledger: OpenLedger,
) -> None:
    ledgers = [open_ledger() for _ in range(WORKERS)]
    rows = (new(index, to=f"+4930231251{index:02d}") for index in range(80))
    begin(ledgers[0], rows, pacing=Pacing(concurrency=6, interval=0))
    most: list[int] = []

    def work(index: int) -> list[str]:
        ledger, called = ledgers[index], []
        turn = take(ledger, 3, worker=f"worker-{index}")
        while turn.open:
            most.append(ledger.counts(ID).states.get(State.SENDING, 0))
            called += [contact.key for contact in turn.claimed]
            told = [placed(contact.key, f"call-{contact.key}") for contact in turn.claimed]
            turn = ledger.exchange(ID, told, now=NOON, want=3, worker=f"worker-{index}")
        return called

    called = together(work)
    assert sorted(called) == sorted(f"key-{index}" for index in range(80))
    assert max(most) <= 6
    assert Counter(one.result for one in ledgers[0].attempts(ID)) == {"placed": 80}


def test_the_rate_is_the_campaigns_however_many_workers_there_are(open_ledger: OpenLedger) -> None:
    ledgers = [open_ledger() for _ in range(WORKERS)]
    begin(ledgers[0], 60, pacing=Pacing(concurrency=99, interval=0, rate=10))

    def work(index: int) -> list[str]:
        turns = [take(ledgers[index], 5, at=NOON + tenth / 10, worker=str(index)) for tenth in range(20)]
        return [contact.key for turn in turns for contact in turn.claimed]

    # Ten at once after a lull, and ten in each second from then on.
    assert len(together(work)) == 10 + 19


def test_two_campaigns_never_call_one_number_at_once(open_ledger: OpenLedger) -> None:
    ledgers = [open_ledger() for _ in range(WORKERS)]
    for index in range(WORKERS):
        ledgers[0].enrol(campaign(f"campaign-{index}"), news(5), at=NOON)

    def work(index: int) -> list[str]:
        claimed = take(ledgers[index], 5, of=f"campaign-{index}").claimed
        return [contact.to for contact in claimed]

    numbers = together(work)
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= {number(index) for index in range(5)}


def test_campaigns_with_the_same_contacts_all_end(open_ledger: OpenLedger) -> None:
    ledgers = [open_ledger() for _ in range(WORKERS)]
    for index in range(WORKERS):
        ledgers[0].enrol(campaign(f"campaign-{index}"), news(6), at=NOON)

    def work(index: int) -> list[str]:
        ledger, name, called, now = ledgers[index], f"campaign-{index}", [], NOON
        turn = take(ledger, 2, of=name)
        while turn.open:
            called += [contact.key for contact in turn.claimed]
            told = [placed(contact.key, f"{name}-{contact.key}") for contact in turn.claimed]
            now += 0.5
            turn = ledger.exchange(name, told, now=now, want=2, worker="one")
        return called

    assert Counter(together(work)) == {f"key-{index}": WORKERS for index in range(6)}


def test_all_may_enrol_the_same_campaign_at_once(open_ledger: OpenLedger) -> None:
    ledgers = [open_ledger() for _ in range(WORKERS)]

    def work(index: int) -> list[str]:
        told = ledgers[index].enrol(campaign(), news(40), at=NOON)
        return ["added"] * told.added + ["kept"] * told.kept

    assert Counter(together(work)) == {"added": 40, "kept": 120}


def test_a_contact_that_comes_back_is_settled_by_one_only(open_ledger: OpenLedger) -> None:
    ledgers = [open_ledger() for _ in range(WORKERS)]
    begin(ledgers[0], 1)
    take(ledgers[0], worker="worker-0")

    def work(index: int) -> list[str]:
        told = [planned("key-0", NOON + 9, counted=True, due_at=NOON + 60)]
        ledgers[index].resolve(ID, told, now=NOON + 50)
        return []

    together(work)
    assert ledgers[0].contact(ID, "key-0").tries == 1


DRAIN = """
import pathlib, sys
sys.path.insert(0, sys.argv[2])
from ledger_world import ID, NOON, placed, take
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.sqlite import open_sqlite
with Ledger(open_sqlite(pathlib.Path(sys.argv[1]))) as ledger:
    turn = take(ledger, 2, worker=sys.argv[3])
    while turn.open:
        for contact in turn.claimed:
            print(contact.key)
        told = [placed(contact.key, contact.key) for contact in turn.claimed]
        turn = ledger.exchange(ID, told, now=NOON, want=2, worker=sys.argv[3])
"""


def test_processes_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    with Ledger(open_sqlite(path)) as ledger:
        begin(ledger, 60)
    command = [sys.executable, "-c", DRAIN, str(path), str(Path(__file__).parent)]
    processes = [
        subprocess.Popen([*command, f"process-{index}"], stdout=subprocess.PIPE, text=True)
        for index in range(2)
    ]
    called: list[str] = []
    for process in processes:
        out, _ = process.communicate(timeout=60)
        called += out.split()
        assert process.returncode == 0
    assert sorted(called) == sorted(f"key-{index}" for index in range(60))
    with closing(Ledger(open_sqlite(path))) as ledger:
        assert ledger.counts(ID).states == {State.PLACED: 60}
