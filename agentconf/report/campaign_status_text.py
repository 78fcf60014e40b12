"""Where campaigns stand, for the terminal: one in full, or all in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.report import campaign_words as words
from agentconf.report.campaign_page import Page, joined
from agentconf.report.campaign_text import reasons, standing
from agentconf.report.campaign_time import moment
from agentconf.report.ink import Piece, Style
from agentconf.report.table import Column, table
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from agentconf.calls.turn import Standing

_HEADS = (
    Column("campaign"),
    Column("environment", least=8, spare=2),
    Column("agent", least=10, spare=3),
    Column("platform", spare=4),
    Column("phase"),
    Column("contacts", right=True),
    Column("placed", right=True),
    Column("open", right=True),
    Column("failed", right=True),
    Column("unknown", right=True),
    Column("since", spare=1),
)


def render(given: Standing, *, zone: tzinfo, colour: bool, width: int) -> str:
    """Write where one campaign stands.

    Args:
        given: the campaign.
        zone: in which moments are told.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.

    Returns:
        Lines, each with its line feed.

    """
    page = Page.new(colour=colour, width=width)
    speaker = f"{visible(given.agent)} on {words.platform(given.platform)}"
    name = words.short(given.id, given.environment)
    title = f"{name} · {visible(given.environment)} · {speaker}"
    lines = [
        *page.sentence((Style.STRONG, title)),
        *page.sentence(*_phase(given, zone)),
        "",
        *standing(given.counts, page),
        *reasons(given.counts, page),
    ]
    return joined(lines)


def listed(standings: Sequence[Standing], *, zone: tzinfo, colour: bool, width: int) -> str:
    """Write a line a campaign.

    Args:
        standings: the campaigns, in the order in which they are to be listed.
        zone: in which moments are told.
        colour: whether ANSI colours may be used.
        width: columns of the terminal; what matters least is left out where it is narrow.

    Returns:
        Lines, each with its line feed.

    """
    page = Page.new(colour=colour, width=width)
    if not standings:
        return "No campaigns yet.\n"
    rows = [_row(one, zone) for one in standings]
    return joined(
        [*table(_HEADS, rows, width=page.width, ink=page.ink), "", f"{count(len(standings), 'campaign')}."]
    )


def _phase(given: Standing, zone: tzinfo) -> Iterator[Piece]:
    word, style = words.phase(given)
    yield style, word.capitalize()
    reason = f": {visible(given.reason)}" if given.reason else ""
    yield Style.PLAIN, f"{reason}; first run {moment(given.created_at, zone)}."


def _row(given: Standing, zone: tzinfo) -> list[Piece]:
    counts, phase = given.counts, words.phase(given)
    failed, unknown = words.in_state(counts, State.FAILED), words.in_state(counts, State.UNKNOWN)
    return [
        (Style.STRONG, words.short(given.id, given.environment)),
        (Style.PLAIN, visible(given.environment)),
        (Style.PLAIN, visible(given.agent)),
        (Style.PLAIN, words.platform(given.platform)),
        (phase[1], phase[0]),
        (Style.PLAIN, f"{counts.total:,}"),
        (Style.PLAIN, f"{words.in_state(counts, State.PLACED):,}"),
        (Style.PLAIN, f"{words.in_state(counts, State.PLANNED, State.SENDING):,}"),
        (Style.RED if failed else Style.PLAIN, f"{failed:,}"),
        (Style.MAGENTA if unknown else Style.PLAIN, f"{unknown:,}"),
        (Style.FAINT, moment(given.created_at, zone)),
    ]
