"""The state in a file: its journal outlives it, and a crash anywhere costs no line."""

from __future__ import annotations

from pathlib import Path

import pytest
from store_fixtures import Place, written

from agentconf.errors import BlockedError, ConfigurationError, StoreError


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(None, tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".agentconf" / "state"


def lines(place: Place) -> list[str]:
    return list(place.open().journal())


def test_the_journal_is_whole_while_the_state_is_gone_and_after_it_begins_anew(
    place: Place, folder: Path
) -> None:
    first = written(place.open(), None, '{"n": 1}')
    written(place.open(), first, '{"n": 2}')
    (folder / "local.json").unlink()
    assert lines(place) == ['{"n": 1}', '{"n": 2}']
    written(place.open(), None, '{"n": 3}')
    assert lines(place) == ['{"n": 1}', '{"n": 2}', '{"n": 3}']


def test_the_journal_keeps_what_came_after_an_older_copy_that_is_put_back(place: Place, folder: Path) -> None:
    first = written(place.open(), None, '{"n": 1}')
    copy = (folder / "local.json").read_bytes()
    second = written(place.open(), first, '{"n": 2}')
    written(place.open(), second, '{"n": 3}')
    (folder / "local.json").write_bytes(copy)
    again = place.open().read()
    assert again == first
    written(place.open(), again, '{"n": 4}')
    assert lines(place) == [f'{{"n": {number}}}' for number in (1, 2, 3, 4)]


def test_lines_of_a_write_that_was_killed_before_its_state_are_there_once(place: Place, folder: Path) -> None:
    first = written(place.open(), None, '{"n": 1}')
    copy = (folder / "local.json").read_bytes()
    written(place.open(), first, '{"n": 2}')
    (folder / "local.json").write_bytes(copy)  # as if the process had died between the two files
    assert lines(place) == ['{"n": 1}', '{"n": 2}']
    written(place.open(), first, '{"n": 2}', '{"n": 3}')
    assert lines(place) == ['{"n": 1}', '{"n": 2}', '{"n": 3}']


@pytest.mark.parametrize("torn", ['{"serial":2,"n": 2', "{", "\0\0\0"])
def test_a_line_that_a_crash_tore_is_no_line_and_is_replaced(place: Place, folder: Path, torn: str) -> None:
    first = written(place.open(), None, '{"n": 1}')
    with (folder / "local.journal.ndjson").open("a", encoding="utf-8") as file:
        file.write(torn)
    assert lines(place) == ['{"n": 1}']
    written(place.open(), first, '{"n": 2}')
    assert lines(place) == ['{"n": 1}', '{"n": 2}']


def test_a_line_that_somebody_spoilt_is_named_and_nothing_behind_it_is_lost(
    place: Place, folder: Path
) -> None:
    journal = folder / "local.journal.ndjson"
    second = written(place.open(), written(place.open(), None, '{"n": 1}'), '{"n": 2}')
    journal.write_text(journal.read_text(encoding="utf-8").replace('{"serial":1,', "{"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no line of the journal") as refused:
        lines(place)
    assert refused.value.where == ".agentconf/state/local.journal.ndjson:1"
    written(place.open(), second, '{"n": 3}')
    assert journal.read_text(encoding="utf-8").splitlines()[1:] == [
        '{"serial":2,"n": 2}',
        '{"serial":3,"n": 3}',
    ]


def test_a_holder_that_lost_its_lock_leaves_the_next_one_s_name_alone(place: Place) -> None:
    first = place.open().lock("apply")
    mine = first.__enter__()
    place.open().unlock(mine.id)
    with place.open().lock("rollback") as other:
        first.__exit__(None, None, None)
        with pytest.raises(BlockedError) as refused, place.open().lock("apply"):
            pass
        assert other.id in str(refused.value.help)
    assert place.open().holder() is None


def test_a_folder_that_cannot_be_written_is_said_and_holds_nothing(place: Place, folder: Path) -> None:
    (folder / "local.holder.json").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"cannot write local\.holder\.json"), place.open().lock("apply"):
        pass
    (folder / "local.holder.json").rmdir()
    with place.open().lock("apply"):
        pass
