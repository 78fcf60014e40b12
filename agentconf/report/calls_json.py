"""Calls as the platform knows them, for programs.

The documents are described by schemas/calls.schema.json and call.schema.json.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from agentconf.report.calls_detail import Detail, hidden
from agentconf.report.campaign_time import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.remote.calling import CallPage, CallRecord

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(page: CallPage, *, number: Callable[[str], str]) -> str:
    """Write a page of calls as one JSON document; the values of variables are left out.

    Args:
        page: the calls, newest first.
        number: how a number is written: its pseudonym, or itself when that was asked for.

    """
    document = {
        "format_version": VERSION,
        "page": page.page,
        "pages": page.pages,
        "total": page.total,
        "calls": [_call(call, number) for call in page.calls],
    }
    return json.dumps(document, indent=2)


def one(call: CallRecord, *, number: Callable[[str], str]) -> str:
    """Write one call, with all that the platform told of it, as one JSON document.

    Args:
        call: the call.
        number: how a number is written; it is replaced in all texts of the platform's answer, too.

    """
    detail = Detail.of(call, number)
    document = {
        "format_version": VERSION,
        **_call(call, number),
        "arguments": dict(detail.arguments),
        "rendered_prompt": detail.prompt,
        "events": list(detail.events),
        "tool_executions": list(detail.executions),
        "more": dict(detail.more),
    }
    return json.dumps(document, indent=2)


def _call(call: CallRecord, number: Callable[[str], str]) -> dict[str, Any]:
    shown = number(call.to) if call.to else None
    return {
        "id": call.id,
        "number": shown,
        "direction": call.direction,
        "status": call.status,
        "outcome": None if call.outcome is None else call.outcome.value,
        "reason": hidden(call.reason, call.to, shown or ""),
        "created_at": iso(call.created_at),
        "ended_at": iso(call.ended_at),
        "duration_seconds": call.duration,
        "mark": call.mark,
    }
