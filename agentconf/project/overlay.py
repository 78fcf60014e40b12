"""Layers: how the values of several files come together. Every value keeps its own place.

Maps merge key by key, lists are replaced as a whole, and `null` in the upper layer removes what the lower one
has under that key. Where there is nothing to remove, such a `null` has no effect; only in free JSON (the
`parameters` of a tool, the options of a model) it is then a value like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.model.tools import tool_name
from agentconf.project.places import AGENT, DETACHABLE, TOOL

if TYPE_CHECKING:
    from agentconf.project.places import Place
    from agentconf.source.tree import Tree

Entries = dict[str, "Tree"]
_TOOLS = "tools"
_NAMES = ("name", "template", "built_in")
_IDENTITY = ("type", "id", *_NAMES)


def merge(base: Tree, over: Tree, place: Place) -> Tree:
    """Lay one value over another; the result stands where the base does.

    Args:
        base: the lower layer.
        over: the upper layer; anything but two mappings replaces the base.
        place: what stands here.

    """
    if not isinstance(over.value, dict):
        return over
    if not isinstance(base.value, dict):
        return _without_null(over, place)
    return base.holding(merge_entries(base.value, over.value, place))


def merge_entries(base: Entries, over: Entries, place: Place) -> Entries:
    """Lay entries over entries; see `merge`."""
    entries = dict(base)
    for key, tree in over.items():
        below = place.below(key)
        if tree.value is None and (key in entries or not place.free):
            entries.pop(key, None)
        elif key in entries:
            entries[key] = merge(entries[key], tree, below)
        else:
            entries[key] = _without_null(tree, below)
    return entries


def _without_null(tree: Tree, place: Place) -> Tree:
    """Leave out what removes nothing; lists and free JSON stay as they are."""
    if place.free or not isinstance(tree.value, dict):
        return tree
    entries = merge_entries({}, tree.value, place)
    return tree if list(entries.values()) == list(tree.value.values()) else tree.holding(entries)


def fill(defaults: Tree, own: Tree) -> Tree:
    """Fill in what a file leaves out; the result stands where the file's value does.

    `null` in the file removes a default, except in the fields that it detaches (the trunks): there it stays.

    Args:
        defaults: `defaults` of the project file, or a part of them.
        own: what the agent's file has in that place.

    """
    if not isinstance(own.value, dict) or not isinstance(defaults.value, dict):
        return own
    entries: Entries = dict(own.value)
    for key, default in defaults.value.items():
        if key not in entries:
            entries[key] = default
        elif entries[key].value is not None:
            entries[key] = fill(default, entries[key])
        elif key not in DETACHABLE:
            del entries[key]
    return own.holding(entries)


def override(agent: Tree, over: Tree) -> Tree:
    """Lay an environment's override over an agent: as `merge`, and `tools` by id, else by name.

    `null` removes here in every field, so that a trunk whose `null` is removed is left as it is. To detach a
    trunk, write `null` in the agent's file.

    Args:
        agent: the agent so far.
        over: what the environment says of it.

    """
    if not isinstance(over.value, dict):
        return agent
    rest = {key: tree for key, tree in over.value.items() if key != _TOOLS}
    entries = merge_entries(agent.value, rest, AGENT)
    if _TOOLS in over.value:
        _override_tools(entries, over.value[_TOOLS])
    return agent.holding(entries)


def _override_tools(entries: Entries, over: Tree) -> None:
    base = entries.get(_TOOLS)
    if over.value is None:
        entries.pop(_TOOLS, None)
    elif base is not None and isinstance(base.value, list) and isinstance(over.value, list):
        entries[_TOOLS] = base.holding(merge_tools(base.value, over.value))
    else:
        entries[_TOOLS] = over


def merge_tools(base: list[Tree], over: list[Tree]) -> list[Tree]:
    """Lay tools over tools: an entry merges into the one of its id, else of its name, else it is appended.

    A name matches only where the two ids do not contradict each other.

    Args:
        base: the agent's tools.
        over: the override's.

    """
    tools = list(base)
    for entry in over:
        index = _match(tools, entry)
        if index is None:
            tools.append(entry)
        else:
            tools[index] = merge(tools[index], _without_identity(entry, tools[index]), TOOL)
    return tools


def _without_identity(entry: Tree, tool: Tree) -> Tree:
    """Leave out what an entry only repeats to say which tool it means: that stays the agent's own."""
    entries = {
        key: child
        for key, child in entry.value.items()
        if key not in _IDENTITY or key not in tool.value or child.value != tool.value[key].value
    }
    return entry.holding(entries)


def _match(tools: list[Tree], entry: Tree) -> int | None:
    """Find the tool that an override's entry means."""
    wanted, name = _id(entry), _name(entry)
    for index, tool in enumerate(tools):
        if wanted is not None and _id(tool) == wanted:
            return index
    for index, tool in enumerate(tools):
        if name is not None and _name(tool) == name and (wanted is None or _id(tool) is None):
            return index
    return None


def _id(tool: Tree) -> str | None:
    child = tool.value.get("id") if isinstance(tool.value, dict) else None
    return child.value.lower() if child is not None and isinstance(child.value, str) else None


def _name(tool: Tree) -> tuple[str, str] | None:
    """Name a tool, with the field that names it; an override often leaves out the `type`."""
    if not isinstance(tool.value, dict):
        return None
    data = {key: tool.value[key].value for key in ("type", *_NAMES) if key in tool.value}
    field = {"template": "template", "built_in": "built_in"}.get(str(data.get("type")), "name")
    name = tool_name(data)
    if name is None and "type" not in data:
        field = next((key for key in _NAMES if key in data), "name")
        name = data.get(field)
    return (field, name) if isinstance(name, str) else None
