"""The two streams: colours, masks, readers that go away, and disks that are full."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from cli_inside import fits, inside
from conftest import Project, clean_environ

from agentconf.cli.output import Output

AGENTCONF = [sys.executable, "-m", "agentconf"]


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def masked(text: str, *secrets: str) -> str:
    output = Output(io.StringIO(), io.StringIO(), {})
    output.protect(secrets)
    return output.mask(text)


def test_protected_values_are_masked_on_both_streams() -> None:
    out, err = io.StringIO(), io.StringIO()
    output = Output(out, err, {})
    output.protect(["a-secret-value"])
    output.result("the key a-secret-value.")
    output.error("bad key: a-secret-value")
    output.info("a-secret-value, again: a-secret-value")
    assert out.getvalue() == "the key ***.\n"
    assert err.getvalue() == "bad key: ***\n***, again: ***\n"


def test_a_protected_value_that_holds_another_one_leaves_nothing_behind() -> None:
    assert masked("secret-and-more secret", "secret", "secret-and-more") == "*** ***"
    assert masked("secret-and-more secret", "secret-and-more", "secret") == "*** ***"


def test_a_protected_value_is_masked_as_json_writes_it_too() -> None:
    secret = 'qu"ote\\back\nline-ü'
    for ensure_ascii in (True, False):
        document = json.dumps({"key": secret}, ensure_ascii=ensure_ascii)
        assert masked(document, secret) == '{"key": "***"}'
    assert masked(f"key: {secret}.", secret) == "key: ***."


def test_values_too_short_to_be_secrets_are_not_searched_for() -> None:
    assert masked("a abcde abcdef", "a", "abcde", "abcdef", "") == "a abcde ***"


@pytest.mark.parametrize(
    ("environ", "terminal", "pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_colours_go_to_terminals_unless_somebody_says_otherwise(
    environ: dict[str, str], *, terminal: bool, pipe: bool
) -> None:
    output = Output(Terminal(), io.StringIO(), environ)
    assert (output.colour(), output.colour(stderr=True)) == (terminal, pipe)
    output.no_color = True
    assert (output.colour(), output.colour(stderr=True)) == (False, False)


@pytest.mark.parametrize(
    ("arguments", "environ", "coloured"),
    [([], {}, False), ([], {"FORCE_COLOR": "1"}, True), (["--no-color"], {"FORCE_COLOR": "1"}, False)],
)
def test_commands_respect_it(
    project: Project, arguments: list[str], environ: dict[str, str], *, coloured: bool
) -> None:
    project.agent("router")
    ended = inside(project.root, "show", "nobody", *arguments, environ=environ)
    assert ("\x1b[" in ended.err) is coloured


@pytest.mark.parametrize(
    ("quiet", "verbose", "expected"),
    [
        (False, False, "information\nerror\n"),
        (False, True, "information\ndetail\nerror\n"),
        (True, False, "error\n"),
        (True, True, "error\n"),
    ],
)
def test_quiet_and_verbose_decide_what_is_said(expected: str, *, quiet: bool, verbose: bool) -> None:
    err = io.StringIO()
    output = Output(io.StringIO(), err, {})
    output.quiet, output.verbose = quiet, verbose
    output.info("information")
    output.detail("detail")
    output.error("error")
    assert err.getvalue() == expected


def test_the_width_is_the_terminals_and_100_elsewhere() -> None:
    assert Output(io.StringIO(), io.StringIO(), {}).width == 100
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 72, 0, 0))
    with open(follower, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor has no path
        assert Output(stream, io.StringIO(), {}).width == 72
    os.close(leader)


def test_nobody_can_be_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for stdin, stderr, expected in (
        (Terminal(), Terminal(), True),
        (io.StringIO(), Terminal(), False),
        (Terminal(), io.StringIO(), False),
        (None, Terminal(), False),
    ):
        monkeypatch.setattr("sys.stdin", stdin)
        assert Output(io.StringIO(), stderr, {}).terminal() is expected


def process(project: Project, stdout: int, *arguments: str) -> tuple[int, str]:
    ended = subprocess.run(
        [*AGENTCONF, *arguments],
        cwd=project.root,
        env=clean_environ(),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stderr


def test_a_reader_that_goes_away_changes_neither_the_exit_code_nor_stderr(project: Project) -> None:
    project.agent("router")
    project.replace("agents/router.yaml", "eu-central", "nowhere")
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert process(project, writer, "lint") == (1, "")
    finally:
        os.close(writer)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("arguments", [("show", "router"), ("show", "router", "--json")])
def test_a_full_disk_is_said(project: Project, arguments: tuple[str, ...]) -> None:
    project.agent("router")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = process(project, full.fileno(), *arguments)
    assert ended == (3, "error: cannot write the result: No space left on device\n")


def test_a_process_without_stdout_and_stdin_still_does_its_work(project: Project) -> None:
    project.agent("router")
    ended = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" <&- >&-', "sh", *AGENTCONF, "apply", "--auto-approve"],
        cwd=project.root,
        env=clean_environ(),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "No changes" in inside(project.root, "plan").out


def test_text_that_the_terminal_cannot_encode_is_escaped(project: Project) -> None:
    project.agent("router")
    project.replace("agents/router.yaml", "Hello", "Grüß Gott")
    ended = subprocess.run(
        [*AGENTCONF, "show", "router", "--provenance"],
        cwd=project.root,
        env=clean_environ({"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}),
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"Gr\\xfc\\xdf Gott" in ended.stdout


def test_an_error_as_json_is_the_only_thing_on_stdout(project: Project) -> None:
    ended = inside(project.root, "show", "router", "--json")
    assert fits(json.loads(ended.out), "error")
    assert ended.err.startswith("error: there is no agent 'router'")
