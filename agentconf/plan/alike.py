"""Agents that come and agents that go and are nearly the same: probably renames."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from agentconf.plan.canonical import canonical, text_of
from agentconf.plan.plan import Note
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent
    from agentconf.plan.options import Desired

ALIKE = 0.8
"""From this ratio on, a rename is suggested."""

SIDE = 50
"""At most so many agents of each side are looked at, by name."""

WORDS = 2_000
"""At most so many words of an agent are compared."""

CLOSEST = 3
"""For each new agent, so many candidates are compared word by word: those that share most words."""

_WORD = re.compile(r"\w+")
_ONE_SIDED = frozenset(
    {"name", "tools", "idle_nudges", "sip_inbound_trunk_id", "sip_outbound_trunk_id", "template_defaults"}
)


def suggested_renames(created: Sequence[Desired], gone: Sequence[LiveAgent]) -> tuple[Note, ...]:
    """Suggest `renamed_from` where an agent would be made that is at least 80 % a live one nobody declares.

    The work is bounded whatever the number and size of agents.

    Args:
        created: agents that would be made, ordered by key.
        gone: live agents that would be deleted, or that no file claims, ordered by name.

    """
    olds = [_Words(agent.name, *_words(agent.body)) for agent in gone[:SIDE]]
    pairs = sorted(
        (pair for one in created[:SIDE] for pair in _candidates(_Words(one.key, *_words(one.body)), olds)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    used: set[tuple[str, str]] = set()
    return tuple(_note(*pair) for pair in pairs if _first(pair[1], pair[2], used))


@dataclass(frozen=True, slots=True)
class _Words:
    """An agent as words, with its key or name."""

    name: str
    words: list[str]
    counts: Counter[str]

    def bound(self, other: _Words) -> float:
        """Return what the ratio is at most: the share of words that both have, in any order."""
        total = len(self.words) + len(other.words)
        return 2 * (self.counts & other.counts).total() / total if total else 0.0


def _words(body: AgentData) -> tuple[list[str], Counter[str]]:
    """Return the words of what both sides can show: not ids, nor what the platform or its dashboard adds."""
    shown: dict[str, Any] = {key: value for key, value in canonical(body).items() if key not in _ONE_SIDED}
    shown["tools"] = [{key: value for key, value in tool.items() if key != "id"} for tool in tools_of(body)]
    words = _WORD.findall(text_of(canonical(shown)))[:WORDS]
    return words, Counter(words)


def _candidates(new: _Words, olds: Sequence[_Words]) -> Iterator[tuple[float, str, str]]:
    bounds = sorted(((-new.bound(old), old.name, old) for old in olds), key=lambda item: item[:2])
    for bound, _, old in bounds[:CLOSEST]:
        ratio = SequenceMatcher(None, old.words, new.words).ratio() if -bound >= ALIKE else 0.0
        if ratio >= ALIKE:
            yield ratio, new.name, old.name


def _first(key: str, name: str, used: set[tuple[str, str]]) -> bool:
    """Tell whether neither side was suggested before, and remember them."""
    sides = {("key", key), ("name", name)}
    if used & sides:
        return False
    used |= sides
    return True


def _note(ratio: float, key: str, name: str) -> Note:
    return Note(
        "suggestion",
        f"`{key}` is {ratio:.0%} the live agent `{name}`; to rename that one instead, add to the file of "
        f"`{key}`: lifecycle: {{renamed_from: {text_of(name)}}}",
        key,
    )
