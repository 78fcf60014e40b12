"""Taking calls back that wait on the platform, where it can."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from agentconf.calls.turn import Ended
from agentconf.cli.calling import connect_calls
from agentconf.errors import AuthenticationError, ExitCode, PartialError, RemoteError
from agentconf.remote.calling import Outcome
from agentconf.remote.platform import UnreachableError, UnresolvedError
from agentconf.report.wording import count

if TYPE_CHECKING:
    from agentconf.calls.contact import Contact
    from agentconf.cli.ledgers import Ledgers
    from agentconf.cli.options import Session
    from agentconf.project.definition import Project
    from agentconf.remote.calling import CallPlatform, Target

MOST = 1_000_000
"""Calls that are looked at: all."""


async def take_back(session: Session, project: Project, opened: Ledgers, campaign_id: str) -> int:
    """Cancel the calls of a canceled campaign that the platform has and that have not begun.

    Args:
        session: the invocation.
        project: resolved for the environment.
        opened: the ledger.
        campaign_id: the campaign.

    Returns:
        The exit code.

    Raises:
        RemoteError: the platform could not be asked.
        PartialError: it could be asked about some calls only; the same command goes on.

    """
    with opened.open() as ledger:
        campaign = ledger.campaign(campaign_id)
        waiting = ledger.unfinished(campaign_id, limit=MOST)
    if not waiting:
        return ExitCode.OK
    async with connect_calls(session, project, campaign.target.platform) as platform:
        name = platform.capabilities.name
        if not platform.capabilities.cancel:
            were = f"{count(len(waiting), 'call')} {'was' if len(waiting) == 1 else 'were'}"
            session.output.info(f"{were} placed before; {name} offers no way to take a call back")
            return ExitCode.OK
        done: list[Contact] = []
        try:
            begun = await _cancel(session, platform, campaign.target, waiting, done)
        except RemoteError as error:
            if not done:
                raise
            told = f"{count(len(done), 'call')} taken back before that"
            raise PartialError(f"{error.message}; {told}", help="run the same command again") from error
        finally:
            with opened.open() as ledger:
                ledger.record(campaign_id, [_taken(contact) for contact in done])
    session.output.result(f"Took {count(len(done), 'call')} back from {name}")
    if begun:
        session.output.info(f"{count(begun, 'call')} had begun, or had ended (-v says which)")
    return ExitCode.OK


async def _cancel(
    session: Session,
    platform: CallPlatform,
    target: Target,
    waiting: tuple[Contact, ...],
    done: list[Contact],
) -> int:
    """Cancel calls, the oldest first.

    Args:
        session: the invocation.
        platform: where they wait.
        target: who would speak.
        waiting: their contacts.
        done: takes those whose calls were taken back.

    Returns:
        How many could not be taken back because they had begun.

    """
    begun = 0
    for contact in waiting:
        assert contact.call_id is not None, "unfinished calls have an id"
        try:
            await platform.cancel_call(target, contact.call_id)
        except (AuthenticationError, UnreachableError, UnresolvedError):
            raise
        except RemoteError as error:
            begun += 1
            session.output.detail(f"call {contact.call_id}: {error.message}")
        else:
            done.append(contact)
    return begun


def _taken(contact: Contact) -> Ended:
    assert contact.call_id is not None, "unfinished calls have an id"
    return Ended(contact.key, contact.call_id, Outcome.CANCELED, "taken back", time.time())
