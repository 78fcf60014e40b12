"""`agentconf dispatch`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.arguments import argument_option, split_arguments
from agentconf.cli.moments import DEADLINE, INTERVAL, TIMEOUT, WINDOW, ZONE
from agentconf.cli.naming import LABEL, dispatch_name
from agentconf.cli.options import Session, common
from agentconf.cli.running import RUN, run_options
from agentconf.cli.sections import Sectioned
from agentconf.cli.who import who_of, who_options
from agentconf.errors import UsageError

if TYPE_CHECKING:
    from agentconf.cli.order import Order, Source, Who

MOST_AT_ONCE = 32


def check_regions(
    _context: click.Context, _parameter: click.Parameter, codes: tuple[str, ...]
) -> frozenset[str]:
    """Read the codes of countries.

    Raises:
        click.BadParameter: there is no country of a code.

    """
    if not codes:
        return frozenset()
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415 - 30 ms, and few dispatches name any

    found = frozenset(code.upper() for code in codes)
    unknown = sorted(found - SUPPORTED_REGIONS)
    if unknown:
        raise click.BadParameter(
            f"{unknown[0]!r} is the code of no country; ISO 3166-1 has them, like DE or GB"
        )
    return found


@click.command("dispatch", cls=Sectioned)
@click.argument("names", nargs=-1, metavar="[AGENT] CONTACTS|-")
@who_options
@argument_option
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="HEADER=FIELD",
    help="What a column is: to, id, priority, timezone, deadline, a variable, or - for nothing (repeatable).",
)
@click.option("--delimiter", metavar="CHARACTER", help="Between two columns (default: found out).")
@click.option("--format", "format_", type=click.Choice(["csv", "jsonl"]), help="Default: found out.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, MOST_AT_ONCE),
    default=5,
    metavar="N",
    help="Requests under way at once (default: 5).",
)
@click.option(
    "--interval",
    type=INTERVAL,
    default="500ms",
    metavar="TIME",
    help="From one request's start to the next one's (default: 500ms).",
)
@click.option("--rate", type=click.FloatRange(0.001, 1000), metavar="N", help="Most requests a second.")
@click.option(
    "--timeout", type=TIMEOUT, default="30s", metavar="TIME", help="To wait for an answer (default: 30s)."
)
@click.option(
    "--window", type=WINDOW, metavar="HOURS", help='When people may be called: "mon-fri 09:00-18:00".'
)
@click.option("--timezone", type=ZONE, metavar="ZONE", help="Of contacts that neither row nor number tells.")
@click.option(
    "--deadline", type=DEADLINE, metavar="TIME", help="Not placed by then: canceled. 2d, or a moment."
)
@click.option(
    "--do-not-call",
    "exclusions",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Numbers that are never called (repeatable).",
)
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="CODE",
    callback=check_regions,
    help="Call this country's numbers only, such as DE (repeatable).",
)
@click.option(
    "--allow",
    multiple=True,
    type=click.Choice(["premium", "emergency", "unassigned"]),
    help="Call numbers that are refused otherwise.",
)
@click.option("--duplicates", is_flag=True, help="Call a number for each row that it stands in.")
@click.option(
    "--name", type=LABEL, metavar="NAME", help="Of this dispatch in the ledger (default: agent and file)."
)
@click.option("--resume", is_flag=True, help="Go on with a dispatch that is in the ledger.")
@run_options
@common("text", "json")
def command(session: Session, names: tuple[str, ...], platform: str, **options: Any) -> int:
    """Call everybody in CONTACTS: a CSV or JSONL file, or stdin, with a column `to`.

    Every row is checked before the first call. Who was called stands in the ledger; nobody is called
    twice, also after a crash. The other columns are the variables of AGENT.
    """
    from agentconf.cli.carrying import carry_out  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.order import Ways  # noqa: PLC0415
    from agentconf.cli.project import load  # noqa: PLC0415

    agent, contacts = _split(names, platform)
    who = who_of(agent, platform, options)
    ways = Ways(**{name: options.pop(name) for name in RUN}, create_only=not options.pop("resume"))
    order = _order(who, contacts, options)
    return asyncio.run(carry_out(session, load(session), order, ways))


def _split(names: tuple[str, ...], platform: str) -> tuple[str | None, str]:
    match names:
        case (contacts,) if platform != "slng":
            return None, contacts
        case (agent, contacts):
            return agent, contacts
        case _:
            raise UsageError("whom to call, and with whom?", help="agentconf dispatch AGENT CONTACTS")


def _order(who: Who, contacts: str, options: dict[str, Any]) -> Order:
    from agentconf.calls.campaign import Pacing  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.order import Order  # noqa: PLC0415

    stem = "stdin" if contacts == "-" else Path(contacts).stem
    pacing = Pacing(options["concurrency"], options["interval"], options["rate"], options["timeout"])
    return Order(
        name=options["name"] or dispatch_name(who.name, stem),
        who=who,
        source=_source(contacts, options),
        arguments=split_arguments(options["arguments"]),
        pacing=pacing,
        window=options["window"],
        timezone=options["timezone"],
        deadline=options["deadline"],
        exclusions=options["exclusions"],
        regions=options["regions"],
        allow=frozenset(options["allow"]),
        duplicates=options["duplicates"],
    )


def _source(contacts: str, options: dict[str, Any]) -> Source:
    from agentconf.cli.order import Source  # noqa: PLC0415 - keeps --help light

    columns = dict(_mapped(text) for text in options["columns"])
    delimiter = "\t" if options["delimiter"] in {"tab", "\\t"} else options["delimiter"]
    if delimiter is not None and len(delimiter) != 1:
        raise UsageError(f"--delimiter {delimiter!r} is not one character", help="such as ; or tab")
    content = sys.stdin.buffer if contacts == "-" else Path(contacts)
    display = "stdin" if contacts == "-" else contacts
    return Source(content, display, options["format_"], delimiter, columns)


def _mapped(text: str) -> tuple[str, str]:
    header, separator, target = text.rpartition("=")
    if not separator or not header or not target:
        raise UsageError(f"--map {text!r} is not HEADER=FIELD")
    return header, target
