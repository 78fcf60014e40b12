"""The JSON Schemas in the real yaml-language-server, and the hooks under the real pre-commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_inside import inside
from conftest import ROOT, Project, clean_environ
from lsp_client import Client
from store_fixtures import git

SERVER = "AGENTCONF_YAML_LANGUAGE_SERVER"
"""Names the real server, as npm installs it (`node_modules/.bin/yaml-language-server`)."""

HOOKS = "AGENTCONF_TEST_HOOKS"
"""Set where PyPI can be reached: pre-commit builds the hooks' environment from it."""

AGENT = """\
# yaml-language-server: $schema=../schemas/agent.schema.json
name: Router
region: eu-west
languages: en
models:
  stt: a/stt
tools:
  - type: webhook
    name: look_up
    http_method: POST
"""


def server() -> str:
    found = os.environ.get(SERVER) or shutil.which("yaml-language-server")
    if not found:
        pytest.skip(f"yaml-language-server is not installed, and {SERVER} is not set")
    return found


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    command = server()
    project = Project(tmp_path)
    project.write("agentconf.yaml", "version: 1\n")
    project.write("agents/router.yaml", AGENT)
    (tmp_path / "schemas").mkdir()
    for schema in (ROOT / "schemas").glob("*.json"):
        shutil.copy(schema, tmp_path / "schemas")
    with Client(tmp_path, command, "--stdio") as session:
        yield session


def labels(found: Any) -> set[str]:
    items = found["items"] if isinstance(found, dict) else found
    return {one["label"] for one in items}


def test_yaml_language_server_finds_mistakes_with_the_schema(client: Client) -> None:
    found: list[dict[str, Any]] = []
    client.open("agents/router.yaml", AGENT)
    for _ in range(20):
        found = client.change("agents/router.yaml", AGENT)
        if found:
            break
    lines = {one["range"]["start"]["line"] for one in found}
    messages = " ".join(one["message"] for one in found)
    assert {2, 3} <= lines
    assert "languages" in messages
    assert "eu-central" in messages


def test_yaml_language_server_completes_and_explains(client: Client) -> None:
    client.open("agents/router.yaml", AGENT)
    regions = client.at("textDocument/completion", "agents/router.yaml", 2, 8)
    assert {"us-east", "eu-central", "ap-south"} <= labels(regions)
    methods = client.at("textDocument/completion", "agents/router.yaml", 9, 17)
    assert {"POST", "PUT", "PATCH", "DELETE"} <= labels(methods)
    hover = client.at("textDocument/hover", "agents/router.yaml", 5, 3)
    assert "Speech-to-text model" in str(hover["contents"])
    client.change("agents/router.yaml", AGENT.replace("languages: en", "gree"))
    assert "greeting" in labels(client.at("textDocument/completion", "agents/router.yaml", 3, 4))


def test_the_hooks_run_under_pre_commit(tmp_path: Path) -> None:
    if not os.environ.get(HOOKS):
        pytest.skip(f"{HOOKS} is not set: pre-commit fetches packages")
    hooks = tmp_path / "hooks"
    git(tmp_path, "clone", "--quiet", str(ROOT), str(hooks))
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    git(hooks, "add", "--all")
    git(hooks, *identity, "commit", "--quiet", "--allow-empty", "-m", "as it is")
    revision = git(hooks, "rev-parse", "HEAD")
    repository = tmp_path / "project"
    repository.mkdir()
    assert inside(repository, "init").code == 0
    config = (
        f"repos:\n  - repo: {hooks}\n    rev: {revision}\n"
        "    hooks: [{id: agentconf-lint}, {id: agentconf-fmt}]\n"
    )
    (repository / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    git(repository, "init", "--quiet")
    git(repository, "add", "--all")
    environ = clean_environ({"PRE_COMMIT_HOME": str(tmp_path / "home"), "GIT_CONFIG_GLOBAL": "/dev/null"})

    def run() -> tuple[int, str]:
        ended = subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--all-files"],
            cwd=repository,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr

    code, said = run()
    assert code == 0, said
    assert said.count("Passed") == 2
    agent = next((repository / "agents").glob("*.yaml"))
    text = agent.read_text(encoding="utf-8")
    agent.write_text(text.replace("\nregion:", "\nregion: nowhere #", 1), encoding="utf-8")
    git(repository, "add", "--all")
    code, said = run()
    assert (code, "AC401" in said) == (1, True)
    first, second = text.index("\nname:"), text.index("\nregion:")
    end = text.index("\n", second + 1)
    agent.write_text(text[:first] + text[second:end] + text[first:second] + text[end:], encoding="utf-8")
    git(repository, "add", "--all")
    code, said = run()
    assert (code, "files were modified by this hook" in said) == (1, True)
    assert agent.read_text(encoding="utf-8") == text
