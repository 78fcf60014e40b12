"""Project file and environments against their models: what is wrong becomes problems, the rest is used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from agentconf.source.document import Location, Problem
from agentconf.source.suggest import suggest
from agentconf.source.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from agentconf.source.tree import Path, Tree

_Model = TypeVar("_Model", bound=BaseModel)
_CHOICE = re.compile(r"'([^']*)'")
_TYPES = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "list_type": "a list",
}


class Wrong(NamedTuple):
    """A part of a file that its model refuses.

    Args:
        path: where it stands.
        problem: what is wrong with it; None when a problem has been reported for it already.

    """

    path: Path
    problem: Problem | None


def validate(
    model: type[_Model], data: dict[str, Any], tree: Tree, required: Mapping[str, Any]
) -> tuple[_Model, tuple[Problem, ...]]:
    """Check data against a model and keep the sound parts. A key without a value counts as absent.

    Args:
        model: what the file should hold.
        data: what it holds; parts that the model refuses are taken out of it.
        tree: the same with places.
        required: what to take for the required fields, when they are not there or are refused.

    Returns:
        The model's instance of what is sound, and a problem for each other part (AC102 to AC105, AC510).

    """
    problems: list[Problem] = []
    for name in [name for name, value in data.items() if value is None and name in model.model_fields]:
        del data[name]
    while True:
        try:
            return model.model_validate(data), tuple(problems)
        except ValidationError as error:
            wrong = [_wrong(model, detail, tree) for detail in error.errors(include_url=False)]
        problems.extend(one.problem for one in wrong if one.problem is not None)
        for path in sorted({one.path for one in wrong}, key=_order, reverse=True):
            if path[0] in required:
                data[str(path[0])] = required[str(path[0])]
            else:
                _take_out(data, path)


def _order(path: Path) -> list[tuple[int, str]]:
    """Sort parts so that, backwards, no removal moves what is still to be removed."""
    return [(segment, "") if isinstance(segment, int) else (-1, segment) for segment in path]


def _take_out(data: Any, path: Path) -> None:
    """Remove the deepest part of a path that is there."""
    for segment in path[:-1]:
        data = data[segment]
    del data[path[-1]]


def _wrong(model: type[BaseModel], detail: ErrorDetails, tree: Tree) -> Wrong:
    path: Path = detail["loc"]
    if detail["type"] == "missing":
        parent, _ = tree.find(path[:-1])
        first = next(iter(parent.value.values()), parent)
        problem = Problem("AC102", f"`{dotted(path)}` is missing", first.key_location, "add it")
        return Wrong(path, problem)
    found, depth = tree.find(path)
    path = path[:depth]
    return Wrong(path, None if found.unresolved else _problem(model, detail, path, found))


def _problem(model: type[BaseModel], detail: ErrorDetails, path: Path, found: Tree) -> Problem:
    name, context = dotted(path), detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            close = suggest(str(path[-1]), _fields(model, path[:-1]))
            help_ = f"did you mean `{close}`?" if close else "remove it"
            return Problem("AC510", f"there is no setting `{name}`", found.key_location, help_)
        case "literal_error":
            choices = _CHOICE.findall(str(context.get("expected", ""))) or [str(context.get("expected"))]
            close = suggest(str(found.value), choices)
            message = f"`{name}` is {'one of' if len(choices) > 1 else 'always'} {', '.join(choices)}"
            return Problem("AC104", message, found.location, f"did you mean `{close}`?" if close else None)
        case "is_instance_of":
            help_ = "keep the value in an environment variable and refer to it"
            message = f"`{name}` takes one reference to an environment variable: ${{env:NAME}}"
            return Problem("AC103", message, found.location, help_)
        case "greater_than_equal" | "less_than_equal":
            bound = "at least" if "ge" in context else "at most"
            value = context.get("ge", context.get("le"))
            return Problem("AC105", f"`{name}` is {bound} {value}", found.location)
        case kind:
            return Problem("AC103", f"`{name}` takes {_TYPES.get(kind, 'another type')}", found.location)


def _fields(model: type[BaseModel], path: Path) -> list[str]:
    """List the fields that a model has at a path."""
    for segment in path:
        inner = model.model_fields[str(segment)].annotation
        model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else model
    return list(model.model_fields)


def not_a_mapping(what: str, location: Location) -> Problem:
    """Make the problem of something that has to be a mapping and is not.

    Args:
        what: how the sentence begins.
        location: where it stands.

    """
    return Problem("AC103", f"{what} is a mapping", location, "write `key: value` lines")
