from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import httpx
import pytest
from emulator_client import SECRET, agent_body, emulated, hangup

from agentconf.emulator.app import create_app
from agentconf.emulator.clock import Clock, system_time
from agentconf.emulator.options import DEFAULT_ORGANISATION, EmulatorOptions
from agentconf.emulator.requestlog import LoggedRequest
from agentconf.emulator.seed import seed
from agentconf.emulator.store import Store
from agentconf.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_health_needs_no_token() -> None:
    with emulated(contract="managed") as client:
        client.create(slng_api_key=None)
        answer = client.send("GET", "/_emulator/health", token=None)
        assert answer.json == {"status": "ok", "contract": "managed", "agents": 1}


def test_the_log_tells_what_was_asked_and_answered() -> None:
    with emulated() as client:
        client.send("GET", "/v1/agents/x?a=1")
        client.send("POST", "/v1/agents", agent_body(), token=None)
        at = "2026-01-01T00:00:00.000000Z"
        asked = ("GET", "/v1/agents/x", "a=1", 404, None, None)
        sent = ("POST", "/v1/agents", "", 401, None, agent_body(slng_api_key="***"))
        first, second = client.store.requests()
        assert [first, second] == [
            LoggedRequest(at, *asked, began_at=first.began_at, ended_at=first.ended_at, seq=1),
            LoggedRequest(at, *sent, began_at=second.began_at, ended_at=second.ended_at, seq=2),
        ]
        shown = client.send("GET", "/_emulator/requests", token=None).json
        assert shown == [asdict(first), asdict(second)]


def test_the_log_can_be_emptied() -> None:
    with emulated() as client:
        client.create()
        assert client.send("DELETE", "/_emulator/requests", token=None).status == 204
        assert client.store.requests() == ()


def test_the_log_forgets_the_oldest_beyond_its_limit() -> None:
    with emulated(log_limit=3) as client:
        for number in range(5):
            client.send("GET", f"/v1/agents/{number}")
        assert [entry.path[-1] for entry in client.store.requests()] == ["2", "3", "4"]


def test_the_clock_can_be_moved() -> None:
    with emulated() as client:
        answer = client.send("POST", "/_emulator/clock", {"advance": 90.5}, token=None)
        assert answer.json == {"now": 1_767_225_690.5}
        assert client.create()["created_at"] == "2026-01-01T00:01:30.500000Z"


@pytest.mark.parametrize(
    "body", [{}, {"advance": -1}, {"advance": "1"}, {"advance": True}, {"advance": 1e300}, {"advance": None}]
)
def test_the_clock_moves_forward_only_and_not_out_of_the_calendar(body: dict[str, object]) -> None:
    with emulated() as client:
        answer = client.send("POST", "/_emulator/clock", body, token=None)
        assert (answer.status, answer.places) == (422, ["body.advance"])


def test_the_clock_stops_before_the_year_9000_however_often_it_is_moved() -> None:
    clock = Clock(lambda: 0)
    clock.advance(200_000_000_000)
    with pytest.raises(ValueError, match="not past the year 9000"):
        clock.advance(200_000_000_000)


def test_a_clock_runs_with_the_wall_clock_by_default() -> None:
    before = system_time()
    assert before <= Clock().now() <= system_time()


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.7", 403), ("example", 403)]
)
def test_the_emulator_speaks_of_itself_on_loopback_only(address: str, status: int) -> None:
    app = create_app()

    async def ask() -> int:
        transport = httpx.ASGITransport(app, client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator") as client:
            return (await client.get("/_emulator/health")).status_code

    assert asyncio.run(ask()) == status
    app.state.store.close()


def seed_file(folder: Path, content: object) -> Path:
    path = folder / "seed.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_seed_file_fills_an_emulator_at_its_start(tmp_path: Path) -> None:
    path = seed_file(tmp_path, [agent_body(slng_api_key=None), agent_body(name="second", tools=[hangup()])])
    with emulated(seed_file=path) as client:
        agents = client.send("GET", "/v1/agents").json
        assert [agent["name"] for agent in agents] == ["Support Router", "second"]
        assert [client.store.secrets(agent["id"]).slng_api_key for agent in agents] == [
            "seeded",
            f"{SECRET}-key",
        ]


def test_a_seed_leaves_alone_what_is_there() -> None:
    store = Store()
    bodies = [agent_body(), agent_body(name="second")]
    assert [seed(store, bodies[:1]), seed(store, bodies), seed(store, bodies)] == [1, 1, 0]
    store.close()


def test_a_seed_goes_into_the_first_organisation_that_has_a_token() -> None:
    store = Store()
    other = "11111111-1111-4111-8111-111111111111"
    options = EmulatorOptions(tokens={"nobody": None, "some": other}, contract="managed")
    seed(store, [agent_body(slng_api_key=None)], options=options)
    assert [len(store.answers(name)) for name in (other, DEFAULT_ORGANISATION)] == [1, 0]
    store.close()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "the seed file {path} cannot be read: "),
        ({}, "the seed file {path} holds no array"),
        ([1], "agent 1 of the seed is not an object"),
        (
            [agent_body(), agent_body(name="b", models={})],
            "agent 2 of the seed is refused: models.stt: Field required",
        ),
        ([agent_body(greeting="{{")], "agent 1 of the seed is refused: Invalid template: "),
    ],
)
def test_a_seed_file_that_cannot_be_used_says_why(tmp_path: Path, content: object, message: str) -> None:
    path = seed_file(tmp_path, content)
    with pytest.raises(ConfigurationError) as caught:
        create_app(EmulatorOptions(seed_file=path))
    assert caught.value.message.startswith(message.format(path=path))


def test_a_seed_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        create_app(EmulatorOptions(seed_file=tmp_path / "none.json"))


@pytest.mark.parametrize(
    "options",
    [
        {"contract": "open"},
        {"unknown_fields": "ignore"},
        {"call_failure_rate": 1.5},
        {"latency": -1.0},
        {"slow_delay": -0.1},
        {"retry_after": -1},
        {"max_session_seconds": 59},
        {"talk_seconds": (5, 4)},
        {"page_size": 0},
        {"credit": -1},
        {"log_limit": -1},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        EmulatorOptions(**options)  # type: ignore[arg-type]
