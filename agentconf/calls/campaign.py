"""A campaign as it is carried out: who speaks, how fast, when, and what is tried again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import time
from typing import TYPE_CHECKING, Any

from agentconf.model.campaign import CONCURRENCY, INTERVAL, TIMEOUT
from agentconf.remote.calling import Outbound, Outcome, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast a campaign is, over all workers.

    Args:
        concurrency: requests under way at once, at least 1.
        interval: least seconds between the starts of two requests; 0: none.
        rate: requests a second that are never exceeded, on average over a second; None: no such bound.
        patience: seconds to wait for the platform's answer.
        bulk: calls that one request places, at most; the other bounds count requests.

    """

    concurrency: int = CONCURRENCY
    interval: float = float(INTERVAL)
    rate: float | None = None
    patience: float = float(TIMEOUT)
    bulk: int = 1

    @property
    def lease(self) -> float:
        """Seconds after which a request that was begun is surely over, whatever became of who sent it."""
        return self.patience * 1.5


@dataclass(frozen=True, slots=True)
class Window:
    """When people may be called, by the wall clock where they are.

    Args:
        days: as in `DAYS`.
        opens: first minute.
        closes: first minute that is too late; None: midnight.

    """

    days: frozenset[str] = frozenset(DAYS)
    opens: time = time(0)
    closes: time | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Which calls are placed again.

    Args:
        on: outcomes.
        times: how often at most, beside the first call.
        after: seconds from the end of a call to the next one.

    """

    on: frozenset[Outcome]
    times: int
    after: float


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign, ready to be carried out.

    Args:
        id: its name in the ledger; what has the same name is the same campaign.
        environment: where its agent lives.
        agent: who speaks, as users name it: the agent's handle, or the platform's id.
        target: who speaks, as the platform names it.
        pacing: how fast.
        window: when people may be called; None: at any time.
        retry: which calls are placed again; None: none.
        follow: whether to go on until every call has ended.
        instead: the number that is called in place of every contact's, in test mode.

    """

    id: str
    environment: str
    agent: str
    target: Target
    pacing: Pacing = field(default_factory=Pacing)
    window: Window | None = None
    retry: Retry | None = None
    follow: bool = False
    instead: str | None = None

    def to_data(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        data = asdict(self)
        if self.window is not None:
            closes = self.window.closes
            data["window"] = {
                "days": sorted(self.window.days, key=DAYS.index),
                "opens": self.window.opens.isoformat(),
                "closes": None if closes is None else closes.isoformat(),
            }
        if self.retry is not None:
            data["retry"]["on"] = sorted(self.retry.on)
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Campaign:
        """Read what `to_data` returned."""
        target = dict(data["target"])
        if target["outbound"] is not None:
            target["outbound"] = Outbound(**target["outbound"])
        read = {
            **data,
            "target": Target(**target),
            "pacing": Pacing(**data["pacing"]),
            "window": _window(data["window"]),
            "retry": _retry(data["retry"]),
        }
        return cls(**read)


def _window(data: Mapping[str, Any] | None) -> Window | None:
    if data is None:
        return None
    closes = data["closes"]
    return Window(
        frozenset(data["days"]),
        time.fromisoformat(data["opens"]),
        None if closes is None else time.fromisoformat(closes),
    )


def _retry(data: Mapping[str, Any] | None) -> Retry | None:
    if data is None:
        return None
    return Retry(frozenset(map(Outcome, data["on"])), data["times"], data["after"])
