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

from agentconf.emulator.dasha.options import DashaOptions
from agentconf.emulator.faults import Fault
from agentconf.emulator.options import EmulatorOptions
from agentconf.emulator.sipgate.options import SipgateOptions

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
        ("--talk-seconds", "20"),
        ("--talk-seconds", "20-10"),
        ("--call-failure-rate", "1.1"),
        ("--log-limit", "-1"),
        ("--credit", "-1"),
        ("--script", "POST /v1/agents"),
        ("--sipgate-flow", "=+4930231250"),
        ("--sipgate-plus", "maybe"),
        ("--sipgate-created", "204"),
        ("--sipgate-answer", "xml"),
        ("--dasha-agent", "a=on"),
        ("--dasha-agent", ""),
        ("--dasha-created", "202"),
        ("--dasha-deleted", "202"),
        ("--dasha-not-canceled", "418"),
        ("--dasha-deadline", "deadline"),
        ("--dasha-bulk-max", "0"),
        ("--dasha-concurrency", "-1"),
        ("--dasha-running-in", "neither"),
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


SWITCHES = (
    *("--sipgate-flow", "flow=+4930231250"),
    *("--sipgate-flow", "mute"),
    *("--sipgate-plus", "refuse"),
    *("--sipgate-created", "202"),
    *("--sipgate-answer", "id"),
    *("--dasha-agent", "agent"),
    *("--dasha-agent", "asleep=off"),
    *("--dasha-created", "201"),
    *("--dasha-deleted", "200"),
    *("--dasha-not-canceled", "404"),
    *("--dasha-deadline", "callDeadLine"),
    *("--dasha-bulk-max", "3"),
    *("--dasha-concurrency", "7"),
    *("--dasha-running-in", "both"),
    *("--credit", "2"),
    *("--call-failure-rate", "0.25"),
    *("--talk-seconds", "3-4"),
    *("--log-limit", "5"),
    *("--script", "POST */calls 502"),
    *("--script", "GET * 429"),
    *("--fault", "500=0.5"),
    *("--random-seed", "9"),
    *("--retry-after", "4"),
)


def served(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> list[EmulatorOptions]:
    """Run the command with a server that only notes what it is asked to be."""
    asked: list[EmulatorOptions] = []
    monkeypatch.setattr("agentconf.emulator.server.serve", lambda options, **_: asked.append(options))
    assert inside(folder, "emulator", *arguments).code == 0
    return asked


def test_every_switch_is_reached_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = EmulatorOptions(
        sipgate=SipgateOptions(
            flows={"flow": "+4930231250", "mute": None}, plus="refuse", created=202, answer="id"
        ),
        dasha=DashaOptions(
            agents={"agent": True, "asleep": False},
            created=201,
            deleted=200,
            not_canceled=404,
            deadline="callDeadLine",
            bulk_max=3,
            concurrency=7,
            running_in="both",
        ),
        credit=2,
        call_failure_rate=0.25,
        talk_seconds=(3, 4),
        log_limit=5,
        script=("POST */calls 502", "GET * 429"),
        faults=(Fault("500", 0.5),),
        random_seed=9,
        retry_after=4,
    )
    assert served(monkeypatch, tmp_path, *SWITCHES) == [expected]


def test_without_switches_it_is_what_its_options_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert served(monkeypatch, tmp_path) == [EmulatorOptions()]


def test_all_three_platforms_are_served_at_one_address() -> None:
    with emulator_process("--sipgate-answer", "id") as emulator:
        assert emulator.agents() == []
        number = "+14155550100"
        started = emulator.request(
            "POST", "/v3/ai-flows/f/call", {"billingDevice": "e2", "toPhoneNumber": number}
        )
        scheduled = emulator.request("POST", "/api/v1/calls?agentId=a", {"endpoint": number})
        shown = emulator.request("GET", "/_emulator/sipgate/calls", token=None)
        assert [call["id"] for call in shown] == [started["id"]]
        assert emulator.request("GET", f"/api/v1/calls/{scheduled['callId']}")["endpoint"] == number
