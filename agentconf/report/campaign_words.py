"""The words of campaigns: what text and HTML say alike of states, outcomes, pace, windows and retries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentconf.calls.campaign import DAYS
from agentconf.calls.contact import State
from agentconf.calls.turn import Phase
from agentconf.remote.calling import Outcome
from agentconf.report.campaign_time import duration
from agentconf.report.ink import Style
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.calls.campaign import Campaign, Pacing, Retry, Window
    from agentconf.calls.turn import Counts, Standing

STATES: Final = {
    State.PLACED: ("placed", Style.GREEN),
    State.PLANNED: ("still to call", Style.PLAIN),
    State.SENDING: ("under way", Style.PLAIN),
    State.FAILED: ("failed", Style.RED),
    State.UNKNOWN: ("unknown", Style.MAGENTA),
    State.SKIPPED: ("skipped", Style.YELLOW),
    State.CANCELED: ("canceled", Style.YELLOW),
}
"""How each state is named, in the order in which reports list them."""

PHASES: Final = {
    Phase.RUNNING: ("running", Style.GREEN),
    Phase.PAUSED: ("paused", Style.YELLOW),
    Phase.HALTED: ("halted", Style.RED),
    Phase.CANCELED: ("canceled", Style.YELLOW),
}

_OUTCOMES: Final = {
    Outcome.COMPLETED: "answered",
    Outcome.NO_ANSWER: "no answer",
    Outcome.BUSY: "busy",
    Outcome.REJECTED: "rejected",
    Outcome.FAILED: "call failed",
    Outcome.CANCELED: "call canceled",
}
NOT_TOLD: Final = "outcome not known yet"
"""Of a placed call whose end nobody has told so far."""

_PLATFORMS: Final = {"slng": "SLNG", "sipgate": "sipgate AI Flow", "dasha": "Dasha"}
_RUN: Final = 3
"""Days in a row from which they are written as a range."""


def outcome(name: str | None) -> str:
    """Say how a call ended; empty and None are for calls whose end is not known."""
    if not name:
        return NOT_TOLD
    known = {one.value: word for one, word in _OUTCOMES.items()}
    return known.get(name) or visible(name)


def ranked_outcomes(outcomes: Mapping[str, int]) -> list[tuple[str, int]]:
    """List outcomes that occurred: known ones in their own order, then others, then those nobody told."""
    order = {name.value: place for place, name in enumerate(_OUTCOMES)}
    names = sorted(outcomes, key=lambda name: (not name, order.get(name, len(order)), name))
    return [(name, outcomes[name]) for name in names if outcomes[name]]


def ranked_states(counts: Counts) -> list[tuple[State, int]]:
    """List the states that contacts are in, in the order of reports."""
    return [(state, counts.states[state]) for state in STATES if counts.states.get(state)]


def ranked_reasons(counts: Counts) -> list[tuple[str, int]]:
    """List reasons, the most frequent first."""
    return sorted(counts.reasons.items(), key=lambda item: (-item[1], item[0]))


def in_state(counts: Counts, *states: State) -> int:
    """Count the contacts that are in one of some states."""
    return sum(counts.states.get(state, 0) for state in states)


def phase(given: Standing) -> tuple[str, Style]:
    """Say what is happening with a campaign."""
    if given.phase is Phase.RUNNING and not in_state(given.counts, State.PLANNED, State.SENDING):
        return "nothing left to call", Style.GREEN
    return PHASES[given.phase]


def platform(name: str) -> str:
    """Name a platform as its maker does."""
    return _PLATFORMS.get(name) or visible(name)


def heading(campaign: Campaign) -> str:
    """Name a campaign in a line: `recall · staging · healthcare-outreach on SLNG`."""
    speaker = f"{visible(campaign.agent)} on {platform(campaign.target.platform)}"
    return f"{short(campaign.id, campaign.environment)} · {visible(campaign.environment)} · {speaker}"


def short(campaign_id: str, environment: str) -> str:
    """Name a campaign beside its environment, which its name in the ledger begins with."""
    return visible(campaign_id.removeprefix(f"{environment}/"))


def pace(pacing: Pacing) -> str:
    """Say how fast a campaign is: `5 at once, one every 500 ms`."""
    parts = [f"{pacing.concurrency:,} at once"]
    if pacing.interval > 0:
        parts.append(f"one every {duration(pacing.interval)}")
    if pacing.rate is not None:
        parts.append(f"at most {pacing.rate:g} a second")
    return ", ".join(parts)


def limit(pacing: Pacing) -> float | None:
    """Return the requests a second that a pace allows; None: as many as are answered."""
    bounds = [1 / pacing.interval] if pacing.interval > 0 else []
    bounds += [pacing.rate] if pacing.rate is not None else []
    return min(bounds, default=None)


def per(rate: float) -> tuple[int, str]:
    """Choose the unit in which rates are told.

    Args:
        rate: the greatest of them, a second.

    Returns:
        What they are multiplied with, and the unit's name.

    """
    return (1, "second") if rate >= 1 else (60, "minute")


def least(pacing: Pacing, calls: int) -> float:
    """Return the seconds that starting some calls takes at least: the first one needs no wait."""
    most = limit(pacing)
    return 0.0 if most is None or calls < 1 else (calls - 1) / most


def window(given: Window | None) -> str:
    """Say when people are called: `Mon-Fri 09:00-18:00 where they are`."""
    if given is None:
        return "at any time"
    closes = "24:00" if given.closes is None else given.closes.isoformat("minutes")
    return f"{_days(given.days)} {given.opens.isoformat('minutes')}-{closes} where they are"


def retry(given: Retry | None) -> str:
    """Say which calls are placed again: `no answer or busy: up to 2 more calls, each 2 h later`."""
    if given is None or not given.on or not given.times:
        return "none"
    causes = " or ".join(word for one, word in _OUTCOMES.items() if one in given.on)
    after = f"{'each ' if given.times > 1 else ''}{duration(given.after)} later"
    return f"{causes}: up to {count(given.times, 'more call')}, {after}"


def _days(days: frozenset[str]) -> str:
    chosen = [place for place, name in enumerate(DAYS) if name in days]
    if len(chosen) == len(DAYS):
        return "every day"
    runs: list[list[int]] = []
    for place in chosen:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ", ".join(part for run in runs for part in _range(run))


def _range(run: list[int]) -> list[str]:
    names = [DAYS[place].capitalize() for place in run]
    return [f"{names[0]}-{names[-1]}"] if len(names) >= _RUN else names
