from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from agentconf.errors import ConfigurationError
from agentconf.remote.connection import ConnectionSettings, Timing


def settings(base_url: str = "https://api.example.com", **changes: object) -> ConnectionSettings:
    return ConnectionSettings(base_url=base_url, **({"api_key": "key-1"} | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "https://api.agents.slng.ai",
        "https://proxy.example.com:8443/slng",
        "http://127.0.0.1:8080",
        "http://127.1.2.3",
        "http://localhost:1",
        "http://[::1]:8080",
    ],
)
def test_https_anywhere_and_http_on_this_machine_are_allowed(url: str) -> None:
    assert settings(url).base_url == url


def test_a_trailing_slash_goes() -> None:
    assert settings("https://api.example.com/").base_url == "https://api.example.com"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://api.example.com", "plain http to another machine"),
        ("http://127.0.0.1.example.com", "plain http to another machine"),
        ("http://0.0.0.0:80", "plain http to another machine"),
        ("http://[fe80::1]", "plain http to another machine"),
        ("ftp://api.example.com", "not an http address"),
        ("api.example.com", "not an http address"),
        ("https://", "not an http address"),
        ("https://[::1", "not an http address"),
        ("https://api.example.com:port", "not an http address"),
        ("https://api.example.com/\nx", "not an http address"),
        ("https://bücher.example", "not an http address"),
        ("https://api.example.com?x=1", "a query or a fragment"),
        ("https://api.example.com#x", "a query or a fragment"),
        ("https://api.example.com/v1", "goes too far"),
        ("https://api.example.com/v1/agents/", "goes too far"),
    ],
)
def test_any_other_address_is_refused(url: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        settings(url)


def test_credentials_in_the_address_are_refused_without_being_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings("https://user:hunter22@api.example.com")
    assert "a user or a password" in caught.value.message
    assert "hunter22" not in f"{caught.value!r} {caught.value.help}"


@pytest.mark.parametrize("key", ["", "key with space", "key\n", "\x00key", "schlüssel"])
def test_a_key_that_cannot_stand_in_a_header_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings(api_key=key)
    assert not key or key not in f"{caught.value!r} {caught.value.help}"


@pytest.mark.parametrize("concurrency", [0, 33])
def test_concurrency_has_bounds(concurrency: int) -> None:
    with pytest.raises(ConfigurationError, match="out of bounds"):
        settings(concurrency=concurrency)


def test_a_rate_is_positive() -> None:
    with pytest.raises(ConfigurationError, match="not positive"):
        settings(rate=0)


def test_the_key_is_not_in_the_representation() -> None:
    assert "key-1" not in repr(settings())


def test_only_this_machine_is_loopback() -> None:
    assert [settings(url).loopback for url in ("http://localhost", "https://example.com")] == [True, False]


def test_time_is_real_unless_a_test_brings_its_own() -> None:
    timing = Timing()
    assert abs(timing.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert timing.clock() <= timing.clock()
    assert 0 <= timing.chance() < 1
    asyncio.run(timing.sleep(0))  # type: ignore[arg-type]
