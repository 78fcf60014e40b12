"""Ending early, in good order: what an interrupt asks of whatever is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Stop:
    """What Ctrl-C asks for.

    The first request lets what is under way finish and starts nothing more. The second one gives up what is
    under way; whether that was carried out is then unknown. Call `request` in the event loop, as a handler
    given to `loop.add_signal_handler` is.
    """

    def __init__(self) -> None:
        self._requests = 0
        self._told: list[Callable[[], None]] = []

    @property
    def requested(self) -> bool:
        """Whether nothing more is to be started."""
        return self._requests > 0

    @property
    def forced(self) -> bool:
        """Whether what is under way is to be given up, too."""
        return self._requests > 1

    def request(self) -> None:
        """Ask to stop; ask again to stop at once."""
        self._requests += 1
        for tell in tuple(self._told):
            tell()

    def tell(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a listener at each request from now on.

        Returns:
            What ends that.

        """
        self._told.append(listener)
        return lambda: self._told.remove(listener)
