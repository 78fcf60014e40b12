"""A worker: takes lanes, brings back those of dead workers, and outlives an absence of the database."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from agentconf.calls.queue.address import UnreachableError, check_url
from agentconf.calls.queue.event import Disconnected, Ready, Revived
from agentconf.calls.queue.lane import queue_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from procrastinate import App
    from procrastinate.worker import Worker

    from agentconf.calls.queue.duty import OpenPlatform
    from agentconf.calls.queue.event import WorkListener
    from agentconf.calls.queue.options import WorkOptions
    from agentconf.calls.queue.shift import Duty, Shift
    from agentconf.stop import Stop

_POLL = 0.5
"""Seconds between two looks for lanes that have become due: only those put there anew are announced."""

_MIND = 2.0
"""Most seconds between two looks for lanes of dead workers."""

_PAUSES = (1.0, 2.0, 5.0, 10.0)
"""Seconds until the database is tried again; the last one from then on."""


async def work(
    url: str,
    environment: str,
    open_platform: OpenPlatform,
    options: WorkOptions,
    *,
    listener: WorkListener,
    stop: Stop,
) -> None:
    """Work on an environment's campaigns until told to stop.

    At the first request to stop, requests under way are finished, what became of them is written, and the
    lanes are handed back at once; at the second one requests are given up, and the ledger's rule for calls in
    doubt applies. A worker that is killed does neither: others take its lanes after `options.stalled`
    seconds.

    A database that goes away is waited for, as long as it takes; only at the start it has to be there.

    Args:
        url: of the database that holds the ledger and the queue.
        environment: whose campaigns.
        open_platform: opens the platform that a campaign calls through.
        options: how.
        listener: told of everything that happens.
        stop: lets the caller end it.

    Raises:
        ConfigurationError: the URL is not one of PostgreSQL, the server cannot be reached at the start, or
            its queue is of another version.

    """
    check_url(url)
    from agentconf.calls.ledger.ledger import Ledger  # noqa: PLC0415 - an extra
    from agentconf.calls.ledger.postgres import open_postgres  # noqa: PLC0415 - an extra
    from agentconf.calls.queue.duty import CampaignDuty  # noqa: PLC0415 - an extra

    duty = CampaignDuty(lambda: Ledger(open_postgres(url)), open_platform, options, listener)
    await work_on(url, environment, duty, options, listener=listener, stop=stop)


async def work_on(
    url: str, environment: str, duty: Duty, options: WorkOptions, *, listener: WorkListener, stop: Stop
) -> None:
    """Work on whatever a duty is; `work` for any.

    Raises:
        ConfigurationError: as for `work`.

    """
    from agentconf.calls.queue.shift import Shift  # noqa: PLC0415 - an extra

    shift = Shift(duty, options, listener)
    ended = asyncio.Event()

    def asked() -> None:
        ended.set()
        shift.end(give_up=stop.forced)

    silent = stop.tell(asked)
    if stop.requested:
        asked()
    try:
        await _Worker(url, environment, options, listener, shift, ended).run()
    finally:
        silent()


class _Worker:
    """One call of `work`."""

    def __init__(
        self,
        url: str,
        environment: str,
        options: WorkOptions,
        listener: WorkListener,
        shift: Shift,
        ended: asyncio.Event,
    ) -> None:
        self._url = url
        self._environment = environment
        self._queue = queue_name(environment)
        self._options = options
        self._tell = listener
        self._shift = shift
        self._ended = ended

    async def run(self) -> None:
        """Work until the end, over as many connections as that takes."""
        from agentconf.calls.queue.app import LOST, open_app, why_lost  # noqa: PLC0415 - an extra

        failures, connected = 0, False
        while not self._ended.is_set():
            try:
                async with open_app(self._url) as app:
                    self._tell(Ready(self._environment, again=connected))
                    failures, connected = 0, True
                    await self._serve(app)
            except LOST as error:
                if not connected:
                    raise
                pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
                failures += 1
                self._tell(Disconnected(why_lost(error), pause))
                await self._rest(pause)

    async def _serve(self, app: App) -> None:
        """Take lanes until told to stop, or until none is left (`drain`).

        Raises:
            ConnectorException: the database has gone away, as LOST has it.

        """
        self._shift.begin(app)
        worker = self._take_lanes(app)
        tasks = [
            asyncio.create_task(worker.run(), name="take"),  # type: ignore[no-untyped-call]  # Procrastinate's
            asyncio.create_task(self._mind(app, worker), name="mind"),
            asyncio.create_task(self._ended.wait(), name="asked"),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._shift.end()
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        self._judge(results)

    def _judge(self, results: Sequence[object]) -> None:
        """Tell an end that was wanted from one that was not."""
        from agentconf.calls.queue.app import LOST  # noqa: PLC0415 - an extra

        errors = [result for result in results if isinstance(result, Exception)]
        for error in errors:
            if not (self._ended.is_set() and isinstance(error, LOST)):
                raise error
        if not self._ended.is_set():
            raise UnreachableError("the connection broke off")

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    def _take_lanes(self, app: App) -> Worker:
        from procrastinate.worker import Worker  # noqa: PLC0415 - an extra

        options = self._options
        return Worker(
            app,
            queues=[self._queue],
            name=options.name,
            concurrency=options.concurrency,
            fetch_job_polling_interval=_POLL,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=options.heartbeat,
            stalled_worker_timeout=options.stalled,
        )

    async def _mind(self, app: App, worker: Worker) -> None:
        """Look after the queue: revive lanes, and end the work when none is left and that is wanted.

        The sign of life is given here, too: a failure of Procrastinate's own one goes unnoticed.
        """
        from agentconf.calls.queue.revival import revive  # noqa: PLC0415 - an extra

        while True:
            if worker.worker_id is not None:
                await app.job_manager.update_heartbeat(worker.worker_id)
            if lanes := await revive(app, self._queue, self._options.stalled):
                self._tell(Revived(lanes))
            if self._options.drain and not await app.job_manager.list_jobs_async(queue=self._queue):
                self._ended.set()
                return
            await asyncio.sleep(min(self._options.heartbeat / 2, _MIND))
