"""How a run of a campaign ended, for the terminal: where the contacts stand, why, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentconf.calls.contact import State
from agentconf.calls.turn import Phase
from agentconf.report import campaign_words as words
from agentconf.report.campaign_page import Page, joined, plain
from agentconf.report.campaign_time import duration
from agentconf.report.ink import Piece, Style
from agentconf.report.table import Column, table
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.calls.campaign import Campaign
    from agentconf.calls.run import Summary
    from agentconf.calls.turn import Counts

_MOST_REASONS: Final = 10
_LEAST_SECONDS: Final = 1.0
"""A shorter run has no rate worth telling."""


def render(
    campaign: Campaign, summary: Summary, *, resume: str, report: str | None, colour: bool, width: int
) -> str:
    """Write how a run ended.

    Args:
        campaign: what was run.
        summary: how it ended.
        resume: the command that goes on with this campaign.
        report: the command that writes who was called how; None: there is none.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.

    Returns:
        Lines, each with its line feed.

    """
    page = Page.new(colour=colour, width=width)
    lines = [
        *page.sentence((Style.STRONG, words.heading(campaign))),
        *page.sentence(*_told(summary)),
        "",
        *standing(summary.counts, page),
        *reasons(summary.counts, page),
        *_stopped(summary, page),
        *_next(campaign, summary, resume, report, page),
    ]
    return joined(lines)


def standing(counts: Counts, page: Page) -> Iterator[str]:
    """Show how many contacts stand where, and how the calls of those that were placed ended."""
    if not counts.total:
        yield from page.sentence(*plain("No contacts."), indent="  ")
        return
    rows = []
    for state, number in words.ranked_states(counts):
        word, style = words.STATES[state]
        aside = _outcomes(counts) if state is State.PLACED else ""
        rows.append([(style, word), (Style.STRONG, f"{number:,}"), (Style.PLAIN, aside)])
    heads = [Column(""), Column("", right=True), Column("", least=10)]
    yield from table(heads, rows, width=page.width, ink=page.ink, indent="  ")


def reasons(counts: Counts, page: Page) -> Iterator[str]:
    """Show why contacts were not placed, the most frequent reason first."""
    ranked = words.ranked_reasons(counts)
    if not ranked:
        return
    yield ""
    yield "Not placed, and why:"
    wide = len(f"{ranked[0][1]:,}")
    for reason, number in ranked[:_MOST_REASONS]:
        lead = f"  {number:>{wide},}  "
        yield from page.sentence(*plain(visible(reason)), indent=lead, hanging=" " * len(lead))
    rest = ranked[_MOST_REASONS:]
    if rest:
        contacts = count(sum(number for _, number in rest), "contact")
        yield from page.sentence((Style.FAINT, f"  … and {count(len(rest), 'more reason')} ({contacts})"))


def _outcomes(counts: Counts) -> str:
    ranked = words.ranked_outcomes(counts.outcomes)
    if [name for name, _ in ranked] == [""]:
        return ""
    return ", ".join(f"{number:,} {words.outcome(name)}" for name, number in ranked)


def _told(summary: Summary) -> Iterator[Piece]:
    word, style = _verdict(summary)
    took = summary.ended_at - summary.started_at
    rate = ""
    if took >= _LEAST_SECONDS and summary.placed_here:
        factor, unit = words.per(summary.placed_here / took)
        rate = f", {summary.placed_here / took * factor:.3g} a {unit}"
    yield style, f"{word}:"
    yield Style.PLAIN, f" {count(summary.placed_here, 'call')} placed in {duration(took)}{rate}."


def _verdict(summary: Summary) -> tuple[str, Style]:
    if summary.interrupted:
        return "Interrupted", Style.YELLOW
    if summary.phase is not Phase.RUNNING:
        word, style = words.PHASES[summary.phase]
        return ("Stopped" if summary.reason else word.capitalize()), style
    if words.in_state(summary.counts, State.PLANNED, State.SENDING):
        return "Stopped early", Style.YELLOW
    return "Done", Style.GREEN


def _stopped(summary: Summary, page: Page) -> Iterator[str]:
    if summary.phase is Phase.RUNNING or not summary.reason:
        return
    lead = "Denied:" if summary.denied else f"{words.PHASES[summary.phase][0].capitalize()}:"
    yield ""
    yield from page.sentence((Style.ALARM, lead), (Style.PLAIN, f" {visible(summary.reason)}"))


def _next(campaign: Campaign, summary: Summary, resume: str, report: str | None, page: Page) -> Iterator[str]:
    """Say what can be done about what is left, a sentence a kind."""
    advice = list(_advice(campaign, summary, resume, report))
    if advice:
        yield ""
    for before, command, after in advice:
        text = f"{before} " if before else ""
        yield from page.sentence((Style.PLAIN, text), (Style.STRONG, visible(command)), (Style.PLAIN, after))


def _advice(
    campaign: Campaign, summary: Summary, resume: str, report: str | None
) -> Iterator[tuple[str, str, str]]:
    counts = summary.counts
    unknown = words.in_state(counts, State.UNKNOWN)
    if unknown:
        platform = words.platform(campaign.target.platform)
        why = f"may have been called: the answer was lost, and {platform} cannot tell"
        before = f"{count(unknown, 'contact')} {why}. None of them is called again unless you say so:"
        yield before, f"{resume} --redial-unknown", ""
    in_doubt = words.in_state(counts, State.SENDING)
    left = words.in_state(counts, State.PLANNED) + in_doubt
    if left and summary.phase is not Phase.CANCELED:
        doubt = f"; first it asks what became of {count(in_doubt, 'request')}" if in_doubt else ""
        yield "Next:", resume, f" goes on with the {count(left, 'contact')} left{doubt}."
    if report is not None and words.in_state(counts, State.FAILED, State.UNKNOWN):
        yield "Next:", report, " lists each contact with what became of it."
