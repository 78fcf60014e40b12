"""What rows of contacts are held against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.calls.campaign import Window
    from agentconf.calls.contacts.moments import Deadline
    from agentconf.calls.contacts.numbers import Allowed
    from agentconf.model.agent import Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What rows of contacts are held against.

    Args:
        campaign_id: the campaign's name in the ledger.
        now: seconds since the epoch.
        began: when the campaign was run first, which deadlines that are lengths of time count from; None: it
            begins now, and no deadline may be over.
        arguments: values of variables for every row that has none of its own.
        variables: what a column may be, beside the fields; None: what the agent knows, or anything without an
            agent.
        agent: whose texts and tools are filled in; None: it is not known.
        takes_arguments: whether the platform takes values for variables.
        columns: what a column is, by its header: a field, a variable, or `-` for nothing.
        timezone: IANA name of the campaign's zone.
        window: when people may be called.
        deadline: not placed by then: canceled; a row's own comes first.
        do_not_call: numbers in E.164 that are never called.
        regions: ISO 3166-1 codes of the countries that are called; empty: all.
        allow: kinds of numbers that are refused otherwise.
        duplicates: whether a number may stand in several rows, each with an `id`.
        instead: the number that is called in place of every contact's.
        schedules: whether the platform is told time zones.

    """

    campaign_id: str
    now: float
    began: float | None = None
    arguments: Mapping[str, str] = field(default_factory=dict, repr=False)
    variables: frozenset[str] | None = None
    agent: Agent | None = None
    takes_arguments: bool = True
    columns: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None
    window: Window | None = None
    deadline: Deadline | None = None
    do_not_call: frozenset[str] = field(default=frozenset(), repr=False)
    regions: frozenset[str] = frozenset()
    allow: frozenset[Allowed] = frozenset()
    duplicates: bool = False
    instead: str | None = field(default=None, repr=False)
    schedules: bool = False
