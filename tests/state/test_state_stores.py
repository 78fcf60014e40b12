"""What every store does, whatever it keeps a state in."""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta, tzinfo

import pytest
from store_fixtures import Place, state, written

from agentconf.errors import BlockedError, ConfigurationError, StaleError
from agentconf.state import document, lease
from agentconf.state.holder import LEASE
from agentconf.state.lease import SKEW

CROWD = 20
FOREIGN = {
    "no JSON": (b'{"kind": "agentconf-state",', "it is not JSON"),
    "another tool's": (b'{"version": 4, "serial": 3, "lineage": "a"}', "no state of agentconf"),
    "a newer version's": (b'{"kind": "agentconf-state", "format_version": 99}', "upgrade agentconf"),
    "another environment's": (document.dump(state(environment="staging")).encode(), "of the environment"),
}


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


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_cannot_be_read_is_left_as_it_is_with_its_journal(place: Place, kind: str) -> None:
    found, words = FOREIGN[kind]
    first = written(place.open(), None, '{"n": 1}')
    place.overwrite(found)
    spoilt = place.open().version()
    assert spoilt not in {None, first.version}
    with pytest.raises(ConfigurationError) as refused:
        place.open().read()
    assert words in f"{refused.value.message} {refused.value.help}"
    assert (place.open().version(), list(place.open().journal())) == (spoilt, ['{"n": 1}'])
    with pytest.raises(StaleError):
        place.open().write(state(), expected=first.version)
    mended = place.open().write(state(serial=2), expected=spoilt, entries=['{"n": 2}'])
    assert (place.open().read(), list(place.open().journal())) == (mended, ['{"n": 1}', '{"n": 2}'])


def test_whoever_is_killed_while_holding_it_holds_nothing_in_the_end(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = place.start("0", "hold")
    assert process.stdout is not None
    held = process.stdout.readline().strip()
    process.kill()
    process.communicate()
    if str(place.setting).startswith(("git", "s3")):
        with pytest.raises(BlockedError, match="is held by"), place.elsewhere().open().lock("apply"):
            pass
        monkeypatch.setattr(lease, "datetime", after(LEASE + SKEW + timedelta(seconds=1)))
    with place.elsewhere().open().lock("apply", patience=10) as holder:
        assert holder.id != held
        assert place.open().holder() == holder
    assert place.open().holder() is None


def test_a_lock_that_ran_out_on_a_clock_that_is_ahead_is_still_held(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place.open().lock("apply"):
        monkeypatch.setattr(lease, "datetime", after(LEASE + SKEW - timedelta(seconds=20)))
        with pytest.raises(BlockedError), place.elsewhere().open().lock("apply"):
            pass


def after(span: timedelta) -> type[datetime]:
    """A clock that is ahead."""

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + span

    return Ahead


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
