"""The plots of a campaign: calls as they were placed, what came together, and the pace against its limit."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

from agentconf.report.campaign_plot import Plot, Series, number
from agentconf.report.campaign_scale import DAY
from agentconf.report.campaign_time import duration, moment, read
from agentconf.report.campaign_words import limit, per

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from agentconf.calls.campaign import Pacing
    from agentconf.report.campaign_tally import Stretch, Timeline

_PARTS: Final = (
    ("answered", "answered"),
    ("unanswered", "not answered"),
    ("placed", "placed, end not known yet"),
    ("failed", "failed"),
    ("unknown", "unknown"),
)
_COURSE: Final = 3
"""Stretches from which there is a course to be seen."""

_FAR: Final = 20
"""A limit that is this many times what was reached is told, and not drawn: it would flatten all else."""


def plots(line: Timeline, pacing: Pacing) -> Iterator[Plot]:
    """Plan the plots of a campaign; none while nothing was begun.

    Args:
        line: requests over time.
        pacing: how fast they may be.

    """
    stretches = line.stretches
    if not stretches:
        return
    labels = [_label(one.start, line.width, line.zone) for one in stretches]
    spans = [(one.start, one.end) for one in stretches]
    yield _calls(stretches, spans, labels, line.width)
    if len(stretches) < _COURSE:
        return
    if any(one.calls for one in stretches):
        yield _together(stretches, spans, labels)
    yield _pace(line, stretches, spans, labels, pacing)


def _calls(stretches: list[Stretch], spans: list[tuple[float, float]], labels: list[str], width: int) -> Plot:
    found = [(tone, name, [getattr(one, tone) for one in stretches]) for tone, name in _PARTS]
    kinds = [
        Series(name, tone, values, legend=f"{sum(values):,}") for tone, name, values in found if sum(values)
    ]
    told = ", ".join(f"{series.legend} {series.name}" for series in kinds) or "none so far"
    summary = f"Each bar is {duration(width)}; a call counts when its request was begun. In all: {told}."
    return Plot("calls", "Calls over time", summary, spans, labels, kinds)


def _together(stretches: list[Stretch], spans: list[tuple[float, float]], labels: list[str]) -> Plot:
    placed = list(accumulate(one.calls for one in stretches))
    answered = list(accumulate(one.answered for one in stretches))
    lines = [Series("placed so far", "total", placed, legend=f"{placed[-1]:,}", line=True)]
    if answered[-1]:
        lines.append(Series("answered so far", "answered", answered, legend=f"{answered[-1]:,}", line=True))
    told = " and ".join(f"{series.legend} {series.name.split()[0]}" for series in lines)
    return Plot(
        "together",
        "Calls in total",
        f"All that was placed up to then; {told} in the end.",
        spans,
        labels,
        lines,
    )


def _pace(
    line: Timeline,
    stretches: list[Stretch],
    spans: list[tuple[float, float]],
    labels: list[str],
    pacing: Pacing,
) -> Plot:
    most, reached = limit(pacing), max(one.rate for one in stretches)
    near = most is not None and most < _FAR * reached
    factor, unit = per(max(reached, most) if most is not None and near else reached)
    rates = [one.rate * factor for one in stretches]
    most = None if most is None else most * factor
    told = "There is no limit." if most is None else f"The limit is now {number(most)} a {unit} on average."
    summary = (
        f"On average over each bar. The most within any one second: {line.busiest:,}. {told}"
        f"{_attempts(stretches)}"
    )
    bound = (most, "limit") if near and most is not None else None
    series = [Series(f"requests a {unit}", "requests", rates)]
    return Plot("pace", "Pace", summary, spans, labels, series, bound=bound, whole=False)


def _attempts(stretches: list[Stretch]) -> str:
    """Tell of requests that brought nothing: they are in this plot alone."""
    asked = sum(one.requests for one in stretches)
    rest = asked - sum(one.calls + one.failed + one.unknown for one in stretches)
    return (
        f" Of {asked:,} requests {rest:,} brought nothing and were sent again, or are under way."
        if rest
        else ""
    )


def _label(at: float, width: int, zone: tzinfo) -> str:
    if width >= DAY:
        return read(at).astimezone(zone).strftime("%a %Y-%m-%d")
    return moment(at, zone, weekday=True, seconds=width < 60)  # noqa: PLR2004 - seconds of a minute
