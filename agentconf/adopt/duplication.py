"""The files of an agent that the platform copied: those of its original under another name, else new ones."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from uuid import UUID

from agentconf.adopt.draft import Drafted, Options, drafts
from agentconf.adopt.naming import handle
from agentconf.errors import ConfigurationError
from agentconf.source.edit import GONE, edit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentconf.adopt.copy import Copy
    from agentconf.model.live import LiveAgent
    from agentconf.source.tree import Path as Place
    from agentconf.source.tree import Tree

INBOUND = "sip_inbound_trunk_id"
"""The field that the platform does not copy (its documentation of duplication)."""

_NOBODY = str(UUID(int=0))
"""Stands for the id that the platform will give the copy."""

_FILE = re.compile(r"\$\{file:([^{}]+)\}")


def copy_of(live: LiveAgent, name: str) -> LiveAgent:
    """Return what the platform makes of an agent when it copies it.

    Args:
        live: the original.
        name: of the copy.

    """
    body = {field: value for field, value in live.body.items() if field != INBOUND}
    return replace(live, id=_NOBODY, name=name, body={**body, "name": name})


def draft(
    project: Copy, original: str, live: LiveAgent, key: str, options: Options, fits: Callable[[Drafted], bool]
) -> Drafted:
    """Write the files of a copy.

    Args:
        project: its files.
        original: key of the agent that was copied.
        live: the copy.
        key: of the copy.
        options: how a file is written that takes nothing from the original's.
        fits: tells whether files give back the agent that they were written for.

    Returns:
        The original's files with another name, where they give the copy; else files written from the copy.

    """
    try:
        made = Drafted(key, live, _renamed(project, original, live.name, key))
        if fits(made):
            return made
    except ConfigurationError:  # what cannot be edited, or has errors then, is written anew
        pass
    (made,) = drafts([(key, live)], options, ())
    return made


def _renamed(project: Copy, original: str, name: str, key: str) -> dict[str, str]:
    """Return the original's own files as the copy has them: the definition, and its prompt."""
    definition = project.definition(original)
    display = definition.document.path
    text, raw = project.text(display), project.raw(display)
    changes: list[tuple[Place, Any]] = [(("name",), name)]
    changes += [(place, GONE) for place in _unfit(raw)]
    prompts = {}
    prompt, depth = raw.find(("system_prompt",))
    named = _FILE.fullmatch(prompt.value) if depth == 1 and isinstance(prompt.value, str) else None
    if named is not None:
        source = PurePosixPath(definition.tree.find(("system_prompt",))[0].document.path)
        file = source.with_stem(handle(key, _stems(project, source.parent)))
        changes.append((("system_prompt",), f"${{file:{PurePosixPath(named[1]).with_name(file.name)}}}"))
        prompts[str(file)] = project.text(str(source))
    for place, value in changes:
        text = edit(text, display, place, value).text
    return {str(PurePosixPath(display).with_stem(key)): text, **prompts}


def _unfit(raw: Tree) -> Iterator[Place]:
    """Yield what of a definition a copy has not: its inbound trunk, and the name that it had."""
    if INBOUND in raw.value:
        yield (INBOUND,)
    lifecycle = raw.value.get("lifecycle")
    if lifecycle is not None and isinstance(lifecycle.value, dict) and "renamed_from" in lifecycle.value:
        yield ("lifecycle",) if len(lifecycle.value) == 1 else ("lifecycle", "renamed_from")


def _stems(project: Copy, folder: PurePosixPath) -> set[str]:
    where = project.root / folder
    return {path.stem for path in where.iterdir()} if where.is_dir() else set()


def with_defaults_of(original: LiveAgent, copy: LiveAgent) -> LiveAgent:
    """Add the template defaults that no answer shows: what is known of the original's, the copy has too."""
    shown = copy.body.get("template_defaults", {})
    known = original.body.get("template_defaults", {})
    hidden = {name: text for name, text in known.items() if name not in copy.variables}
    return replace(copy, body={**copy.body, "template_defaults": {**hidden, **shown}}) if hidden else copy
