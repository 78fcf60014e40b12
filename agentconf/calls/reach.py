"""Whether the platform can be reached, and how long to go on trying when it cannot."""

from __future__ import annotations

from agentconf.calls.turn import Halt

IN_A_ROW = 10
"""Requests in a row that do not get through, after which a campaign is halted; ours."""

AT_LEAST = 10.0
"""Seconds that the platform must have been out of reach before a campaign is halted, so that many requests at
once do not make a short break look like a long one; ours."""

PAUSE = 0.5
"""Seconds before the next request after the first one that did not get through; doubled each time; ours."""

PAUSE_CAP = 5.0
"""Longest such pause, in seconds; ours."""


class Reach:
    """Counts the requests in a row that do not get through.

    While there are any, requests go one by one, with pauses between them that grow: whoever comes back after
    a break is not met with a rush.
    """

    def __init__(self) -> None:
        self._failed = 0
        self._pauses = 0
        self._since = 0.0
        self.resume_at = 0.0

    @property
    def broken(self) -> bool:
        """Whether the last request did not get through."""
        return self._failed > 0

    def answered(self) -> None:
        """Take note that a request got through."""
        self._failed = self._pauses = 0
        self.resume_at = 0.0

    def failed(self, at: float, message: str) -> Halt | None:
        """Take note that a request did not get through.

        Args:
            at: when that was known, in seconds since the epoch.
            message: why.

        Returns:
            That nobody goes on, once it has been too many for too long.

        """
        if not self._failed:
            self._since = at
        self._failed += 1
        if at >= self.resume_at:
            self.resume_at = at + min(PAUSE_CAP, PAUSE * 2**self._pauses)
            self._pauses += 1
        if self._failed < IN_A_ROW or at - self._since < AT_LEAST:
            return None
        return Halt(
            f"the platform cannot be reached: {message}; check the network and the environment's base_url,"
            " then resume"
        )
