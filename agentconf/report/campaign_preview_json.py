"""A dry run for programs: one JSON document, described by schemas/campaign-preview.schema.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from agentconf.report.campaign_numbers import named
from agentconf.report.campaign_time import utc

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconf.calls.campaign import Campaign
    from agentconf.calls.contact import NewContact
    from agentconf.calls.schedule import Foreseen
    from agentconf.report.campaign_preview import Preview

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(campaign: Campaign, preview: Preview, *, number: Callable[[str], str]) -> str:
    """Write what a campaign would dial when as one JSON document.

    Args:
        campaign: how it would be carried out.
        preview: what it would dial.
        number: how a number is written: its pseudonym, or itself when that was asked for.

    """
    outlook = preview.outlook
    document = {
        "format_version": VERSION,
        **named(campaign),
        "calls": outlook.calls,
        "first_at": utc(outlook.first),
        "last_at": utc(outlook.last),
        "days": [{"date": day, "calls": calls} for day, calls in outlook.days.items()],
        "never": [{"reason": reason, "contacts": contacts} for reason, contacts in outlook.never.items()],
        "first": [_contact(foreseen, contact, number) for foreseen, contact in preview.first],
    }
    return json.dumps(document, indent=2)


def _contact(foreseen: Foreseen, contact: NewContact, number: Callable[[str], str]) -> dict[str, Any]:
    return {
        "line": contact.line,
        "id": contact.identity or None,
        "number": number(contact.to),
        "at": utc(foreseen.at),
        "zones": list(foreseen.zones),
        "priority": contact.priority,
        "arguments": list(contact.arguments),
    }
