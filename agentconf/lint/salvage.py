"""The sound parts of a definition that does not validate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from agentconf.lint.shape import field_at, true_path
from agentconf.model.agent import Agent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from agentconf.project.definition import Definition
    from agentconf.source.tree import Path, Tree

_HOLES = (("tools",), ("examples",))
"""Lists whose unsound items become None in place, so that the others keep their index."""


def sound_parts(definition: Definition, errors: Iterable[ErrorDetails]) -> Agent:
    """Validate what is left when everything is taken out that validation objects to.

    Args:
        definition: the agent.
        errors: what a validation of it said.

    """
    data = _copied(definition.data)
    stand_ins: list[_StandIn] = []
    for error in errors:
        _mend(data, definition.tree, error, stand_ins)
    try:
        agent = Agent.model_validate(data)
    except ValidationError as again:
        # A raw text can break a bound of its own: such a field goes as a whole.
        broken = {str(error["loc"][0]) for error in again.errors(include_url=False)}
        stand_ins = [stand_in for stand_in in stand_ins if stand_in.path[0] not in broken]
        agent = Agent.model_validate({key: value for key, value in data.items() if key not in broken})
    for stand_in in stand_ins:
        if _at(data, stand_in.path[:-1]) is not None:
            _restore(agent, stand_in)
    return agent


class _StandIn(NamedTuple):
    """A value that breaks a bound, taken out while the rest is validated."""

    path: Path
    value: Any


def _mend(data: Any, tree: Tree, error: ErrorDetails, stand_ins: list[_StandIn]) -> None:
    """Take out of the data what an error objects to, and as little else as possible."""
    path, value, context = true_path(data, error["loc"]), error["input"], error.get("ctx", {})
    parent = _at(data, path[:-1])
    if parent is None:
        return  # went with something around it
    match error["type"]:
        case "missing":
            _drop(data, path[:-1])
        case "string_too_long":
            parent[path[-1]] = value[: context["max_length"]]
            stand_ins.append(_StandIn(path, value))
        case "string_too_short":
            parent[path[-1]] = value.ljust(context["min_length"])
            stand_ins.append(_StandIn(path, value))
        case "greater_than_equal" | "less_than_equal":
            parent[path[-1]] = type(value)(context.get("ge", context.get("le")))
            stand_ins.append(_StandIn(path, value))
        case "string_type" if isinstance(value, int | float):
            parent[path[-1]] = tree.find(path)[0].raw or str(value)
        case _:
            _drop(data, path)


def _drop(data: Any, path: Path) -> None:
    """Leave a value out, and the smallest optional part around it when it is required."""
    if not path:
        return
    parent = _at(data, path[:-1])
    if path[:-1] in _HOLES:
        parent[path[-1]] = None
        return
    field = field_at(data, path)
    required = field is not None and field.is_required()
    if isinstance(parent, list) or (required and len(path) > 1):
        _drop(data, path[:-1])
    else:
        del parent[path[-1]]


def _restore(agent: Agent, stand_in: _StandIn) -> None:
    """Put a value back that breaks a bound: rules look at what was written."""
    holder: Any = agent
    for segment in stand_in.path[:-1]:
        holder = getattr(holder, segment) if isinstance(segment, str) else holder[segment]
    vars(holder)[str(stand_in.path[-1])] = stand_in.value


def _at(data: Any, path: Path) -> Any:
    """Return what stands at a path, or None when nothing does."""
    for segment in path:
        match data:
            case dict():
                data = data.get(segment)
            case list() if isinstance(segment, int):
                data = data[segment]
            case _:
                return None
    return data


def _copied(data: Any) -> Any:
    match data:
        case dict():
            return {key: _copied(value) for key, value in data.items()}
        case list():
            return [_copied(value) for value in data]
        case _:
            return data
