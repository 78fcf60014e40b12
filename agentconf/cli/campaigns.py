"""From an order to a campaign that may begin: who speaks, whom to call, and all that objects, at once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agentconf.calls.campaign import Campaign
from agentconf.calls.contact import State
from agentconf.calls.contacts.check import check_contacts
from agentconf.calls.contacts.exclusions import read_exclusions
from agentconf.calls.contacts.moments import deadline_at, is_local
from agentconf.calls.contacts.numbers import canonical
from agentconf.calls.contacts.reader import read_contacts
from agentconf.calls.contacts.rules import Rules
from agentconf.calls.ledger.merging import WITHDRAWN
from agentconf.calls.turn import Phase
from agentconf.cli.arguments import check_arguments
from agentconf.cli.calling import connect_calls
from agentconf.cli.lookup import refuse_phase
from agentconf.cli.naming import campaign_id, shown
from agentconf.cli.unkept import refuse_unkept
from agentconf.errors import BlockedError, ConfigurationError, UsageError
from agentconf.remote.calling import Target

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
        deadline: what is not placed by then is canceled, in seconds since the epoch; None: there is none for
            all.
        now: when it was checked, in seconds since the epoch, by the ledger's clock.

    """

    campaign: Campaign
    capabilities: Capabilities
    checked: Checked
    standing: Standing | None = None
    called: frozenset[str] = frozenset()
    objections: tuple[tuple[str, str], ...] = ()
    deadline: float | None = None
    now: float = field(default_factory=time.time)

    def waiting(self, spool: Spool) -> Iterator[NewContact]:
        """Yield the contacts that are still to be called."""
        return (one for one in spool if one.skipped is None and one.key not in self.called)


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
    async with connect_calls(session, project, order.who.platform, bulk=order.bulk) as platform:
        capabilities = platform.capabilities
    refuse_unkept(order, ways, capabilities)
    target, agent, objections = await _speaking(session, project, order, allow_drift=ways.allow_drift)
    if agent is not None and order.file is None:
        check_arguments(agent, order.arguments)
    name = campaign_id(project.environment.name, order.name, test=ways.instead is not None)
    campaign = Campaign(
        name,
        project.environment.name,
        order.who.name,
        target,
        replace(order.pacing, bulk=capabilities.bulk),
        order.window,
        order.retry,
        follow=ways.wait,
        instead=ways.instead,
    )
    now, standing, called = _known(opened, name, ways)
    rules = _rules(order, campaign, capabilities, agent, now, standing)
    checked = _check(order, rules, skip_invalid=ways.skip_invalid)
    spool.fill(checked)
    return Prepared(campaign, capabilities, checked, standing, called, objections, _deadline(rules), now)


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


def _known(opened: Ledgers, name: str, ways: Ways) -> tuple[float, Standing | None, frozenset[str]]:
    """Tell what time it is for the ledger, where a campaign stands, and who was called in it.

    Raises:
        BlockedError: it is paused, or canceled, or there although it must not be.

    """
    with opened.open() as ledger:
        now = ledger.now() or time.time()
        standing = next((one for one in ledger.standings() if one.id == name), None)
        if standing is None:
            return now, None, frozenset()
        refuse_phase(standing, Phase.PAUSED)
        if ways.create_only:
            _refuse_known(standing)
        over = {State.PLACED, State.FAILED, State.SENDING, State.CANCELED}
        over |= set() if ways.redial_unknown else {State.UNKNOWN}
        contacts = ledger.contacts(name)
        called = (one.key for one in contacts if one.state in over and one.reason != WITHDRAWN)
        return now, standing, frozenset(called)


def _refuse_known(standing: Standing) -> None:
    states = standing.counts.states
    told = ", ".join(f"{number:,} {state}" for state, number in states.items() if number)
    raise BlockedError(
        f"{shown(standing.id)} is in the ledger of {standing.environment} already: {told or 'no contacts'}",
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


def _deadline(rules: Rules) -> float | None:
    """Return the moment of a deadline that is the same for everybody."""
    if rules.deadline is None or is_local(rules.deadline):
        return None
    return deadline_at(rules.deadline, (), rules.now if rules.began is None else rules.began)


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
    try:
        return check_contacts(rows, rules, skip_invalid=skip_invalid)
    except ConfigurationError as error:
        raise order.blame(error) from error


def _check_instead(rules: Rules) -> None:
    from agentconf.calls.contacts.numbers import NumberFault, check_number  # noqa: PLC0415 - test mode only

    found = check_number(rules.instead or "", allow=rules.allow)
    if isinstance(found, NumberFault):
        raise UsageError(f"--to-instead: {found.message}", help=found.help)
