"""Rows of a contacts file that cannot be called, for the terminal: where, what, and what to do about it.

This report is about the user's own file: numbers in its messages are shown.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from agentconf.report.campaign_page import Page, joined, plain
from agentconf.report.ink import Piece, Style
from agentconf.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.calls.contacts.fault import BadRow
    from agentconf.report.contacts_outcome import ContactsOutcome

MOST_SHOWN: Final = 50
"""Problems that are listed unless all are asked for."""

_INDENT: Final = "    "


def render(outcome: ContactsOutcome, *, verbose: bool, colour: bool, width: int) -> str:
    """Write what is wrong with the rows, and how many are good.

    Args:
        outcome: what the check came to.
        verbose: whether to list every problem that is known.
        colour: whether ANSI colours may be used.
        width: columns of the terminal; messages are broken to fit.

    Returns:
        Lines, each with its line feed.

    """
    page = Page.new(colour=colour, width=width)
    shown = outcome.ordered[: None if verbose else MOST_SHOWN]
    lines = list(_problems(shown, outcome.display, page))
    rest = outcome.total - len(shown)
    if rest > 0:
        how = "" if verbose else " (-v shows all)"
        lines += page.sentence((Style.FAINT, f"… and {rest:,} more{how}"))
    if lines:
        lines.append("")
    return joined([*lines, *page.sentence((Style.STRONG, outcome.summary))])


def _problems(problems: list[BadRow], display: str, page: Page) -> Iterator[str]:
    """Show problems, and what to do once for those in a row of which the same is to be said."""
    for help_, run in groupby(problems, lambda problem: problem.help):
        for problem in run:
            yield from page.sentence(*_problem(problem, display), hanging=_INDENT)
        if help_:
            words = f"help: {visible(help_)}"
            yield from page.sentence(*plain(words), indent=_INDENT, hanging=f"{_INDENT}      ")


def _problem(problem: BadRow, display: str) -> Iterator[Piece]:
    yield Style.RED, f"{visible(display)}:{problem.line}:"
    if problem.column is not None:
        yield Style.STRONG, f" `{visible(problem.column)}`:"
    yield Style.PLAIN, f" {visible(problem.message)}"
