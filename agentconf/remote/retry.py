"""Trying again: how often, after which pause, and within which time."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

import stamina

from agentconf.remote.fault import Fate, Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agentconf.remote.connection import ConnectionSettings
    from agentconf.remote.limiter import Limiter

T = TypeVar("T")

# stamina logs each repetition as a warning, which Python prints to stderr where no handler is set.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class GaveUp(Exception):  # noqa: N818 - it ends an operation inside this room and never reaches a user
    """All tries failed.

    Args:
        fault: the last failure.
        tries: how many there were.
        fate: the least certain fate of all tries.

    Attributes:
        unanswered: whether the last try met with no answer.

    """

    def __init__(self, fault: Fault, tries: int, fate: Fate) -> None:
        times = "" if tries == 1 else f"; tried {tries} times"
        super().__init__(f"{fault.message}{times}")
        self.fate = fate
        self.unanswered = fault.unanswered


class Retry:
    """One operation's tries, within one budget of time.

    The pause before try n is drawn between half and all of `backoff` x 2^(n-2), which stamina computes and
    caps; one that the platform asks for takes its place. A pause that would outlast the budget is not begun.

    Args:
        settings: bounds and time.
        limiter: the pace of all workers; a pause that the platform asks for is theirs, too.

    Attributes:
        deadline: when the budget is used up, on the clock of the settings.
        fate: the least certain fate of the tries so far.

    """

    def __init__(self, settings: ConnectionSettings, limiter: Limiter) -> None:
        self._settings = settings
        self._limiter = limiter
        self._ceiling = 0.0
        self._pause = 0.0
        self._tries = 0
        self._counted = 0
        self.deadline = settings.timing.clock() + settings.budget
        self.fate = Fate.REFUSED

    async def run(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Call until it does not raise a `Fault`.

        Args:
            attempt: sends the request once.

        Raises:
            GaveUp: the tries or the budget are used up.

        """
        settings = self._settings
        # The pauses are kept here, on the clock of the settings, since they are part of the budget.
        tries = stamina.retry_context(
            on=self._again,
            attempts=None,
            timeout=None,
            wait_initial=settings.backoff,
            wait_max=settings.backoff_cap,
            wait_jitter=0,
        )
        try:
            async for current in tries:
                if self._pause > 0:
                    await settings.timing.sleep(self._pause)
                with current:
                    self._tries += 1
                    self._ceiling = current.next_wait
                    return await attempt()
        except Fault as fault:
            raise GaveUp(fault, self._tries, self.fate) from fault
        raise AssertionError("stamina's loop ends with a result or an error")

    def _again(self, error: Exception) -> bool | float:
        """Decide on another try, as stamina's backoff hook."""
        if not isinstance(error, Fault):
            return False
        self.fate = max(self.fate, error.fate)
        self._counted += not error.throttled
        settings = self._settings
        pause = self._pause_after(error)
        late = settings.timing.clock() + pause >= self.deadline
        if late or self._counted >= min(settings.tries, error.tries or settings.tries):
            return False
        # A pause that the platform asks for is kept by the limiter, for every worker.
        self._pause = 0.0 if error.wait is not None else pause
        return 0.0

    def _pause_after(self, fault: Fault) -> float:
        if fault.wait is not None:
            return max(fault.wait, self._limiter.paused_for)
        return self._ceiling * (1 + self._settings.timing.chance()) / 2
