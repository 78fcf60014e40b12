"""One agent of a plan in Markdown, at four levels of detail."""

from __future__ import annotations

import textwrap
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import groupby
from typing import TYPE_CHECKING, assert_never

from agentconf.plan.change import Action
from agentconf.report.markdown import code, details, fence, prose, table
from agentconf.report.outline import outline
from agentconf.report.passage import ELISION, hunks
from agentconf.report.shown import arrow, groups
from agentconf.report.visible import cut
from agentconf.report.wording import impacts, sigil, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentconf.plan.change import Operation
    from agentconf.plan.words import Hunk
    from agentconf.report.shown import Entry, Group


class Level(IntEnum):
    """How much is said of an agent: everything, short passages, fields only, nothing but its row."""

    FULL = 0
    SHORT = 1
    FIELDS = 2
    NONE = 3


_PASSAGE_LIMITS = {Level.FULL: 2_000, Level.SHORT: 200}
_VALUE_LIMITS = {Level.FULL: 500, Level.SHORT: 200, Level.FIELDS: 60}
_PATHS = 4
_LINE = 100


def agent_row(operation: Operation) -> tuple[str, ...]:
    """Write an agent's row of the summary: sign, key, impact, what changes."""
    changes = outline(operation).summary if operation.action is not Action.UPDATE else _paths(operation)
    return (code(sigil(operation)), _name(operation), impacts(operation), changes)


def _name(operation: Operation) -> str:
    renamed = ""
    if operation.renamed_from is not None:
        renamed = f" ({code(operation.renamed_from)} → {code(operation.name)})"
    return f"{code(title(operation))}{renamed}"


def _paths(operation: Operation) -> str:
    names = list(
        dict.fromkeys(group.title or entry.path for group in groups(operation) for entry in group.entries)
    )
    more = len(names) - _PATHS
    shown = ", ".join(code(name) for name in names[:_PATHS])
    return f"{shown} and {more:,} more" if more > 0 else shown


def agent(operation: Operation, level: Level) -> str:
    """Write what happens to an agent, folded away under its name; empty at the level `NONE`."""
    if level is Level.NONE:
        return ""
    touched = impacts(operation)
    summary = f"{code(sigil(operation))} {_name(operation)}{f': {touched}' if touched else ''}"
    match operation.action:
        case Action.UPDATE:
            body = "\n\n".join(text for group in groups(operation) for text in _group(group, level))
        case Action.CREATE | Action.DELETE:
            body = _outlined(operation, level)
        case _:
            assert_never(operation.action)
    return details(summary, body)


def _outlined(operation: Operation, level: Level) -> str:
    limit = _VALUE_LIMITS[level]
    shown = outline(operation)
    rows = ((prose(name), code(cut(text, limit))) for name, text in shown.rows)
    return f"{shown.summary.capitalize()}.\n\n{table(('Field', 'Value'), rows)}"


def _group(group: Group, level: Level) -> Iterator[str]:
    if group.title is not None:
        yield f"**{prose(group.title)}**"
    limit = _PASSAGE_LIMITS.get(level)
    for folded, run in groupby(group.entries, lambda entry: _folds(entry) and limit is not None):
        if folded and limit is not None:
            for entry in run:
                yield f"{code(entry.path)}{_aside(entry)}"
                yield from _passages(entry, limit)
        else:
            yield table(("Field", "Before", "After", "Impact"), (_cells(entry, level) for entry in run))


def _folds(entry: Entry) -> bool:
    return entry.passage or bool(entry.sides)


def _passages(entry: Entry, limit: int) -> Iterator[str]:
    """Show a long text as a diff; of a conflict, what each side made of the last applied value."""
    if not entry.sides:
        yield fence(_diff(hunks(entry, limit)), "diff")
    for name, side in entry.sides:
        yield f"{name.capitalize()}:"
        yield fence(_diff(hunks(side, limit)), "diff") if side.passage else code(cut(arrow(side), limit))


def _aside(entry: Entry) -> str:
    text = "; ".join(part for part in (entry.impacts, entry.aside) if part)
    return f" ({prose(text)})" if text else ""


def _cells(entry: Entry, level: Level) -> tuple[str, ...]:
    limit = _VALUE_LIMITS[level]
    values = ("" if text is None else code(cut(text, limit)) for text in (entry.before, entry.after))
    return (
        code(entry.path),
        *values,
        prose("; ".join(part for part in (entry.impacts, entry.aside) if part)),
    )


def _diff(found: Sequence[Hunk]) -> list[str]:
    """Write hunks as the lines of a diff: lines that stay, and lines before and after."""
    lines = list(_diff_lines(found))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _diff_lines(found: Sequence[Hunk]) -> Iterator[str]:
    for hunk in found:
        if hunk.cut_before:
            yield f"  {ELISION}"
        old, new = _side(hunk, "delete"), _side(hunk, "insert")
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag == "equal":
                yield from _rows("  ", old[a:b])
            else:
                yield from _rows("- ", map(_dotted, old[a:b]))
                yield from _rows("+ ", map(_dotted, new[c:d]))
    if found and found[-1].cut_after:
        yield f"  {ELISION}"


def _side(hunk: Hunk, kind: str) -> list[str]:
    text = "".join(segment.text for segment in hunk.segments if segment.kind in {"equal", kind})
    return text.split("\n") if text else []


def _dotted(line: str) -> str:
    """Show the blanks at a line's end, which nobody would see."""
    bare = line.rstrip(" ")
    return bare + "·" * (len(line) - len(bare))


def _rows(sign: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for row in textwrap.wrap(line, _LINE, break_long_words=False, break_on_hyphens=False) or [""]:
            yield f"{sign}{row}".rstrip()
