"""What is about to be dialled, for the person who is asked whether to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.report import campaign_words as words
from agentconf.report.campaign_page import Page, joined, plain
from agentconf.report.campaign_time import duration, moment
from agentconf.report.ink import Piece, Style
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from agentconf.calls.campaign import Campaign


@dataclass(frozen=True, slots=True)
class Load:
    """How much is about to be dialled.

    Args:
        calls: contacts that would be called.
        left_out: why others are not and how many, such as `bad rows`; zeros are not told.
        bulk: most calls that one request places.
        deadline: what is not placed by then is canceled, in seconds since the epoch; None: there is none
            for all.
        now: seconds since the epoch.

    """

    calls: int
    left_out: tuple[tuple[str, int], ...] = ()
    bulk: int = 1
    deadline: float | None = None
    now: float = 0.0


def render(campaign: Campaign, load: Load, *, zone: tzinfo, colour: bool, width: int) -> str:
    """Sum up a campaign before it is run.

    Args:
        campaign: who calls, how fast and when.
        load: how much there is to dial.
        zone: in which the deadline is told.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.

    Returns:
        Lines, each with its line feed.

    """
    page = Page.new(colour=colour, width=width)
    return joined(
        [
            *page.sentence((Style.STRONG, words.heading(campaign))),
            *page.labelled(list(_rows(campaign, load, zone))),
        ]
    )


def _rows(campaign: Campaign, load: Load, zone: tzinfo) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    yield "calls", tuple(_calls(load))
    yield "pace", plain(_pace(campaign, load))
    yield "when", plain(words.window(campaign.window))
    if load.deadline is not None:
        by = moment(load.deadline, zone, weekday=True)
        yield (
            "deadline",
            plain(f"{by}, in {duration(load.deadline - load.now)}; what is not placed by then is canceled"),
        )
    yield "retries", plain(words.retry(campaign.retry))
    if campaign.instead is not None:
        text = f"{visible(campaign.instead)} is called in place of every contact"
        yield "test", ((Style.YELLOW, text),)


def _calls(load: Load) -> Iterator[Piece]:
    yield Style.STRONG, count(load.calls, "contact")
    left = ", ".join(f"{number:,} {visible(why)}" for why, number in load.left_out if number)
    if left:
        yield Style.PLAIN, f" (not called: {left})"


def _pace(campaign: Campaign, load: Load) -> str:
    requests = -(-load.calls // load.bulk)
    least = words.least(campaign.pacing, requests)
    bulk = f", up to {load.bulk:,} calls a request" if load.bulk > 1 else ""
    return f"{words.pace(campaign.pacing)}{bulk}" + (f": at least {duration(least)}" if least >= 1 else "")
