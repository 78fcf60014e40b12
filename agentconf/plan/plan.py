"""A plan: what would be done, what stands in the way, and what was not looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentconf.plan.resolution import Resolutions

if TYPE_CHECKING:
    from agentconf.model.impact import Impact
    from agentconf.plan.change import Action, Operation


@dataclass(frozen=True, slots=True)
class Blocker:
    """A guard's objection: a warning in the plan, a refusal in the apply.

    Args:
        guard: `prevent-destroy`, `deletions`, `empty-project`, `organisation`, `approval`, `policy` …
        message: what stands in the way, naming the agents.
        help: what lets it pass.
        key: the agent concerned, when it is one.

    """

    guard: str
    message: str
    help: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the plan does not cover, or that a reviewer should know.

    Args:
        kind: `not-covered`, `left-alone`, `suggestion`, `not-live`, `checked-at-apply`, `policy` …
        message: in a sentence; of `checked-at-apply` the names of variables.
        key: the agent concerned; None for the whole.

    """

    kind: str
    message: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer of `make_plan`.

    Args:
        environment: name of the environment.
        organisation: id of the live organisation, as told by its agents; None while it has none.
        operations: in an order in which they can be done one after the other.
        unchanged: keys of agents that were compared and are as declared, sorted.
        unmanaged: names of live agents that no file claims, sorted.
        blockers: guards that object.
        notes: what is not covered, left alone or suggested.
        agents: how many agents the files declare.
        live: how many live agents there are.
        inputs: SHA-256 of what the files declare, secret-free, as hex.
        version: the tool's version.
        allowed: impact classes that were approved for it, worst first.
        resolutions: how conflicts were settled.

    """

    environment: str
    organisation: str | None
    operations: tuple[Operation, ...]
    unchanged: tuple[str, ...]
    unmanaged: tuple[str, ...]
    blockers: tuple[Blocker, ...]
    notes: tuple[Note, ...]
    agents: int
    live: int
    inputs: str
    version: str
    allowed: tuple[Impact, ...] = ()
    resolutions: Resolutions = field(default_factory=Resolutions)

    def count(self, action: Action) -> int:
        """Count the operations of one kind."""
        return sum(operation.action is action for operation in self.operations)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.operations
