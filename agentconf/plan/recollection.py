"""What is remembered, as a plan looks at it: by the platform's id, which outlives keys and names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from agentconf.plan.plan import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconf.model.live import LiveAgent
    from agentconf.model.memory import Remembered, State
    from agentconf.plan.options import Desired


@dataclass(frozen=True, slots=True)
class Recollection:
    """One environment's memory, or none.

    Args:
        organisation: whose agents are remembered; None when that is not known.
        agents: what is remembered, by key.
        keys: the key by the platform's id.

    """

    organisation: str | None = None
    agents: Mapping[str, Remembered] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, state: State | None) -> Self:
        """Look at a state; None remembers nothing."""
        if state is None:
            return cls()
        keys = {one.id: key for key, one in sorted(state.agents.items(), reverse=True)}
        return cls(state.organisation_id, state.agents, keys)

    @property
    def ids(self) -> dict[str, str]:
        """The remembered ids by key."""
        return {key: one.id for key, one in self.agents.items()}

    def key_of(self, identifier: str) -> str | None:
        """Return the key under which a live agent is remembered; None when it was never ours."""
        return self.keys.get(identifier)

    def of_agent(self, identifier: str) -> Remembered | None:
        """Return what is remembered of a live agent, whatever key it had."""
        key = self.keys.get(identifier)
        return None if key is None else self.agents[key]

    def forgotten(self, desired: Iterable[Desired], live: Iterable[LiveAgent]) -> tuple[str, ...]:
        """Name the keys that are neither declared nor live any more: there is nothing left to remember."""
        declared, alive = {one.key for one in desired}, {agent.id for agent in live}
        return tuple(
            sorted(key for key, one in self.agents.items() if key not in declared and one.id not in alive)
        )

    def deleted_outside(self, one: Desired) -> Iterator[Note]:
        """Say of an agent that is made anew that it was there before."""
        former = self.agents.get(one.key)
        if former is not None:
            yield Note(
                "not-live",
                f"`{former.name}` ({former.id}) was deleted outside since the last apply: it is made anew, "
                "with another id, without the trunks that were attached to it",
                one.key,
            )

    def notes(
        self,
        left: Sequence[LiveAgent],
        live: Mapping[str, LiveAgent],
        covered: frozenset[str] | None,
        *,
        asked: bool,
    ) -> Iterator[Note]:
        """Say which agents of ours no file claims any more, which moved, and which were replaced outside.

        Args:
            left: live agents that stay and that no file claims.
            live: the live agent by key.
            covered: keys that the plan is limited to; None for all.
            asked: whether `--prune` was given.

        """
        for agent in left if covered is None else ():
            if (key := self.key_of(agent.id)) is not None:
                yield Note("orphan", f"`{agent.name}` ({agent.id}): --prune deletes it", key)
        if asked and not self.agents:
            yield Note(
                "suggestion",
                "--prune deletes what was applied from here and has no file any more, and nothing is "
                "remembered yet: --prune-unmanaged deletes every live agent that no file claims",
            )
        for key, agent in sorted(live.items()):
            if covered is not None and key not in covered:
                continue
            known, former = self.key_of(agent.id), self.agents.get(key)
            if known not in (None, key):
                yield Note("moved", f"remembered as `{known}` until now", key)
            elif known is None and former is not None:
                yield Note(
                    "not-live",
                    f"the agent that was applied, {former.id}, is gone; {agent.id} has its name and is taken "
                    "for it",
                    key,
                )
