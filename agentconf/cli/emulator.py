"""`agentconf emulator`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.options import Command, Session, common
from agentconf.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from agentconf.emulator.options import EmulatorOptions

_TALK = re.compile(r"([0-9]{1,6})-([0-9]{1,6})")

_BEHAVIOUR = (
    click.option(
        "--contract",
        type=click.Choice(["keyed", "managed"]),
        default="keyed",
        show_default=True,
        help="Whether creating an agent takes slng_api_key, or the platform makes that key.",
    ),
    click.option(
        "--unknown-fields",
        type=click.Choice(["reject", "keep", "drop"]),
        default="reject",
        show_default=True,
        help="What happens to fields that the contract does not know.",
    ),
    click.option(
        "--credit",
        type=click.IntRange(min=0),
        metavar="N",
        help="Calls that may be placed on each platform; then 402.",
    ),
    click.option(
        "--call-failure-rate",
        type=click.FloatRange(0, 1),
        default=0.0,
        metavar="SHARE",
        help="Calls that nobody answers, from 0 to 1.",
    ),
    click.option(
        "--talk-seconds",
        default="20-180",
        show_default=True,
        metavar="A-B",
        help="Shortest and longest conversation.",
    ),
    click.option(
        "--log-limit",
        type=click.IntRange(min=0),
        default=10_000,
        show_default=True,
        metavar="N",
        help="Requests that the log remembers.",
    ),
)
_TROUBLE = (
    click.option(
        "--latency", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS", help="Delay of answers."
    ),
    click.option("--fault", metavar="SPEC", default="", help="Such as 429=0.1,500=0.05,reset=0.05."),
    click.option(
        "--script",
        multiple=True,
        metavar="ENTRY",
        help="A fault of one request, such as 'POST */calls 502'; repeatable.",
    ),
    click.option(
        "--retry-after",
        type=click.IntRange(min=0),
        default=1,
        metavar="SECONDS",
        help="What 429 and 503 ask for.",
    ),
    click.option("--random-seed", type=int, default=0, show_default=True, help="Makes faults repeatable."),
)
_SIPGATE = (
    click.option(
        "--sipgate-flow",
        "sipgate_flows",
        multiple=True,
        metavar="ID[=NUMBER]",
        help="An AI flow, and its phone number if it has one; repeatable. None: any flow is taken.",
    ),
    click.option(
        "--sipgate-plus",
        type=click.Choice(["accept", "require", "refuse"]),
        default="accept",
        show_default=True,
        help="What is made of a number's leading plus.",
    ),
    click.option(
        "--sipgate-created",
        type=click.Choice(["200", "201", "202"]),
        default="201",
        show_default=True,
        help="Status of a started call.",
    ),
    click.option(
        "--sipgate-answer",
        type=click.Choice(["empty", "id"]),
        default="empty",
        show_default=True,
        help="What a started call is answered with.",
    ),
)
_DASHA = (
    click.option(
        "--dasha-agent",
        "dasha_agents",
        multiple=True,
        metavar="ID[=off]",
        help="An agent, and whether it is disabled; repeatable. None: any agent is taken.",
    ),
    click.option(
        "--dasha-created",
        type=click.Choice(["200", "201"]),
        default="200",
        show_default=True,
        help="Status of scheduled calls.",
    ),
    click.option(
        "--dasha-deleted",
        type=click.Choice(["200", "204"]),
        default="204",
        show_default=True,
        help="Status of a canceled call.",
    ),
    click.option(
        "--dasha-not-canceled",
        type=click.Choice(["400", "404", "409"]),
        default="409",
        show_default=True,
        help="Status of the refusal to cancel a call that runs or is over.",
    ),
    click.option(
        "--dasha-deadline",
        type=click.Choice(["any", "callDeadline", "callDeadLine"]),
        default="any",
        show_default=True,
        help="Spelling of a call's deadline; another one is ignored.",
    ),
    click.option(
        "--dasha-bulk-max", type=click.IntRange(min=1), metavar="N", help="Most calls in one request."
    ),
    click.option(
        "--dasha-concurrency",
        type=click.IntRange(min=0),
        default=50,
        show_default=True,
        metavar="N",
        help="Calls that run at a time; 0 for any number.",
    ),
    click.option(
        "--dasha-running-in",
        type=click.Choice(["queue", "results", "both", "none"]),
        default="queue",
        show_default=True,
        help="Which list shows a running call.",
    ),
)


def _switches(command: Command) -> Command:
    for option in reversed((*_BEHAVIOUR, *_TROUBLE, *_SIPGATE, *_DASHA)):
        command = option(command)
    return command


@click.command("emulator")
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback addresses only.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8443, show_default=True, help="0 picks a free one."
)
@click.option(
    "--database", metavar="FILE", default=":memory:", show_default=True, help="SQLite file to keep agents in."
)
@click.option(
    "--seed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON array of agents to begin with.",
)
@_switches
@common("text")
def command(session: Session, host: str, port: int, **options: Any) -> int:
    """Serve the platforms' APIs on loopback, over SQLite, until Ctrl-C.

    SLNG, sipgate AI Flow and Dasha answer at one address, and nobody is called. Any bearer token is accepted.
    Point an environment at it with `base_url: http://127.0.0.1:8443`, or one run with AGENTCONF_BASE_URL.
    """
    try:
        from agentconf.emulator.server import serve  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(
            "the emulator is not installed", help="pip install 'agentconf[emulator]'"
        ) from error

    def ready(url: str) -> None:
        session.output.result(f"The emulator listens on {url} (Ctrl-C ends it)")

    serve(_options(options), host=host, port=port, ready=ready)
    return 0


def _options(options: dict[str, Any]) -> EmulatorOptions:
    from agentconf.emulator.dasha.options import DashaOptions  # noqa: PLC0415 - an extra
    from agentconf.emulator.faults import parse_faults  # noqa: PLC0415
    from agentconf.emulator.options import EmulatorOptions  # noqa: PLC0415
    from agentconf.emulator.sipgate.options import SipgateOptions  # noqa: PLC0415

    sipgate, dasha = _taken(options, "sipgate_"), _taken(options, "dasha_")
    flows = dict(_named(text) for text in sipgate.pop("flows"))
    agents = {name: _enabled(name, state) for name, state in map(_named, dasha.pop("agents"))}
    return EmulatorOptions(
        faults=parse_faults(options.pop("fault")),
        seed_file=options.pop("seed"),
        talk_seconds=_talk_seconds(options.pop("talk_seconds")),
        sipgate=SipgateOptions(flows=flows, **_whole(sipgate)),
        dasha=DashaOptions(agents=agents, **_whole(dasha)),
        **options,
    )


def _taken(options: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Take the options of a platform out of all of them."""
    names = [name for name in options if name.startswith(prefix)]
    return {name.removeprefix(prefix): options.pop(name) for name in names}


def _whole(options: dict[str, Any]) -> dict[str, Any]:
    """Turn what was chosen among statuses into numbers."""
    return {
        name: int(value) if isinstance(value, str) and value.isdigit() else value
        for name, value in options.items()
    }


def _named(text: str) -> tuple[str, str | None]:
    """Read `ID` or `ID=VALUE`."""
    name, _, value = text.partition("=")
    if not name:
        raise UsageError(f"{text!r} begins with no id", help="write it like ID or ID=VALUE")
    return name, value or None


def _enabled(name: str, state: str | None) -> bool:
    if state not in (None, "off"):
        raise UsageError(f"the agent {name!r} cannot be {state!r}", help=f"write {name} or {name}=off")
    return state is None


def _talk_seconds(text: str) -> tuple[int, int]:
    match = _TALK.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no length of a conversation", help="write it like 20-180")
    return int(match[1]), int(match[2])
