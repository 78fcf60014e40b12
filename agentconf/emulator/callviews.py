"""Calls as answers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.emulator.clock import MICROSECONDS, optional_timestamp, timestamp

if TYPE_CHECKING:
    from agentconf.emulator.callstore import Call
    from agentconf.emulator.timeline import Timeline


def room_of(call_id: str) -> str:
    """Return the name of the room that a call takes place in."""
    return f"call-{call_id}"


def present_call(call: Call) -> dict[str, Any]:
    """Return a call as lists show it."""
    time, live = call.timeline, call.direction == "outbound"
    over = call.status in ("completed", "failed")
    started = time.answer_at if call.status in ("in_progress", "completed") else None
    ended = time.end_at if over else None
    moments = {
        "queued": time.created_at,
        "ringing": time.ring_at,
        "in_progress": time.answer_at or time.created_at,
    }
    return {
        "id": call.id,
        "agent_id": call.agent_id,
        "phone_number": call.phone_number,
        "call_direction": call.direction,
        "web_session_origin": None if live else "api",
        "arguments": call.arguments,
        "rendered_prompt": call.prompt,
        "livekit_room_name": room_of(call.id),
        "livekit_dispatch_id": f"dispatch-{call.id}" if live else None,
        "call_started_at": optional_timestamp(started),
        "call_ended_at": optional_timestamp(ended),
        "call_duration_ms": None if ended is None or started is None else (ended - started) // 1_000,
        "call_end_reason": time.reason if over else None,
        "finalized_at": optional_timestamp(ended),
        "call_duration_source": "emulator" if started is not None and over else None,
        "status": call.status,
        "error_message": "The call was not answered" if call.status == "failed" else None,
        "created_at": timestamp(time.created_at),
        "updated_at": timestamp(moments.get(call.status, time.end_at)),
    }


def present_events(time: Timeline, now: int) -> list[dict[str, Any]]:
    """Return what has happened in a call until a time, in microseconds since the epoch."""
    level = "warning" if time.outcome == "failed" else "info"
    happened = [
        (time.created_at, "call_queued", "info"),
        (time.ring_at, "call_ringing", "info"),
        (time.answer_at, "call_answered", "info"),
        (time.end_at, f"call_{time.outcome}", level),
    ]
    return [
        {"v": 1, "created_at": moment / MICROSECONDS, "event": event, "level": shown}
        for moment, event, shown in happened
        if moment is not None and moment <= now
    ]
