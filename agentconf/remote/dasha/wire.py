"""Calls as Dasha takes them and as it tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.errors import RemoteError
from agentconf.remote.calling import CallRecord, Outcome
from agentconf.remote.reading import direction_of, moment_of, number_of, text_of, texts_of, utc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from agentconf.remote.calling import CallRequest, Outbound, Target

WRONG_PLACE = "is Dasha's base_url right? It is the address before /api/v1"

MARK = "agentconf_key"
"""Where our key travels in a call's additional data; a variable of this name is not sent."""

OUTCOMES = {"Completed": Outcome.COMPLETED, "Failed": Outcome.FAILED, "Canceled": Outcome.CANCELED}
"""Statuses of calls that have ended (API contract, CallStatus)."""

NOT_ENDED = ("Created", "Pending", "Queued", "Running")
"""Statuses of calls that have not (API contract, CallStatus)."""

STATUSES = {status.lower(): status for status in (*NOT_ENDED, *OUTCOMES)} | {"cancelled": "Canceled"}
"""Statuses as Dasha writes them, by how people may."""


_RENAMED = {"callstatus": "status", "calladditionaldata": "additionaldata"}


def write_call(call: CallRequest, target: Target, deadline_field: str) -> dict[str, Any]:
    """Write a call (Dasha documentation, Create bulk calls).

    Args:
        call: whom to call.
        target: who speaks, and whom the call seems to come from.
        deadline_field: how the deadline is spelled; two spellings are about.

    """
    body: dict[str, Any] = {"endpoint": call.to, "additionalData": {**call.arguments, MARK: call.key}}
    if call.priority is not None:
        body["priority"] = call.priority
    if call.deadline is not None:
        body[deadline_field] = utc(call.deadline)
    if call.timezone is not None:
        body["timezone"] = call.timezone
    if override := _override(target.outbound):
        body["overrideOutboundConfig"] = override
    return body


def _override(outbound: Outbound | None) -> dict[str, str]:
    if outbound is None:
        return {}
    given = {
        "phoneNumber": outbound.phone_number,
        "credentialsId": outbound.credentials_id,
        "displayName": outbound.display_name,
    }
    return {name: value for name, value in given.items() if value is not None}


def lowered(answer: Any) -> dict[str, Any]:
    """Return an answer's fields by their names in lower case, whose spelling varies; null is absent.

    Results call two fields otherwise than the queue does; here they have the queue's names.
    """
    if not isinstance(answer, dict):
        return {}
    fields = {name.lower(): value for name, value in answer.items() if value is not None}
    return {_RENAMED.get(name, name): value for name, value in fields.items()}


def additional_data(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent along with a call."""
    data = fields.get("additionaldata")
    return data if isinstance(data, dict) else {}


def mark_of(fields: Mapping[str, Any]) -> str | None:
    """Return our key of a call; None for one that is not ours."""
    return text_of(additional_data(fields).get(MARK))


def outcome_of(fields: Mapping[str, Any]) -> Outcome | None:
    """Tell how a call ended; None while it has not."""
    return OUTCOMES.get(STATUSES.get(status_of(fields).lower(), ""))


def read_call(*answers: Any, seen_at: datetime) -> CallRecord:
    """Read a call from all that was told of it: of two statuses the one of an ended call is the later.

    Args:
        answers: what the platform said, the oldest first.
        seen_at: when; stands in for the time of the call's making where the platform does not tell it.

    Raises:
        RemoteError: the call has no id.

    """
    told = sorted((lowered(answer) for answer in answers), key=lambda fields: outcome_of(fields) is not None)
    fields = {name: value for part in told for name, value in part.items()}
    call_id = text_of(fields.get("callid"))
    if call_id is None:
        raise RemoteError("Dasha answers with a call without an id", help=WRONG_PLACE)
    data, ended_at = additional_data(fields), moment_of(fields.get("completedtime"))
    return CallRecord(
        id=call_id,
        to=text_of(fields.get("endpoint")) or "",
        status=status_of(fields),
        outcome=outcome_of(fields),
        created_at=moment_of(fields.get("createdtime")) or ended_at or seen_at,
        reason=text_of(fields.get("errormessage")),
        ended_at=ended_at,
        duration=number_of(fields.get("durationseconds")),
        arguments={name: value for name, value in texts_of(data).items() if name != MARK},
        mark=mark_of(fields),
        direction=direction_of(fields.get("calltype")),
    )


def status_of(fields: Mapping[str, Any]) -> str:
    """Return a call's status in the platform's own word."""
    return text_of(fields.get("status")) or "Unknown"
