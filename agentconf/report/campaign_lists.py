"""The tables of a campaign's page: how calls ended, who was not placed and why, and who needs a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentconf.report import campaign_words as words
from agentconf.report.campaign_figures import share
from agentconf.report.campaign_plot import safe
from agentconf.report.campaign_time import moment
from agentconf.report.visible import visible
from agentconf.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import tzinfo

    from agentconf.calls.contact import Contact
    from agentconf.calls.turn import Counts
    from agentconf.report.campaign_tally import Roll

_MOST_REASONS: Final = 20
_LONGEST: Final = 140
"""Characters of a reason in the list of contacts: there are up to 500 of them, and `&` takes five in HTML."""

_LONGEST_ID: Final = 64


def outcomes(counts: Counts) -> str:
    """Show how the last call of each placed contact ended; empty when nobody told of any."""
    ranked = words.ranked_outcomes(counts.outcomes)
    if not any(name for name, _ in ranked):
        return ""
    tones = {"completed": "answered", "": "placed"}
    rows = [((words.outcome(name),), number, tones.get(name, "unanswered")) for name, number in ranked]
    return _section("ended", "How calls ended", _bars("The last call of each placed contact", ("How",), rows))


def reasons(sums: Roll) -> str:
    """Show why contacts were not placed, the most frequent reason first; empty without any."""
    ranked = sorted(sums.reasons.items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return ""
    shown = [((words.STATES[state][0], reason), number, state.value) for (state, reason), number in ranked]
    tones = {"failed": "failed", "unknown": "unknown"}
    rows = [(texts, number, tones.get(state, "placed")) for texts, number, state in shown[:_MOST_REASONS]]
    rest = ranked[_MOST_REASONS:]
    of = count(sum(number for _, number in rest), "contact")
    more = _note(f"… and {count(len(rest), 'more reason')}, of {of}.") if rest else ""
    table = _bars("Contacts that failed, are unknown or were left out, by reason", ("State", "Why"), rows)
    return _section("reasons", "Not placed, and why", table + more)


def look(sums: Roll, number: Callable[[str], str], zone: tzinfo) -> str:
    """List the contacts that failed or are unknown; the first ones of very many.

    Args:
        sums: what contacts came to.
        number: how a number is written.
        zone: in which moments are told.

    """
    if not sums.look:
        return ""
    heads = (
        ("Line", "n"),
        ("Number", "t"),
        ("State", "t"),
        ("Why", ""),
        ("Requests", "n"),
        ("Last one", "t"),
    )
    head = "".join(f'<th scope="col"{_class(name)}>{text}</th>' for text, name in heads)
    rows = "\n".join(_contact(contact, number, zone) for contact in sums.look)
    rest = sums.look_total - len(sums.look)
    more = _note(f"… and {count(rest, 'more contact')}; the CSV report has all of them.") if rest else ""
    caption = f"{count(sums.look_total, 'contact')} that failed or of which nobody knows, in the file's order"
    titles = f"<caption>{safe(caption)}</caption><thead><tr>{head}</tr></thead>"
    table = f"<table>{titles}\n<tbody>\n{rows}\n</tbody></table>"
    return _section("look", "Contacts that need a look", f"{_wide(table, 'Contacts that need a look')}{more}")


def _contact(contact: Contact, number: Callable[[str], str], zone: tzinfo) -> str:
    call = f" <code>{safe(_short(contact.call_id, _LONGEST_ID))}</code>" if contact.call_id else ""
    why = safe(_short(contact.reason or "", _LONGEST))
    cells = (
        ("n", f"{contact.line:,}"),
        ("t", f"<code>{safe(number(contact.to))}</code>"),
        ("t", safe(words.STATES[contact.state][0])),
        ("text", f"{why}{call}"),
        ("n", f"{contact.attempt:,}"),
        ("t", safe(moment(contact.sent_at, zone, seconds=True))),
    )
    return "<tr>" + "".join(f"<td{_class(name)}>{text}</td>" for name, text in cells) + "</tr>"


def _short(text: str, limit: int) -> str:
    shown = visible(text)
    return shown if len(shown) <= limit else f"{shown[:limit].rstrip()}…"


def _bars(caption: str, heads: Sequence[str], rows: Iterable[tuple[Sequence[str], int, str]]) -> str:
    """Write a table whose last column draws its figures; the drawing says nothing that the figures do not."""
    listed = list(rows)
    most = max(number for _, number, _ in listed)
    total = sum(number for _, number, _ in listed)
    head = "".join(f'<th scope="col">{safe(text)}</th>' for text in heads)
    body = "\n".join(_bar(texts, number, tone, most, total) for texts, number, tone in listed)
    table = (
        f'<table><caption>{safe(caption)}</caption><thead><tr>{head}<th scope="col" class="n">Contacts</th>'
        f'<th scope="col" class="n">Share</th><td></td></tr></thead>\n<tbody>\n{body}\n</tbody></table>'
    )
    return _wide(table, caption)


def _bar(texts: Sequence[str], number: int, tone: str, most: int, total: int) -> str:
    *most_texts, last = texts
    said = "".join(f'<td class="t">{safe(text)}</td>' for text in most_texts)
    said += f'<td class="text">{safe(last)}</td>'
    drawn = f'<rect class="{tone}" width="{max(number / most * 100, 0.5):.1f}" height="10"/>'
    svg = f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'
    figures = f'<td class="n">{number:,}</td><td class="n">{safe(share(number, total))}</td>'
    return f'<tr>{said}{figures}<td class="bar">{svg}</td></tr>'


def _wide(table: str, name: str) -> str:
    return f'<div class="wide" role="group" tabindex="0" aria-label="{safe(name)}">{table}</div>\n'


def _note(text: str) -> str:
    return f'<p class="sub">{safe(text)}</p>\n'


def _section(key: str, title: str, body: str) -> str:
    return f'<section aria-labelledby="{key}">\n<h2 id="{key}">{safe(title)}</h2>\n{body}</section>'


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
