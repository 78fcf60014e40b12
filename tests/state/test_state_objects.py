"""The state in object storage: what its journal survives, and storage that does not keep to conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from threading import Thread
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import obstore
import pytest
from moto.server import DomainDispatcherApplication, create_backend_app
from obstore.store import from_url
from store_fixtures import Place, written
from werkzeug.serving import make_server

from agentconf.errors import ConfigurationError, StaleError, StoreError

_Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


@pytest.fixture
def place(s3: Place) -> Place:
    return s3


def bucket(place: Place) -> Any:
    return from_url(str(place.setting), client_options={"allow_http": True})


def lines(place: Place) -> list[str]:
    return list(place.open().journal())


def parts(place: Place) -> list[str]:
    listed = obstore.list(bucket(place), "local.journal/")
    return sorted(one["path"] for batch in listed for one in batch)


def test_the_journal_is_whole_while_the_state_is_gone_and_after_it_begins_anew(place: Place) -> None:
    written(place.open(), written(place.open(), None, '{"n": 1}'), '{"n": 2}')
    obstore.delete(bucket(place), "local.json")
    assert lines(place) == ['{"n": 1}', '{"n": 2}']
    begun = written(place.open(), None, '{"n": 3}')
    written(place.open(), begun, '{"n": 4}')
    assert lines(place) == [f'{{"n": {number}}}' for number in (1, 2, 3, 4)]


def test_the_journal_keeps_what_came_after_an_older_copy_that_is_put_back(place: Place) -> None:
    first = written(place.open(), None, '{"n": 1}')
    copy = bytes(obstore.get(bucket(place), "local.json").bytes())
    second = written(place.open(), first, '{"n": 2}')
    written(place.open(), second, '{"n": 3}')
    place.overwrite(copy)
    assert lines(place) == ['{"n": 1}', '{"n": 2}', '{"n": 3}']
    again = place.open().read()
    assert again is not None
    assert again.state == first.state
    written(place.open(), written(place.open(), again, '{"n": 4}'), '{"n": 5}')
    assert lines(place) == [f'{{"n": {number}}}' for number in (1, 2, 3, 4, 5)]


def test_a_write_that_loses_takes_its_lines_back(place: Place) -> None:
    first = written(place.open(), None, '{"n": 1}')
    loser = place.open()
    looked = type(loser)._last  # type: ignore[attr-defined]

    def meanwhile(store: Any, found: Any) -> Any:
        once.undo()
        written(place.open(), first, '{"n": 2}')
        return looked(store, found)

    once = pytest.MonkeyPatch()
    once.setattr(type(loser), "_last", meanwhile)
    with pytest.raises(StaleError):
        written(loser, first, '{"n": 3}')
    assert (lines(place), len(parts(place))) == (['{"n": 1}', '{"n": 2}'], 2)


@pytest.mark.parametrize("content", [b"", b"not JSON\n", b'{"other": 1}\n', b"[]\n", b"\xff\n"])
def test_a_part_of_the_journal_that_is_spoilt_is_named(place: Place, content: bytes) -> None:
    written(place.open(), None, '{"n": 1}')
    (part,) = parts(place)
    obstore.put(bucket(place), part, content)
    with pytest.raises(ConfigurationError, match=rf"{part} is no part of a journal"):
        lines(place)


@pytest.fixture(params=["HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"])
def careless(request: pytest.FixtureRequest, s3: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The same storage behind something that drops one kind of condition."""
    application = DomainDispatcherApplication(create_backend_app)

    def dropping(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        environ.pop(request.param, None)
        return application(environ, start)  # type: ignore[no-any-return]

    server = make_server("127.0.0.1", 0, dropping, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    yield replace(s3, environ={**s3.environ, "AWS_ENDPOINT_URL": url})
    server.shutdown()
    thread.join()


def test_storage_that_drops_conditions_is_refused_before_anything_is_written(careless: Place) -> None:
    with (
        pytest.raises(StoreError, match="does not keep to conditional writes"),
        careless.open().lock("apply"),
    ):
        pass
    assert (careless.open().read(), careless.open().holder()) == (None, None)
