"""Where text goes: results to stdout, everything else to stderr, no secret to either."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, TextIO

from agentconf.errors import AgentconfError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

SHORTEST_MASKED = 6
"""Secrets shorter than this, in characters, are not searched for: masking `a` would make output unreadable.

The first net is structural: no renderer is ever given a secret's value. This is the second one.
"""


class Output:
    """The process's two streams.

    A reader that goes away (`| head`) stops the output, never the work.

    Args:
        stdout: takes results.
        stderr: takes progress, questions and errors.
        environ: for NO_COLOR (https://no-color.org), FORCE_COLOR and TERM.

    """

    def __init__(self, stdout: TextIO, stderr: TextIO, environ: Mapping[str, str]) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self._environ = environ
        self._secrets: set[str] = set()
        self._closed: set[int] = set()
        self.quiet = False
        self.verbose = False
        self.no_color = False

    def protect(self, values: Iterable[str]) -> None:
        """Mask these values in whatever is written from now on, as they are and as JSON writes them."""
        for value in values:
            if len(value) >= SHORTEST_MASKED:
                self._secrets |= {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}

    def result(self, text: str) -> None:
        """Write a command's result to stdout.

        Raises:
            AgentconfError: it cannot be written, as on a full disk.

        """
        self._write(self._stdout, text)

    def info(self, text: str) -> None:
        """Write to stderr, unless the user asked for quiet."""
        if not self.quiet:
            self._write(self._stderr, text)

    def detail(self, text: str) -> None:
        """Write to stderr when the user asked for more."""
        if self.verbose and not self.quiet:
            self._write(self._stderr, text)

    def error(self, text: str) -> None:
        """Write to stderr, always."""
        self._write(self._stderr, text)

    def colour(self, *, stderr: bool = False) -> bool:
        """Tell whether a stream takes colours: a terminal, and nobody asked for none."""
        stream = self._stderr if stderr else self._stdout
        if self.no_color or self._environ.get("NO_COLOR") or self._environ.get("TERM") == "dumb":
            return False
        return self._environ.get("FORCE_COLOR", "0") not in {"", "0"} or stream.isatty()

    def terminal(self) -> bool:
        """Tell whether a person can be asked: stdin and stderr are terminals."""
        return sys.stdin is not None and sys.stdin.isatty() and self._stderr.isatty()

    @property
    def width(self) -> int:
        """Columns to use; 100 where there is no terminal to ask."""
        try:
            return os.get_terminal_size(self._stdout.fileno()).columns
        except (OSError, ValueError):
            return 100

    @property
    def zone(self) -> tzinfo:
        """The zone in which moments are told: this machine's."""
        from datetime import datetime  # noqa: PLC0415 - few commands tell moments

        zone = datetime.now().astimezone().tzinfo
        assert zone is not None, "astimezone gives one"
        return zone

    def mask(self, text: str) -> str:
        """Replace every protected value in a text."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def _write(self, stream: TextIO, text: str) -> None:
        if id(stream) in self._closed:
            return
        try:
            stream.write(self.mask(text))
            if not text.endswith("\n"):
                stream.write("\n")
            stream.flush()
        except OSError as error:
            self._closed.add(id(stream))
            # The interpreter flushes the stream once more on its way out.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if stream is self._stdout and not isinstance(error, BrokenPipeError):
                raise AgentconfError(f"cannot write the result: {error.strerror}") from error
