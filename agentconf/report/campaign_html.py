"""A campaign as one page that shows itself: no script, no network, nothing but what stands in it.

Whatever texts the platform or the user wrote are escaped, and a Content-Security-Policy allows nothing
beside the page's own style sheet.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from agentconf.calls.turn import Phase
from agentconf.report import campaign_words as words
from agentconf.report.campaign_figures import figures
from agentconf.report.campaign_lists import look, outcomes, reasons
from agentconf.report.campaign_plot import figure, safe
from agentconf.report.campaign_plots import plots
from agentconf.report.campaign_style import CSS
from agentconf.report.campaign_tally import roll, timeline
from agentconf.report.campaign_time import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from agentconf.calls.campaign import Campaign
    from agentconf.calls.contact import Contact
    from agentconf.calls.turn import Attempt, Standing
    from agentconf.report.campaign_tally import Timeline

_NOTHING: Final = '<p class="sub">No call has been begun yet.</p>\n'


@dataclass(frozen=True, slots=True)
class View:
    """How a campaign is looked at.

    Args:
        now: seconds since the epoch.
        zone: in which moments are told, and by whose clock hours and days begin.
        number: how a number is written: its pseudonym, or itself when that was asked for.

    """

    now: float
    zone: tzinfo
    number: Callable[[str], str]


def render(
    standing: Standing,
    campaign: Campaign,
    contacts: Iterable[Contact],
    attempts: Iterable[Attempt],
    view: View,
) -> str:
    """Write a campaign as an HTML document.

    Args:
        standing: where it stands.
        campaign: how it is carried out.
        contacts: all of them; read once.
        attempts: all requests, in the order in which they were begun; read once.
        view: how it is looked at.

    Returns:
        The document, less than a megabyte however many contacts there are.

    """
    line, sums = timeline(attempts, view.zone), roll(contacts)
    body = [
        _header(standing, campaign, view),
        figures(standing.counts, line),
        _over_time(line, campaign, view.zone),
        outcomes(standing.counts),
        reasons(sums),
        look(sums, view.number, view.zone),
        _settings(standing, campaign, view.zone),
    ]
    return _document(
        f"{words.short(standing.id, standing.environment)} · {standing.environment}",
        "\n".join(filter(None, body)),
        view,
    )


def _document(title: str, main: str, view: View) -> str:
    digest = b64encode(sha256(CSS.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    written = moment(view.now, view.zone, weekday=True)
    footer = safe(f"Written by agentconf on {written}. Times are of {_zone(view)}.")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f'<title>{safe(title)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<div class="page">\n'
        f"{main}\n<footer>{footer}</footer>\n</div>\n</body>\n</html>\n"
    )


def _header(standing: Standing, campaign: Campaign, view: View) -> str:
    speaker = f"{standing.agent} on {words.platform(standing.platform)}"
    state = words.phase(standing)[0]
    facts = " · ".join(
        map(safe, (speaker, standing.environment, state, f"as of {moment(view.now, view.zone)}"))
    )
    notices = []
    if standing.phase is not Phase.RUNNING and standing.reason:
        notices.append(f"{state.capitalize()}: {standing.reason}")
    if campaign.instead is not None:
        notices.append(f"A test: {view.number(campaign.instead)} was called in place of every contact.")
    told = "".join(f'<p class="notice">{safe(notice)}</p>\n' for notice in notices)
    name = safe(words.short(standing.id, standing.environment))
    return f'<header>\n<h1>{name}</h1>\n<p class="sub">{facts}</p>\n{told}</header>\n<main>'


def _over_time(line: Timeline, campaign: Campaign, zone: tzinfo) -> str:
    drawn = "\n".join(figure(plot, zone) for plot in plots(line, campaign.pacing))
    body = f'<p class="sub">{safe(_span(line))}</p>\n{drawn}' if drawn else _NOTHING
    return f'<section aria-labelledby="over-time">\n<h2 id="over-time">Over time</h2>\n{body}</section>'


def _span(line: Timeline) -> str:
    fine = line.width < 60  # noqa: PLR2004 - seconds of a minute
    ends = (line.first, line.last)
    first, last = (moment(at, line.zone, weekday=True, seconds=fine) for at in ends)
    return (
        f"Requests were begun from {first} to {last}."
        if first != last
        else f"Requests were begun at {first}."
    )


def _settings(standing: Standing, campaign: Campaign, zone: tzinfo) -> str:
    facts = {
        "Campaign": standing.id,
        "Environment": standing.environment,
        "Agent": standing.agent,
        "Platform": f"{words.platform(standing.platform)}, {campaign.target.id}",
        "Pace": words.pace(campaign.pacing),
        "When people are called": words.window(campaign.window),
        "Further calls": words.retry(campaign.retry),
        "First run": moment(standing.created_at, zone, weekday=True),
    }
    rows = "\n".join(f"<dt>{safe(name)}</dt><dd>{safe(text)}</dd>" for name, text in facts.items())
    return (
        '<section aria-labelledby="settings">\n<h2 id="settings">How it is set</h2>\n'
        f'<dl class="facts">\n{rows}\n</dl>\n</section>\n</main>'
    )


def _zone(view: View) -> str:
    return getattr(view.zone, "key", None) or moment(view.now, view.zone).rsplit(" ", 1)[-1]
