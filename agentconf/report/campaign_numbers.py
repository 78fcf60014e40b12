"""The figures of a campaign for programs, the same in every document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from agentconf.calls.contact import State
from agentconf.remote.calling import Outcome
from agentconf.report.campaign_time import utc

if TYPE_CHECKING:
    from agentconf.calls.campaign import Campaign
    from agentconf.calls.turn import Counts, Standing

NOT_TOLD: Final = "not_told"
"""Key of the placed contacts of whose call nobody has told how it ended."""


def counted(counts: Counts) -> dict[str, Any]:
    """Return how far a campaign is; every state and every outcome is there, with 0 where there is none."""
    outcomes = {outcome.value: 0 for outcome in Outcome} | {NOT_TOLD: 0}
    for name, number in counts.outcomes.items():
        key = name or NOT_TOLD
        outcomes[key] = outcomes.get(key, 0) + number
    return {
        "total": counts.total,
        "states": {state.value: counts.states.get(state, 0) for state in State},
        "outcomes": outcomes,
    }


def reasons(counts: Counts) -> list[dict[str, Any]]:
    """Return why contacts were not called, the most frequent reason first."""
    ranked = sorted(counts.reasons.items(), key=lambda item: (-item[1], item[0]))
    return [{"reason": reason, "contacts": number} for reason, number in ranked]


def named(campaign: Campaign) -> dict[str, Any]:
    """Return who a campaign is."""
    return {
        "campaign": campaign.id,
        "environment": campaign.environment,
        "agent": campaign.agent,
        "platform": campaign.target.platform,
        "test": campaign.instead is not None,
    }


def stands(standing: Standing) -> dict[str, Any]:
    """Return where a campaign stands."""
    return {
        "campaign": standing.id,
        "environment": standing.environment,
        "agent": standing.agent,
        "platform": standing.platform,
        "phase": standing.phase.value,
        "reason": standing.reason,
        "created_at": utc(standing.created_at),
        "counts": counted(standing.counts),
        "reasons": reasons(standing.counts),
    }
