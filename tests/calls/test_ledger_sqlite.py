"""A ledger in a file."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from ledger_world import ID, NOON, begin, campaign, give, new, news, placed, states, take

from agentconf.calls.ledger import file, sqlite
from agentconf.calls.ledger.file import APPLICATION_ID
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.sqlite import open_sqlite
from agentconf.errors import ConfigurationError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "deep" / "calls.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(open_sqlite(path)) as opened:
        yield opened


def pragma(path: Path, name: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def refusal(path: Path) -> ConfigurationError:
    """Open a file in vain; it must stay as it is."""
    before = path.read_bytes()
    with pytest.raises(ConfigurationError) as caught:
        open_sqlite(path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir() if one.suffix != ".db"] == []
    return caught.value


def test_only_its_owner_can_read_a_ledger(path: Path, ledger: Ledger) -> None:
    begin(ledger)
    files = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert files == {"calls.db": 0o600, "calls.db-wal": 0o600, "calls.db-shm": 0o600}


def test_a_ledger_says_what_it_is_and_waits_for_the_disk(path: Path, ledger: Ledger) -> None:
    assert (pragma(path, "application_id"), pragma(path, "user_version"), pragma(path, "journal_mode")) == (
        APPLICATION_ID, 1, "wal",
    )  # fmt: skip
    assert ledger._database.select("PRAGMA synchronous", {}) == [(2,)]


def test_a_ledger_is_opened_again(path: Path) -> None:
    with Ledger(open_sqlite(path)) as ledger:
        begin(ledger)
    with Ledger(open_sqlite(path)) as ledger:
        assert ledger.counts(ID).total == 3


def test_whoever_finds_the_tables_made_meanwhile_uses_them(path: Path, ledger: Ledger) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert file._make_tables(connection, ["nonsense"]) == 1


def test_tables_are_made_together_or_not_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "TABLES", "CREATE TABLE agentconf.note (name TEXT); nonsense")
    with pytest.raises(sqlite3.OperationalError, match="nonsense"):
        open_sqlite(path)
    assert path.read_bytes() == b""


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    path.touch()
    with Ledger(open_sqlite(path)) as ledger:
        assert ledger.standings() == ()


def test_many_can_open_a_new_ledger_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        ledgers = [Ledger(one) for one in pool.map(open_sqlite, [path] * 8)]
    begin(ledgers[0])
    assert [ledger.counts(ID).total for ledger in ledgers] == [3] * 8
    for ledger in ledgers:
        ledger.close()


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("Call the bank.\n")
    error = refusal(path)
    assert error.message == f"{path} is not a ledger, or it is damaged"
    assert error.help == "move it away, restore it from a copy, or choose another place for the ledger"
    path.write_bytes(b"SQLite format 3\0" + b"x" * 20)
    assert refusal(path).message == f"{path} is not a ledger, or it is damaged"


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE contact (id)")
    assert refusal(path).message == f"{path} is a database of something else than agentconf"


def test_a_ledger_of_a_newer_agentconf_is_left_alone(path: Path) -> None:
    open_sqlite(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    error = refusal(path)
    assert error.message == f"the ledger {path} was written by a newer agentconf"
    assert error.help == "upgrade agentconf on this machine"


def test_a_damaged_ledger_is_named_and_left_as_it_is(path: Path) -> None:
    with Ledger(open_sqlite(path)) as ledger:
        ledger.enrol(campaign(), (new(0, key=f"key-{index}") for index in range(500)), at=NOON)
    data = bytearray(path.read_bytes())
    data[8192:-4096] = os.urandom(len(data) - 8192 - 4096)
    path.write_bytes(data)
    with Ledger(open_sqlite(path)) as ledger, pytest.raises(ConfigurationError) as caught:
        list(ledger.contacts(ID))
    assert caught.value.message == f"the ledger {path} is damaged"
    assert caught.value.help == "restore it from a copy; it is left as it is"


def test_a_damaged_list_of_tables_is_noticed_when_it_is_opened(path: Path) -> None:
    open_sqlite(path).close()
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * 3996
    path.write_bytes(data)
    with pytest.raises(ConfigurationError, match="is damaged"):
        open_sqlite(path)


def test_a_place_that_cannot_hold_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, reason in [
        (tmp_path / "file" / "calls.db", "its folder is a file"),
        (tmp_path, "Is a directory"),
        (Path("/proc/no/calls.db"), "No such file or directory"),
    ]:
        with pytest.raises(ConfigurationError) as caught:
            open_sqlite(path)
        assert caught.value.message == f"the ledger {path} cannot be opened: {reason}"


def test_a_ledger_that_cannot_be_written_is_named(path: Path) -> None:
    with Ledger(open_sqlite(path)) as ledger:
        begin(ledger)
        ledger._database.change("PRAGMA query_only = ON", {})
        with pytest.raises(ConfigurationError, match="cannot be written") as caught:
            take(ledger)
    assert caught.value.help == "make the file and its folder writable for you"


def test_a_full_disk_undoes_the_step_and_says_so(path: Path, ledger: Ledger) -> None:
    begin(ledger)
    (pages,) = ledger._database.select("PRAGMA page_count", {})[0]
    ledger._database.change(f"PRAGMA max_page_count = {pages + 4}", {})
    with pytest.raises(ConfigurationError) as caught:
        ledger.enrol(campaign(), (new(0, key=f"more-{index}") for index in range(9999)), at=NOON)
    assert caught.value.message == f"the ledger {path} cannot grow: the disk is full"
    assert ledger.counts(ID).total == 3
    assert len(take(ledger).claimed) == 1


def test_a_ledger_that_somebody_holds_is_waited_for_and_then_named(
    path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY", 0.01)
    with Ledger(open_sqlite(path)) as other, ledger._database.transaction():
        with pytest.raises(ConfigurationError, match="has been held by another process") as caught:
            begin(other)
        assert caught.value.help == "end that process, then run the command again"


def test_any_other_failure_of_the_disk_is_told(ledger: Ledger) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    with (
        pytest.raises(ConfigurationError, match="cannot be used: disk I/O error") as caught,
        file.told(Path("x")),
    ):
        raise error
    assert caught.value.help == "check the disk that it is on"


def test_a_mistake_of_ours_is_not_blamed_on_the_file(ledger: Ledger) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        ledger._database.change("INSERT INTO note (name, value) VALUES ('x', NULL)", {})
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        ledger._database.select("SELECT * FROM nonsense", {})


def test_an_sqlite_that_is_too_old_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 32, 3))
    with pytest.raises(ConfigurationError, match="too old for a ledger"):
        open_sqlite(path)
    assert not path.exists()


CLAIM_AND_DIE = """
import os, pathlib, signal, sys
sys.path.insert(0, sys.argv[2])
from ledger_world import ID, NOON, take
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.sqlite import open_sqlite
with Ledger(open_sqlite(pathlib.Path(sys.argv[1]))) as ledger:
    for contact in take(ledger, 2, worker="dead").claimed:
        print(contact.key, flush=True)
    with ledger._database.transaction():
        ledger._database.change("UPDATE agentconf.contact SET state = 'planned'", {})
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_claimed_stays_claimed(path: Path) -> None:
    with Ledger(open_sqlite(path)) as ledger:
        begin(ledger)
    died = subprocess.run(
        [sys.executable, "-c", CLAIM_AND_DIE, path, Path(__file__).parent],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (died.returncode, died.stdout.split()) == (-9, ["key-0", "key-1"])
    with Ledger(open_sqlite(path)) as ledger:
        assert states(ledger) == {"key-0": "sending", "key-1": "sending", "key-2": "planned"}
        assert [contact.key for contact in take(ledger, 5).claimed] == ["key-2"]
        give(ledger, placed("key-2"))


def test_a_copy_of_a_closed_ledger_is_a_ledger(path: Path, tmp_path: Path) -> None:
    with Ledger(open_sqlite(path)) as ledger:
        ledger.enrol(campaign(), news(3), at=NOON)
        name = ledger.pseudonym("+4930231250000")
    copy = Path(shutil.copy(path, tmp_path / "copy.db"))
    with Ledger(open_sqlite(copy)) as ledger:
        assert (ledger.counts(ID).total, ledger.pseudonym("+4930231250000")) == (3, name)
