"""`--env-file`: variables from files, read strictly, below those of the process."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_inside import inside
from conftest import Project

from agentconf.cli.envfile import read_env_files
from agentconf.errors import ConfigurationError


def read(folder: Path, content: str | bytes) -> dict[str, str]:
    path = folder / ".env"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_env_files([path])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("NAME=value", "value"),
        ("export NAME=value", "value"),
        ("  NAME = value  ", "value"),
        ("NAME=value # said", "value"),
        ("NAME=va#lue", "va#lue"),
        ("NAME=# nothing", ""),
        ("NAME=", ""),
        ("NAME='$HOME \"x\" \\n # y'", '$HOME "x" \\n # y'),
        ('NAME="a \\"b\\" \\\\ $c # d\\n"', 'a "b" \\ $c # d\n'),
        ('NAME="one\ntwo"', "one\ntwo"),
        (r'NAME="\u00fc\ud83d\ude00\/\$"', "ü😀/$"),
        ("NAME=$OTHER-${X}", "$OTHER-${X}"),
        ("NAME=a=b=c", "a=b=c"),
        ("NAME=first\nNAME=second", "second"),
        ("# comment\n\nNAME=value\n", "value"),
        ("NAME=value\r\n", "value"),
        ("\ufeffNAME=value", "value"),
    ],
)
def test_a_line_is_read(tmp_path: Path, line: str, expected: str) -> None:
    assert read(tmp_path, line) == {"NAME": expected}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("OK=1\nsecret-of-nobody\n", 2),
        ("1NAME=secret-of-nobody", 1),
        ("\nNAME='secret-of-nobody\n", 2),
        ('NAME="secret-of-nobody', 1),
        ('NAME="secret-of-nobody" more', 1),
        ("OK=1\nNAME=secret-of\0nobody\n", 2),
        ("OK=1\nNAME=secret-of\rnobody\n", 2),
        (r'NAME="secret-of-nobody \ud83d"', 1),
    ],
)
def test_a_line_that_is_none_is_an_error_with_its_place_and_without_its_content(
    tmp_path: Path, content: str, line: int
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, content)
    assert refused.value.where == f"{tmp_path / '.env'}:{line}"
    assert "nobody" not in refused.value.message + str(refused.value.help)


def test_what_is_no_text_and_what_is_not_there_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        read(tmp_path, b"NAME=\xff")
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ConfigurationError, match="cannot read"):
            read_env_files([path])


def test_later_files_win_and_the_process_wins_over_all(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("agentconf.yaml", "version: 1\nvars: {who: '${env:WHO}', where: '${env:WHERE}'}\n")
    project.agent("router", extra="inbound_greeting: ${var:who} at ${var:where}\n")
    project.write("one.env", "WHO=one\nWHERE=one\n")
    project.write("two.env", "WHERE=two\n")
    files = ("--env-file", str(tmp_path / "one.env"), "--env-file", str(tmp_path / "two.env"))
    assert "inbound_greeting: one at two" in inside(tmp_path, "show", "router", *files).out
    given = {"WHO": "the process"}
    assert (
        "inbound_greeting: the process at two"
        in inside(tmp_path, "show", "router", *files, environ=given).out
    )


def test_secrets_and_settings_come_from_files_too(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("agentconf.yaml", "version: 1\n")
    project.agent("router")
    project.replace("agents/router.yaml", "env:CRM_TOKEN", "env:DESK_TOKEN")
    project.write(".env", "DESK_TOKEN=token-from-a-file\nAGENTCONF_STATE=none\n")
    assert inside(tmp_path, "apply", "--auto-approve").code == 3
    ended = inside(tmp_path, "apply", "--auto-approve", "--env-file", str(tmp_path / ".env"))
    assert ended.code == 0, ended.err
    assert not (tmp_path / ".agentconf" / "state" / "local.json").exists()
    assert "token-from-a-file" not in ended.out + ended.err


def test_a_file_that_is_not_there_stops_before_anything_else(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("agentconf.yaml", "version: 1\n")
    project.agent("router")
    ended = inside(tmp_path, "plan", "--env-file", "nowhere.env")
    assert (ended.code, ended.out, "cannot read nowhere.env" in ended.err) == (3, "", True)
