"""Something that the models refuse, and how its place is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentconf.lint.finding import Edit, Severity
    from agentconf.source.tree import Path


@dataclass(frozen=True, slots=True)
class SchemaIssue:
    """Something that the models refuse; becomes a finding of the rule with that code.

    Args:
        code: AC101 to AC109, or AC320.
        path: where in the definition.
        message: one sentence, without a trailing full stop.
        why: the reason.
        help: the next action.
        key: the key is at fault, not the value.
        severity: another severity than the rule's.
        fix: edits that mend it.
        unsafe: whether they are a guess.

    """

    code: str
    path: Path
    message: str
    why: str | None = None
    help: str | None = None
    key: bool = False
    severity: Severity | None = None
    fix: tuple[Edit, ...] = ()
    unsafe: bool = False


def named(path: Path) -> str:
    """Name a value as a sentence does: by its key, or by its place in a list."""
    return f"`{where(path[-1:] if isinstance(path[-1], str) else path[-2:])}`"


def where(path: Path) -> str:
    """Write a path as users do: `tools[1].auth`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
