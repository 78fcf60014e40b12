"""The figures at the head of a campaign's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.remote.calling import Outcome
from agentconf.report.campaign_plot import number, safe
from agentconf.report.campaign_words import in_state, per

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.calls.turn import Counts
    from agentconf.report.campaign_tally import Timeline

_SMALL = 0.001


def figures(counts: Counts, line: Timeline) -> str:
    """Write the key figures.

    Args:
        counts: how far the campaign is.
        line: its requests over time.

    """
    items = "\n".join(
        f'<div><dt>{safe(name)}</dt><dd><span class="value{" bad" if bad else ""}">{safe(value)}</span>'
        f'<span class="aside">{safe(aside)}</span></dd></div>'
        for name, value, aside, bad in _figures(counts, line)
    )
    return (
        '<section aria-labelledby="figures-title">\n<h2 id="figures-title" class="hidden">Key figures</h2>\n'
        f'<dl class="figures">\n{items}\n</dl>\n</section>'
    )


def share(part: int, whole: int) -> str:
    """Say a part of a whole in percent: `94.2 %`, `< 0.1 %`; empty when there is no whole."""
    if not whole:
        return ""
    portion = part / whole
    if 0 < portion < _SMALL:
        return "< 0.1 %"
    if 1 - _SMALL < portion < 1:
        return "> 99.9 %"
    return "100 %" if part == whole else f"{portion * 100:.1f} %"


def _figures(counts: Counts, line: Timeline) -> Iterator[tuple[str, str, str, bool]]:
    placed, failed = in_state(counts, State.PLACED), in_state(counts, State.FAILED)
    unknown, left = in_state(counts, State.UNKNOWN), in_state(counts, State.PLANNED, State.SENDING)
    spared = in_state(counts, State.SKIPPED, State.CANCELED)
    ended = sum(number for name, number in counts.outcomes.items() if name)
    answered = counts.outcomes.get(Outcome.COMPLETED, 0)
    yield "Contacts", f"{counts.total:,}", f"{spared:,} not to be called" if spared else "", False
    yield "Placed", f"{placed:,}", _of(placed, counts.total, "contacts"), False
    if ended:
        yield "Answered", f"{answered:,}", _of(answered, ended, "ended calls"), False
    else:
        yield "Answered", "-", "no call ended yet", False
    yield "Failed", f"{failed:,}", _of(failed, counts.total, "contacts"), failed > 0
    yield "Unknown", f"{unknown:,}", "answers lost" if unknown else "", unknown > 0
    yield "Still open", f"{left:,}", _of(left, counts.total, "contacts"), False
    if line.pace is not None:
        factor, unit = per(line.pace)
        yield "Pace", number(line.pace * factor), f"a {unit} while calling", False


def _of(part: int, whole: int, noun: str) -> str:
    portion = share(part, whole)
    return f"{portion} of {noun}" if portion and part else ""
