"""Edits to files that people wrote: one value changes, every other byte stays.

An edit is made in the text, by exact places, and read back: unless the result is the old value with just that
one change, the edit is refused.
"""

from __future__ import annotations

import copy
import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.errors import ConfigurationError
from agentconf.source.compose import compose
from agentconf.source.layout import Layout
from agentconf.source.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.source.tree import Path, Tree


_COMMENT = re.compile(r"(?:^|(?<=\s))#", re.MULTILINE)


class _Nothing:
    """Stands for a value that goes."""


GONE = _Nothing()
"""The value of an edit that takes a key or an item away."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A text after an edit.

    Args:
        text: all of it.
        line: the line, from 1, in which the edit begins.

    """

    text: str
    line: int


def edit(text: str, display: str, path: Path, value: Any, *, order: Sequence[str] = ()) -> Edited:
    """Set a value in a YAML or JSON text, add it, or take it away.

    A path may end in a key that its mapping lacks, or in the index behind a list's last item. Mappings on the
    way that are not there are made.

    Args:
        text: the file's content, without a byte order mark.
        display: how messages name the file; `.json` is JSON.
        path: from the root of the file's value.
        value: JSON data; `GONE` takes the entry away.
        order: the order of keys beside a new one, where it has one.

    Raises:
        ConfigurationError: the place cannot be edited without touching others; nothing is changed.

    """
    composed = compose(text, display)
    tree = composed.tree
    if tree is None or composed.problems:
        raise ConfigurationError(
            f"{display} cannot be edited: it has errors", help="`agentconf lint` shows them"
        )
    layout = Layout(text, as_json=display.lower().endswith(".json"))
    try:
        start, end, inserted = _change(layout, tree, path, value, order)
    except (ValueError, LookupError) as error:  # the place is written in a way that Layout does not know
        raise _untouchable(display, path) from error
    if _lost(text, start, end, tree, path, value=value) > len(_COMMENT.findall(inserted)):
        raise ConfigurationError(
            f"{display} cannot be edited at `{dotted(path)}` without losing a comment",
            help="change it by hand",
        )
    changed = text[:start] + inserted + text[end:]
    read = compose(changed, display)
    wanted = _expected(tree.data(), path, value)
    if read.tree is None or read.problems or not _same(read.tree.data(), wanted):
        raise _untouchable(display, path)
    return Edited(changed, text.count("\n", 0, start) + 1)


def _lost(text: str, start: int, end: int, tree: Tree, path: Path, *, value: Any) -> int:
    """Count what may be comments in the stretch that is replaced, but those that belong to what goes."""
    found, depth = tree.find(path)
    if depth < len(path):
        return len(_COMMENT.findall(text[start:end]))
    if value is GONE:
        begin = found.key_start if found.key_start >= 0 else found.start
        last = text.find("\n", found.end)
        rest = text[last:end] if 0 <= last < end else ""
        return len(_COMMENT.findall(text[start:begin])) + len(_COMMENT.findall(rest))
    if isinstance(found.value, (dict, list)):
        return len(_COMMENT.findall(text[start:end]))
    # Of a block scalar only the head can hold one.
    head = (
        text[found.start : end].partition("\n")[0]
        if text[found.start : found.start + 1] in {"|", ">"}
        else ""
    )
    return len(_COMMENT.findall(text[start : found.start])) + len(_COMMENT.findall(head))


def _untouchable(display: str, path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{display} cannot be edited at `{dotted(path)}` without touching anything else",
        help="change it by hand: an anchor, an alias, a merge key or an unusual key stands there",
    )


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _change(layout: Layout, tree: Tree, path: Path, value: Any, order: Sequence[str]) -> tuple[int, int, str]:
    """Return which stretch of the text is replaced by what."""
    found, depth = tree.find(path)
    parent, _ = tree.find(path[: len(path) - 1])
    if value is GONE:
        if depth < len(path):
            raise ConfigurationError(f"there is nothing at `{dotted(path)}` to take away")
        return layout.without(parent, path[-1])
    if depth == len(path):
        return layout.replaced(found, parent, value)
    rest = path[depth:]
    if isinstance(found.value, list) and rest == (len(found.value),):
        return layout.appended(found, value)
    for segment in reversed(rest[1:]):
        if not isinstance(segment, str):
            raise ConfigurationError(f"there is no list at `{dotted(path)}` to add to")
        value = {segment: value}
    if found.value is None and depth:
        return layout.replaced(found, tree.find(path[: depth - 1])[0], {rest[0]: value})
    if not isinstance(found.value, dict) or not isinstance(rest[0], str):
        raise ConfigurationError(f"there is no mapping at `{dotted(path[:depth])}` to add to")
    return layout.added(found, rest[0], value, order)


def _expected(data: Any, path: Path, value: Any) -> Any:
    """Return what the text has to be afterwards."""
    result = copy.deepcopy(data)
    holder = result
    for segment, following in itertools.pairwise(path):
        if isinstance(holder, dict) and holder.get(segment) is None:
            holder[segment] = {} if isinstance(following, str) else []
        holder = holder[segment]
    last = path[-1]
    if value is GONE:
        del holder[last]
    elif isinstance(holder, list) and last == len(holder):
        holder.append(value)
    else:
        holder[last] = value
    return result
