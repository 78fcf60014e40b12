"""When a campaign would call whom, without calling anybody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agentconf.calls.window import next_opening

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconf.calls.campaign import Campaign, Window
    from agentconf.calls.contact import NewContact

ANSWER = 0.5
"""Seconds that the platform is taken to need for an answer; ours, nobody documents it."""

DEADLINE = "deadline"
"""Why a contact would not be called whose deadline comes first."""

SHUT = "the window never opens"
"""Why a contact would not be called whose time zones have no open hour in common."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of a contact.

    Args:
        line: where it stands in its file, from 1.
        zones: IANA names of where the callee may be.
        at: when it would be called, in seconds since the epoch; None: not at all.
        reason: why not.

    """

    line: int
    zones: tuple[str, ...]
    at: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """A forecast in short.

    Args:
        calls: how many would be made.
        first: when the first one, in seconds since the epoch; None: there would be none.
        last: when the last one.
        days: calls by the date where the callee is (ISO 8601), in order.
        never: contacts that would not be called, by reason.

    """

    calls: int
    first: float | None
    last: float | None
    days: Mapping[str, int]
    never: Mapping[str, int]


_Due = tuple[float, int, float | None, int]
"""When a contact is due, its place in the file, its deadline, its line."""


@dataclass(slots=True)
class _Lane:
    """Contacts of one priority and one set of time zones: they are called in turn, and wait together."""

    priority: int
    zones: tuple[str, ...]
    waiting: list[_Due] = field(default_factory=list)

    def opens(self, window: Window | None, now: float) -> float | None:
        """Say when the next one may be called; None: never."""
        return next_opening(window, self.zones, max(now, self.waiting[0][0]))


def forecast(
    campaign: Campaign, contacts: Iterable[NewContact], now: float, *, answer: float = ANSWER
) -> Iterator[Foreseen]:
    """Say when each contact would be called if the campaign began now and nothing went wrong.

    The order is the ledger's: higher priority first, then what is due longer, then as in the file. Requests
    start as the campaign's interval, rate and concurrency let them. Calls that are tried or placed again are
    not foreseen.

    Args:
        campaign: its pacing and window count.
        contacts: checked rows; read once, and only a few numbers of each are kept.
        now: seconds since the epoch.
        answer: seconds that the platform is taken to need for an answer.

    Yields:
        Bad rows first, then the contacts in the order in which their turn comes.

    """
    lanes: dict[tuple[int, tuple[str, ...]], _Lane] = {}
    for place, contact in enumerate(contacts):
        if contact.skipped is not None:
            yield Foreseen(contact.line, contact.zones, None, contact.skipped)
            continue
        lane = lanes.setdefault((contact.priority, contact.zones), _Lane(contact.priority, contact.zones))
        lane.waiting.append((contact.due_at, place, contact.deadline, contact.line))
    for lane in lanes.values():
        heapify(lane.waiting)
    pacing = campaign.pacing
    step = max(pacing.interval, 1 / pacing.rate if pacing.rate else 0.0, answer / pacing.concurrency)
    yield from _Simulation(campaign.window, lanes.values(), now, step).run()


def outlook(foreseen: Iterable[Foreseen]) -> Outlook:
    """Sum a forecast up.

    Args:
        foreseen: what `forecast` yields.

    """
    first = last = None
    days: Counter[str] = Counter()
    never: Counter[str] = Counter()
    for one in foreseen:
        if one.at is None:
            never[one.reason or ""] += 1
            continue
        first = one.at if first is None else min(first, one.at)
        last = one.at if last is None else max(last, one.at)
        days[_day(one)] += 1
    return Outlook(days.total(), first, last, dict(sorted(days.items())), dict(never))


class _Simulation:
    """The campaign's queue on a clock that jumps from call to call.

    Args:
        window: when people may be called.
        lanes: who is to be called; none of them empty.
        now: when it begins.
        step: seconds from one call to the next.

    """

    def __init__(self, window: Window | None, lanes: Iterable[_Lane], now: float, step: float) -> None:
        self._window = window
        self._now = now
        self._step = step
        self._lanes = list(lanes)
        self._open: list[tuple[int, float, int, int]] = []
        self._closed: list[tuple[float, int]] = []

    def run(self) -> Iterator[Foreseen]:
        for number in range(len(self._lanes)):
            yield from self._queue(number)
        while self._open or self._closed:
            if not self._open:
                self._now = max(self._now, self._closed[0][0])
            while self._closed and self._closed[0][0] <= self._now:
                yield from self._queue(heappop(self._closed)[1])
            if self._open:
                yield from self._call(heappop(self._open)[-1])

    def _call(self, number: int) -> Iterator[Foreseen]:
        """Have the turn of a lane that was open when it was queued, and may have closed since."""
        lane = self._lanes[number]
        if lane.opens(self._window, self._now) == self._now:
            _, _, deadline, line = heappop(lane.waiting)
            if deadline is not None and deadline <= self._now:
                yield Foreseen(line, lane.zones, None, DEADLINE)
            else:
                yield Foreseen(line, lane.zones, self._now)
                self._now += self._step
        if lane.waiting:
            yield from self._queue(number)

    def _queue(self, number: int) -> Iterator[Foreseen]:
        """Put a lane with those that have their turn, or with those that wait to be due and open."""
        lane = self._lanes[number]
        opens = lane.opens(self._window, self._now)
        if opens is None:
            yield from (Foreseen(line, lane.zones, None, SHUT) for _, _, _, line in lane.waiting)
        elif opens > self._now:
            heappush(self._closed, (opens, number))
        else:
            due_at, place, _, _ = lane.waiting[0]
            heappush(self._open, (-lane.priority, due_at, place, number))


def _day(foreseen: Foreseen) -> str:
    assert foreseen.at is not None, "it is called"
    zone = ZoneInfo(foreseen.zones[0]) if foreseen.zones else UTC
    return datetime.fromtimestamp(foreseen.at, zone).date().isoformat()
