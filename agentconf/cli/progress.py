"""How an apply is followed: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agentconf.apply.event import Finished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconf.apply.event import Event
    from agentconf.cli.output import Output

EVERY_SECONDS = 5


@contextmanager
def progress(output: Output, total: int) -> Iterator[Callable[[Event], None]]:
    """Give a listener for the events of an apply.

    Args:
        output: the streams; progress goes to stderr.
        total: how many operations there are.

    """
    if output.quiet or total == 0:
        yield lambda _: None
    elif output.terminal() and output.colour(stderr=True):
        with _bar(total) as listener:
            yield listener
    else:
        yield _lines(output)


def _lines(output: Output) -> Callable[[Event], None]:
    """Say every few seconds how far it is: a log is read afterwards, and the report names each operation."""
    last = time.monotonic()

    def listener(event: Event) -> None:
        nonlocal last
        now = time.monotonic()
        if isinstance(event, Finished) and now - last >= EVERY_SECONDS:
            last = now
            output.info(f"{event.done} of {event.total} ended, the last one {event.result.operation.key}")

    return listener


@contextmanager
def _bar(total: int) -> Iterator[Callable[[Event], None]]:
    from rich.console import Console  # noqa: PLC0415 - on terminals only
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        TextColumn("Applying"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)

        def listener(event: Event) -> None:
            if isinstance(event, Finished):
                bar.update(task, advance=1, description=event.result.operation.key)

        yield listener
