"""What an order asks for and its platform cannot keep: refused, rather than pretended.

What a campaign file asks for is refused with its place already when it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.errors import UsageError

if TYPE_CHECKING:
    from agentconf.cli.order import Order, Ways
    from agentconf.remote.calling import Capabilities


def refuse_unkept(order: Order, ways: Ways, capabilities: Capabilities) -> None:
    """Refuse an order that the platform cannot keep.

    Args:
        order: what is asked for.
        ways: how it is to be carried out.
        capabilities: of the platform.

    Raises:
        UsageError: naming what it cannot.

    """
    name = capabilities.name
    if order.arguments and not capabilities.arguments:
        raise UsageError(
            f"{name} takes no values for variables",
            help="leave --arg out: its API takes a number, and nothing else",
        )
    if order.window is not None and capabilities.schedules:
        raise UsageError(
            f"{name} calls by its agent's own schedule, and takes no calling window",
            help="set the hours there, and leave the window out",
        )
    if ways.wait:
        refuse_waiting(capabilities)


def refuse_waiting(capabilities: Capabilities) -> None:
    """Refuse to follow calls of which the platform tells nothing.

    Raises:
        UsageError: it does not.

    """
    if not capabilities.outcomes:
        raise UsageError(
            f"{capabilities.name} does not tell how a call goes, so there is nothing to wait for",
            help="leave --wait out",
        )
