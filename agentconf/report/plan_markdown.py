"""A plan as a comment on a pull request: what matters first, details folded, never over the limit.

Detail is dropped level by level, the longest agents first: passages lose their length, then passages go,
then the details of an agent altogether, at last notes and rows of the summary. Header and blockers stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.report.markdown import code, prose, size, table
from agentconf.report.plan_markdown_agent import Level, agent, agent_row
from agentconf.report.wording import count, header, labelled, summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.plan.change import Operation
    from agentconf.plan.plan import Blocker, Note, Plan

BUDGET = 65_536
"""What a comment on GitHub may hold, in characters; taken in UTF-8 bytes, which are never fewer."""

_FEW = 3
_HEAD = ("", "Agent", "Impact", "Changes")
_SHORTENED = "Some of it is left out here to fit: `agentconf plan` shows it whole."
_JOINT = "\n\n"


def render(plan: Plan, *, budget: int = BUDGET) -> str:
    """Write a plan as Markdown for GitHub.

    Args:
        plan: what to show.
        budget: characters, and UTF-8 bytes, that the text may have. Header and blockers stay even beyond it.

    Returns:
        The text with a final line feed; the same plan always gives the same text.

    """
    frame, shortened = _frame(plan), prose(_SHORTENED)
    room = budget - size(_join(frame))
    if room >= 0:
        texts = [agent(one, Level.FULL) for one in plan.operations]
        if sum(map(_cost, texts)) <= room:
            return _join(frame, *texts)
        room -= _cost(shortened)
        if room >= 0:
            return _join(frame, *_fit(plan.operations, texts, room), shortened)
    for rows, notes in _ever_less(len(plan.operations)):
        frame = _frame(plan, rows=rows, notes=notes)
        if size(_join(frame, shortened)) <= budget:
            break
    return _join(frame, shortened)


def _join(*parts: str) -> str:
    return _JOINT.join(part for part in parts if part) + "\n"


def _fit(operations: Sequence[Operation], texts: list[str], room: int) -> list[str]:
    """Choose how much is said of each agent.

    Args:
        operations: what is done to the agents.
        texts: what is said of each in full.
        room: bytes for all of them together.

    Returns:
        A text an agent, empty where nothing is said.

    """
    shown = list(texts)
    taken = sum(map(_cost, shown))
    for level in (Level.SHORT, Level.FIELDS, Level.NONE):
        for number in sorted(range(len(shown)), key=lambda one: (-len(shown[one]), one)):
            if taken <= room:
                return shown
            taken -= _cost(shown[number])
            shown[number] = agent(operations[number], level)
            taken += _cost(shown[number])
    return shown


def _ever_less(rows: int) -> Iterator[tuple[int, int]]:
    """Yield how many rows and how many notes of a kind to keep, until nothing is left."""
    while rows:
        yield rows, _FEW
        rows //= 2
    yield 0, _FEW
    yield 0, 0


def _cost(text: str) -> int:
    return size(text) + len(_JOINT) if text else 0


def _frame(plan: Plan, *, rows: int | None = None, notes: int | None = None) -> str:
    """Write everything but the details of the agents.

    Args:
        plan: what to show.
        rows: how many agents the summary lists; None for all.
        notes: how many notes of a kind are listed; None for all.

    """
    parts = [
        f"### Plan for {code(plan.environment)}",
        f"{prose(summary(plan))}<br>{prose(header(plan))}",
        _blocked(plan.blockers),
        _summary(plan.operations, len(plan.operations) if rows is None else rows),
        _notes(plan.notes, notes),
    ]
    return _JOINT.join(part for part in parts if part)


def _blocked(blockers: Sequence[Blocker]) -> str:
    if not blockers:
        return ""
    lines = ["> [!CAUTION]", "> **Blocked:** an apply would be refused.", ">"]
    for blocker in blockers:
        help_ = f"<br>{prose(blocker.help)}" if blocker.help else ""
        lines.append(f"> - **{prose(blocker.guard)}**: {prose(blocker.message)}{help_}")
    return "\n".join(lines)


def _summary(operations: Sequence[Operation], rows: int) -> str:
    if not operations:
        return ""
    shown = table(_HEAD, (agent_row(one) for one in operations[:rows])) if rows else ""
    left_out = len(operations) - rows
    more = f"… and {count(left_out, 'more agent' if rows else 'agent')}." if left_out else ""
    return _JOINT.join(part for part in (shown, more) if part)


def _notes(notes: Sequence[Note], limit: int | None) -> str:
    lines: list[str] = []
    for name, messages in labelled(notes):
        shown = messages[:limit]
        more = len(messages) - len(shown)
        lines.extend(f"- **{prose(name)}:** {prose(message)}." for message in shown)
        if more:
            lines.append(f"- **{prose(name)}:** {more:,} {'more' if shown else 'notes'}.")
    return "\n".join(lines)
