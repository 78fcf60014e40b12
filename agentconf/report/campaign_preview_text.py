"""A dry run for the terminal: whom a campaign would call first, how many on which day, and whom never."""

from __future__ import annotations

from datetime import UTC, date
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from agentconf.report import campaign_words as words
from agentconf.report.campaign_page import Page, joined, plain
from agentconf.report.campaign_time import moment
from agentconf.report.ink import Piece, Style
from agentconf.report.table import Column, table
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import tzinfo

    from agentconf.calls.campaign import Campaign
    from agentconf.calls.contact import NewContact
    from agentconf.calls.schedule import Foreseen, Outlook
    from agentconf.report.campaign_preview import Preview

_HEADS: Final = (
    Column("line", right=True),
    Column("number"),
    Column("called where they are", least=17),
    Column("priority", right=True, spare=2),
    Column("arguments", least=10, spare=1),
)
_BAR: Final = 24
"""Columns of the longest bar."""


def render(
    campaign: Campaign,
    preview: Preview,
    *,
    number: Callable[[str], str],
    zone: tzinfo,
    colour: bool,
    width: int,
) -> str:
    """Write what a campaign would dial when.

    Args:
        campaign: how it would be carried out.
        preview: what it would dial.
        number: how a number is written: its pseudonym, or itself when that was asked for.
        zone: in which the beginning and the end are told.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.

    Returns:
        Lines, each with its line feed.

    """
    page = Page.new(colour=colour, width=width)
    lines = [
        *page.sentence((Style.STRONG, words.heading(campaign))),
        *_first(preview, number, page),
        *_days(preview.outlook, page),
        *_never(preview.outlook, page),
        "",
        *page.sentence(*_sum(preview.outlook, zone)),
    ]
    return joined(lines)


def _first(preview: Preview, number: Callable[[str], str], page: Page) -> Iterator[str]:
    if not preview.first:
        return
    yield ""
    ranked = any(contact.priority for _, contact in preview.first)
    rows = [_row(foreseen, contact, number, ranked=ranked) for foreseen, contact in preview.first]
    yield from table(_HEADS, rows, width=page.width, ink=page.ink, indent="  ")
    rest = preview.outlook.calls - len(preview.first)
    if rest > 0:
        yield from page.sentence((Style.FAINT, f"  … and {rest:,} more"))


def _row(
    foreseen: Foreseen, contact: NewContact, number: Callable[[str], str], *, ranked: bool
) -> list[Piece]:
    where = ZoneInfo(foreseen.zones[0]) if foreseen.zones else UTC
    return [
        (Style.FAINT, f"{contact.line:,}"),
        (Style.PLAIN, visible(number(contact.to))),
        (Style.PLAIN, moment(foreseen.at, where, weekday=True)),
        (Style.PLAIN, str(contact.priority) if ranked else ""),
        (Style.FAINT, ", ".join(visible(name) for name in contact.arguments)),
    ]


def _days(outlook: Outlook, page: Page) -> Iterator[str]:
    if not outlook.days:
        return
    yield from ("", "By day, where they are:")
    most = max(outlook.days.values())
    rows: list[list[Piece]] = [
        [
            (Style.PLAIN, date.fromisoformat(day).strftime("%a %Y-%m-%d")),
            (Style.PLAIN, f"{calls:,}"),
            (Style.FAINT, "█" * max(round(calls / most * _BAR), 1)),
        ]
        for day, calls in outlook.days.items()
    ]
    heads = (Column(""), Column("", right=True), Column("", spare=1))
    yield from table(heads, rows, width=page.width, ink=page.ink, indent="  ")


def _never(outlook: Outlook, page: Page) -> Iterator[str]:
    ranked = sorted(outlook.never.items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return
    yield from ("", "Never:")
    wide = len(f"{ranked[0][1]:,}")
    for reason, contacts in ranked:
        lead = f"  {contacts:>{wide},}  "
        yield from page.sentence(*plain(_why(reason)), indent=lead, hanging=" " * len(lead))


def _why(reason: str) -> str:
    return "their deadline comes first" if reason == "deadline" else visible(reason)


def _sum(outlook: Outlook, zone: tzinfo) -> Iterator[Piece]:
    yield Style.STRONG, "Dry run:"
    if outlook.first is None or outlook.last is None:
        yield Style.PLAIN, " nobody would be called."
        return
    begin, end = (moment(at, zone, weekday=True) for at in (outlook.first, outlook.last))
    spared = sum(outlook.never.values())
    never = f"; {count(spared, 'contact')} never" if spared else ""
    when = f"at {begin}" if begin == end else f"from {begin} to {end}"
    yield (
        Style.PLAIN,
        f" {count(outlook.calls, 'contact')} would be called, {when}{never}. Nobody was called.",
    )
