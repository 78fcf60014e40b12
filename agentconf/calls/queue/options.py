"""How a worker works."""

from __future__ import annotations

from dataclasses import dataclass

from agentconf.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class WorkOptions:
    """How a worker works. The defaults are ours, but for the heartbeat's, which are Procrastinate's.

    Args:
        name: of the worker, as it stands in the ledger beside each request it sent.
        concurrency: lanes at once, of all campaigns, at least 1; a campaign has up to 9.
        slice: seconds that a lane stays here before another worker may have it.
        heartbeat: seconds between two signs of life.
        stalled: seconds without one after which a worker counts as dead, and its lanes are given to others;
            more than twice the heartbeat, so that one sign may be late.
        idle: most seconds that a lane rests when nothing is due; what is resumed or added is found by then.
        drain: whether to end once no lane is queued.

    Raises:
        ConfigurationError: a value out of its bounds.

    """

    name: str
    concurrency: int = 10
    slice: float = 15.0
    heartbeat: float = 10.0
    stalled: float = 30.0
    idle: float = 30.0
    drain: bool = False

    def __post_init__(self) -> None:
        if self.concurrency < 1:
            raise ConfigurationError("a worker has at least one lane at once", help="give 1 or more")
        if min(self.slice, self.heartbeat, self.idle) <= 0:
            raise ConfigurationError("a worker's times are longer than nothing", help="give seconds above 0")
        if self.stalled < 2 * self.heartbeat:
            raise ConfigurationError(
                f"a worker with a sign of life every {self.heartbeat:g} s would be taken for dead after "
                f"{self.stalled:g} s",
                help="let the one be at least twice the other",
            )
