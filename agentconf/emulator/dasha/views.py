"""Dasha's calls as its answers show them: an item of the queue, a call's details, a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.emulator.clock import MICROSECONDS, optional_timestamp, timestamp

if TYPE_CHECKING:
    from agentconf.emulator.dasha.store import Call

_OVER = ("Completed", "Failed", "Canceled")


def present_call(call: Call) -> dict[str, Any]:
    """Return a call as scheduling and the queue show it (API contract, Call)."""
    shown = {
        "endpoint": call.endpoint,
        "callId": call.id,
        "orgId": call.organisation,
        "agentId": call.agent_id,
        "createdTime": timestamp(call.created_at),
        "status": call.status,
        "nextScheduleTime": timestamp(call.created_at),
        "additionalData": call.additional_data,
        "priority": call.priority,
        "callDeadline": timestamp(call.deadline),
        "timezone": call.timezone,
    }
    return shown if call.override is None else shown | {"overrideOutboundConfig": call.override}


def present_detail(call: Call) -> dict[str, Any]:
    """Return a call as it is shown alone, which is another shape."""
    return {
        "callId": call.id,
        "orgId": call.organisation,
        "agentId": call.agent_id,
        "endpoint": call.endpoint,
        "status": call.status,
        "recordId": None,
        "completedTime": _completed(call),
        "inspectorUrl": None,
    }


def present_result(call: Call) -> dict[str, Any]:
    """Return what became of a call."""
    over = call.status in _OVER
    return {
        "callId": call.id,
        "agentId": call.agent_id,
        "orgId": call.organisation,
        "callAdditionalData": call.additional_data,
        "callStatus": call.status,
        "callType": "Unknown",
        "completedTime": _completed(call),
        "createdTime": timestamp(call.created_at),
        "durationSeconds": call.talking / MICROSECONDS if over else 0,
        "endpoint": call.endpoint,
        "sip": None,
        "result": None,
        "transcription": [],
        "serverJobId": None,
        "errorMessage": call.reason if over else None,
        "inspectorUrl": None,
        "recordingUrl": None,
        "score": None,
        "highlights": {},
    }


def _completed(call: Call) -> str | None:
    return optional_timestamp(call.over_at) if call.status in _OVER else None
