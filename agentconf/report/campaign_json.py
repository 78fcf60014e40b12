"""Campaigns for programs: one JSON document each for a run, for where campaigns stand, and for a report.

They are described by schemas/campaign-run.schema.json, campaign-status.schema.json and
campaign-report.schema.json.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from agentconf.calls.contact import State
from agentconf.calls.turn import Phase
from agentconf.report.campaign_numbers import counted, named, reasons, stands
from agentconf.report.campaign_record import record
from agentconf.report.campaign_tally import timeline
from agentconf.report.campaign_time import utc
from agentconf.report.campaign_words import limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import tzinfo

    from agentconf.calls.campaign import Campaign
    from agentconf.calls.contact import Contact
    from agentconf.calls.run import Summary
    from agentconf.calls.turn import Attempt, Standing
    from agentconf.report.campaign_tally import Stretch

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(
    campaign: Campaign,
    summary: Summary,
    *,
    contacts: Iterable[Contact] | None = None,
    number: Callable[[str], str],
) -> str:
    """Write how a run ended, of a call, a batch or a campaign, as one JSON document.

    Args:
        campaign: what was run.
        summary: how it ended.
        contacts: whom to list one by one, of single calls and small batches; None: nobody.
        number: how a number is written: its pseudonym, or itself when that was asked for.

    """
    counts = summary.counts
    open_ = sum(counts.states.get(state, 0) for state in (State.PLANNED, State.SENDING))
    lost = sum(counts.states.get(state, 0) for state in (State.FAILED, State.UNKNOWN))
    document = {
        "format_version": VERSION,
        **named(campaign),
        "complete": not open_ and not lost and summary.phase is Phase.RUNNING,
        "interrupted": summary.interrupted,
        "denied": summary.denied,
        "phase": summary.phase.value,
        "reason": summary.reason,
        "started_at": utc(summary.started_at),
        "ended_at": utc(summary.ended_at),
        "placed_in_this_run": summary.placed_here,
        "counts": counted(counts),
        "reasons": reasons(counts),
        "contacts": None if contacts is None else [record(contact, number) for contact in contacts],
    }
    return json.dumps(document, indent=2)


def status(standings: Sequence[Standing]) -> str:
    """Write where campaigns stand as one JSON document.

    Args:
        standings: one or all, in the order in which they are to be listed.

    """
    document = {"format_version": VERSION, "campaigns": [stands(standing) for standing in standings]}
    return json.dumps(document, indent=2)


def report(
    standing: Standing, campaign: Campaign, attempts: Iterable[Attempt], *, now: float, zone: tzinfo
) -> str:
    """Write a campaign over time as one JSON document.

    Args:
        standing: where it stands.
        campaign: how it is carried out.
        attempts: all requests, in the order in which they were begun; read once.
        now: seconds since the epoch.
        zone: by whose clock hours and days begin.

    """
    line = timeline(attempts, zone)
    pace = line.pace
    document = {
        "format_version": VERSION,
        "written_at": utc(now),
        **stands(standing),
        "test": campaign.instead is not None,
        "requests_per_second": {
            "limit": limit(campaign.pacing),
            "while_calling": None if pace is None else round(pace, 3),
            "busiest_second": line.busiest,
        },
        "stretches": [_stretch(stretch) for stretch in line.stretches],
    }
    return json.dumps(document, indent=2)


def _stretch(stretch: Stretch) -> dict[str, Any]:
    return {
        "from": utc(stretch.start),
        "to": utc(stretch.end),
        "requests": stretch.requests,
        "answered": stretch.answered,
        "not_answered": stretch.unanswered,
        "placed": stretch.placed,
        "failed": stretch.failed,
        "unknown": stretch.unknown,
    }
