"""What a rule says, and what a report shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from agentconf.source.document import Label, Location


class Severity(StrEnum):
    """How bad a finding is: errors stop plan and apply, warnings do so under `--strict`, infos never."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Edit(NamedTuple):
    """A replacement of a span's text in the finding's document."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, why, and what to do.

    Args:
        code: the rule's code, such as AC306.
        name: the rule's name, such as url-placeholder-outside-path-or-query.
        severity: how bad it is.
        message: one sentence, without a trailing full stop; never holds a secret.
        location: the primary place.
        label: a few words printed beside the underline.
        why: the reason in a sentence.
        help: the next action in a sentence.
        labels: further places (the first of two duplicates).
        agent: key of the agent; None for the project's own files.
        fix: edits in `location.document` that mend it; empty when there is no fix.
        environments: the environments in which it holds; None when it holds in all that were looked at.
        unsafe: whether the fix is a guess, or may change what an agent says or does.

    """

    code: str
    name: str
    severity: Severity
    message: str
    location: Location
    label: str | None = None
    why: str | None = None
    help: str | None = None
    labels: tuple[Label, ...] = ()
    agent: str | None = None
    fix: tuple[Edit, ...] = ()
    environments: tuple[str, ...] | None = None
    unsafe: bool = False

    @property
    def only_in(self) -> str | None:
        """Where it holds, in words; None when it holds everywhere, or the message says it."""
        names = self.environments or ()
        if not names or any(
            f"environment {mark}{name}" in self.message for name in names for mark in ("", "`")
        ):
            return None
        return f"in environment{'s' if len(names) > 1 else ''} {', '.join(names)}"
