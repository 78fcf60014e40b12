"""Plots as inline SVG that needs nothing else: bars and lines over time, with axes, legend and a table."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from agentconf.report.campaign_scale import ceiling, time_ticks
from agentconf.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

_WIDTH: Final = 880
_HEIGHT: Final = 250
_LEFT: Final = 56
_RIGHT: Final = 12
_TOP: Final = 12
_BOTTOM: Final = 30
_TIME_TICKS: Final = 9
_LEAST_STRETCHES: Final = 12
"""Stretches that an axis is long at least, so that a single one is no wall."""

_WIDEST_GAP: Final = 2.0
_LEAST_HEIGHT: Final = 1.0
"""Of a part of a bar, however few it stands for: one failure among thousands is to be seen."""


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of thing in a plot.

    Args:
        name: as the legend says it.
        tone: the class that colours it, such as `answered`.
        values: one a stretch.
        legend: figure beside the name; empty for none.
        line: whether it is a line at the ends of stretches; else parts of bars.

    """

    name: str
    tone: str
    values: Sequence[float]
    legend: str = ""
    line: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot over time.

    Args:
        key: for ids within the page: letters.
        title: what is shown.
        summary: the same in a sentence, for those who cannot see it.
        spans: begin and end of each stretch, in seconds since the epoch, in order, at least one.
        labels: what each stretch is called.
        series: bars from the bottom up, and lines.
        bound: a level to be shown and its name, such as a limit; None: none.
        whole: whether figures are whole numbers.

    """

    key: str
    title: str
    summary: str
    spans: Sequence[tuple[float, float]]
    labels: Sequence[str]
    series: Sequence[Series]
    bound: tuple[float, str] | None = None
    whole: bool = True


def safe(text: str) -> str:
    """Escape a text for HTML: for content and for attributes in double quotes."""
    return escape(visible(text), quote=True)


def figure(plot: Plot, zone: tzinfo) -> str:
    """Draw a plot with its title, its legend and a table that says the same.

    Args:
        plot: what to draw.
        zone: by whose wall clock moments are told.

    """
    frame = _Frame.of(plot)
    parts = [*frame.levels(plot), *frame.times(zone), *_columns(plot, frame), *_lines(plot, frame)]
    parts += frame.bound(plot)
    names = f"{plot.key}-title {plot.key}-summary"
    return (
        f'<figure aria-labelledby="{plot.key}-title">\n'
        f'<figcaption id="{plot.key}-title">{safe(plot.title)}</figcaption>\n'
        f'<p class="sub" id="{plot.key}-summary">{safe(plot.summary)}</p>\n{_legend(plot)}'
        f'<div class="wide" role="group" tabindex="0" aria-label="{safe(plot.title)}">'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="{names}">\n'
        + "\n".join(parts)
        + f"\n</svg></div>\n{_table(plot)}</figure>\n"
    )


def number(value: float) -> str:
    """Write a figure as short as it is exact enough: `1,204`, `1.97`, `0.003`."""
    if value == round(value):
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"  # noqa: PLR2004 - three digits


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where moments and figures are in the drawing."""

    begin: float
    end: float
    top: float
    step: float

    @classmethod
    def of(cls, plot: Plot) -> _Frame:
        begin, first_end = plot.spans[0]
        end = max(plot.spans[-1][1], begin + _LEAST_STRETCHES * (first_end - begin))
        bars = [series.values for series in plot.series if not series.line]
        heights = [sum(values) for values in zip(*bars, strict=True)]
        heights += [value for series in plot.series if series.line for value in series.values]
        greatest = max([*heights, plot.bound[0] if plot.bound else 0.0])
        return cls(begin, end, *ceiling(greatest, whole=plot.whole))

    def x(self, at: float) -> float:
        return _LEFT + (at - self.begin) / (self.end - self.begin) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - value / self.top * (_HEIGHT - _TOP - _BOTTOM)

    def levels(self, plot: Plot) -> Iterator[str]:
        for tick in range(round(self.top / self.step) + 1):
            value, y = tick * self.step, self.y(tick * self.step)
            tone = "axis" if tick == 0 else "grid"
            yield f'<line class="{tone}" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            text = number(value) if plot.whole else f"{value:g}"
            yield f'<text class="tick end" x="{_LEFT - 8}" y="{y + 4:.1f}">{text}</text>'

    def times(self, zone: tzinfo) -> Iterator[str]:
        base = _HEIGHT - _BOTTOM
        for at, label in time_ticks(self.begin, self.end, zone, most=_TIME_TICKS):
            x = self.x(at)
            yield f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 5}"/>'
            anchor = "end" if x > _WIDTH - 3 * _RIGHT else "start" if x < _LEFT + _RIGHT else "middle"
            yield f'<text class="tick {anchor}" x="{x:.1f}" y="{base + 20}">{safe(label)}</text>'

    def bound(self, plot: Plot) -> Iterator[str]:
        if plot.bound is None:
            return
        y = self.y(plot.bound[0])
        yield f'<line class="bound" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _columns(plot: Plot, frame: _Frame) -> Iterator[str]:
    """Draw the bars of each stretch, with what they stand for as a title that shows on hovering."""
    base = _HEIGHT - _BOTTOM
    bars = [series for series in plot.series if not series.line]
    for place, (begin, end) in enumerate(plot.spans):
        x, width = frame.x(begin), frame.x(end) - frame.x(begin)
        gap = min(width * 0.2, _WIDEST_GAP)
        y = float(base)
        parts = []
        for series in bars:
            value = series.values[place]
            if value > 0:
                height = max(base - frame.y(value), _LEAST_HEIGHT)
                y -= height
                shape = f'x="{x:.1f}" y="{y:.1f}" width="{width - gap:.2f}" height="{height:.1f}"'
                parts.append(f'<rect class="{series.tone}" {shape}/>')
        hover = f'x="{x:.1f}" y="{_TOP}" width="{width:.2f}" height="{base - _TOP}"'
        yield f'<g><title>{_told(plot, place)}</title><rect class="none" {hover}/>{"".join(parts)}</g>'


def _lines(plot: Plot, frame: _Frame) -> Iterator[str]:
    for series in (series for series in plot.series if series.line):
        points = [(plot.spans[0][0], 0.0)]
        level = 0.0
        for (begin, end), value in zip(plot.spans, series.values, strict=True):
            # A stretch without requests is not among them: the line stays level over it.
            points += [(begin, level), (end, value)]
            level = value
        drawn = " ".join(f"{frame.x(at):.1f},{frame.y(value):.1f}" for at, value in points)
        yield f'<polyline class="line {series.tone}" points="{drawn}"/>'


def _told(plot: Plot, place: int) -> str:
    """Say in lines of HTML what stands at a place."""
    values = [
        f"{series.name}: {number(series.values[place])}" for series in plot.series if series.values[place]
    ]
    return "\n".join(map(safe, [plot.labels[place], *values]))


def _legend(plot: Plot) -> str:
    keys = [
        (f"stroke {series.tone}" if series.line else series.tone, series.name, series.legend)
        for series in plot.series
    ]
    if plot.bound is not None:
        keys.append(("dashed", plot.bound[1], number(plot.bound[0])))
    items = [
        f'<li><span class="key {tone}"></span>{safe(name)}{f" <b>{safe(figure)}</b>" if figure else ""}</li>'
        for tone, name, figure in keys
    ]
    return f'<ul class="legend">{"".join(items)}</ul>\n'


def _table(plot: Plot) -> str:
    heads = "".join(f'<th scope="col" class="n">{safe(series.name)}</th>' for series in plot.series)
    rows = "\n".join(
        f'<tr><th scope="row">{safe(label)}</th>'
        + "".join(f'<td class="n">{number(series.values[place])}</td>' for series in plot.series)
        + "</tr>"
        for place, label in enumerate(plot.labels)
    )
    return (
        '<details><summary>The same as a table</summary><div class="wide" role="group" tabindex="0" '
        f'aria-label="{safe(plot.title)}, as a table"><table><caption>{safe(plot.title)}</caption>'
        f'<thead><tr><th scope="col">From</th>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>'
        "</div></details>\n"
    )
