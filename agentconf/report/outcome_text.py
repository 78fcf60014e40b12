"""How an apply ended, for the terminal: a line an operation, a summary, and what to do about the rest."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from agentconf.apply.outcome import Outcome
from agentconf.report.ink import Ink, Style, cells, flow
from agentconf.report.visible import visible
from agentconf.report.wording import sigil, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.apply.outcome import Report, Result
    from agentconf.plan.plan import Plan

_WORDS = {
    Outcome.DONE: ("done", Style.GREEN),
    Outcome.FAILED: ("failed", Style.RED),
    Outcome.NOT_ATTEMPTED: ("not attempted", Style.YELLOW),
    Outcome.UNKNOWN: ("unknown", Style.MAGENTA),
}
_WORD_WIDTH = max(len(word) for word, _ in _WORDS.values())
_NARROWEST = 40


def render(report: Report, plan: Plan, *, colour: bool, width: int) -> str:
    """Write how an apply ended as text.

    Args:
        report: how each operation ended.
        plan: what was applied.
        colour: whether ANSI colours may be used.
        width: columns of the terminal; messages are broken to fit.

    Returns:
        Lines, each with its line feed.

    """
    page = _Page(Ink(colour), max(width, _NARROWEST))
    tally = ", ".join(f"{report.count(outcome):,} {word}" for outcome, (word, _) in _WORDS.items())
    lines = [
        *page.results(report.results),
        "",
        *page.sentence(f"Applied: {tally}."),
        *page.rest(report, plan),
    ]
    return "".join(f"{line}\n" for line in lines)


class _Page:
    """The width and the ink that all lines share."""

    def __init__(self, ink: Ink, width: int) -> None:
        self.ink = ink
        self.width = width

    def sentence(self, text: str, lead: str = "") -> list[str]:
        """Break a text into lines.

        Args:
            text: what to say.
            lead: a word before it that raises the alarm.

        """
        pieces = [(Style.ALARM, lead), (Style.PLAIN, f" {text}" if lead else text)]
        return flow(pieces, self.width, self.ink)

    def results(self, results: Sequence[Result]) -> Iterator[str]:
        """Show a line an operation, and what there is to say below it, once for all in a row."""
        for (_, message, help_), run in groupby(results, _said):
            yield from (self._result(result) for result in run)
            for text in (message, f"help: {help_}" if help_ else None):
                if text:
                    indent = " " * (_WORD_WIDTH + 4)
                    lines = flow([(Style.PLAIN, visible(text))], self.width - len(indent), self.ink)
                    yield from (f"{indent}{line}" for line in lines)

    def _result(self, result: Result) -> str:
        word, style = _WORDS[result.outcome]
        lead = f"{sigil(result.operation)} {self.ink.paint(Style.STRONG, title(result.operation))}"
        return f"{self.ink.paint(style, word)}{' ' * (_WORD_WIDTH - cells(word))}  {lead}"

    def rest(self, report: Report, plan: Plan) -> Iterator[str]:
        """Say why something is left, and how to see what."""
        if report.complete:
            return
        if report.denied is not None:
            yield from self.sentence(visible(report.denied), "Denied:")
        if report.interrupted:
            yield from self.sentence(
                "Interrupted: what was under way was finished or is named above as unknown."
            )
        command = self.ink.paint(Style.STRONG, f"agentconf plan -e {visible(plan.environment)}")
        yield f"Next: {command} shows what is left."


def _said(result: Result) -> tuple[Outcome, str | None, str | None]:
    return result.outcome, result.message, result.help
