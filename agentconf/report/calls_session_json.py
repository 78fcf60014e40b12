"""A web session for programs: one JSON document, described by schemas/session.schema.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agentconf.remote.slng.session import WebSession

VERSION: Final = 1
"""Version of the format: it grows with what is taken away or means something else, not with additions."""


def render(session: WebSession) -> str:
    """Write a session as one JSON document; its token, which lets one person in, is what the user asked for.

    Args:
        session: the room in which the agent waits.

    """
    document = {
        "format_version": VERSION,
        "call_id": session.call_id,
        "room_name": session.room_name,
        "livekit_url": session.livekit_url,
        "livekit_token": session.livekit_token,
        "max_session_seconds": session.max_session_seconds,
    }
    return json.dumps(document, indent=2)
