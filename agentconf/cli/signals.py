"""Ctrl-C: the first one finishes what is in flight, the second one gives it up."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agentconf.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.cli.output import Output

STOPPING = "Stopping: nothing new is started, what is in flight is finished. Ctrl-C again gives it up."
GIVING_UP = "Giving up what is in flight; its outcome is unknown."


@contextmanager
def stop_on_interrupt(output: Output, words: tuple[str, str] = (STOPPING, GIVING_UP)) -> Iterator[Stop]:
    """Turn SIGINT and SIGTERM into requests to stop, while the context lasts.

    Args:
        output: takes the words.
        words: what is said at the first and at each further signal.

    """
    loop = asyncio.get_running_loop()
    stop = Stop()

    def interrupted() -> None:
        output.error(words[stop.requested])
        stop.request()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
