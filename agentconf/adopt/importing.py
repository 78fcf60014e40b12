"""Importing live agents: which ones, what they are written to, and whether that gives them back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentconf.adopt.draft import Drafted, Options, drafts
from agentconf.adopt.literal import unwritable
from agentconf.adopt.naming import handle
from agentconf.errors import ConfigurationError, UsageError
from agentconf.plan.resolution import written
from agentconf.source.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from agentconf.model.live import LiveAgent
    from agentconf.model.memory import State
    from agentconf.plan.plan import Plan

_FEW = 5
"""How many places a message names."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The agents that are imported.

    Args:
        agents: each with the key it gets.
        declared: names of those that files declare already, with their keys.

    """

    agents: tuple[tuple[str, LiveAgent], ...]
    declared: tuple[tuple[str, str], ...] = ()


def choose(
    live: Sequence[LiveAgent], wanted: Sequence[str], keys: Iterable[str], declared: Mapping[str, str]
) -> Chosen:
    """Find the agents that are meant, and give each a key.

    Args:
        live: all living agents.
        wanted: names and ids; none: all.
        keys: keys that files have.
        declared: the key by id, of live agents that files declare.

    Raises:
        UsageError: one is not there, or its name is that of several, or a file declares it.

    """
    found = list(live) if not wanted else [_meant(live, one) for one in wanted]
    known = [(agent.name, declared[agent.id]) for agent in found if agent.id in declared]
    if wanted and known:
        name, key = known[0]
        raise UsageError(
            f"{name!r} is declared already, as {key!r}",
            help=f"`agentconf drift --adopt {key}` takes what is live into its files",
        )
    taken = set(keys)
    chosen = []
    for agent in sorted({one.id: one for one in found}.values(), key=lambda one: (one.name, one.id)):
        if agent.id not in declared:
            key = handle(agent.name, taken)
            taken.add(key)
            chosen.append((key, agent))
    return Chosen(tuple(chosen), tuple(known))


def with_sent_defaults(live: Sequence[LiveAgent], state: State | None) -> list[LiveAgent]:
    """Add the template defaults that no answer shows, where it is remembered that they were sent.

    Args:
        live: all living agents.
        state: what is remembered; None: nothing.

    """
    bases = {one.id: one.base for one in state.agents.values()} if state is not None else {}
    found = []
    for agent in live:
        sent = bases.get(agent.id, {}).get("template_defaults", {})
        hidden = {
            name: text for name, text in sent.items() if name not in agent.variables and text is not None
        }
        shown = agent.body.get("template_defaults", {})
        body = {**agent.body, "template_defaults": {**shown, **hidden}} if hidden else agent.body
        found.append(replace(agent, body=body))
    return found


def _meant(live: Sequence[LiveAgent], word: str) -> LiveAgent:
    found = [agent for agent in live if word.lower() == agent.id.lower()]
    found = found or [agent for agent in live if agent.name == word]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{len(found)} live agents are named {word!r}",
            help=f"name one by its id: {', '.join(agent.id for agent in found)}",
        )
    guess = suggest(word, [agent.name for agent in live])
    raise UsageError(
        f"there is no live agent {word!r}",
        help=f"did you mean {guess!r}?" if guess else "`agentconf import --all --dry-run` lists them",
    )


def prepare(
    chosen: Chosen, options: Options, root: Path, check: Callable[[Mapping[str, str]], Plan]
) -> list[Drafted]:
    """Write the agents, and make sure that reading gives them back.

    Args:
        chosen: the agents.
        options: how they are written.
        root: the project's folder.
        check: plans the project with these files in it, for these agents only.

    Raises:
        ConfigurationError: a text cannot be written, a file is in the way, or what was read is another agent.

    """
    for key, agent in chosen.agents:
        if places := list(unwritable(agent.body)):
            shown = ", ".join(written(map(str, place)) for place in places[:_FEW])
            raise ConfigurationError(
                f"{agent.name!r} ({key}) holds half a character, which no file can: {shown}",
                help="mend that text in the dashboard, then import again",
            )
    tools = root / "tools"
    made = drafts(chosen.agents, options, [path.stem for path in tools.glob("*")] if tools.is_dir() else ())
    files = {path: text for one in made for path, text in one.files.items()}
    if taken := [path for path in files if (root / path).exists()]:
        raise ConfigurationError(
            f"already there: {', '.join(sorted(taken)[:_FEW])}; nothing was written",
            help="move it away first",
        )
    plan = check(files)
    if plan.operations:
        first = plan.operations[0]
        paths = ", ".join(written(change.path) for change in first.changes[:_FEW])
        raise ConfigurationError(
            f"{first.key} would not be what is live: {paths} differs; nothing was written",
            help="an override of the environment or `defaults` of the project changes it: "
            "`agentconf show KEY --provenance` names the place",
        )
    return made
