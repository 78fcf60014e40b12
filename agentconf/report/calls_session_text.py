"""A web session for the terminal: where the agent waits, and how to come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentconf.report.campaign_page import Page, joined, plain
from agentconf.report.campaign_time import duration
from agentconf.report.ink import Style
from agentconf.report.visible import visible

if TYPE_CHECKING:
    from agentconf.remote.slng.session import WebSession

_CLIENT: Final = "https://meet.livekit.io"


def render(session: WebSession, *, colour: bool, width: int) -> str:
    """Write a session; its token, which lets one person in, is what the user asked for.

    Args:
        session: the room in which the agent waits.
        colour: whether ANSI colours may be used.
        width: columns of the terminal; the URL and the token stay whole, so that they can be copied.

    Returns:
        Lines, each with its line feed.

    """
    page = Page.new(colour=colour, width=width)
    longest = duration(session.max_session_seconds)
    rows = [
        ("call", ((Style.STRONG, visible(session.call_id)),)),
        ("room", plain(visible(session.room_name))),
        ("url", plain(visible(session.livekit_url))),
        ("token", plain(visible(session.livekit_token))),
        ("lasts", plain(f"{longest} at most")),
    ]
    how = (
        f"Join with any LiveKit client: for a try, paste URL and token under Custom on {_CLIENT}. "
        "Whoever has the token can join: do not pass it on."
    )
    return joined([*page.labelled(rows), "", *page.sentence(*plain(how))])
