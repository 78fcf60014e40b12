"""The errors that users can meet, and the exit code that each one ends in.

```text
AgentconfError            3  could not do it
├── ConfigurationError    3  the project's files or settings
├── FindingsError         1  the definitions have errors; the findings say which
├── RemoteError           3  the platform refused, or could not be reached
│   └── AuthenticationError 7  not authenticated, or the wrong organisation
├── StoreError            3  where the state is kept cannot be reached or written
├── PartialError          4  some operations failed or were not attempted
├── StaleError            5  the live agents, or the files, moved since the plan was made
├── BlockedError          6  a guard or a policy says no
└── UsageError           64  the command line asks for something that makes no sense
```

Whatever else reaches the boundary in `cli/main.py` is a bug of ours: exit code 70.
This module is the leaf of the tree: it imports nothing of the project.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """How a command ended; one table for every command (docs/exit-codes.md)."""

    OK = 0
    FINDINGS = 1
    CHANGES = 2
    FAILED = 3
    PARTIAL = 4
    STALE = 5
    BLOCKED = 6
    DENIED = 7
    USAGE = 64
    BUG = 70
    INTERRUPTED = 130


class AgentconfError(Exception):
    """A failure that the user can act on.

    Args:
        message: what went wrong, in one sentence, without a trailing full stop.
        help: the next action, in one sentence; shown on a line of its own.
        where: the place, as `path:line:column`, when there is one.

    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(self, message: str, *, help: str | None = None, where: str | None = None) -> None:  # noqa: A002 - the word users read
        super().__init__(message)
        self.message = message
        self.help = help
        self.where = where


class ConfigurationError(AgentconfError):
    """The project's files or settings do not allow what was asked."""


class FindingsError(AgentconfError):
    """The definitions have errors; the report beside this error lists them."""

    exit_code = ExitCode.FINDINGS


class RemoteError(AgentconfError):
    """The platform refused a request or could not be reached."""


class AuthenticationError(RemoteError):
    """The credential is missing or refused, or belongs to another organisation."""

    exit_code = ExitCode.DENIED


class StoreError(AgentconfError):
    """Where the state is kept cannot be reached, read or written."""


class PartialError(AgentconfError):
    """Some operations failed, were not attempted, or have an unknown outcome."""

    exit_code = ExitCode.PARTIAL


class StaleError(AgentconfError):
    """What the plan was made from is no longer so."""

    exit_code = ExitCode.STALE


class BlockedError(AgentconfError):
    """A guard or a policy refuses; nothing was written."""

    exit_code = ExitCode.BLOCKED


class UsageError(AgentconfError):
    """The command line asks for something that makes no sense."""

    exit_code = ExitCode.USAGE
