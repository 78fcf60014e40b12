"""How a command writes phone numbers: as pseudonyms of the ledger, unless somebody asks for the numbers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.cli.ledgers import Ledgers

Written = Callable[[str], str]
"""Turns a number into what is shown of it."""

numbers_option = click.option(
    "--show-numbers", is_flag=True, help="Show phone numbers instead of pseudonyms."
)


@contextmanager
def written(ledgers: Ledgers, *, plainly: bool) -> Iterator[Written]:
    """Give the way in which numbers are written.

    Args:
        ledgers: the ledger whose pseudonyms are used: the same number has the same one in all its reports.
        plainly: show the numbers themselves.

    """
    if plainly:
        yield str
        return
    with ledgers.open() as ledger:
        yield ledger.pseudonym


def spelled(ledger: Ledger, *, plainly: bool) -> Written:
    """Give the way in which numbers are written, with a ledger that is open.

    Args:
        ledger: whose pseudonyms are used.
        plainly: show the numbers themselves.

    """
    return str if plainly else ledger.pseudonym
