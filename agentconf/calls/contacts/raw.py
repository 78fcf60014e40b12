"""What a file of contacts holds before anybody asked what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Header:
    """The line that names the columns.

    Args:
        line: where it stands, from 1.
        names: of the columns, without blanks around them; empty ones at the end are left out.

    """

    line: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawContact:
    """A row as it was read.

    Args:
        line: its first line, from 1.
        values: texts by column, without blanks around them; a column without a value is absent.
        problem: why it cannot be read; None when it can.
        help: the next action.
        numeric: columns whose value is a number of JSON.

    """

    line: int
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    problem: str | None = None
    help: str | None = None
    numeric: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ContactRows:
    """The rows of a file; to be read once.

    Args:
        header: None where every row names its columns itself (JSONL).
        rows: in the order of the file.

    """

    header: Header | None
    rows: Iterator[RawContact]

    def __iter__(self) -> Iterator[RawContact]:
        return self.rows
