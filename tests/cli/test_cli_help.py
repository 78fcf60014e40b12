"""Help, wrong usage, and what a command may cost before it does anything."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from cli_inside import inside
from conftest import Ended, Project, Run, clean_environ

import agentconf
from agentconf.cli.group import COMMANDS, GROUPS, MODULES
from agentconf.cli.main import cli, run
from agentconf.cli.output import Output

HEAVY = {
    "httpx",
    "rich",
    "psycopg",
    "procrastinate",
    "sqlite3",
    "deepdiff",
    "jsonschema",
    "ruamel",
    "phonenumbers",
    "starlette",
    "uvicorn",
    "pydantic",
    "yaml",
    "asyncio",
}


def leaves() -> list[str]:
    """Name every command that does something: those of groups with their group's name before them."""
    found = []
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        found += [f"{name} {one}" for one in command.commands] if isinstance(command, click.Group) else [name]
    return found


def leaf(name: str) -> click.Command:
    command: click.Command | None = cli
    for word in name.split():
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    return command


def main(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    code = run(list(arguments), Output(sys.stdout, sys.stderr, {}))
    return Ended(code, *capsys.readouterr())


def imported(project: Project, *arguments: str) -> set[str]:
    """Return the top-level packages that a command's process imports."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "agentconf", *arguments],
        cwd=project.root,
        # A process that measures coverage imports more than it does by itself.
        env={name: value for name, value in clean_environ().items() if not name.startswith("COVERAGE_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-500:]
    names = re.findall(r"^import time: .*\| +([\w.]+)$", ended.stderr, re.MULTILINE)
    return {name.partition(".")[0] for name in names}


def test_help_lists_every_command(run: Run) -> None:
    ended = run("--help")
    assert (ended.code, ended.err) == (0, "")
    for name, line in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", ended.out, re.MULTILINE)


def test_every_module_with_a_command_is_listed() -> None:
    folder = Path(agentconf.__file__).parent / "cli"
    declared = re.compile(r"^@click\.(command|group)\(", re.MULTILINE)
    found = {path.stem for path in folder.glob("*.py") if declared.search(path.read_text(encoding="utf-8"))}
    assert found - {"main"} == {MODULES.get(name, name) for name in COMMANDS}


def test_every_group_is_known_to_be_one() -> None:
    assert {name.partition(" ")[0] for name in leaves() if " " in name} == GROUPS


@pytest.mark.parametrize("name", [*COMMANDS, *leaves()])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_each_command_has_help(capsys: pytest.CaptureFixture[str], name: str, option: str) -> None:
    ended = main(capsys, *name.split(), option)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Usage: agentconf {name} ")
    assert max(map(len, ended.out.splitlines())) <= 100


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_a_group_lists_its_commands_with_a_whole_sentence_each(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    listed = main(capsys, name, "--help").out.partition("Commands:\n")[2].splitlines()
    assert len(listed) == len([one for one in leaves() if one.startswith(f"{name} ")])
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []


@pytest.mark.parametrize("name", leaves())
def test_each_command_and_each_option_says_what_it_is_for(name: str) -> None:
    command = leaf(name)
    assert command.help
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("name", leaves())
def test_each_command_takes_the_common_options(name: str) -> None:
    command = leaf(name)
    spellings = {spelling for parameter in command.params for spelling in parameter.opts}
    assert {"-C", "--directory", "-e", "--env", "--no-color", "-q", "-v"} <= spellings
    assert ("--json" in spellings) is ("--output-format" in spellings)


@pytest.mark.parametrize("name", ["call", "dispatch", "campaign run", "campaign resume"])
def test_options_beyond_number_stand_under_headings(capsys: pytest.CaptureFixture[str], name: str) -> None:
    shown = main(capsys, *name.split(), "--help").out
    headings = re.findall(r"^([A-Z][a-z, ]+):$", shown, re.MULTILINE)
    known = ["Who speaks", "Whom to call", "When, and how fast", "This run", "Options"]
    assert headings == [heading for heading in known if heading in headings]
    spelled = {max(one.opts, key=len) for one in leaf(name).params if isinstance(one, click.Option)}
    assert spelled - set(re.findall(r"--[a-z-]+", shown)) == set()


def test_the_version_is_the_packages(run: Run) -> None:
    ended = run("--version")
    assert (ended.code, ended.out, ended.err) == (0, f"agentconf {agentconf.__version__}\n", "")


def test_without_a_command_the_help_is_on_stderr_and_it_is_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = main(capsys)
    assert (ended.code, ended.out) == (64, "")
    assert ended.err.startswith("Usage: agentconf [OPTIONS] COMMAND [ARGS]...\n")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("plna", "Did you mean 'plan'?"),
        ("aplly", "Did you mean 'apply'?"),
        ("zzz", "`agentconf --help` lists"),
    ],
)
def test_an_unknown_command_is_wrong_usage_with_the_nearest_there_is(
    capsys: pytest.CaptureFixture[str], name: str, hint: str
) -> None:
    ended = main(capsys, name)
    assert (ended.code, ended.out) == (64, "")
    assert f"error: there is no command {name!r}. {hint}" in ended.err


def test_an_unknown_command_behind_two_dashes_is_wrong_usage_too(capsys: pytest.CaptureFixture[str]) -> None:
    ended = main(capsys, "--", "--plan")
    assert (ended.code, ended.out) == (64, "")
    assert "--plan" in ended.err


def test_a_shell_is_told_how_to_complete_a_command(run: Run) -> None:
    asked = {"_AGENTCONF_COMPLETE": "bash_complete", "COMP_WORDS": "agentconf p", "COMP_CWORD": "1"}
    assert run(environ=asked).out == "plain,plan\n"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--nonsense",), "agentconf --help"),
        (("plan", "--jsno"), "agentconf plan --help"),
        (("render",), "agentconf render --help"),
        (("show", "a", "b"), "agentconf show --help"),
        (("lint", "--output-format", "yaml"), "agentconf lint --help"),
        (("plan", "--max-deletes", "-1"), "agentconf plan --help"),
        (("campaign", "run"), "agentconf campaign run --help"),
        (("campaign", "rnu", "x"), "agentconf campaign --help"),
        (("calls", "get", "x"), "agentconf calls get --help"),
    ],
)
def test_wrong_usage_ends_in_64_and_says_where_help_is(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], hint: str
) -> None:
    ended = main(capsys, *arguments)
    assert (ended.code, ended.out) == (64, "")
    assert ended.err.endswith(f"  help: `{hint}` shows how\n")


def test_two_formats_at_once_are_wrong_usage(project: Project) -> None:
    ended = inside(project.root, "plan", "--output-format", "markdown", "--json")
    assert ended.code == 64
    assert "--json and --output-format markdown contradict each other" in ended.err


@pytest.mark.parametrize("name", ["call", "dispatch", "campaign run", "calls list", "session", "worker"])
def test_the_help_of_a_command_costs_next_to_nothing(project: Project, name: str) -> None:
    assert imported(project, *name.split(), "--help") & HEAVY == {"asyncio"}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_nothing_heavy_is_imported_to_say_what_there_is(project: Project, option: str) -> None:
    names = imported(project, option)
    assert "click" in names
    assert names & HEAVY == set()


@pytest.mark.parametrize("arguments", [("lint",), ("test",), ("show", "router"), ("render", "router")])
def test_offline_commands_import_the_models_and_the_parser_and_nothing_else_that_is_heavy(
    project: Project, arguments: tuple[str, ...]
) -> None:
    project.agent("router")
    assert imported(project, *arguments) & HEAVY == {"pydantic", "yaml"}
