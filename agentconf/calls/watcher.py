"""Looks after calls in doubt and placed calls, each as often as it is worth asking the platform."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.following import follow
from agentconf.calls.inquiry import look
from agentconf.calls.timing import Bell
from agentconf.calls.turn import Halt
from agentconf.errors import AuthenticationError, RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentconf.calls.desk import Desk
    from agentconf.calls.turn import Settlement

FOLLOW_EVERY = 5.0
"""Seconds between two looks at placed calls while some end; ours."""

FOLLOW_SELDOM = 30.0
"""Longest pause between two looks at placed calls, when none end; ours."""

FAILURES = 10
"""Looks in a row that could not read the platform's list, after which the campaign is halted; ours."""

FAILURE_PAUSE_CAP = 30.0
"""Longest pause after such a look, in seconds; ours."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is left to watch.

    Args:
        in_doubt: contacts that the platform will be asked for again; others may come to be in doubt.
        unfinished: whether there are placed calls that have not ended, of which the platform tells.

    """

    in_doubt: int
    unfinished: bool


class Watcher:
    """The one who asks the platform, for one campaign.

    Args:
        desk: the campaign and what it is worked on with.
        worker: name of this process in the ledger.
        follows: whether placed calls are followed to their end.
        to_end: whether the run goes on until they have ended.

    Attributes:
        bell: makes `run` look whether there is anything to do.
        placed: calls that were found in the platform's list.
        denied: whether the platform refused the credential.

    """

    def __init__(self, desk: Desk, *, worker: str, follows: bool, to_end: bool) -> None:
        capabilities = desk.platform.capabilities
        self._desk = desk
        self._worker = worker
        self._follows = follows and (capabilities.get or capabilities.list_calls)
        self._to_end = to_end and self._follows
        self._changed: Callable[[], None] = lambda: None
        self._doubts: dict[str, float] = {}
        self._untold: set[str] = set()
        self._unfinished = self._follows
        self._more = False
        self._failures = 0
        self._look_at = -math.inf
        self._follow_at = -math.inf if self._follows else math.inf
        self._follow_pause = FOLLOW_EVERY
        self.bell = Bell()
        self.placed = 0
        self.denied = False

    @property
    def in_doubt(self) -> bool:
        """Whether it knows of calls in doubt."""
        return bool(self._doubts)

    @property
    def awaited(self) -> bool:
        """Whether a run is to go on for what it may find out."""
        return self.in_doubt or (self._to_end and self._unfinished)

    @property
    def watched(self) -> Watched:
        """What is left to watch."""
        return Watched(len(self._doubts), self._unfinished)

    def when_changed(self, tell: Callable[[], None]) -> None:
        """Say what to call when contacts have moved on."""
        self._changed = tell

    def notice(self, settlements: Iterable[Settlement]) -> None:
        """Take note of what was written into the ledger."""
        for settlement in settlements:
            if settlement.state is State.SENDING and settlement.look_at is not None:
                self._doubts[settlement.key] = settlement.look_at
                self._look_at = min(self._look_at, settlement.look_at)
                self.bell.ring()
            elif settlement.state is State.PLACED:
                self._placed_more()

    async def run(self) -> None:
        """Watch until cancelled.

        Raises:
            AgentconfError: the ledger failed.

        """
        while True:
            await self.bell.wait(await self.step())

    async def step(self) -> float:
        """Do what is due.

        Returns:
            Seconds until there may be something to do again.

        Raises:
            AgentconfError: the ledger failed.

        """
        if self._desk.now() >= self._look_at:
            await self._look()
        if self._desk.now() >= self._follow_at:
            await self._follow()
        return max(0.0, min(self._look_at, self._follow_at) - self._desk.now())

    async def _look(self) -> None:
        began = self._desk.now()
        try:
            looked = await look(self._desk)
        except RemoteError as error:
            self._failures += 1
            self._look_at = self._desk.now() + min(FAILURE_PAUSE_CAP, 2.0**self._failures)
            if self._failures >= FAILURES or isinstance(error, AuthenticationError):
                await self._halt(error)
            return
        self._failures = 0
        self.placed += looked.placed
        before = self._doubts
        # Whoever was due and was not looked for has been settled by somebody else.
        later = {key: at for key, at in before.items() if at > began and key not in looked.settled}
        self._doubts = later | looked.in_doubt
        look_at = min(self._doubts.values(), default=math.inf)
        self._look_at = min(look_at, self._desk.now() + self._desk.timing.glance)
        if looked.placed:
            self._placed_more()
        if looked.settled or before.keys() - self._doubts.keys():
            self._changed()

    async def _follow(self) -> None:
        self._more = False
        try:
            followed = await follow(self._desk, self._untold)
        except RemoteError:
            self._follow_pause = FOLLOW_SELDOM
        else:
            self._untold |= followed.untold
            # What was placed while the platform was asked is not in its answer.
            self._unfinished = followed.open > 0 or self._more
            seldom = min(FOLLOW_SELDOM, self._follow_pause * 1.5)
            self._follow_pause = FOLLOW_EVERY if followed.ended else seldom
            if followed.ended or not self._unfinished:
                self._changed()
        pause = self._follow_pause if self._unfinished else max(FOLLOW_EVERY, self._desk.timing.glance)
        self._follow_at = self._desk.now() + pause

    def _placed_more(self) -> None:
        """Take note that there are calls to follow."""
        if not self._follows:
            return
        self._more = True
        if not self._unfinished:
            self._unfinished = True
            self._follow_at = min(self._follow_at, self._desk.now() + FOLLOW_EVERY)
            self.bell.ring()

    async def _halt(self, error: RemoteError) -> None:
        """Stop the campaign: nobody can say what became of some of its calls."""
        denied = isinstance(error, AuthenticationError)
        self.denied = self.denied or denied
        advice = f"; {error.help}" if error.help else ""
        halt = Halt(
            f"the platform does not tell which calls there are: {error.message}{advice}", denied=denied
        )
        campaign_id = self._desk.campaign.id
        await self._desk.clerk.do(
            lambda ledger, now: ledger.exchange(
                campaign_id, (), now=now, want=0, worker=self._worker, halt=halt
            )
        )
        self._changed()
