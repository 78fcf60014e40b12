"""What every store does, whatever it keeps a state in."""

from __future__ import annotations

import os
import signal

import pytest
from store_fixtures import Place, state, written

from agentconf.errors import BlockedError, ConfigurationError, StaleError

CROWD = 20


def test_there_is_none_at_first(place: Place) -> None:
    store = place.open()
    assert (store.read(), list(store.journal()), store.holder()) == (None, [], None)


def test_what_was_written_is_read_by_everybody(place: Place) -> None:
    first = written(place.open(), None)
    assert place.elsewhere().open().read() == first
    second = written(place.elsewhere().open(), first, agents={})
    assert place.open().read() == second
    assert (second.state.serial, second.state.lineage) == (2, first.state.lineage)


def test_of_two_that_write_the_second_is_refused_and_writes_nothing(place: Place) -> None:
    here, there = place.open(), place.elsewhere().open()
    first = written(here, None, '{"n": 1}')
    won = written(here, first, '{"n": 2}')
    with pytest.raises(StaleError):
        written(there, first, '{"n": 3}', agents={})
    assert (there.read(), list(there.journal())) == (won, ['{"n": 1}', '{"n": 2}'])


def test_of_two_that_begin_the_second_is_refused(place: Place) -> None:
    first = written(place.open(), None, '{"n": 1}')
    with pytest.raises(StaleError):
        place.elsewhere().open().write(state(), expected=None, entries=['{"n": 2}'])
    assert (place.open().read(), list(place.open().journal())) == (first, ['{"n": 1}'])


def test_a_version_that_never_was_is_refused(place: Place) -> None:
    with pytest.raises(StaleError):
        place.open().write(state(), expected=_never(place))
    assert place.open().read() is None


def _never(place: Place) -> str:
    return "77" if "postgres" in str(place.setting) else "0123456789abcdef0123456789abcdef01234567"


def test_the_journal_keeps_its_order_over_many_writes(place: Place) -> None:
    store, snapshot, lines = place.open(), None, []
    for number in range(4):
        added = [f'{{"n": {number}, "part": {part}, "text": "ü\\u2028\\t"}}' for part in range(number)]
        snapshot = written(store, snapshot, *added)
        lines += added
    assert list(place.elsewhere().open().journal()) == lines


def test_environments_do_not_meet(place: Place) -> None:
    written(place.open(), None)
    assert (place.open("production").read(), list(place.open("production").journal())) == (None, [])
    with place.open().lock("apply"), place.open("production").lock("apply"):
        pass


def test_one_holds_it_at_a_time_and_others_are_told_who(place: Place) -> None:
    other = place.elsewhere().open()
    with place.open().lock("apply") as held:
        assert other.holder() == held or str(other.holder().id) == held.id  # type: ignore[union-attr]
        with pytest.raises(BlockedError) as refused, other.lock("apply"):
            pass
    for told in (held.host, str(os.getpid()), "apply"):
        assert told in refused.value.message
    assert f"agentconf state unlock {held.id} -e local" in str(refused.value.help)
    with other.lock("apply"):
        pass


def test_whoever_waits_gets_it_once_it_is_free(place: Place) -> None:
    holder = place.start("0", "hold")
    assert holder.stdout is not None
    assert holder.stdout.readline().strip()
    waiting = place.elsewhere().start("30")
    found = place.open().holder()
    assert found is not None
    assert place.open().unlock(found.id) == found
    holder.send_signal(signal.SIGKILL)
    assert (waiting.wait(60), place.open().read() is not None) == (0, True)
    holder.communicate()
    waiting.communicate()


def test_only_the_lock_that_was_looked_at_is_freed(place: Place) -> None:
    with place.open().lock("apply") as held:
        with pytest.raises(ConfigurationError, match="nobody holds"):
            place.open().unlock("another")
        assert place.open().holder() is not None
    with pytest.raises(ConfigurationError, match="nobody holds"):
        place.open().unlock(held.id)


def test_a_crowd_writes_one_after_the_other(place: Place) -> None:
    crowd = [place.start("120") for _ in range(CROWD)]
    assert [process.communicate()[1] or process.returncode for process in crowd] == [0] * CROWD
    found = place.open().read()
    assert found is not None
    assert found.state.serial == CROWD
    pids = {f'{{"by": {process.pid}}}' for process in crowd}
    assert set(place.open().journal()) == pids


def test_of_an_impatient_crowd_each_is_done_or_refused(place: Place) -> None:
    crowd = [place.start("0") for _ in range(CROWD)]
    codes = [process.communicate() and process.returncode for process in crowd]
    assert set(codes) <= {0, 6}
    found = place.open().read()
    assert found is not None
    assert found.state.serial == codes.count(0) == len(list(place.open().journal()))
