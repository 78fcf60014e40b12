"""Canaries in every secret: no output, plan file, log or traceback ever holds one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import Ended, Project, clean_environ, emulator_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CANARIES = {
    "SLNG_API_KEY": "canary-runtime-key-1f0a",
    "CRM_TOKEN": "canary-crm-token-2e1b",
    "HMAC_SECRET": "canary-hmac-secret-3d2c",
    "AGENTCONF_API_KEY": "canary-platform-key-4c3d",
}
LITERAL = "canary-literal-in-a-file-5b4e"

SYSTEM_TOOL = """\
  - type: webhook
    name: notify
    description: Tell the CRM
    url: https://crm.example.com/notify
    auth: {type: hmac, secret: "${env:HMAC_SECRET}"}
    parameters: {type: object, properties: {}}
    source: system
    system: {triggers: [{event: call_end}]}
"""


class Stage:
    """Runs commands and keeps everything that they said and wrote."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.said: list[str] = []

    def run(self, *arguments: str, environ: dict[str, str], code: str | None = None) -> Ended:
        start = [sys.executable, "-m", "agentconf"] if code is None else [sys.executable, "-c", code]
        ended = subprocess.run(
            [*start, *arguments],
            cwd=self.project.root,
            env=clean_environ(CANARIES | environ) | {"PYTHONDEVMODE": "1", "PYTHONASYNCIODEBUG": "1"},
            input="",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.said += [ended.stdout, ended.stderr]
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def leaks(self) -> Iterator[str]:
        texts = [*self.said, *(file.read_text(errors="replace") for file in written(self.project.root))]
        for text in texts:
            for canary in (*CANARIES.values(), LITERAL):
                if canary in text:
                    yield f"{canary} in {text[max(0, text.index(canary) - 200) : text.index(canary)]!r}"


def written(root: Path) -> list[Path]:
    return [
        file
        for file in root.rglob("*")
        if file.is_file() and file.suffix in {".plan", ".json", ".txt", ".ndjson", ".log"}
    ]


BUG_IN_THE_MIDDLE = """
import sys
import agentconf.remote.slng.wire as wire
original = wire.read_agent
def broken(answer, *rest, **named):
    raise RuntimeError(f"internal state: {answer}")
import agentconf.remote.slng.client as client
for module in (wire, client):
    if hasattr(module, "read_agent"):
        module.read_agent = broken
from agentconf.cli.main import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("fault", ["", "500=0.5", "502=0.5", "reset=0.5"])
def test_no_secret_is_ever_said_or_written(project: Project, fault: str) -> None:
    stage = Stage(project)
    project.agent("router", extra=SYSTEM_TOOL)
    with emulator_process("--fault", fault) as emulator:
        environ = dict(emulator.environ) | {"AGENTCONF_API_KEY": CANARIES["AGENTCONF_API_KEY"]}
        for arguments in (
            ("lint", "-v"),
            ("lint", "--json"),
            ("show", "router", "-v"),
            ("show", "router", "--json", "--provenance"),
            ("render", "router"),
            ("render", "router", "--json"),
            ("test", "--json"),
            ("plan", "-v", "-o", "first.plan"),
            ("plan", "--json"),
            ("plan", "--output-format", "markdown"),
            ("apply", "--auto-approve", "-v"),
            ("plan", "-o", "second.plan", "--send-secrets"),
            ("apply", "second.plan", "--auto-approve", "--json"),
            ("show", "router", "--live"),
            ("destroy", "router", "--auto-approve", "-v"),
        ):
            stage.run(*arguments, environ=environ)
        stage.run("apply", "--auto-approve", "-v", environ=environ, code=BUG_IN_THE_MIDDLE)
        # A wrong credential, and a secret that is not set.
        stage.run("plan", "-v", environ=environ | {"AGENTCONF_BASE_URL": emulator.url + "/nowhere"})
        stage.run("apply", "--auto-approve", environ=environ | {"CRM_TOKEN": ""})
    assert list(stage.leaks()) == []
    assert any("second.plan" in file.name for file in written(project.root))


def test_a_literal_secret_in_a_file_is_reported_without_being_shown(project: Project) -> None:
    stage = Stage(project)
    project.agent("router", extra=SYSTEM_TOOL.replace('"${env:HMAC_SECRET}"', LITERAL))
    project.replace("agents/router.yaml", 'token: "${env:CRM_TOKEN}"', f"token: {LITERAL}")
    found = stage.run("lint", environ={})
    for arguments in (
        ("lint", "--json"),
        ("lint", "--output-format", "github"),
        ("lint", "--output-format", "concise"),
        ("show", "router"),
        ("show", "router", "--json"),
        ("show", "router", "--provenance"),
        ("show", "router", "--provenance", "--json"),
        ("render", "router"),
        ("plan",),
        ("plan", "--json"),
        ("apply", "--auto-approve"),
    ):
        stage.run(*arguments, environ={})
    assert found.code == 1
    assert found.out.count("error[AC320]") == 2
    assert list(stage.leaks()) == []


def test_the_secrets_do_reach_the_platform(project: Project) -> None:
    """The canaries are worth something only if they were really in play."""
    project.agent("router", extra=SYSTEM_TOOL)
    stage = Stage(project)
    database = project.root / "platform.sqlite"
    with emulator_process("--database", str(database)) as emulator:
        environ = dict(emulator.environ) | {"AGENTCONF_API_KEY": CANARIES["AGENTCONF_API_KEY"]}
        assert stage.run("apply", "--auto-approve", environ=environ).code == 0
    stored = "\n".join(sqlite3.connect(database).iterdump())
    assert [name for name, canary in CANARIES.items() if canary in stored] == [
        "SLNG_API_KEY",
        "CRM_TOKEN",
        "HMAC_SECRET",
    ]
