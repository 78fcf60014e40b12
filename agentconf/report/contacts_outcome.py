"""What checking a file of contacts came to, as both of its reports need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.calls.contacts.check import Checked
    from agentconf.calls.contacts.fault import BadRow


@dataclass(frozen=True, slots=True)
class ContactsOutcome:
    """What checking a file of contacts came to.

    Args:
        display: the file, as the user named it.
        rows: how many were read, without the header.
        good: how many are to be called.
        bad: how many are not, because something is wrong with them.
        excluded: how many are not, because of the do-not-call list.
        problems: what is wrong, those of the header among them; of very many the first ones.
        problems_total: how many problems there are; None: as many as listed.

    """

    display: str
    rows: int
    good: int
    bad: int
    excluded: int
    problems: Sequence[BadRow]
    problems_total: int | None = None

    @classmethod
    def of(cls, checked: Checked, display: str) -> Self:
        """Take what a check came to, once all of its contacts were read.

        Args:
            checked: the check.
            display: the file, as the user named it.

        """
        return cls(
            display,
            checked.rows,
            checked.good,
            checked.bad_rows,
            checked.excluded,
            tuple(checked.bad),
            checked.problems,
        )

    @property
    def total(self) -> int:
        """How many problems there are."""
        return max(self.problems_total or 0, len(self.problems))

    @property
    def ordered(self) -> list[BadRow]:
        """The problems from the top of the file to its end: the header's come first."""
        return sorted(self.problems, key=lambda problem: problem.line)

    @property
    def summary(self) -> str:
        """The last line of the report."""
        excluded = f", {self.excluded:,} on the do-not-call list" if self.excluded else ""
        return f"Checked {count(self.rows, 'row')}: {self.good:,} good, {self.bad:,} bad{excluded}."
