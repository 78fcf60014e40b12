"""One operation, carried out and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from agentconf.apply.outcome import Outcome, Result
from agentconf.errors import AgentconfError, AuthenticationError
from agentconf.plan.change import Action
from agentconf.plan.readback import not_kept
from agentconf.remote.platform import UnreachableError, UnresolvedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconf.model.live import LiveAgent
    from agentconf.plan.change import LiveRef, Operation
    from agentconf.remote.platform import AgentPlatform


async def carry_out(
    operation: Operation, platform: AgentPlatform, secrets: Mapping[str, str], organisation: str | None
) -> Result:
    """Carry out one operation and compare what the platform answers with what was meant.

    The answer of a write is the agent as it is stored then; reading it once more would double the requests of
    an apply. No version is sent along, since the API has no conditional writes: an edit that somebody makes
    between the list that the plan was checked against and this write is overwritten where it touches the same
    fields.

    Args:
        operation: what to do.
        platform: where.
        secrets: values by environment variable.
        organisation: id of the organisation that must answer; None: any.

    Returns:
        How it ended.

    Raises:
        AuthenticationError: the platform does not let us in; nothing was done.
        WrongOrganisationError: it was done, in an organisation that is not the expected one.

    """
    try:
        live = await _send(operation, platform, secrets)
    except AuthenticationError:
        raise
    except UnresolvedError as error:
        return _ended(operation, Outcome.UNKNOWN, error, unanswered=error.unanswered)
    except AgentconfError as error:
        return _ended(operation, Outcome.FAILED, error, unanswered=isinstance(error, UnreachableError))
    if live is None:
        return Result(operation, Outcome.DONE)
    if organisation is not None and live.organisation_id != organisation:
        raise WrongOrganisationError(live, organisation)
    if lost := not_kept(operation, live):
        return _not_kept(operation, live, lost)
    return Result(operation, Outcome.DONE, agent_id=live.id, live=live)


class WrongOrganisationError(AuthenticationError):
    """A write ended in an organisation that is not the expected one.

    Args:
        live: what was written.
        expected: id of the organisation that should have answered.

    """

    def __init__(self, live: LiveAgent, expected: str) -> None:
        super().__init__(
            f"the organisation {live.organisation_id} answered, not {expected}; "
            f"the agent {live.name!r} ({live.id}) is in it now",
            help="use the key of the right organisation, and delete that agent if it should not be there",
        )
        self.agent_id = live.id


async def _send(
    operation: Operation, platform: AgentPlatform, secrets: Mapping[str, str]
) -> LiveAgent | None:
    match operation.action:
        case Action.CREATE:
            return await platform.create_agent(operation.body, secrets)
        case Action.UPDATE:
            return await platform.update_agent(_planned(operation).id, operation.body, secrets)
        case Action.DELETE:
            await platform.delete_agent(_planned(operation).id)
            return None
        case _:
            assert_never(operation.action)


def _planned(operation: Operation) -> LiveRef:
    assert operation.live is not None, "an update or a deletion is planned against a live agent"
    return operation.live


def _not_kept(operation: Operation, live: LiveAgent, lost: Sequence[str]) -> Result:
    """Say that a write took place and fell short: the agent is there, or changed, all the same."""
    what = "the agent exists now" if operation.action is Action.CREATE else "the rest of the update is live"
    fields = "that field" if len(lost) == 1 else "those fields"
    return Result(
        operation,
        Outcome.FAILED,
        f"written, but the platform did not keep: {', '.join(lost)}",
        live.id,
        f"{what}: set {fields} as the platform has it (`agentconf plan` shows it) or add it to "
        "`lifecycle.ignore_changes`, then apply again",
    )


def _ended(operation: Operation, outcome: Outcome, error: AgentconfError, *, unanswered: bool) -> Result:
    known = operation.live.id if operation.live else None
    return Result(operation, outcome, error.message, known, error.help, unanswered)
