"""Which live agent a key means: the remembered id, else the name, else the name it is renamed from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.errors import ConfigurationError
from agentconf.plan.plan import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconf.model.live import LiveAgent
    from agentconf.plan.options import Desired


@dataclass(frozen=True, slots=True)
class Matching:
    """Who is who.

    Args:
        live: the live agent by key; keys without one are not in it.
        unclaimed: live agents that no key means, by name and id.
        notes: renames that are already done.

    """

    live: Mapping[str, LiveAgent]
    unclaimed: tuple[LiveAgent, ...]
    notes: tuple[Note, ...] = ()


def match(desired: Sequence[Desired], live: Sequence[LiveAgent], remembered: Mapping[str, str]) -> Matching:
    """Find the live agent of each key.

    Args:
        desired: ordered by key.
        live: all living agents of the organisation.
        remembered: the platform's id by key; ids that are gone count for nothing.

    Raises:
        ConfigurationError: two keys of one name, two keys that mean one live agent, or a key that means two;
            one error names them all.

    """
    claims = _Claims(desired, live)
    claims.by_memory(remembered)
    claims.by_name()
    claims.by_former_name()
    conflicts = [*_same_names(desired), *claims.conflicts()]
    if conflicts:
        raise ConfigurationError(
            "; ".join(conflicts), help="give each agent its own name, and each live agent one file"
        )
    found = {key: agents[0] for key, agents in claims.found.items()}
    claimed = {agent.id for agent in found.values()}
    return Matching(
        live=found,
        unclaimed=tuple(
            sorted((one for one in live if one.id not in claimed), key=lambda one: (one.name, one.id))
        ),
        notes=tuple(_renames_done(desired, found)),
    )


class _Claims:
    """Live agents by key and keys by live agent, while the three ways of claiming are gone through."""

    def __init__(self, desired: Sequence[Desired], live: Sequence[LiveAgent]) -> None:
        self.desired = desired
        self.ids = {agent.id: agent for agent in live}
        self.names: dict[str, list[LiveAgent]] = defaultdict(list)
        for agent in sorted(live, key=lambda one: one.id):
            self.names[agent.name].append(agent)
        self.found: dict[str, list[LiveAgent]] = {}
        self.holders: dict[str, list[Desired]] = defaultdict(list)

    def by_memory(self, remembered: Mapping[str, str]) -> None:
        """Let keys claim the agents whose ids are remembered for them."""
        for one in self.desired:
            agent = self.ids.get(remembered.get(one.key, ""))
            if agent is not None:
                self._claim(one, [agent])

    def by_name(self) -> None:
        """Let the other keys claim the agents of their name, unless these are remembered for another key."""
        remembered = set(self.holders)
        for one in self.desired:
            if one.key not in self.found:
                self._claim(one, [agent for agent in self._named(one.name) if agent.id not in remembered])

    def by_former_name(self) -> None:
        """Let what is left claim the agents that are to be renamed."""
        for one in self.desired:
            if one.key not in self.found:
                self._claim(one, self._named(one.lifecycle.renamed_from))

    def conflicts(self) -> Iterator[str]:
        """Say which claims contradict each other."""
        for one in self.desired:
            agents = self.found.get(one.key, [])
            rivals = [agent for agent in self._named(one.name) if agent.id not in self.holders]
            if len(agents) == 1 and not one.absent:
                agents = [*agents, *(agent for agent in rivals if agent.id != agents[0].id)]
            if len(agents) > 1:
                yield f"{one.where} matches {len(agents):,} live agents: {_listed(agents)}"
        for identifier, holders in sorted(self.holders.items()):
            if len(holders) > 1:
                names = " and ".join(one.where for one in holders)
                yield f"{names} claim the same live agent {_listed([self.ids[identifier]])}"

    def _named(self, name: str | None) -> list[LiveAgent]:
        return [] if name is None else self.names.get(name, [])

    def _claim(self, one: Desired, agents: list[LiveAgent]) -> None:
        if agents:
            self.found[one.key] = agents
        for agent in agents:
            self.holders[agent.id].append(one)


def _listed(agents: Iterable[LiveAgent]) -> str:
    return " and ".join(f"`{agent.name}` ({agent.id})" for agent in agents)


def _same_names(desired: Sequence[Desired]) -> Iterator[str]:
    holders: dict[str, list[Desired]] = defaultdict(list)
    for one in desired:
        if one.name is not None:
            holders[one.name].append(one)
    for name, several in sorted(holders.items()):
        if len(several) > 1:
            yield f"{' and '.join(one.where for one in several)} have the same name `{name}`"


def _renames_done(desired: Sequence[Desired], found: Mapping[str, LiveAgent]) -> Iterator[Note]:
    for one in desired:
        former = one.lifecycle.renamed_from
        agent = found.get(one.key)
        if former is not None and agent is not None and agent.name == one.name:
            yield Note(
                "suggestion",
                f"`{one.key}` is already named `{one.name}`: remove `renamed_from: {former}` from its file",
                one.key,
            )
