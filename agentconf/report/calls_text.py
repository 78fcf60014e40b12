"""Calls as the platform knows them, for the terminal: a page of them, and one that was just placed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.remote.calling import Outcome
from agentconf.report import campaign_words as words
from agentconf.report.calls_detail import hidden
from agentconf.report.campaign_page import Page, joined
from agentconf.report.campaign_time import duration
from agentconf.report.ink import Piece, Style
from agentconf.report.table import Column, table
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import tzinfo

    from agentconf.calls.contact import Contact
    from agentconf.remote.calling import CallPage, CallRecord

_HEADS = (
    Column("id"),
    Column("created", spare=2),
    Column("number"),
    Column("direction", spare=5),
    Column("status"),
    Column("outcome", least=10, spare=3),
    Column("duration", right=True, spare=4),
)


def render(page: CallPage, *, number: Callable[[str], str], zone: tzinfo, colour: bool, width: int) -> str:
    """Write a page of calls as a table.

    Args:
        page: the calls, newest first.
        number: how a number is written: its pseudonym, or itself when that was asked for.
        zone: in which moments are told.
        colour: whether ANSI colours may be used.
        width: columns of the terminal; what matters least is left out where it is narrow.

    Returns:
        Lines, each with its line feed.

    """
    paper = Page.new(colour=colour, width=width)
    if not page.calls:
        return "No calls.\n" if page.page <= 1 else f"No calls on page {page.page:,} of {page.pages:,}.\n"
    rows = [_row(call, number, zone) for call in page.calls]
    lines = [
        *table(_HEADS, rows, width=paper.width, ink=paper.ink),
        "",
        *paper.sentence(*_footer(page, zone)),
    ]
    return joined(lines)


def placed(contact: Contact, *, number: Callable[[str], str], colour: bool, width: int) -> str:
    """Write what became of a single call.

    Args:
        contact: who was called.
        number: how a number is written.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.

    Returns:
        Lines, each with its line feed.

    """
    page = Page.new(colour=colour, width=width)
    word, style = words.STATES[contact.state]
    lead: list[Piece] = [(style, word.capitalize()), (Style.PLAIN, f": {visible(number(contact.to))}")]
    if contact.call_id:
        lead += [(Style.PLAIN, ", call "), (Style.STRONG, visible(contact.call_id))]
    lines = [*page.sentence(*lead, (Style.PLAIN, "."))]
    if contact.reason and contact.state is not State.PLACED:
        lines += page.sentence((Style.PLAIN, visible(contact.reason)), indent="  ")
    if contact.state is State.PLACED and contact.outcome:
        lines += page.sentence(*_ended(contact), indent="  ")
    return joined(lines)


def result(call: CallRecord, number: Callable[[str], str]) -> Piece:
    """Say how a call ended, with the platform's reason where that says something else.

    Args:
        call: as the platform tells of it.
        number: how a number is written, also within the reason.

    """
    reason = visible(hidden(call.reason or "", call.to, number(call.to)) if call.to else call.reason or "")
    if call.outcome is None:
        return Style.FAINT, reason
    word = words.outcome(call.outcome)
    style = Style.GREEN if call.outcome is Outcome.COMPLETED else Style.YELLOW
    if call.outcome is Outcome.FAILED:
        style = Style.RED
    same = not reason or reason.replace("_", " ").lower() in {word, call.status.lower()}
    return style, word if same else f"{word}: {reason}"


def _ended(contact: Contact) -> Iterator[Piece]:
    yield Style.PLAIN, words.outcome(contact.outcome).capitalize()
    reason = f": {visible(contact.reason)}" if contact.reason else ""
    lasted = ""
    if contact.placed_at is not None and contact.ended_at is not None:
        lasted = f", over {duration(contact.ended_at - contact.placed_at)} after it was placed"
    yield Style.PLAIN, f"{reason}{lasted}."


def _row(call: CallRecord, number: Callable[[str], str], zone: tzinfo) -> list[Piece]:
    return [
        (Style.STRONG, visible(call.id)),
        (Style.PLAIN, call.created_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")),
        (Style.PLAIN, visible(number(call.to)) if call.to else "-"),
        (Style.PLAIN, visible(call.direction)),
        (Style.PLAIN, visible(call.status)),
        result(call, number),
        (Style.PLAIN, "" if call.duration is None else duration(call.duration)),
    ]


def _footer(page: CallPage, zone: tzinfo) -> Iterator[Piece]:
    name = getattr(zone, "key", None) or page.calls[0].created_at.astimezone(zone).tzname()
    parts = [
        f"page {page.page:,} of {max(page.pages, 1):,}",
        count(page.total, "call"),
        f"times are of {name}",
    ]
    yield Style.FAINT, f"{' · '.join(parts)[0].upper()}{' · '.join(parts)[1:]}."
    if page.page < page.pages:
        yield Style.PLAIN, " Next: "
        yield Style.STRONG, f"--page {page.page + 1}"
