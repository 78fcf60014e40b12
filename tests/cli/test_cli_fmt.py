"""`fmt`: the files of a project laid out, checked, shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_inside import inside, tree
from conftest import ROOT, Project

AGENT = """\
tools:
  - template: hangup   # says goodbye
    type: template
greeting: Hi.
# who it is
name: Router
region: eu-central
language: en
slng_api_key: ${env:SLNG_API_KEY}
system_prompt: You help.
models: {tts: c/tts, stt: a/stt, llm: b/llm, tts_voice: v}
"""
SORTED = """\
# who it is
name: Router
region: eu-central
language: en
slng_api_key: ${env:SLNG_API_KEY}
system_prompt: You help.
greeting: Hi.
models: {tts: c/tts, stt: a/stt, llm: b/llm, tts_voice: v}
tools:
  - type: template
    template: hangup   # says goodbye
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("agentconf.yaml", "version: 1\n")
    made.write("agents/router.yaml", AGENT)
    made.write("tools/t.yaml", "prompt: Bye.\ntype: template\ntemplate: hangup\n")
    made.write("environments/x.yaml", "vars: {a: b}\nemulator: true  \n\n\n")
    return made


def test_files_are_laid_out_once(project: Project) -> None:
    ended = inside(project.root, "fmt")
    assert (ended.code, ended.err) == (0, "3 files changed.\n")
    assert (project.root / "agents" / "router.yaml").read_text(encoding="utf-8") == SORTED
    assert (project.root / "tools" / "t.yaml").read_text(encoding="utf-8") == (
        "type: template\ntemplate: hangup\nprompt: Bye.\n"
    )
    assert (project.root / "environments" / "x.yaml").read_text(
        encoding="utf-8"
    ) == "vars: {a: b}\nemulator: true\n"
    again = inside(project.root, "fmt", "--check")
    assert (again.code, again.out, again.err) == (0, "", "All files are laid out.\n")


@pytest.mark.parametrize(
    ("option", "shown"), [("--check", "would change agents/router.yaml"), ("--diff", "-greeting: Hi.")]
)
def test_a_check_and_a_diff_change_nothing(project: Project, option: str, shown: str) -> None:
    before = tree(project.root)
    ended = inside(project.root, "fmt", option)
    assert (ended.code, shown in ended.out.splitlines(), tree(project.root)) == (2, True, before)


def test_a_path_limits_it(project: Project) -> None:
    ended = inside(project.root, "fmt", "agents")
    assert (ended.code, ended.err) == (0, "1 file changed.\n")
    assert inside(project.root, "fmt", "nowhere").code == 64


def test_a_file_with_errors_is_left_alone_and_the_others_are_laid_out(project: Project) -> None:
    project.write("agents/broken.yaml", "name: [\n")
    ended = inside(project.root, "fmt")
    assert (ended.code, "agents/broken.yaml cannot be read" in ended.err) == (1, True)
    assert (project.root / "agents" / "router.yaml").read_text(encoding="utf-8") == SORTED
    assert (project.root / "agents" / "broken.yaml").read_text(encoding="utf-8") == "name: [\n"


@pytest.mark.parametrize(("arguments", "code", "out"), [((), 0, SORTED), (("--check",), 2, "")])
def test_standard_input_is_laid_out(
    project: Project, arguments: tuple[str, ...], code: int, out: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "agentconf", "fmt", "-", *arguments],
        input=AGENT,
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert (ended.returncode, ended.stdout) == (code, out)


def test_the_projects_that_ship_are_laid_out() -> None:
    assert inside(ROOT, "fmt", "--check").code == 0
    assert inside(ROOT, "fmt", "--check", str(ROOT / "agentconf" / "cli" / "scaffold")).code == 0
