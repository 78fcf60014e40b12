"""The one who has the ledger in hand: a connection, and a thread of its own that everything is done in."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self, TypeVar

from agentconf.calls.timing import Clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from agentconf.calls.ledger.ledger import Ledger
    from agentconf.calls.timing import Timing

T = TypeVar("T")


class Clerk:
    """Does work on a ledger, one piece after the other, without holding up the event loop.

    An async context manager: the ledger is opened, used and closed in the clerk's own thread.

    Args:
        open_ledger: opens it.
        timing: this machine's time.

    Attributes:
        clock: the time of the ledger.

    """

    def __init__(self, open_ledger: Callable[[], Ledger], timing: Timing) -> None:
        self._open = open_ledger
        self._thread = ThreadPoolExecutor(1, "ledger")
        self._ledger: Ledger | None = None
        self.clock = Clock(timing)

    async def __aenter__(self) -> Self:
        try:
            await self._run(self._begin)
        except BaseException:
            self._thread.shutdown()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._run(self._end)
        finally:
            self._thread.shutdown()

    async def do(self, work: Callable[[Ledger, float], T]) -> T:
        """Do something with the ledger.

        Args:
            work: is given the ledger and the time on its clock; called in the clerk's thread.

        Raises:
            AgentconfError: what the ledger raises.

        """
        return await self._run(lambda: self._do(work))

    def _begin(self) -> None:
        self._ledger = self._open()
        self.clock.read(self._ledger)

    def _do(self, work: Callable[[Ledger, float], T]) -> T:
        return work(self._opened, self.clock.read(self._opened))

    def _end(self) -> None:
        self._opened.close()

    @property
    def _opened(self) -> Ledger:
        assert self._ledger is not None, "the clerk is not at work"
        return self._ledger

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
