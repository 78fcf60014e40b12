"""The options of the commands that call many people."""

from __future__ import annotations

from typing import Any

import click

from agentconf.cli.ledgers import workers_option
from agentconf.cli.numbers import numbers_option

_FIRST = (
    click.option("--dry-run", is_flag=True, help="Say what would be dialled when, and call nobody."),
    click.option("--auto-approve", is_flag=True, help="Do not ask; needed where there is no terminal."),
    click.option("--skip-invalid", is_flag=True, help="Call the good rows of a file that has bad ones."),
    click.option(
        "--to-instead", "instead", metavar="NUMBER", help="Test mode: call this number for every contact."
    ),
)
_FURTHER = (
    click.option(
        "--max",
        "limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Call at most N contacts in this run.",
    ),
    click.option("--wait", is_flag=True, help="Go on until every call has ended."),
    click.option("--allow-drift", is_flag=True, help="Call with an agent that is not what its files say."),
    click.option(
        "--redial-unknown",
        is_flag=True,
        help="Call those again of whom nobody knows whether they were called.",
    ),
    numbers_option,
    workers_option,
    click.option("--detach", is_flag=True, help="With --workers: leave the campaign to them, and return."),
)


def run_options(command: Any) -> Any:
    """Add the options that say how an order is carried out."""
    return _with(command, (*_FIRST, *_FURTHER))


def resume_options(command: Any) -> Any:
    """Add those of them that concern a campaign whose contacts were checked and agreed to before."""
    return _with(command, _FURTHER)


def _with(command: Any, options: tuple[Any, ...]) -> Any:
    for option in reversed(options):
        command = option(command)
    return command


RESUME = ("limit", "wait", "allow_drift", "redial_unknown", "show_numbers", "workers", "detach")
RUN = ("dry_run", "auto_approve", "skip_invalid", "instead", *RESUME)
"""The parameters of those options: the fields of `Ways`."""
