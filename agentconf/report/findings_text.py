"""Findings for people: frames or one line each, and the count at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentconf.lint.finding import Severity
from agentconf.report.frames import LEAST_WIDTH, Mark, Paint, frames
from agentconf.report.ink import Ink, Style, flow
from agentconf.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.result import LintResult

_TONES: Final = {
    Severity.ERROR: Style.ALARM,
    Severity.WARNING: Style.YELLOW,
    Severity.INFO: Style.MAGENTA,
}


_HANGING = "  "
"""What the further lines of a message begin with."""


def full(findings: Iterable[Finding], *, colour: bool, width: int) -> str:
    """Draw each finding with its lines, the reason and the next action, a blank line between two.

    Args:
        findings: in the order in which they are to be read.
        colour: whether to use ANSI colours.
        width: columns of the terminal; longer source lines are cut around what is underlined, longer
            sentences are broken between words.

    """
    return "\n\n".join("\n".join(_drawn(finding, colour=colour, width=width)) for finding in findings)


def concise(findings: Iterable[Finding], *, colour: bool) -> str:
    """Write each finding on a line: `path:line:column: error AC306 message`.

    Args:
        findings: in the order in which they are to be read.
        colour: whether to use ANSI colours.

    """
    return "\n".join(_one_line(finding, Ink(colour)) for finding in findings)


def summary(result: LintResult) -> str:
    """Count, in the last line of a report.

    Args:
        result: what the linter came to.

    """
    if not result.findings:
        return f"All checks passed: {_counted(result.agents, 'agent')}."
    counts = [
        _counted(number, word)
        for number, word in ((result.errors, "error"), (result.warnings, "warning"), (result.infos, "info"))
        if number
    ]
    listed = " and ".join(filter(None, (", ".join(counts[:-1]), counts[-1])))
    fixes = _fixes(result)
    if not result.agents_with_findings:
        return f"Found {listed} in the project's files; {_counted(result.agents, 'agent')} checked.{fixes}"
    return f"Found {listed} in {result.agents_with_findings} of {_counted(result.agents, 'agent')}.{fixes}"


def _fixes(result: LintResult) -> str:
    """Say how many findings can be mended, and how."""
    safe, guessed = result.fixable, result.guessable
    if not safe and not guessed:
        return ""
    if not safe:
        return f" {guessed} fixable with --unsafe-fixes."
    return f" {safe} fixable with --fix{f', {guessed} more with --unsafe-fixes' if guessed else ''}."


def _drawn(finding: Finding, *, colour: bool, width: int) -> Iterator[str]:
    ink, tone = Ink(colour), _TONES[finding.severity]
    paint = Paint(ink, tone)
    said = [(Style.PLAIN, f" {finding.name}: "), (Style.STRONG, visible(finding.message))]
    first, *more = flow(
        [(tone, f"{finding.severity}[{finding.code}]"), *said], _room(width) - len(_HANGING), ink
    )
    yield first
    yield from (f"{_HANGING}{line}" for line in more)
    marks = [Mark(finding.location, finding.label, primary=True)]
    marks += (Mark(label.location, label.text, primary=False) for label in finding.labels)
    yield from frames(marks, paint=paint, width=width)
    gutter = " " * max(len(str(mark.location.start.line)) for mark in marks)
    for word, text in (("only", finding.only_in), ("why", finding.why), ("help", finding.help)):
        if text:
            yield from _note(f"{gutter} ", f"{word}: ", visible(text), paint, width)


def _note(indent: str, word: str, text: str, paint: Paint, width: int) -> Iterator[str]:
    """Write a sentence below a frame, in lines of the terminal's width."""
    edge = "="
    for line in flow([(Style.PLAIN, text)], _room(width) - len(f"{indent}= {word}"), paint.ink):
        yield f"{indent}{paint.edge(edge)} {word}{line}"
        edge, word = " ", " " * len(word)


def _room(width: int) -> int:
    return max(width, LEAST_WIDTH)


def _one_line(finding: Finding, ink: Ink) -> str:
    start = finding.location.start
    severity = ink.paint(_TONES[finding.severity], finding.severity)
    place = f"{visible(finding.location.path)}:{start.line}:{start.column}"
    only = f" ({visible(finding.only_in)})" if finding.only_in else ""
    return f"{place}: {severity} {finding.code} {visible(finding.message)}{only}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
