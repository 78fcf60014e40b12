"""What the tests of whole processes share: projects on disk, the command, the emulator as a process."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from ledger_fixtures import ledger_server, ledger_url, open_ledger
from postgres_server import REQUIRED, find_binaries, server
from store_fixtures import place, remote, s3, s3_server

__all__ = ["ledger_server", "ledger_url", "open_ledger", "place", "remote", "s3", "s3_server"]  # fixtures

ROOT = Path(__file__).parent.parent
ENVIRON = {"SLNG_API_KEY": "key-of-the-agents-runtime", "CRM_TOKEN": "token-of-the-crm-webhook"}

AGENT = """\
name: {name}
region: eu-central
language: en
system_prompt: You are the assistant of {{{{practice_name}}}}. Be brief.
greeting: Hello, this is {{{{practice_name}}}}.
models:
  stt: slng/deepgram/nova:3-en
  llm: groq/openai/gpt-oss-120b
  tts: slng/deepgram/aura:2-en
  tts_voice: aura-2-thalia-en
slng_api_key: ${{env:SLNG_API_KEY}}
template_defaults: {{practice_name: Greenfield}}
tools:
  - {{type: template, template: hangup}}
  - type: webhook
    name: lookup
    description: Look something up
    url: https://crm.example.com/lookup
    auth: {{type: bearer, token: "${{env:CRM_TOKEN}}"}}
    parameters: {{type: object, properties: {{what: {{type: string}}}}, required: [what]}}
"""


@dataclass(frozen=True)
class Project:
    """A project on disk."""

    root: Path

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def agent(self, key: str, text: str | None = None, *, name: str | None = None, extra: str = "") -> Path:
        return self.write(f"agents/{key}.yaml", (text or AGENT.format(name=name or key)) + extra)

    def replace(self, path: str, before: str, after: str) -> None:
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert before in text, f"{before!r} is not in {path}"
        file.write_text(text.replace(before, after), encoding="utf-8")


@dataclass(frozen=True)
class Ended:
    """A process that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Emulator:
    """The emulator as a process of its own."""

    url: str
    environ: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, body: Any = None, token: str | None = "operator") -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def agents(self, *, patient: bool = False) -> list[dict[str, Any]]:
        """Read all agents; patiently where the emulator is asked to fail."""
        for _ in range(50 if patient else 0):
            with contextlib.suppress(OSError):
                return self.request("GET", "/v1/agents")
        return self.request("GET", "/v1/agents")

    def agent(self, name: str) -> dict[str, Any]:
        return next(agent for agent in self.agents() if agent["name"] == name)

    def patch(self, name: str, **body: Any) -> dict[str, Any]:
        return self.request("PATCH", f"/v1/agents/{self.agent(name)['id']}", body)

    def writes(self) -> list[dict[str, Any]]:
        log = self.request("GET", "/_emulator/requests", token=None)
        return [entry for entry in log if entry["method"] != "GET" and entry["path"].startswith("/v1/")]


Run = Callable[..., Ended]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    made = Project(root)
    made.write("agentconf.yaml", "version: 1\n")
    return made


def clean_environ(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AGENTCONF_", "SLNG_", "FORCE_COLOR"))
    }
    return kept | ENVIRON | dict(extra or {})


@pytest.fixture
def run(project: Project) -> Run:
    """Run `agentconf` as a process of its own, in the project."""

    def call(
        *arguments: str,
        environ: Mapping[str, str] | None = None,
        input: str | bytes = "",  # noqa: A002 - the word of subprocess
        cwd: Path | None = None,
    ) -> Ended:
        stdin = input.encode() if isinstance(input, str) else input
        ended = subprocess.run(
            [sys.executable, "-m", "agentconf", *arguments],
            cwd=cwd or project.root,
            env={name: value for name, value in clean_environ(environ).items() if value is not None},
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    return call


@contextlib.contextmanager
def emulator_process(*options: str) -> Iterator[Emulator]:
    """Start `agentconf emulator` on a free port, and end it."""
    command = [sys.executable, "-m", "agentconf", "emulator", "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=clean_environ(), text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = next((word for word in line.split() if word.startswith("http")), "")
        assert url, f"the emulator did not start: {line!r}"
        try:
            yield Emulator(url, {"AGENTCONF_BASE_URL": url, "AGENTCONF_API_KEY": "key-of-the-platform-api"})
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with emulator_process() as started:
        yield started


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server: the one of AGENTCONF_TEST_POSTGRES, or one of our own."""
    given = os.environ.get("AGENTCONF_TEST_POSTGRES")
    if given:
        yield given.rstrip("/")
        return
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get(REQUIRED):
            pytest.fail("PostgreSQL is required here and not installed")
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    # Not below pytest's own folder, which the next session closes to everybody but root.
    with (
        tempfile.TemporaryDirectory(prefix="agentconf-postgres-", ignore_cleanup_errors=True) as folder,
        server(binaries, Path(folder)) as url,
    ):
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database of a real PostgreSQL."""
    psycopg = pytest.importorskip(
        "psycopg", reason="psycopg is not installed: pip install 'agentconf[postgres]'"
    )
    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{postgres_server}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
