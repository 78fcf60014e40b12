"""Which databases workers share, and what is said about those that cannot be used."""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest
from queue_world import campaign_of

from agentconf.calls.queue.address import UnreachableError, check_url
from agentconf.calls.queue.deferring import enqueue
from agentconf.errors import ConfigurationError

PASSWORD = "p%40ss-word"


@pytest.mark.parametrize(
    "url", ["postgresql://host/db", "postgres://user:secret@host:5433/db?sslmode=require"]
)
def test_urls_of_postgresql_are_taken(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host=localhost dbname=x",
        "mysql://user:secret@host/db",
        "sqlite:///ledger.db",
        "postgresql+psycopg://user:secret@host/db",
        "http://[broken:secret@",
    ],
)
def test_other_urls_are_refused_without_showing_them(url: str) -> None:
    with pytest.raises(ConfigurationError, match="not the URL of one") as caught:
        check_url(url)
    assert "secret" not in f"{caught.value} {caught.value.help}"


@pytest.mark.parametrize("url", ["postgresql://user:sec%zzret@host/db", "postgresql://host/db?secret=1"])
def test_broken_urls_are_refused_without_showing_them(url: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read") as caught:
        check_url(url)
    assert "sec" not in str(caught.value)
    assert "%XX" in str(caught.value.help)


@pytest.mark.parametrize("url", ["postgresql://user:sec@ret@host/db", "postgresql://user:sec/ret@host/db"])
def test_a_password_that_is_not_quoted_is_not_taken_for_a_host(url: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read") as caught:
        check_url(url)
    assert "ret" not in str(caught.value)


@pytest.mark.parametrize("module", ["procrastinate", "psycopg"])
def test_a_missing_extra_is_named(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(
        "agentconf.calls.queue.address.find_spec", lambda name: None if name == module else name
    )
    with pytest.raises(ConfigurationError) as caught:
        check_url("postgresql://host/db")
    assert caught.value.help == "pip install 'agentconf[postgres]'"


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://user:{PASSWORD}@127.0.0.1:{taken.getsockname()[1]}/db"
        with pytest.raises(UnreachableError, match=r"cannot be reached: .*refused") as caught:
            asyncio.run(enqueue(url, campaign_of()))
    text = f"{caught.value} {caught.value.help} {caught.value.__cause__}"
    assert "ss-word" not in text


def test_a_database_that_is_not_there_is_told(postgres_server: str) -> None:
    with pytest.raises(UnreachableError, match="does not exist"):
        asyncio.run(enqueue(f"{postgres_server}/no_such_database", campaign_of()))
