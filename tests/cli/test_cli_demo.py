"""`demo`: the whole story works everywhere, leaves nothing behind and asks nobody."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from cli_inside import inside, tree
from conftest import ROOT, Project, Run

COMMANDS = [
    "lint",
    "test",
    "plan -o first.plan",
    "apply first.plan --auto-approve",
    "plan --detailed-exitcode",
    "plan --detailed-exitcode -o reviewed.plan",
    "apply reviewed.plan --auto-approve",
    "apply --auto-approve",
    "plan --detailed-exitcode",
    "apply --auto-approve",
    "apply --auto-approve --ours",
    "apply --auto-approve",
    "history",
    "rollback --auto-approve",
    "plan --detailed-exitcode",
]


def told(out: str) -> list[str]:
    return [line.removeprefix("$ agentconf ") for line in out.splitlines() if line.startswith("$ agentconf ")]


def left_out(project: Project) -> str:
    """Run the demo with a project that cannot be its stage, up to the scaffold, and return the reason."""
    ended = inside(project.root, "demo")
    before, _, reason = ended.err.splitlines()[0].partition("The project here is left out: ")
    assert before == ""
    return reason.removesuffix(". A scaffolded one takes its place.")


@pytest.fixture
def no_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the story end at its first command: choosing the stage is all that is looked at."""
    monkeypatch.setattr("agentconf.cli.stage.sys.executable", shutil.which("false"))


@pytest.fixture
def fitting(project: Project) -> Project:
    """A project that the story can be told about."""
    project.agent("router", extra="examples: [{name: one}]\n")
    project.replace(
        "agents/router.yaml",
        "You are the assistant of {{practice_name}}. Be brief.",
        "${file:../prompts/long.md}",
    )
    project.write("prompts/long.md", "You are brief.\n")
    project.write("environments/local.yaml", "emulator: true\n")
    return project


def test_in_an_empty_folder_it_tells_about_a_scaffolded_project(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    ended = run("demo", cwd=folder)
    assert ended.code == 0, ended.err
    assert told(ended.out) == ["init", *COMMANDS, "lint agents/receptionist.yaml"]
    assert tree(folder) == {}


def test_in_the_repository_it_tells_about_the_project_there(run: Run) -> None:
    parts = [ROOT / name for name in ("agents", "prompts", "tools", "environments")]
    before = [tree(part) for part in parts]
    ended = run("demo", cwd=ROOT)
    assert ended.code == 0, ended.err
    dispatch = "dispatch collections-follow-up"
    assert told(ended.out) == [
        *COMMANDS,
        f"{dispatch} mistaken.csv --auto-approve",
        f"{dispatch} contacts.csv --interval 100ms --auto-approve",
        f"{dispatch} contacts.csv --auto-approve",
        "lint agents/support-router.yaml",
    ]
    assert "2 calls placed" in ended.out
    assert [tree(part) for part in parts] == before


def test_in_a_project_it_tells_about_a_copy_whatever_the_environment_says(fitting: Project, run: Run) -> None:
    fitting.write("environments/production.yaml", 'api_key: "${env:SLNG_API_KEY}"\n')
    before = tree(fitting.root)
    away = {"AGENTCONF_BASE_URL": "http://127.0.0.1:9", "AGENTCONF_ENV": "production", "FORCE_COLOR": "1"}
    ended = run("demo", environ=away)
    assert ended.code == 0, ended.err
    assert told(ended.out) == [*COMMANDS, "lint agents/router.yaml"]
    assert "\x1b[1m# Lint" in ended.out
    assert tree(fitting.root) == before


@pytest.mark.usefixtures("no_commands")
@pytest.mark.parametrize(
    ("path", "before", "after", "reason"),
    [
        ("agents/router.yaml", "eu-central", "nowhere", "it does not lint clean"),
        (
            "agents/router.yaml",
            "name: one",
            "name: one, expect: {greeting: x}",
            "not all of its examples pass",
        ),
        (
            "environments/local.yaml",
            "emulator: true",
            'emulator: false\napi_key: "${env:SLNG_API_KEY}"',
            "its environment `local` is more than an emulator",
        ),
        (
            "environments/local.yaml",
            "emulator: true",
            "emulator: true\nrequire_approval: [speech]",
            "its environment `local` is more than an emulator",
        ),
        (
            "agents/router.yaml",
            "${file:../prompts/long.md}",
            "You are brief.",
            "it does not lint clean",
        ),
        (
            "agents/router.yaml",
            "examples:",
            "lifecycle: {ignore_changes: [greeting]}\nexamples:",
            "none of its agents has its prompt in prompts/",
        ),
    ],
)
def test_a_project_that_cannot_be_the_stage_is_left_out_with_the_reason(
    fitting: Project, path: str, before: str, after: str, reason: str
) -> None:
    fitting.replace(path, before, after)
    assert left_out(fitting) == reason


@pytest.mark.usefixtures("no_commands")
def test_a_project_that_cannot_be_copied_is_left_out(fitting: Project) -> None:
    os.mkfifo(fitting.root / "prompts" / "pipe")
    assert left_out(fitting) == "it cannot be copied"


@pytest.mark.usefixtures("no_commands")
def test_a_project_that_cannot_be_read_is_left_out_with_the_reason(fitting: Project) -> None:
    (fitting.root / "environments" / "local.yaml").unlink()
    (fitting.root / "environments").rmdir()
    fitting.write("environments", "a file")
    assert left_out(fitting) == "cannot list the folder `environments`: Not a directory"


@pytest.mark.usefixtures("no_commands")
def test_a_command_that_does_not_end_as_told_stops_the_show(fitting: Project) -> None:
    ended = inside(fitting.root, "demo")
    assert ended.code == 3
    assert "`agentconf lint` ended with 1, not with 0" in ended.err
