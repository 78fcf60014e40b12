"""Reaching an environment: with a credential, with the emulator, or with a clear word why not."""

from __future__ import annotations

import subprocess
import sys

from conftest import Project, Run, clean_environ

WITHOUT_EMULATOR = """
import sys
sys.modules["starlette"] = None
from agentconf.cli.main import main
main(sys.argv[1:])
"""


def test_an_environment_that_names_no_credential_is_denied(project: Project, run: Run) -> None:
    project.write("environments/staging.yaml", "vars: {}\n")
    project.agent("router")
    ended = run("plan", "-e", "staging")
    assert (ended.code, "names no credential" in ended.err) == (7, True)


def test_the_embedded_emulator_says_how_to_install_it(project: Project) -> None:
    project.agent("router")
    for arguments in (["plan"], ["emulator"]):
        ended = subprocess.run(
            [sys.executable, "-c", WITHOUT_EMULATOR, *arguments],
            cwd=project.root,
            env=clean_environ(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ended.returncode, "pip install 'agentconf[emulator]'" in ended.stderr) == (3, True)


def test_a_file_in_the_way_of_the_emulators_data_is_named(project: Project, run: Run) -> None:
    project.agent("router")
    project.write(".agentconf", "not a folder")
    ended = run("plan")
    assert (ended.code, ".agentconf" in ended.err, "Traceback" in ended.err) == (3, True, False)


def test_the_embedded_emulator_remembers_between_commands(project: Project, run: Run) -> None:
    project.agent("router")
    assert run("apply", "--auto-approve").code == 0
    assert run("plan", "--detailed-exitcode").code == 0
    assert run("show", "router", "--live", "--json").json["name"] == "router"
