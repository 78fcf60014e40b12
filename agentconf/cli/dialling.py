"""How a campaign is followed: a bar on a terminal, now and then a line elsewhere, events for programs."""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agentconf.calls.contact import State
from agentconf.calls.event import Moved, Slowed, Stopped, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress, TaskID

    from agentconf.calls.event import Event, Listener
    from agentconf.cli.options import Session
    from agentconf.cli.output import Output

EVERY_SECONDS = 5
RATE_SECONDS = 30
"""Span over which the rate is told: a campaign pauses, slows down, and waits for windows."""

_OPEN = (State.PLANNED, State.SENDING)


@dataclass
class Tally:
    """How many contacts moved where.

    Args:
        total: contacts that are to be called.
        states: those that moved, by where they are.

    """

    total: int
    states: dict[str, int] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)

    def count(self, event: Moved) -> None:
        """Take note of a contact that moved."""
        word = event.outcome or event.state
        if event.outcome is not None:
            self._add(State.PLACED, -1)
        if event.state not in _OPEN or event.outcome is not None:
            self._add(word, 1)
        if event.state in _OPEN and event.outcome is not None:
            self._add(word, -1)
        if event.state is State.PLACED and event.outcome is None:
            self._recent.append(time.monotonic())

    def _add(self, word: str, count: int) -> None:
        self.states[word] = self.states.get(word, 0) + count

    @property
    def done(self) -> int:
        """How many contacts have come to an end."""
        return sum(self.states.values())

    @property
    def rate(self) -> float:
        """Calls placed a second, lately."""
        now = time.monotonic()
        while self._recent and now - self._recent[0] > RATE_SECONDS:
            self._recent.popleft()
        span = now - self._recent[0] if self._recent else 0.0
        return len(self._recent) / span if span > 1 else float(len(self._recent))

    def __str__(self) -> str:
        """Say how the calls went so far, in a few words."""
        words = ", ".join(f"{count:,} {word}" for word, count in sorted(self.states.items()) if count > 0)
        return words or "none yet"


@contextmanager
def following(session: Session, campaign: str, total: int) -> Iterator[Listener]:
    """Give a listener for the events of a campaign.

    Args:
        session: with `--json`, each event is a line of JSON on stderr: stdout holds one document, at the end.
        campaign: its name.
        total: contacts that are to be called.

    """
    output = session.output
    if output.quiet:
        yield lambda _: None
    elif session.json:
        yield _json_lines(output, campaign)
    elif total and output.terminal() and output.colour(stderr=True):
        with _bar(total) as listener:
            yield listener
    else:
        yield _lines(output, total)


def _json_lines(output: Output, campaign: str) -> Callable[[Event], None]:
    from agentconf.report.events_json import line  # noqa: PLC0415 - for --json only

    return lambda event: output.info(line(event, campaign))


def _lines(output: Output, total: int) -> Callable[[Event], None]:
    tally, last = Tally(total), time.monotonic()

    def listener(event: Event) -> None:
        nonlocal last
        now = time.monotonic()
        if isinstance(event, Moved):
            tally.count(event)
        elif not isinstance(event, Stopped):  # which the report at the end says
            output.info(_said(event))
        if now - last >= EVERY_SECONDS:
            last = now
            output.info(f"{tally.done:,} of {total:,} ({tally}), {tally.rate:.1f} calls a second")

    return listener


def _said(event: Slowed | Waiting) -> str:
    match event:
        case Slowed():
            return f"The platform asks to slow down: nothing is started for {event.seconds:g} s"
        case Waiting(until=None):
            return "Nothing is left to begin; waiting for calls and requests that are under way"
        case Waiting():
            until = datetime.fromtimestamp(event.until or 0, UTC).astimezone()
            return f"Nothing is due before {until:%a %d %b %H:%M:%S %Z} ({_WHY[event.why]})"


_WHY = {
    "window": "the calling windows are closed",
    "retry": "calls that are tried again",
    "pace": "the pace",
    "answers": "calls in doubt",
    "paused": "paused",
}


@contextmanager
def _bar(total: int) -> Iterator[Callable[[Event], None]]:
    from rich.console import Console  # noqa: PLC0415 - on terminals only
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (
        TextColumn("Calling"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(
        *columns, console=Console(stderr=True), transient=True, speed_estimate_period=RATE_SECONDS
    ) as bar:
        yield _Bar(bar, bar.add_task("", total=total, rate=""), Tally(total))


@dataclass
class _Bar:
    bar: Progress
    task: TaskID
    tally: Tally

    def __call__(self, event: Event) -> None:
        if isinstance(event, Moved):
            self.tally.count(event)
            self.bar.update(
                self.task,
                completed=self.tally.done,
                rate=f"{self.tally.rate:.1f}/s",
                description=str(self.tally),
            )
        elif not isinstance(event, Stopped):
            self.bar.update(self.task, description=f"{self.tally}; {_said(event)}")
