"""Which places a path means: keys with wildcards, each place with everything below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

from agentconf.model.policy import keys_of
from agentconf.plan.canonical import same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Names = tuple[str, ...]
_ANY_NUMBER = "**"
_PLAIN = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a definition, with the values on both sides.

    Args:
        path: keys from the root, tools by name, indexes as text.
        before: the value before; None when there is none.
        after: the value afterwards; None when there is none.

    """

    path: Names
    before: Any
    after: Any


def fits(name: str, glob: str) -> bool:
    """Tell whether a name fits a glob: `*` is any text, `?` any one character; case counts."""
    return fnmatchcase(name, glob.replace("[", "[[]"))


def places(place: Place, pattern: str) -> Iterator[Place]:
    """Find what a pattern means of a place that changed.

    The place itself, when the pattern means it or something around it; else what the pattern means inside of
    its values and is not the same on both sides.

    Args:
        place: as the plan has it.
        pattern: keys between dots, or in brackets: `tools.*.phone_number`, `**.url`, `tools[book.table]`.

    """
    yield from _inside(place, _left(place.path, pattern))


def covers(pattern: str, path: Names) -> bool:
    """Tell whether a pattern means a place, or something around it."""
    return () in _left(path, pattern)


def written(path: Sequence[str]) -> str:
    """Write a path as patterns are written: names with dots or brackets in brackets."""
    texts = (f".{name}" if _PLAIN.fullmatch(name) else f"[{name}]" for name in path)
    return "".join(texts).removeprefix(".")


@cache
def _parsed(pattern: str) -> Names:
    return keys_of(pattern)


def _left(path: Names, pattern: str) -> frozenset[Names]:
    """Walk a path along a pattern; what is left of it, the empty rest once the pattern is used up."""
    states = _skip({_parsed(pattern)})
    for name in path:
        if () in states:
            break
        states = _step(states, name)
    return states


def _inside(place: Place, states: frozenset[Names]) -> Iterator[Place]:
    if () in states:
        yield place
    elif states:
        before, after = _children(place.before), _children(place.after)
        for name in dict.fromkeys((*before, *after)):
            child = Place((*place.path, name), before.get(name), after.get(name))
            if not same(child.before, child.after):
                yield from _inside(child, _step(states, name))


def _step(states: frozenset[Names], name: str) -> frozenset[Names]:
    """Take one key: each state is what is left of the pattern."""
    after: set[Names] = set()
    for state in states:
        if state[:1] == (_ANY_NUMBER,):
            after.add(state)
        elif state and fits(name, state[0]):
            after.add(state[1:])
    return _skip(after)


def _skip(states: set[Names]) -> frozenset[Names]:
    """Add what is left when a `**` stands for no key."""
    found = set(states)
    for state in states:
        rest = state
        while rest[:1] == (_ANY_NUMBER,):
            rest = rest[1:]
            found.add(rest)
    return frozenset(found)


def _children(value: Any) -> Mapping[str, Any]:
    match value:
        case dict():
            return value
        case list():
            return {str(index): child for index, child in enumerate(value)}
        case _:
            return {}
