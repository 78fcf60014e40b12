"""`emulator` as a process: where it listens, what it begins with, how it ends."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from cli_inside import inside
from conftest import Emulator, clean_environ, emulator_process

AGENT = {
    "name": "Seeded",
    "region": "eu-central",
    "language": "en",
    "system_prompt": "You are brief.",
    "greeting": "Hello.",
    "models": {
        "stt": "slng/deepgram/nova:3-en",
        "llm": "groq/openai/gpt-oss-120b",
        "tts": "slng/deepgram/aura:2-en",
        "tts_voice": "aura-2-thalia-en",
    },
    "slng_api_key": "a-made-up-key",
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_url_serves_and_ends_cleanly_on_a_signal(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "agentconf", "emulator", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environ(),
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        printed = re.fullmatch(
            r"The emulator listens on (http://127\.0\.0\.1:\d+) \(Ctrl-C ends it\)\n", line
        )
        assert printed is not None, line
        request = urllib.request.Request(printed[1] + "/v1/agents", headers={"Authorization": "Bearer any"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert json.load(answer) == []
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_seed_file_is_what_it_begins_with_and_a_database_keeps_it(tmp_path: Path) -> None:
    seed, database = tmp_path / "seed.json", tmp_path / "agents.sqlite"
    seed.write_text(json.dumps([AGENT]), encoding="utf-8")
    with emulator_process("--seed", str(seed), "--database", str(database)) as emulator:
        assert [agent["name"] for agent in emulator.agents()] == ["Seeded"]
    with emulator_process("--database", str(database)) as again:
        assert [agent["name"] for agent in again.agents()] == ["Seeded"]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com"])
def test_it_has_no_business_on_a_network(tmp_path: Path, host: str) -> None:
    ended = inside(tmp_path, "emulator", "--host", host, "--port", "0")
    assert (ended.code, ended.out) == (64, "")
    assert f"listens on this machine only, not on {host}" in ended.err


def test_a_port_that_is_taken_is_a_clear_error(tmp_path: Path, emulator: Emulator) -> None:
    port = emulator.url.rpartition(":")[2]
    ended = inside(tmp_path, "emulator", "--port", port)
    assert (ended.code, ended.out) == (3, "")
    assert f"cannot listen on 127.0.0.1, port {port}" in ended.err


@pytest.mark.parametrize("content", ["not JSON", "{}", "[1]", '[{"name": "without the rest"}]'])
def test_a_seed_file_that_holds_no_agents_is_a_clear_error(tmp_path: Path, content: str) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(content, encoding="utf-8")
    ended = inside(tmp_path, "emulator", "--port", "0", "--seed", str(seed))
    assert (ended.code, ended.out) == (3, "")
    assert "seed" in ended.err.partition("\n")[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "65536"),
        ("--latency", "-1"),
        ("--fault", "teapot=0.1"),
        ("--fault", "429=2"),
        ("--contract", "none"),
        ("--seed", "gone.json"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = inside(tmp_path, "emulator", *arguments)
    assert (ended.code, ended.out) == (64, "")
    assert ended.err.startswith("error: ")


def test_where_it_is_not_installed_it_says_how_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "agentconf.emulator.server", None)
    ended = inside(tmp_path, "emulator", "--port", "0")
    assert ended.code == 3
    assert "pip install 'agentconf[emulator]'" in ended.err
