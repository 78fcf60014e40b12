"""Campaigns summed up for reports over time, in one pass and in bounded memory."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agentconf.calls.contact import State
from agentconf.remote.calling import Outcome
from agentconf.report.campaign_scale import WIDTHS, floor, following
from agentconf.report.visible import cut, visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from agentconf.calls.contact import Contact
    from agentconf.calls.turn import Attempt

MOST_STRETCHES: Final = 170
"""Stretches of time that are kept apart at most: the hours of a week, and two more."""

MOST_LISTED: Final = 500
"""Contacts that need a look which are listed one by one."""

_MOST_REASONS: Final = 1000
"""Different reasons that are kept apart; a platform may put something different into each."""

_LONGEST_REASON: Final = 200
_OTHER: Final = "other reasons"
_PAUSE: Final = 60.0
"""Seconds without a request from which nobody was calling: the window was closed, or the campaign paused."""

_TOLERANCE: Final = 0.001
"""Seconds by which clocks and timers are off."""

_LOOK: Final = frozenset({State.FAILED, State.UNKNOWN})


@dataclass(slots=True)
class Stretch:
    """What happened in a stretch of time, by when the request was begun.

    Args:
        start: seconds since the epoch.
        end: likewise.
        requests: how many were begun.
        answered: calls that somebody took.
        unanswered: calls that were placed and ended otherwise.
        placed: calls that were placed and of whose end nothing is known.
        failed: calls that the platform would not place.
        unknown: calls that may have been placed.

    """

    start: float
    end: float
    requests: int = 0
    answered: int = 0
    unanswered: int = 0
    placed: int = 0
    failed: int = 0
    unknown: int = 0

    @property
    def calls(self) -> int:
        """All that the platform took."""
        return self.answered + self.unanswered + self.placed

    @property
    def rate(self) -> float:
        """Requests a second, on average."""
        return self.requests / max(self.end - self.start, 1.0)


_FIGURES: Final = ("requests", "answered", "unanswered", "placed", "failed", "unknown")


class Timeline:
    """Requests over time, in stretches that grow with the span.

    Args:
        zone: by whose wall clock hours and days begin.

    """

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.busiest = 0
        """Most requests that were begun within a second."""

        self.first: float | None = None
        """When the first request was begun."""

        self.last: float | None = None
        """When the last one was."""

        self._level = 0
        self._stretches: dict[float, Stretch] = {}
        self._latest: Stretch | None = None
        self._second: deque[float] = deque()
        self._active = 0.0
        self._begun = 0

    @property
    def width(self) -> int:
        """Seconds of a stretch, by the clock."""
        return WIDTHS[self._level]

    @property
    def stretches(self) -> list[Stretch]:
        """Those in which something was begun, in order."""
        return [self._stretches[start] for start in sorted(self._stretches)]

    @property
    def pace(self) -> float | None:
        """Requests a second on average while there was calling; None for fewer than two requests."""
        return self._begun / self._active if self._active > 0 else None

    def add(self, attempt: Attempt) -> None:
        """Count a request; they come in the order in which they were begun."""
        at = attempt.sent_at
        stretch = self._stretch(at)
        stretch.requests += 1
        kind = _kind(attempt)
        if kind is not None:
            setattr(stretch, kind, getattr(stretch, kind) + 1)
        self._pace(at)

    def _pace(self, at: float) -> None:
        while self._second and at - self._second[0] >= 1 - _TOLERANCE:
            self._second.popleft()
        self._second.append(at)
        self.busiest = max(self.busiest, len(self._second))
        gap = _PAUSE if self.last is None else at - self.last
        if gap < _PAUSE:
            self._active += max(gap, 0.0)
            self._begun += 1
        self.first = at if self.first is None else self.first
        self.last = at

    def _stretch(self, at: float) -> Stretch:
        latest = self._latest
        if latest is None or not latest.start <= at < latest.end:
            latest = self._latest = self._at(at)
            while self._span() > MOST_STRETCHES * self.width and self._level < len(WIDTHS) - 1:
                self._coarsen()
                latest = self._latest = self._at(at)
        return latest

    def _at(self, at: float) -> Stretch:
        start = floor(at, self.width, self.zone)
        if start not in self._stretches:
            self._stretches[start] = Stretch(start, following(start, self.width, self.zone))
        return self._stretches[start]

    def _span(self) -> float:
        return max(one.end for one in self._stretches.values()) - min(self._stretches)

    def _coarsen(self) -> None:
        fine = self.stretches
        self._level += 1
        self._stretches = {}
        for one in fine:
            into = self._at(one.start)
            for name in _FIGURES:
                setattr(into, name, getattr(into, name) + getattr(one, name))


@dataclass(slots=True)
class Roll:
    """What contacts came to.

    Args:
        reasons: contacts by state and reason; for very many different reasons the rest is counted together.
        look: the first contacts that failed or are unknown.
        look_total: how many there are of them.

    """

    reasons: Counter[tuple[State, str]] = field(default_factory=Counter)
    look: list[Contact] = field(default_factory=list)
    look_total: int = 0

    def add(self, contact: Contact) -> None:
        """Count a contact."""
        if contact.state in _LOOK:
            self.look_total += 1
            if len(self.look) < MOST_LISTED:
                self.look.append(contact)
        if contact.reason and contact.state not in {State.PLACED, State.PLANNED, State.SENDING}:
            key = (contact.state, cut(visible(contact.reason), _LONGEST_REASON))
            room = key in self.reasons or len(self.reasons) < _MOST_REASONS
            self.reasons[key if room else (contact.state, _OTHER)] += 1


def timeline(attempts: Iterable[Attempt], zone: tzinfo) -> Timeline:
    """Sum up requests over time.

    Args:
        attempts: in the order in which they were begun; read once.
        zone: by whose wall clock hours and days begin.

    """
    line = Timeline(zone)
    for attempt in attempts:
        line.add(attempt)
    return line


def roll(contacts: Iterable[Contact]) -> Roll:
    """Sum up contacts; they are read once."""
    sums = Roll()
    for contact in contacts:
        sums.add(contact)
    return sums


def _kind(attempt: Attempt) -> str | None:
    match attempt.result:
        case "placed" if attempt.outcome == Outcome.COMPLETED:
            return "answered"
        case "placed":
            return "unanswered" if attempt.outcome else "placed"
        case "refused":
            return "failed"
        case "unknown":
            return "unknown"
        case _:
            return None
