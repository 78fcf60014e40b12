"""A process that runs a campaign; it tells each step in a line, so that tests know when to kill it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from agentconf.calls.event import Event, Moved
from agentconf.calls.ledger.ledger import Ledger
from agentconf.calls.ledger.sqlite import open_sqlite
from agentconf.calls.run import RunOptions, run_campaign
from agentconf.remote.connection import ConnectionSettings
from agentconf.remote.slng.calls import SlngCalls


def tell(event: Event) -> None:
    if isinstance(event, Moved):
        print(event.state, flush=True)  # noqa: T201 - read by the test


async def main(path: str, url: str, worker: str, capacity: str) -> None:
    async with SlngCalls(ConnectionSettings(url, "key")) as platform:
        await run_campaign(
            "recall",
            lambda: Ledger(open_sqlite(Path(path))),
            platform,
            RunOptions(worker, int(capacity)),
            listener=tell,
        )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
