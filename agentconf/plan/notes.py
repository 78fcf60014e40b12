"""What a plan does not cover, or leaves alone: said once, with what is concerned."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from agentconf.plan.change import Action, Origin
from agentconf.plan.plan import Note
from agentconf.plan.secrets import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconf.plan.change import Change, Operation
    from agentconf.plan.compare import Comparison
    from agentconf.plan.options import Desired

_NAMED = 3
"""How many agents a sentence names before it counts the rest."""


def notes_of(compared: Mapping[str, Comparison], hidden: Mapping[str, tuple[str, ...]]) -> tuple[Note, ...]:
    """Gather the notes of all agents.

    Args:
        compared: by key.
        hidden: declared template defaults that no text uses, by key; of new agents too.

    """
    return (
        *_secrets(compared.values()),
        *_hidden(hidden),
        *_cleared(compared),
        *_left_alone(compared),
        *_aimless(compared),
    )


def checked_at_apply(operations: Iterable[Operation], compared: Iterable[Comparison] = ()) -> Iterator[Note]:
    """Name the environment variables that an apply will read; a plan does without their values."""
    sent = {ref.env for operation in operations for ref in references(operation.body)}
    names = sorted(sent | {name for one in compared for name in one.unchecked})
    if names:
        yield Note("checked-at-apply", ", ".join(names))


def origin_unknown(operations: Iterable[Operation]) -> Iterator[Note]:
    """Say of which agents nobody can tell who made the differences."""
    keys = sorted(
        one.key for one in operations if one.action is Action.UPDATE and any(map(_unexplained, one.changes))
    )
    if keys:
        yield Note(
            "origin-unknown",
            f"who changed {_some(keys)}, the files or the dashboard, cannot be told before the first apply "
            "from here",
            keys[0] if len(keys) == 1 else None,
        )


def _unexplained(change: Change) -> bool:
    """Tell whether nobody knows who made a difference; a secret is sent because somebody here wants it."""
    return change.origin is Origin.UNKNOWN and not any(references(change.after))


def nothing_to_rename(one: Desired) -> Iterator[Note]:
    """Say of an agent that is made anew that the one it is to be renamed from is not there."""
    if (former := one.lifecycle.renamed_from) is not None:
        yield Note(
            "not-live",
            f"neither `{former}` (`renamed_from`) nor `{one.name}` is live: a new agent is made",
            one.key,
        )


def nothing_to_destroy(one: Desired) -> Note:
    """Say of an agent that is to be destroyed that it is not there."""
    return Note("not-live", f"`{one.key}` is not live: there is nothing to delete", one.key)


def _secrets(compared: Iterable[Comparison]) -> Iterator[Note]:
    several = list(compared)
    tools = sum(one.kept_secrets for one in several)
    keys = sum(one.kept_key for one in several)
    if tools:
        yield Note("not-covered", f"secrets of {_count(tools, 'tool')} ({_WRITE_ONLY} them)")
    if keys:
        yield Note("not-covered", f"`slng_api_key` of {_count(keys, 'agent')} ({_WRITE_ONLY} it)")


_WRITE_ONLY = "write-only: the platform does not show"


def _hidden(hidden: Mapping[str, tuple[str, ...]]) -> Iterator[Note]:
    """Say which defaults cannot be seen: agents with the same ones together."""
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, names in sorted(hidden.items()):
        if names:
            groups[names].append(key)
    for names, keys in sorted(groups.items()):
        one = len(names) == 1
        sentence = f"default{'' if one else 's'} of {_and(names)}"
        where = "" if len(keys) == 1 else f" in {_some(keys)}"
        yield Note(
            "not-covered",
            f"{sentence}{where} (used by no text; the platform does not show {'it' if one else 'them'})",
            keys[0] if len(keys) == 1 else None,
        )


def _cleared(compared: Mapping[str, Comparison]) -> Iterator[Note]:
    for key, one in sorted(compared.items()):
        if one.cleared:
            yield Note(
                "not-covered",
                f"a text now uses {_and(one.cleared)}: a default that the platform may have stored without "
                "showing it is cleared, because the file declares none",
                key,
            )


def _left_alone(compared: Mapping[str, Comparison]) -> Iterator[Note]:
    for key, one in sorted(compared.items()):
        if one.left_alone:
            verb = "is" if len(one.left_alone) == 1 else "are"
            yield Note(
                "left-alone",
                f"{_and(one.left_alone)} {verb} attached in the dashboard and not declared here",
                key,
            )


def _aimless(compared: Mapping[str, Comparison]) -> Iterator[Note]:
    for key, one in sorted(compared.items()):
        for path in one.aimless:
            yield Note(
                "suggestion", f"`{path}` of `ignore_changes` names nothing: check how it is written", key
            )


def _and(names: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _some(keys: list[str]) -> str:
    return _and(keys) if len(keys) <= _NAMED else _count(len(keys), "agent")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
