from __future__ import annotations

import importlib
import importlib.util
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest
from emulator_client import agent_body

import agentconf.emulator
from agentconf.emulator.control import is_loopback
from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import running, serve
from agentconf.errors import AgentconfError, ConfigurationError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

AUTHORIZED = {"Authorization": "Bearer t"}
SERVE = """
import sys
from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.server import serve
serve(EmulatorOptions(database=sys.argv[1]), ready=lambda url: print(url, flush=True))
print("closed", flush=True)
"""


def test_a_running_emulator_answers_over_http() -> None:
    with running() as server, httpx.Client(base_url=server.url, headers=AUTHORIZED) as client:
        created = client.post("/v1/agents", json=agent_body())
        assert created.status_code == 201
        assert client.get("/v1/agents").json() == [created.json()]
        assert server.store.count_agents() == 1


def test_many_clients_at_once_lose_nothing(tmp_path: Path) -> None:
    options = EmulatorOptions(database=str(tmp_path / "emulator.db"))
    with running(options) as server, httpx.Client(base_url=server.url, headers=AUTHORIZED) as client:

        def create(number: int) -> int:
            return client.post("/v1/agents", json=agent_body(name=f"agent {number % 50}")).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(create, range(100)))
        assert (statuses.count(201), statuses.count(409)) == (50, 50)
        assert len(client.get("/v1/agents").json()) == 50


def test_two_emulators_run_side_by_side() -> None:
    with running() as one, running() as other:
        assert one.url != other.url
        httpx.post(f"{one.url}/v1/agents", json=agent_body(), headers=AUTHORIZED)
        assert (one.store.count_agents(), other.store.count_agents()) == (1, 0)


def test_the_port_is_free_again_when_it_has_stopped() -> None:
    with running() as server:
        port = int(server.url.rpartition(":")[2])
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: int) -> None:
    location = tmp_path / "emulator.db"
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(location)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    created = httpx.post(f"{url}/v1/agents", json=agent_body(), headers=AUTHORIZED)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (created.status_code, process.returncode, out, err) == (201, 0, "closed\n", "")
    assert not location.with_name("emulator.db-wal").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com", ""])
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="listens on this machine only"):
        serve(EmulatorOptions(), host=host)


@pytest.mark.parametrize(
    ("host", "ours"), [("localhost", True), ("127.0.0.9", True), ("::1", True), ("10.0.0.1", False)]
)
def test_loopback_is_known(host: str, *, ours: bool) -> None:
    assert is_loopback(host) is ours


def test_a_taken_port_is_an_error_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1, port {port}") as caught:
            serve(EmulatorOptions(), port=port)
    assert caught.value.help == "give another port, or 0 for a free one"


def test_a_port_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="port 70000"):
        serve(EmulatorOptions(), port=70_000)


def test_a_server_on_ipv6_says_its_url_in_brackets() -> None:
    urls: list[str] = []

    def stop(url: str) -> None:
        urls.append(url)
        signal.raise_signal(signal.SIGINT)

    serve(EmulatorOptions(), host="::1", ready=stop)
    assert urls[0].startswith("http://[::1]:")


def test_handlers_of_signals_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    serve(EmulatorOptions(), ready=lambda _url: signal.raise_signal(signal.SIGTERM))
    assert signal.getsignal(signal.SIGINT) is before


def test_without_its_extra_the_emulator_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "uvicorn" else real(name))
    with pytest.raises(AgentconfError) as caught:
        importlib.reload(agentconf.emulator)
    assert caught.value.message == "the emulator needs uvicorn"
    assert caught.value.help == "install the extra: pip install 'agentconf[emulator]'"
