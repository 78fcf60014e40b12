from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from emulator_client import agent_body, bearer, emulated, webhook

from agentconf.emulator.database import Database
from agentconf.emulator.seed import seed
from agentconf.emulator.store import Store
from agentconf.errors import ConfigurationError

SEED_MANY = """
import sys
from agentconf.emulator.seed import seed
from agentconf.emulator.store import Store
sys.path.insert(0, sys.argv[3])
from emulator_client import agent_body
store = Store(sys.argv[1])
made = sum(seed(store, [agent_body(name=f"agent {number}")]) for number in range(40))
made += seed(store, [agent_body(name=f"own {sys.argv[2]}")])
print(made)
store.close()
"""


def test_what_is_in_a_file_outlives_the_emulator(tmp_path: Path) -> None:
    location = str(tmp_path / "deep" / "emulator.db")
    with emulated(database=location) as client:
        agent = client.create(tools=[webhook(auth=bearer())])
    with emulated(database=location) as client:
        assert client.get(agent) == agent
        assert client.store.secrets(agent["id"]).slng_api_key == "sk-secret-key"
        assert [entry.method for entry in client.store.requests()] == ["POST", "GET"]


def test_several_processes_share_one_file_without_losing_or_doubling_anything(tmp_path: Path) -> None:
    location = str(tmp_path / "emulator.db")
    here = str(Path(__file__).parent)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", SEED_MANY, location, str(number), here], stdout=subprocess.PIPE
        )
        for number in range(4)
    ]
    made = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    store = Store(location)
    assert sum(made) == store.count_agents() == 44
    store.close()


def test_a_request_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "emulator.db"))

    def half_way() -> None:
        with store.transaction():
            seed(store, [agent_body()])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_way()
    assert store.count_agents() == 0
    assert seed(store, [agent_body()]) == 1
    store.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, and they are long enough to be taken for a header" * 20)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="cannot use its database"):
        Database(str(path))
    assert path.read_bytes() == before


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "emulator.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ConfigurationError, match="version 99"):
        Database(str(path))


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot use its database"):
        Database(str(tmp_path / "file" / "emulator.db"))


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot use its database"):
        Database(str(tmp_path))


def test_a_database_may_be_closed_twice() -> None:
    database = Database(":memory:")
    database.close()
    database.close()


def test_opening_waits_while_another_process_is_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = tmp_path / "emulator.db"
    other = sqlite3.connect(location, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        other.execute("ROLLBACK")

    monkeypatch.setattr(time, "sleep", pause)
    Database(str(location)).close()
    other.close()
    assert len(pauses) == 1


def test_opening_gives_up_on_a_file_that_stays_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentconf.emulator.database._BUSY_SECONDS", -1.0)
    location = tmp_path / "emulator.db"
    other = sqlite3.connect(location, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ConfigurationError, match="locked"):
        Database(str(location))
    other.close()


def test_a_transaction_fails_while_the_file_stays_locked_and_works_afterwards(tmp_path: Path) -> None:
    location = tmp_path / "emulator.db"
    database = Database(str(location))
    database.rows("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(location, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"), database.transaction():
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.transaction():
        assert database.rows("SELECT count(*) FROM agents") == [(0,)]
    database.close()
