"""A ledger with many contacts is as quick as one with few, and needs no more memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ledger_world import ID, NOON, begin, campaign, give, in_doubt, new, placed, planned, take

from agentconf.calls.campaign import Pacing, Window
from agentconf.calls.contact import NewContact
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.postgres import open_postgres
from agentconf.calls.ledger.sqlite import SqliteDatabase, open_sqlite
from agentconf.calls.turn import Ended, Phase
from agentconf.remote.calling import Outcome

WIDE = Pacing(concurrency=50, interval=0)
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/New_York")


def many(count: int) -> Iterator[NewContact]:
    for index in range(count):
        yield new(
            0,
            key=f"key-{index}",
            line=index + 2,
            to=f"+1415{index:07d}",
            priority=index % 2,
            zones=(ZONES[index % 3],),
            deadline=NOON + 9e6 if index % 5 else None,
        )


def a_day_at_work(ledger: Ledger) -> None:
    """Do what a dispatcher does all day, a little of everything."""
    turn = take(ledger, 8)
    settlements = [placed(contact.key, contact.key) for contact in turn.claimed[:6]]
    settlements += [planned(turn.claimed[6].key), in_doubt(turn.claimed[7].key)]
    turn = ledger.exchange(ID, settlements, now=NOON + 1, want=8, worker="one")
    assert len(turn.claimed) == 8
    ledger.resolve(ID, [planned(contact.key) for contact in ledger.looks(ID, now=NOON + 5)], now=NOON + 5)
    ledger.known_calls(["+14150000001"])
    ended = [
        Ended(contact.key, contact.call_id or "", Outcome.BUSY, None, NOON, NOON + 60)
        for contact in ledger.unfinished(ID, limit=3)
    ]
    ledger.record(ID, ended)
    ledger.expire(ID, now=NOON)
    ledger.control(ID, Phase.PAUSED)
    give(ledger, placed(turn.claimed[0].key, "one more"))
    ledger.control(ID, Phase.RUNNING)


def steps_of_a_day(path: Path, count: int) -> int:
    """Count the steps of SQLite's machine (SQLite documentation, The SQLite Bytecode Engine), by the ten."""
    steps = 0

    def count_steps() -> int:
        nonlocal steps
        steps += 1
        return 0

    with Ledger(open_sqlite(path)) as ledger:
        ledger.enrol(campaign(pacing=WIDE, window=Window()), many(count), at=NOON)
        database = ledger._database
        assert isinstance(database, SqliteDatabase)
        database._connection.set_progress_handler(count_steps, 10)
        a_day_at_work(ledger)
        database._connection.set_progress_handler(None, 0)
    return steps


def test_no_step_takes_longer_because_there_are_many_contacts(tmp_path: Path) -> None:
    few, more = (steps_of_a_day(tmp_path / f"{count}.db", count) for count in (300, 6000))
    assert few <= more < few * 1.2


def test_no_step_on_a_server_reads_a_whole_table(ledger_url: str) -> None:
    with Ledger(open_postgres(ledger_url)) as ledger:
        ledger.enrol(campaign(pacing=WIDE, window=Window()), many(6000), at=NOON)
        ledger._database.change("ANALYZE", {})
        with ledger._database.transaction():
            a_day_at_work(ledger)
            read = ledger._database.select(
                "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'contact'", {}
            )
    assert read == [(0,)]


@pytest.fixture
def ledger(open_ledger: Callable[[], Ledger]) -> Ledger:
    return open_ledger()


def test_contacts_come_in_and_out_without_being_held_in_memory(ledger: Ledger) -> None:
    begin(ledger, 1, id="warm")
    tracemalloc.start()
    try:
        ledger.enrol(campaign(), many(3000), at=NOON)
        ledger.enrol(campaign(), many(3000), at=NOON)
        told = sum(1 for _ in ledger.contacts(ID))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert told == 3000
    assert peak < 2.5e6
