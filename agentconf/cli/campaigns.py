"""From an order to a campaign that may begin: who speaks, whom to call, and all that objects, at once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agentconf.calls.campaign import Campaign
from agentconf.calls.contact import State
from agentconf.calls.contacts.check import check_contacts
from agentconf.calls.contacts.exclusions import read_exclusions
from agentconf.calls.contacts.numbers import canonical
from agentconf.calls.contacts.reader import read_contacts
from agentconf.calls.contacts.rules import Rules
from agentconf.calls.ledger.merging import WITHDRAWN
from agentconf.calls.turn import Phase
from agentconf.cli.calling import connect_calls
from agentconf.errors import BlockedError, ConfigurationError, UsageError
from agentconf.remote.calling import Outcome, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.calls.contact import NewContact
    from agentconf.calls.contacts.check import Checked
    from agentconf.calls.spool import Spool
    from agentconf.calls.turn import Standing
    from agentconf.cli.ledgers import Ledgers
    from agentconf.cli.options import Session
    from agentconf.cli.order import Order, Ways
    from agentconf.model.agent import Agent
    from agentconf.project.definition import Project
    from agentconf.remote.calling import Capabilities


@dataclass(frozen=True, slots=True)
class Prepared:
    """A campaign that was checked.

    Args:
        campaign: as it will be carried out.
        capabilities: of its platform.
        checked: what its contacts came to.
        standing: where it stands in the ledger; None when it is not there.
        called: keys of contacts that were called already, or perhaps were.
        objections: why nobody may be called, each with its next action.
        now: when it was checked, in seconds since the epoch.

    """

    campaign: Campaign
    capabilities: Capabilities
    checked: Checked
    standing: Standing | None = None
    called: frozenset[str] = frozenset()
    objections: tuple[tuple[str, str], ...] = ()
    now: float = field(default_factory=time.time)

    def waiting(self, spool: Spool) -> Iterator[NewContact]:
        """Yield the contacts that are still to be called."""
        return (one for one in spool if one.skipped is None and one.key not in self.called)


def campaign_id(environment: str, name: str, *, test: bool = False) -> str:
    """Name a campaign in the ledger; one in test mode is another one.

    Args:
        environment: where its agent lives.
        name: what users call it.
        test: whether every number is replaced.

    """
    return f"{environment}/{name}" + ("~test" if test else "")


async def prepare(
    session: Session, project: Project, order: Order, ways: Ways, opened: Ledgers, spool: Spool
) -> Prepared:
    """Find out who speaks, check every contact, and collect what objects; nothing is written.

    Args:
        session: the invocation.
        project: resolved for the environment.
        order: what is asked for.
        ways: how it is to be carried out.
        opened: the ledger.
        spool: takes the contacts.

    Raises:
        AgentconfError: something is wrong that no contact can be checked without.

    """
    now = time.time()
    async with connect_calls(session, project, order.who.platform, bulk=order.bulk) as platform:
        capabilities = platform.capabilities
    _refuse_unkept(order, capabilities)
    target, agent, objections = await _speaking(session, project, order, allow_drift=ways.allow_drift)
    environment = project.environment.name
    name = campaign_id(environment, order.name, test=ways.instead is not None)
    standing, called = _known(opened, name, ways)
    campaign = Campaign(
        name,
        environment,
        order.who.name,
        target,
        replace(order.pacing, bulk=capabilities.bulk),
        order.window,
        order.retry,
        follow=ways.wait,
        instead=ways.instead,
    )
    rules = _rules(order, campaign, capabilities, agent, now, standing)
    checked = _check(order, rules, skip_invalid=ways.skip_invalid)
    spool.fill(checked)
    return Prepared(campaign, capabilities, checked, standing, called, objections, now)


async def _speaking(
    session: Session, project: Project, order: Order, *, allow_drift: bool
) -> tuple[Target, Agent | None, tuple[tuple[str, str], ...]]:
    who = order.who
    if who.agent is None:
        assert who.id is not None, "the options, or the file's check, have made sure"
        return Target(who.platform, who.id, who.billing_device, who.outbound), None, ()
    from agentconf.cli.readiness import speaker  # noqa: PLC0415 - only SLNG's agents are the project's

    found = await speaker(session, project, who.agent, allow_drift=allow_drift)
    return Target("slng", found.id), found.agent, found.objections


def _refuse_unkept(order: Order, capabilities: Capabilities) -> None:
    """Refuse what a platform cannot keep, rather than to pretend.

    Raises:
        UsageError: naming it.

    """
    name = capabilities.name
    if order.window is not None and capabilities.schedules:
        raise UsageError(
            f"{name} calls by its agent's own schedule, and takes no calling window",
            help="set the hours there, and leave the window out",
        )
    if order.retry is not None:
        told = capabilities.outcomes | ({Outcome.FAILED} if capabilities.outcomes else frozenset())
        unknown = sorted(order.retry.on - told)
        if unknown:
            tells = ", ".join(sorted(told)) or "nothing"
            raise UsageError(
                f"{name} does not tell of a call that it ended with {', '.join(unknown)}",
                help=f"it tells: {tells}",
            )


def _known(opened: Ledgers, name: str, ways: Ways) -> tuple[Standing | None, frozenset[str]]:
    """Tell where a campaign stands, and who was called in it.

    Raises:
        BlockedError: it is paused, or canceled, or there although it must not be.

    """
    with opened.open() as ledger:
        standing = next((one for one in ledger.standings() if one.id == name), None)
        if standing is None:
            return None, frozenset()
        _refuse_phase(standing, create_only=ways.create_only)
        over = {State.PLACED, State.FAILED, State.SENDING, State.CANCELED}
        over |= set() if ways.redial_unknown else {State.UNKNOWN}
        contacts = ledger.contacts(name)
        return standing, frozenset(
            one.key for one in contacts if one.state in over and one.reason != WITHDRAWN
        )


def _refuse_phase(standing: Standing, *, create_only: bool) -> None:
    short = standing.id.partition("/")[2]
    if standing.phase is Phase.PAUSED:
        raise BlockedError(f"the campaign {standing.id} is paused", help=f"agentconf campaign resume {short}")
    if standing.phase is Phase.CANCELED:
        raise BlockedError(
            f"the campaign {standing.id} was canceled",
            help="give another name: --run LABEL for a campaign, --name NAME for a dispatch",
        )
    if create_only:
        states = standing.counts.states
        told = ", ".join(f"{number:,} {state}" for state, number in states.items() if number)
        raise BlockedError(
            f"these contacts were dispatched before: {told}",
            help="--resume goes on with those that are left; --name NAME calls everybody anew",
        )


def _rules(
    order: Order,
    campaign: Campaign,
    capabilities: Capabilities,
    agent: Agent | None,
    now: float,
    standing: Standing | None,
) -> Rules:
    excluded = order.excluded | frozenset(map(canonical, order.excluded))
    for path in order.exclusions:
        excluded |= read_exclusions(path, display=str(path))
    return Rules(
        campaign_id=campaign.id,
        now=now,
        began=None if standing is None else standing.created_at,
        arguments=order.arguments,
        agent=agent,
        takes_arguments=capabilities.arguments,
        columns=order.source.columns,
        timezone=order.timezone,
        window=order.window,
        deadline=order.deadline,
        do_not_call=excluded,
        regions=order.regions,
        allow=order.allow,
        duplicates=order.duplicates,
        instead=campaign.instead,
        schedules=capabilities.schedules,
    )


def _check(order: Order, rules: Rules, *, skip_invalid: bool) -> Checked:
    source = order.source
    if source.content is None:
        raise ConfigurationError(f"there are no contacts: {source.display}", help="name a file")
    if rules.instead is not None:
        _check_instead(rules)
    rows = read_contacts(
        source.content,
        display=source.display,
        format=source.format,
        delimiter=source.delimiter,
    )
    return check_contacts(rows, rules, skip_invalid=skip_invalid)


def _check_instead(rules: Rules) -> None:
    from agentconf.calls.contacts.numbers import NumberFault, check_number  # noqa: PLC0415 - test mode only

    found = check_number(rules.instead or "", allow=rules.allow)
    if isinstance(found, NumberFault):
        raise UsageError(f"--to-instead: {found.message}", help=found.help)
