"""Web sessions: talking to an agent from a browser instead of a telephone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class WebSession:
    """A room in which an agent waits.

    Args:
        call_id: the platform's id of the session.
        room_name: the room.
        livekit_url: where it is.
        livekit_token: what lets one person in; a credential.
        max_session_seconds: how long it lasts at most.

    """

    call_id: str
    room_name: str
    livekit_url: str
    livekit_token: str = field(repr=False)
    max_session_seconds: int


def read_session(answer: Any) -> WebSession | None:
    """Read the answer to a new session (API contract, WebSessionResponse); None when it is not one."""
    match answer:
        case {
            "call_id": str(call_id),
            "room_name": str(room),
            "livekit_url": str(url),
            "livekit_token": str(token),
            "max_session_seconds": int(seconds),
        }:
            return WebSession(call_id, room, url, token, seconds)
        case _:
            return None
