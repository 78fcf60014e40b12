"""The process: one boundary for errors, one place for exit codes."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import click

from agentconf import __version__
from agentconf.cli import startup
from agentconf.cli.group import GROUPS, LazyGroup
from agentconf.cli.output import Output
from agentconf.errors import AgentconfError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence


VERSION: Final = 1
"""Version of the format of errors (schemas/error.schema.json)."""


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="agentconf", message="%(prog)s %(version)s")
def cli() -> None:
    """Voice agents as code: lint, plan and apply definitions in YAML.

    The default environment is `local`, an embedded emulator: nothing leaves the machine until
    you name another one with -e.
    """


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Args:
        argv: arguments without the program's name; the process's own when None.

    """
    startup.prepare()
    # A process may be started without them (`>&-`).
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = run(list(sys.argv[1:] if argv is None else argv), Output(sys.stdout, sys.stderr, os.environ))
    startup.finish()
    sys.exit(code)


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def run(arguments: list[str], output: Output) -> int:
    """Run the command line.

    Args:
        arguments: without the program's name.
        output: the streams.

    Returns:
        The exit code.

    """
    arguments = _behind_the_command(arguments)
    as_json = "--json" in arguments or "--output-format=json" in arguments or _follows(arguments)
    try:
        code = cli.main(arguments, prog_name="agentconf", standalone_mode=False, obj=output)
    except AgentconfError as error:
        return _report(
            output, error.message, error.exit_code, help=error.help, where=error.where, as_json=as_json
        )
    except click.UsageError as error:
        return _usage(output, error, as_json=as_json)
    except click.ClickException as error:
        return _report(output, error.format_message(), ExitCode.FAILED, as_json=as_json)
    except (KeyboardInterrupt, click.Abort):
        return _report(output, "interrupted", ExitCode.INTERRUPTED, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the one boundary: whatever gets here is a bug of ours
        return _bug(output, error, as_json=as_json)
    return int(code or 0)


def _behind_the_command(arguments: list[str]) -> list[str]:
    """Put `-C DIR` and `-e ENV` behind the command, so that they may stand before it as with git and make."""
    early: list[str] = []
    while len(arguments) > 2 and arguments[0] in {"-C", "--directory", "-e", "--env"}:  # noqa: PLR2004 - with a value, and a command
        early, arguments = [*early, *arguments[:2]], arguments[2:]
    words = 2 if arguments[:1] and arguments[0] in GROUPS else 1
    return [*arguments[:words], *early, *arguments[words:]]


def _usage(output: Output, error: click.UsageError, *, as_json: bool) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        output.error(error.format_message())
        return ExitCode.USAGE
    hint = f"`{error.ctx.command_path} --help` shows how" if error.ctx else None
    return _report(output, error.format_message(), ExitCode.USAGE, help=hint, as_json=as_json)


def _follows(arguments: list[str]) -> bool:
    return any(pair == ("--output-format", "json") for pair in itertools.pairwise(arguments))


def _report(
    output: Output,
    message: str,
    code: ExitCode,
    *,
    help: str | None = None,  # noqa: A002 - the word users read
    where: str | None = None,
    as_json: bool,
) -> int:
    if as_json:
        error = {"message": message, "exit_code": int(code), "help": help, "where": where}
        with contextlib.suppress(AgentconfError):  # a full disk: what is on stderr has to do
            output.result(json.dumps({"format_version": VERSION, "error": error}, indent=2))
    red, bold, reset = ("\x1b[31;1m", "\x1b[1m", "\x1b[0m") if output.colour(stderr=True) else ("", "", "")
    place = f"{where}: " if where else ""
    output.error(f"{place}{red}error{reset}{bold}: {message}{reset}")
    if help:
        output.error(f"  help: {help}")
    return int(code)


def _bug(output: Output, error: Exception, *, as_json: bool) -> int:
    import platform  # noqa: PLC0415 - bugs are rare
    import traceback  # noqa: PLC0415

    frames = "".join(traceback.format_tb(error.__traceback__))
    code = _report(
        output,
        f"agentconf has a bug ({type(error).__name__})",
        ExitCode.BUG,
        help="please report it with the lines below; they hold no values of yours",
        as_json=as_json,
    )
    # The exception's own message may quote a value, so it is not shown.
    machine = f"agentconf {__version__}, Python {platform.python_version()}, {platform.platform()}"
    output.error(f"\n{machine}\n{frames}{type(error).__name__}")
    return code
