"""`agentconf call`."""

from __future__ import annotations

import asyncio
import io
import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from agentconf.cli.arguments import argument_option, split_arguments
from agentconf.cli.moments import TIMEOUT, ZONE
from agentconf.cli.numbers import numbers_option
from agentconf.cli.options import Session, common
from agentconf.cli.sections import Sectioned
from agentconf.cli.who import refuse_foreign, who_of, who_options

if TYPE_CHECKING:
    from agentconf.cli.order import Order, Who


SCHEDULED = ("priority", "deadline", "timezone")
"""What a platform takes that schedules calls by itself."""


@click.command("call", cls=Sectioned)
@click.argument("agent", required=False)
@click.option("--to", required=True, metavar="NUMBER", help="Whom to call: E.164, like +14155550123.")
@argument_option
@who_options
@click.option("--priority", type=int, metavar="N", help="Dasha: higher goes first.")
@click.option("--deadline", metavar="TIME", help="Dasha: not connected by then, canceled. 2h, or a moment.")
@click.option("--timezone", type=ZONE, metavar="ZONE", help="Dasha: the callee's.")
@click.option(
    "--timeout", type=TIMEOUT, default="30s", metavar="TIME", help="To wait for an answer (default: 30s)."
)
@click.option("--wait", is_flag=True, help="Follow the call to its end.")
@click.option("--dry-run", is_flag=True, help="Check everything, and call nobody.")
@click.option(
    "--allow",
    multiple=True,
    type=click.Choice(["premium", "emergency", "unassigned"]),
    help="Call a number that is refused otherwise.",
)
@click.option("--allow-drift", is_flag=True, help="Call with an agent that is not what its files say.")
@click.option("--to-instead", "instead", metavar="NUMBER", help="Test mode: call this number.")
@numbers_option
@common("text", "json")
def command(session: Session, agent: str | None, platform: str, **options: Any) -> int:
    """Place one call with AGENT, or with sipgate or Dasha (--platform).

    Number and arguments are checked first, offline. Should the answer get lost, the platform is asked
    what became of the call before anything is sent again.
    """
    from agentconf.cli.carrying import carry_out  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.order import Ways  # noqa: PLC0415
    from agentconf.cli.project import load  # noqa: PLC0415

    who = who_of(agent, platform, options)
    refuse_foreign("dasha", platform, {name: options[name] for name in SCHEDULED})
    ways = Ways(
        dry_run=options["dry_run"],
        instead=options["instead"],
        auto_approve=True,
        allow_drift=options["allow_drift"],
        show_numbers=options["show_numbers"],
        wait=options["wait"],
        single=True,
    )
    return asyncio.run(carry_out(session, load(session), _order(who, options), ways))


def _order(who: Who, options: dict[str, Any]) -> Order:
    """Take one call for a campaign with one contact: it is checked, sent and remembered like any other."""
    from agentconf.calls.campaign import Pacing  # noqa: PLC0415 - keeps --help light
    from agentconf.cli.order import Order, Source  # noqa: PLC0415

    row = {name: str(options[name]) for name in ("to", *SCHEDULED) if options[name] is not None}
    content = io.BytesIO(json.dumps(row).encode())
    began = datetime.now(UTC)
    return Order(
        name=f"call-{began:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}",
        who=who,
        source=Source(content, "the call", "jsonl"),
        arguments=split_arguments(options["arguments"]),
        pacing=Pacing(interval=0.0, patience=options["timeout"]),
        allow=frozenset(options["allow"]),
    )
