"""The options that every command takes, and what they amount to."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentconf.errors import UsageError

if TYPE_CHECKING:
    from agentconf.cli.output import Output

Command = Callable[..., int]


@dataclass(frozen=True, slots=True)
class Session:
    """One invocation.

    Args:
        output: the streams.
        directory: where to look for the project, absolute.
        environment: the one asked for; None for the default.
        format: the output format.
        environ: the process's environment variables, and those of files below them.

    """

    output: Output
    directory: Path
    environment: str | None
    format: str
    environ: Mapping[str, str]

    @property
    def json(self) -> bool:
        """Whether stdout is to hold one JSON document."""
        return self.format == "json"


def common(*formats: str) -> Callable[[Command], Command]:
    """Add the common options to a command and hand it a `Session` as its first argument.

    Args:
        formats: the output formats that the command knows, the default first; `json` gets `--json` too.

    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def run(
            directory: Path, environment: str | None, no_color: bool, quiet: bool, verbose: bool, **rest: Any
        ) -> int:
            output: Output = click.get_current_context().obj
            output.quiet, output.verbose, output.no_color = quiet, verbose, no_color
            chosen = rest.pop("output_format", None) or formats[0]
            if rest.pop("json_output", False):
                if chosen not in {formats[0], "json"}:
                    raise UsageError(f"--json and --output-format {chosen} contradict each other")
                chosen = "json"
            if environment is not None and not environment.strip():
                raise UsageError(
                    "-e names no environment", help="an unset variable? leave -e out for the default"
                )
            environ: Mapping[str, str] = os.environ
            if env_files := rest.pop("env_files"):
                from agentconf.cli.envfile import read_env_files  # noqa: PLC0415 - where it is asked for

                environ = {**read_env_files(env_files), **os.environ}
            session = Session(output, directory.absolute(), environment, chosen, environ)
            return command(session, **rest)

        wrapped: Any = run
        for option in reversed(_options(formats)):
            wrapped = option(wrapped)
        return wrapped  # type: ignore[no-any-return]

    return decorate


def _options(formats: tuple[str, ...]) -> list[Callable[[Any], Any]]:
    options = [
        click.option(
            "-C",
            "--directory",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            default=".",
            help="Work in this folder's project.",
        ),
        click.option(
            "-e",
            "--env",
            "environment",
            metavar="ENV",
            help="Environment (default: AGENTCONF_ENV, else local).",
        ),
    ]
    if len(formats) > 1:
        options.append(
            click.option("--output-format", type=click.Choice(formats), help=f"Default: {formats[0]}.")
        )
    if "json" in formats:
        options.append(
            click.option("--json", "json_output", is_flag=True, help="Same as --output-format json.")
        )
    return [
        *options,
        click.option(
            "--env-file",
            "env_files",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Read environment variables from a file too (repeatable).",
        ),
        click.option("--no-color", is_flag=True, help="No colours (NO_COLOR is respected too)."),
        click.option("-q", "--quiet", is_flag=True, help="Only results and errors."),
        click.option("-v", "--verbose", is_flag=True, help="Say more about what is done."),
    ]
