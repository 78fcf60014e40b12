"""Drift for the terminal: what was changed outside, agent by agent, and what can be done about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agentconf.plan.change import Action, Change, Operation, Origin
from agentconf.report.ink import Ink, Style
from agentconf.report.plan_text import NARROWEST, Page
from agentconf.report.visible import visible
from agentconf.report.wording import count, header

if TYPE_CHECKING:
    from agentconf.plan.drift import Drift, Drifted


def render(drift: Drift, *, colour: bool, width: int, verbose: bool = False) -> str:
    """Write drift as text.

    Args:
        drift: what changed outside.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.
        verbose: show long values whole.

    Returns:
        Lines, each with its line feed.

    """
    page = Page(Ink(colour), max(width, NARROWEST), verbose=verbose)
    sections = [
        page.sentence(header(drift.plan)),
        *(_agent(one, page) for one in drift.agents),
        [*page.sentence(_summary(drift)), *page.notes(drift.notes), *_next(drift, page)],
    ]
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in sections if lines)


def _agent(one: Drifted, page: Page) -> list[str]:
    if one.deleted:
        name = page.ink.paint(Style.STRONG, visible(one.key))
        sign = page.ink.paint(Style.RED, "-")
        return [f"{sign} {name}", f"    {visible(one.name)} ({one.id}) was deleted outside"]
    changes = tuple(_shown(change) for change in one.changes)
    return page.block(Operation(one.key, one.name, Action.UPDATE, changes))


def _shown(change: Change) -> Change:
    """Leave out who made a change, where it goes without saying; a conflict is shown as plans show it."""
    if change.origin is Origin.BOTH:
        return replace(change, before=change.after, after=change.before)
    return replace(change, origin=Origin.UNKNOWN)


def _summary(drift: Drift) -> str:
    if not drift.agents:
        return f"No drift. {count(len(drift.plan.unchanged), 'agent')} as declared."
    deleted = sum(one.deleted for one in drift.agents)
    conflicts = sum(one.conflict for one in drift.agents)
    unknown = sum(one.unknown for one in drift.agents)
    changed = len(drift.agents) - deleted
    more = [f"{conflicts:,} of them in the files too"] if conflicts else []
    text = f"Drift: {changed:,} changed, {deleted:,} deleted{' (' + more[0] + ')' if more else ''}."
    if unknown:
        text += (
            f" Of {count(unknown, 'agent')} nothing is remembered: the differences may be the files' as well."
        )
    return text


def _next(drift: Drift, page: Page) -> list[str]:
    if not drift.agents:
        return []
    environment = visible(drift.plan.environment)
    adopt, apply = (
        page.ink.paint(Style.STRONG, f"agentconf {words} -e {environment}")
        for words in ("drift --adopt", "apply")
    )
    return [f"Next: {adopt} takes it into the files; {apply} puts the files' values back."]
