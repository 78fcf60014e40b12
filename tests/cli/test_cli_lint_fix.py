"""`lint --fix`: what is mended, that nothing else is touched, and that no file is broken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_inside import inside
from conftest import Ended, Project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

AGENT = """\
# the front door
name: Router
region: eu-west   # here
language: pt_BR
greeting: Hello $${name}, you. # said
id: 123
created_at: now
updated_at: now  # somebody said something
slng_api_key: ${env:SLNG_API_KEY}
system_prompt: Then use look_up_order the tool. {who} there.
template_defaults:
  who: me
  name: you
  unused: "x"
models: {stt: 'slng/depgram/nova:3-en', llm: b/llm, tts: 'elevenlabs/eleven:3', tts_voice: x}
inbound_greeting: 12:30
tools:
  - type: template
    template: hangup
  - {type: webhook, name: look_up, description: a, url: 'https://h.io/{{who}}', parameters: {type: object}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("agentconf.yaml", "version: 1\n")
    made.write("agents/router.yaml", AGENT)
    return made


def lint(project: Project, *arguments: str) -> Ended:
    return inside(project.root, "lint", *arguments)


def text(project: Project, name: str = "agents/router.yaml") -> str:
    return (project.root / name).read_bytes().decode()


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_safe_fixes_change_what_is_certain_and_no_other_byte(project: Project) -> None:
    ended = lint(project, "--fix")
    assert changed(AGENT, text(project)) == (
        ["language: pt_BR", "id: 123", "created_at: now", "inbound_greeting: 12:30"],
        ["language: pt-BR", 'inbound_greeting: "12:30"'],
    )
    assert "Fixed 4 findings in 1 file." in ended.err
    assert lint(project, "--fix").err == ""


def test_unsafe_fixes_guess(project: Project) -> None:
    lint(project, "--unsafe-fixes")
    gone, come = changed(AGENT, text(project))
    assert "region: eu-central   # here" in come
    assert "greeting: Hello {{name}}, you. # said" in come
    assert "system_prompt: Then use look_up_order the tool. {{who}} there." in come
    assert '  unused: "x"' in gone
    assert any(line.startswith("    id: ") for line in come)
    assert any("{type: webhook, id: " in line for line in come)
    assert any("'slng/deepgram/nova:3-en'" in line for line in come)
    assert lint(project, "--unsafe-fixes").err == ""


def test_a_diff_shows_and_changes_nothing(project: Project) -> None:
    ended = lint(project, "--fix", "--diff")
    assert (ended.code, text(project)) == (1, AGENT)
    assert "-language: pt_BR\n+language: pt-BR\n" in ended.out
    assert "Would fix 4 findings in 1 file." in ended.err
    (project.root / "agents" / "router.yaml").unlink()
    project.agent("router")
    clean = lint(project, "--diff")
    assert (clean.code, clean.out) == (0, "")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_marks_stay(project: Project, newline: str, mark: bytes) -> None:
    path = project.root / "agents" / "router.yaml"
    path.write_bytes(mark + AGENT.replace("\n", newline).encode())
    path.chmod(0o640)
    assert "Fixed 4" in lint(project, "--fix").err
    content = path.read_bytes()
    assert content.startswith(mark + b"# the front door")
    assert content.count(b"\r\n") == (content.count(b"\n") if newline == "\r\n" else 0)
    assert path.stat().st_mode & 0o777 == 0o640


def test_standard_input_comes_out_mended(project: Project) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "agentconf", "lint", "-", "--fix", "--stdin-filename", "agents/router.yaml"],
        input=AGENT,
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SLNG_API_KEY": "x"},
    )
    assert "language: pt-BR\n" in ended.stdout
    assert text(project) == AGENT


def test_a_fix_that_would_make_an_error_is_left_out(project: Project) -> None:
    project.write(
        "agents/router.yaml",
        AGENT.replace("greeting: Hello $${name}, you. # said", "greeting: '{who} $${name}'"),
    )
    assert "break" not in lint(project, "--unsafe-fixes").err
    assert "greeting: '{{who}} {{name}}'" in text(project)
    bare = AGENT.replace(
        "system_prompt: Then use look_up_order the tool. {who} there.", "system_prompt: $${who} is."
    )
    project.write("agents/router.yaml", bare)
    ended = lint(project, "--unsafe-fixes")
    assert "a fix in agents/router.yaml would break the file" in ended.err
    assert "system_prompt: $${who} is." in text(project)
    assert "language: pt-BR" in text(project)


def test_needless_comments_go(project: Project) -> None:
    project.write(
        "agents/router.yaml",
        "# agentconf: ignore[unknown-field] once\n"
        + AGENT.replace("name: Router", "name: Router  # agentconf: ignore[AC301] once"),
    )
    assert lint(project, "--fix").code == 1
    assert "ignore[" not in text(project)
    assert "\nname: Router\n" in text(project)


def test_texts_in_other_files_are_mended_there(project: Project) -> None:
    project.write("prompts/p.md", "You are {who}.\n")
    project.write(
        "agents/router.yaml",
        AGENT.replace(
            "system_prompt: Then use look_up_order the tool. {who} there.",
            "system_prompt: ${file:../prompts/p.md}",
        ),
    )
    assert "2 files" in lint(project, "--unsafe-fixes").err
    assert text(project, "prompts/p.md") == "You are {{who}}.\n"


KEYS = st.sampled_from(
    ["region: eu-west", "language: pt_BR", "id: 1", "created_at: x", "inbound_greeting: 12:30", "zone: 1"]
)
COMMENTS = st.sampled_from(["", "  # said", "   "])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(st.tuples(KEYS, COMMENTS), max_size=6, unique_by=lambda one: one[0].split(":")[0]),
    data=st.data(),
)
def test_whatever_is_mended_is_mended_once_and_reads_as_before(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]], data: Any
) -> None:
    root = tmp_path_factory.mktemp("fix")
    project = Project(root)
    project.write("agentconf.yaml", "version: 1\n")
    kept = [
        line
        for line in AGENT.splitlines()
        if line.split(":")[0] not in {one.split(":")[0] for one, _ in lines}
    ]
    for line, comment in lines:
        tops = [at for at, one in enumerate(kept) if not one.startswith((" ", "#"))]
        kept.insert(data.draw(st.sampled_from(tops)), line + comment)
    project.write("agents/router.yaml", "\n".join(kept) + "\n")
    lint(project, "--unsafe-fixes")
    once = text(project)
    assert lint(project, "--unsafe-fixes").err == ""
    assert text(project) == once
    left = lint(project, "--json").json["findings"]
    assert not [one for one in left if one["code"].startswith("AC0")]
