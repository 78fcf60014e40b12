"""What can be wrong with contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class RowFault(NamedTuple):
    """Something that is wrong with a row.

    Args:
        target: the field or variable that it is about; None: the whole row.
        message: one sentence.
        help: the next action.
        reason: the same without numbers and values, the same words for many rows.

    """

    target: str | None
    message: str
    help: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """Something that is wrong with a line of a file; messages may hold numbers.

    Args:
        line: in the file, from 1; the header's own for what is wrong with a column.
        column: as the header names it; None: the whole row.
        message: one sentence.
        help: the next action.

    """

    line: int
    column: str | None
    message: str
    help: str | None
