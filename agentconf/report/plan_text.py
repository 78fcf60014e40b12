"""A plan for the terminal: what would change, what stands in the way, and what to do next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconf.plan.change import Action
from agentconf.report.ink import Ink, Piece, Style, cells, flow, spread
from agentconf.report.outline import outline
from agentconf.report.passage import ELISION, hunks
from agentconf.report.shown import arrow, groups
from agentconf.report.visible import cut, visible
from agentconf.report.wording import drifted, header, impacts, label, labelled, sigil, summary, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentconf.plan.change import Operation
    from agentconf.plan.plan import Blocker, Note, Plan
    from agentconf.plan.words import Hunk
    from agentconf.report.shown import Entry, Group

NARROWEST = 40
_STYLES = {Action.CREATE: Style.GREEN, Action.UPDATE: Style.YELLOW, Action.DELETE: Style.RED}
_MARKS = {
    "equal": ("", "", Style.PLAIN),
    "delete": ("[-", "-]", Style.RED),
    "insert": ("{+", "+}", Style.GREEN),
}
_REASON = re.compile(r" \([^()]*\)")
_PASSAGE_LIMIT = 400
_VALUE_LIMIT = 100
_LABEL_WIDTH = 36
_SIDE_WIDTH = len("theirs")
_WHOLE = 10**9


def render(plan: Plan, *, colour: bool, width: int, next_command: str | None, verbose: bool = False) -> str:
    """Write a plan as text.

    Args:
        plan: what to show.
        colour: whether ANSI colours may be used.
        width: columns of the terminal; lines are broken to fit where they can be.
        next_command: what the user would run next; None shows none.
        verbose: show long values whole, and every field of an agent that is created.

    Returns:
        Lines, each with its line feed.

    """
    page = Page(Ink(colour), max(width, NARROWEST), verbose=verbose)
    sections = [
        page.sentence(header(plan)),
        *(page.block(operation) for operation in plan.operations),
        list(page.blocked(plan.blockers)),
        [*page.sentence(summary(plan)), *page.notes(plan.notes)],
    ]
    if next_command is not None:
        sections[-1].append(f"Next: {page.ink.paint(Style.STRONG, visible(next_command))}")
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in sections if lines)


class Page:
    """The widths and styles that all sections share."""

    def __init__(self, ink: Ink, width: int, *, verbose: bool) -> None:
        self.ink = ink
        self.width = width
        self.verbose = verbose

    def sentence(self, text: str) -> list[str]:
        """Break a text into lines."""
        return flow([(Style.PLAIN, text)], self.width, self.ink)

    def block(self, operation: Operation) -> list[str]:
        """Show what would be done to one agent."""
        if operation.action is Action.UPDATE or (self.verbose and operation.action is Action.CREATE):
            lines = [line for group in groups(operation) for line in self._group(group, operation)]
        else:
            lines = list(self._outlined(outline(operation).rows))
        return [*self._heading(operation), *lines]

    def _heading(self, operation: Operation) -> Iterator[str]:
        style = Style.MAGENTA if drifted(operation) else _STYLES[operation.action]
        left: list[Piece] = [(style, f"{sigil(operation)} "), (Style.STRONG, title(operation))]
        if operation.renamed_from is not None:
            names = f"{visible(operation.renamed_from)} → {visible(operation.name)}"
            left.append((Style.PLAIN, f"  {names}"))
        return spread(left, self._weight(operation), self.width, self.ink)

    def _weight(self, operation: Operation) -> str:
        if operation.action is Action.UPDATE:
            return impacts(operation)
        weight = outline(operation).summary
        if operation.action is Action.DELETE and operation.changes:
            return f"{weight}; {impacts(operation)}"
        return weight

    def _group(self, group: Group, operation: Operation) -> Iterator[str]:
        indent = "    "
        if group.title is not None:
            yield f"{indent}{self.ink.paint(Style.STRONG, group.title)}"
            indent += "  "
        short = [entry.path for entry in group.entries if not entry.passage]
        label = min(max(map(cells, short), default=0), _LABEL_WIDTH)
        for entry in group.entries:
            aside = self._aside(entry, operation)
            if entry.sides:
                yield from spread([(Style.PLAIN, indent + entry.path)], aside, self.width, self.ink)
                for name, side in entry.sides:
                    yield from self._side(name, side, f"{indent}  ")
            elif entry.passage:
                yield from spread([(Style.PLAIN, indent + entry.path)], aside, self.width, self.ink)
                yield from self._passage(entry, f"{indent}  ")
            else:
                yield from self._row(f"{indent}{_padded(entry.path, label)}", arrow(entry), aside)

    def _side(self, name: str, side: Entry, indent: str) -> Iterator[str]:
        """Show what one side of a conflict made of the last applied value."""
        if side.passage:
            yield f"{indent}{name}"
            yield from self._passage(side, f"{indent}  ")
        else:
            yield from self._row(f"{indent}{_padded(name, _SIDE_WIDTH)}", arrow(side), "")

    def _aside(self, entry: Entry, operation: Operation) -> str:
        several = len(operation.impacts) > 1
        return "; ".join(text for text in (entry.aside, entry.impacts if several else "") if text)

    def _row(self, label: str, text: str, aside: str) -> Iterator[str]:
        limit = _WHOLE if self.verbose else 2 * _VALUE_LIMIT
        value = cut(text, limit)
        if cells(label) + 2 + cells(value) <= self.width:
            yield from spread([(Style.PLAIN, f"{label}  {value}")], aside, self.width, self.ink)
            return
        yield from spread([(Style.PLAIN, label)], aside, self.width, self.ink)
        yield from self._indented([(Style.PLAIN, value)], " " * (len(label) - len(label.lstrip()) + 2))

    def _passage(self, entry: Entry, indent: str) -> list[str]:
        found = hunks(entry, _WHOLE if self.verbose else _PASSAGE_LIMIT)
        pieces = [piece for hunk in found for piece in _pieces(hunk)]
        if found and found[-1].cut_after:
            pieces.append((Style.FAINT, ELISION))
        lines = self._indented(pieces, indent)
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def _indented(self, pieces: Iterable[Piece], indent: str) -> list[str]:
        lines = flow(pieces, self.width - len(indent), self.ink)
        return [f"{indent}{line}".rstrip() for line in lines]

    def _outlined(self, rows: Sequence[tuple[str, str]]) -> Iterator[str]:
        label = min(max(cells(name) for name, _ in rows), _LABEL_WIDTH)
        for name, text in rows:
            yield from self._row(f"    {_padded(name, label)}", cut(text, _VALUE_LIMIT), "")

    def blocked(self, blockers: Sequence[Blocker]) -> Iterator[str]:
        """Show every objection whole, with what lets it pass."""
        if blockers:
            yield self.ink.paint(Style.ALARM, "Blocked:")
        for blocker in blockers:
            text = f"{visible(blocker.guard)}: {visible(blocker.message)}"
            yield from self._bullet(text, "  ")
            if blocker.help:
                yield from self._indented([(Style.PLAIN, f"help: {visible(blocker.help)}")], "    ")

    def _bullet(self, text: str, indent: str) -> Iterator[str]:
        first, *rest = flow([(Style.PLAIN, text)], self.width - len(indent) - 2, self.ink)
        yield f"{indent}{first}"
        yield from (f"{indent}  {line}" for line in rest)

    def notes(self, notes: Sequence[Note]) -> Iterator[str]:
        """Show what is not covered, left alone or suggested."""
        for name, messages in labelled(notes):
            if len(messages) == 1:
                yield from self._bullet(f"{name}: {messages[0]}.", "")
                continue
            if not self.verbose and name == label("not-covered"):
                brief = "; ".join(_REASON.sub("", message) for message in messages)
                yield from self._bullet(f"{name}: {brief}. (-v says why.)", "")
                continue
            yield f"{name}:"
            for message in messages:
                yield from self._bullet(message, "  ")


def _pieces(hunk: Hunk) -> Iterator[Piece]:
    if hunk.cut_before:
        yield (Style.FAINT, f"{ELISION} ")
    for segment in hunk.segments:
        before, after, style = _MARKS[segment.kind]
        yield (style, f"{before}{segment.text}{after}")
    if hunk.cut_after:
        yield (Style.FAINT, " ")


def _padded(text: str, width: int) -> str:
    return text + " " * max(width - cells(text), 0)
