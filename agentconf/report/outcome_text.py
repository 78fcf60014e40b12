"""How an apply ended, for the terminal: a line an operation, a summary, and what to do about the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.apply.outcome import Outcome
from agentconf.report.ink import Ink, Style, cells, flow
from agentconf.report.visible import visible
from agentconf.report.wording import sigil, title

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    ink = Ink(colour)
    lines = [line for result in report.results for line in _result(result, ink, max(width, _NARROWEST))]
    tally = ", ".join(f"{report.count(outcome):,} {word}" for outcome, (word, _) in _WORDS.items())
    return "".join(f"{line}\n" for line in [*lines, "", f"Applied: {tally}.", *_rest(report, plan, ink)])


def _result(result: Result, ink: Ink, width: int) -> Iterator[str]:
    word, style = _WORDS[result.outcome]
    operation = result.operation
    lead = f"{sigil(operation)} {ink.paint(Style.STRONG, title(operation))}"
    yield f"{ink.paint(style, word)}{' ' * (_WORD_WIDTH - cells(word))}  {lead}"
    indent = " " * (_WORD_WIDTH + 4)
    for text in (result.message, f"help: {result.help}" if result.help else None):
        if text:
            lines = flow([(Style.PLAIN, visible(text))], width - len(indent), ink)
            yield from (f"{indent}{line}" for line in lines)


def _rest(report: Report, plan: Plan, ink: Ink) -> Iterator[str]:
    if report.complete:
        return
    if report.denied is not None:
        yield f"{ink.paint(Style.ALARM, 'Denied:')} {visible(report.denied)}"
    if report.interrupted:
        yield "Interrupted: what was under way was finished or is named above as unknown."
    command = ink.paint(Style.STRONG, f"agentconf plan -e {visible(plan.environment)}")
    yield f"Next: {command} shows what is left."
