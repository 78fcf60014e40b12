"""One call for the terminal: its fields, what happened in it, which tools ran, what the agent was told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from agentconf.report.calls_detail import Detail
from agentconf.report.calls_text import result
from agentconf.report.campaign_page import Page, joined, plain
from agentconf.report.campaign_time import duration, moment, read
from agentconf.report.ink import Piece, Style
from agentconf.report.table import Column, table
from agentconf.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import tzinfo

    from agentconf.remote.calling import CallRecord

_MILLISECONDS: Final = 1000
_IN_MILLISECONDS: Final = 1e11
"""Moments from here on are milliseconds since the epoch: as seconds they would be in the year 5138."""

_LEVELS: Final = {"error": Style.RED, "warning": Style.YELLOW}
_OUTCOMES: Final = {"succeeded": Style.GREEN, "failed": Style.RED, "timed_out": Style.RED}
_TOLD: Final = frozenset({
    *("id", "phone_number", "call_direction", "status", "created_at", "call_started_at", "call_ended_at"),
    *("call_duration_ms", "call_end_reason"),
})  # fmt: skip
"""Fields of the platform's answer that stand above in words of our own."""


def render(
    call: CallRecord,
    *,
    number: Callable[[str], str],
    zone: tzinfo,
    verbose: bool,
    colour: bool,
    width: int,
) -> str:
    """Write one call.

    Args:
        call: as the platform tells of it.
        number: how a number is written: its pseudonym, or itself when that was asked for.
        zone: in which moments are told.
        verbose: whether to show the agent's prompt and the platform's other fields too.
        colour: whether ANSI colours may be used.
        width: columns of the terminal.

    Returns:
        Lines, each with its line feed.

    """
    page = Page.new(colour=colour, width=width)
    detail = Detail.of(call, number)
    lines = [
        *page.sentence((Style.PLAIN, "Call "), (Style.STRONG, visible(call.id))),
        *page.labelled(list(_fields(call, number, zone))),
        *_arguments(detail, page),
        *_events(detail, page, zone),
        *_executions(detail, page, zone),
        *(_verbose(detail, page) if verbose else ()),
    ]
    return joined(lines)


def _fields(
    call: CallRecord, number: Callable[[str], str], zone: tzinfo
) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    if call.to:
        yield "number", plain(visible(number(call.to)))
    yield "direction", plain(visible(call.direction))
    yield "status", plain(visible(call.status))
    style, text = result(call, number)
    if text:
        yield "outcome", ((style, text),)
    yield "created", plain(moment(call.created_at.timestamp(), zone, seconds=True))
    if call.ended_at is not None:
        yield "ended", plain(moment(call.ended_at.timestamp(), zone, seconds=True))
    if call.duration is not None:
        yield "duration", plain(duration(call.duration))
    if call.mark:
        yield "mark", plain(visible(call.mark))


def _arguments(detail: Detail, page: Page) -> Iterator[str]:
    if detail.arguments:
        yield from ("", "Arguments")
        yield from page.labelled(
            [(visible(name), plain(visible(value))) for name, value in detail.arguments.items()]
        )


def _events(detail: Detail, page: Page, zone: tzinfo) -> Iterator[str]:
    if not detail.events:
        return
    yield from ("", "Events")
    heads = (Column("at"), Column("level", spare=1), Column("event"), Column("about", least=8, spare=2))
    rows = [_event(event, zone) for event in detail.events]
    yield from table(heads, rows, width=page.width, ink=page.ink, indent="  ")


def _event(event: Mapping[str, Any], zone: tzinfo) -> list[Piece]:
    level = _text(event.get("level"))
    models = " → ".join(_text(event[name]) for name in ("from_model", "to_model") if event.get(name))
    names = ("component", "reason", "error_type", "error_code")
    about = [models, *(_text(event[name]) for name in names if event.get(name) is not None)]
    if isinstance(event.get("timeout_s"), int | float):
        about.append(f"after {duration(event['timeout_s'])}")
    return [
        (Style.FAINT, _clock(event.get("created_at"), zone)),
        (_LEVELS.get(level, Style.PLAIN), level),
        (Style.PLAIN, _text(event.get("event"))),
        (Style.PLAIN, ", ".join(filter(None, about))),
    ]


def _executions(detail: Detail, page: Page, zone: tzinfo) -> Iterator[str]:
    if not detail.executions:
        return
    yield from ("", "Tools")
    heads = (
        *(Column("at"), Column("tool", least=12), Column("kind", spare=2), Column("outcome")),
        *(Column("status", right=True, spare=3), Column("took", right=True, spare=1)),
        Column("error", least=8, spare=4),
    )
    rows = [_execution(one, zone) for one in detail.executions]
    yield from table(heads, rows, width=page.width, ink=page.ink, indent="  ")


def _execution(one: Mapping[str, Any], zone: tzinfo) -> list[Piece]:
    outcome, took = _text(one.get("outcome")), one.get("duration_ms")
    errors = (_text(one[name]) for name in ("error_type", "error_code") if one.get(name) is not None)
    return [
        (Style.FAINT, _clock(one.get("started_at"), zone)),
        (Style.PLAIN, _text(one.get("tool_name"))),
        (Style.PLAIN, _text(one.get("tool_kind"))),
        (_OUTCOMES.get(outcome, Style.YELLOW), outcome.replace("_", " ")),
        (Style.PLAIN, _text(one.get("http_status"))),
        (Style.PLAIN, duration(took / _MILLISECONDS) if isinstance(took, int | float) else ""),
        (Style.PLAIN, ", ".join(errors)),
    ]


def _verbose(detail: Detail, page: Page) -> Iterator[str]:
    """Show the platform's other fields, as far as they are single values, and the prompt."""
    rest = [
        (visible(name), plain(_text(value)))
        for name, value in detail.more.items()
        if name not in _TOLD and isinstance(value, str | int | float) and value != ""
    ]
    if rest:
        yield from ("", "Also told by the platform")
        yield from page.labelled(rest)
    if detail.prompt is not None:
        yield from ("", "Prompt")
        yield from page.sentence((Style.PLAIN, visible(detail.prompt, lines=True)), indent="  ")


def _clock(value: Any, zone: tzinfo) -> str:
    """Say when something was: seconds or milliseconds since the epoch, or ISO 8601; else what is there."""
    if isinstance(value, int | float):
        when = read(value / _MILLISECONDS if value >= _IN_MILLISECONDS else value)
    else:
        try:
            when = datetime.fromisoformat(str(value))
        except ValueError:
            return _text(value)
        if when.tzinfo is None:
            return _text(value)
    return f"{when.astimezone(zone):%H:%M:%S}.{when.microsecond // _MILLISECONDS:03}"


def _text(value: Any) -> str:
    return "" if value is None else visible(str(value))
