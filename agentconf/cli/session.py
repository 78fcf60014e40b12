"""`agentconf session`."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click

from agentconf.cli.arguments import argument_option
from agentconf.cli.options import Session, common

if TYPE_CHECKING:
    from agentconf.remote.slng.session import WebSession

OPENING_SECONDS = 3.0
"""To wait for a browser to say that it could not be opened; ours."""

ROOM = "https://meet.livekit.io/custom"
"""LiveKit's own page to join any room with its URL and a token (LiveKit documentation, LiveKit Meet)."""


@click.command("session")
@click.argument("agent")
@argument_option
@click.option("--participant", metavar="NAME", help="Who joins.")
@click.option(
    "--open", "browse", is_flag=True, help="Open the room in a browser; its address holds the token."
)
@click.option("--allow-drift", is_flag=True, help="Talk to a live agent that is not what its files say.")
@common("text", "json")
def command(
    session: Session,
    agent: str,
    arguments: tuple[str, ...],
    participant: str | None,
    browse: bool,
    allow_drift: bool,
) -> int:
    """Open a web session with AGENT, and print what joins it: LiveKit's URL and a token.

    The token lets whoever has it into the room until the session ends.
    """
    opened = asyncio.run(_open(session, agent, arguments, participant, allow_drift=allow_drift))
    from agentconf.report import calls_session_json, calls_session_text  # noqa: PLC0415 - keeps --help light

    output = session.output
    if session.json:
        output.result(calls_session_json.render(opened))
    else:
        output.result(calls_session_text.render(opened, colour=output.colour(), width=output.width))
    if browse:
        _browse(session, opened)
    return 0


async def _open(
    session: Session, key: str, arguments: tuple[str, ...], participant: str | None, *, allow_drift: bool
) -> WebSession:
    from agentconf.cli.arguments import parse_arguments, refuse_missing  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.calling import connect_calls  # noqa: PLC0415
    from agentconf.cli.project import load  # noqa: PLC0415
    from agentconf.cli.readiness import refuse_unready, speaker  # noqa: PLC0415
    from agentconf.remote.slng.calls import SlngCalls  # noqa: PLC0415

    project = load(session)
    found = await speaker(session, project, key, allow_drift=allow_drift, dials=False)
    values = parse_arguments(found.agent, arguments)
    refuse_missing(found.agent, values)
    refuse_unready(found.objections)
    async with connect_calls(session, project, "slng") as platform:
        assert isinstance(platform, SlngCalls)
        return await platform.open_session(found.id, values, participant)


def _browse(session: Session, opened: WebSession) -> None:
    """Open the room; a browser that stays in the foreground is not waited for."""
    import webbrowser  # noqa: PLC0415 - for this option only

    query = urlencode({"liveKitUrl": opened.livekit_url, "token": opened.livekit_token})
    failed: list[bool] = []
    opening = Thread(target=lambda: failed.append(not webbrowser.open(f"{ROOM}?{query}")), daemon=True)
    opening.start()
    opening.join(OPENING_SECONDS)
    if any(failed):
        session.output.info("No browser could be opened here: join with the URL and the token above")
