"""Settings files against their models: what is wrong becomes problems, the rest is used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from agentconf.model.fault import FAULT
from agentconf.source.document import Location, Problem
from agentconf.source.suggest import suggest
from agentconf.source.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from agentconf.source.tree import Path, Tree

_Model = TypeVar("_Model", bound=BaseModel)
_CHOICE = re.compile(r"'([^']*)'")
_TYPES = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "list_type": "a list",
}

_BOUNDS = {
    "greater_than_equal": "is at least {ge}",
    "less_than_equal": "is at most {le}",
    "too_short": "is empty",
    "string_pattern_mismatch": "is empty",
    "string_too_short": "is empty",
    "string_too_long": "has at most {max_length} characters",
}


class Wrong(NamedTuple):
    """A part of a file that its model refuses.

    Args:
        path: what to leave out.
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
        required: what to take for the required fields, when they are not there or are refused; the model
            takes it.

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
    found, depth = tree.find(path)
    if detail["type"] == "missing":
        return Wrong(path[:-1] or path, _missing(path, tree))
    path = path[:depth]
    emptied = detail["type"] == "too_short" and found.value
    return Wrong(path, None if found.unresolved or emptied else _problem(model, detail, path, found))


def _missing(path: Path, tree: Tree) -> Problem | None:
    """Tell that a field is not there; None when it is, and was refused."""
    found, depth = tree.find(path)
    if depth == len(path) and found.value is not None:
        return None
    parent, _ = tree.find(path[:-1])
    first = next(iter(parent.value.values()), parent)
    return Problem("AC102", f"`{dotted(path)}` is missing", first.key_location, "add it")


def _problem(model: type[BaseModel], detail: ErrorDetails, path: Path, found: Tree) -> Problem:
    name, context = dotted(path), detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            close = suggest(str(path[-1]), _fields(model, path[:-1]))
            help_ = f"did you mean `{close}`?" if close else "remove it"
            return Problem("AC510", f"there is no setting `{name}`", found.key_location, help_)
        case "literal_error":
            choices = _CHOICE.findall(str(context.get("expected", ""))) or [str(context.get("expected"))]
            close = suggest(str(found.value), choices) or _begun(str(found.value), choices)
            message = f"`{name}` is {'one of' if len(choices) > 1 else 'always'} {', '.join(choices)}"
            return Problem("AC104", message, found.location, f"did you mean `{close}`?" if close else None)
        case "is_instance_of":
            help_ = "keep the value in an environment variable and refer to it"
            message = f"`{name}` takes one reference to an environment variable: ${{env:NAME}}"
            return Problem("AC103", message, found.location, help_)
        case kind if kind == FAULT:
            return Problem(context["code"], f"`{name}` {context['message']}", found.location, context["help"])
        case kind if kind in _BOUNDS:
            return Problem("AC105", f"`{name}` {_BOUNDS[kind].format(**context)}", found.location)
        case kind:
            message = f"`{name}` takes {_TYPES.get(kind, 'another type')}"
            return Problem("AC103", message, found.location, _quoted(kind, found))


def _begun(word: str, choices: list[str]) -> str | None:
    """Find the choice that a longer word begins with: `mon` for `monday`."""
    return next((choice for choice in choices if word.casefold().startswith(choice)), None)


def _quoted(kind: str, found: Tree) -> str | None:
    """Advise quotes for a text that YAML reads as something else."""
    scalar = isinstance(found.value, bool | int | float)
    return f'quote it: "{found.raw}"' if kind == "string_type" and scalar and found.raw else None


def _fields(model: type[BaseModel], path: Path) -> list[str]:
    """List the fields that a model has at a path."""
    for segment in path:
        if isinstance(segment, int):
            continue
        annotation = _by_key(model)[segment].annotation
        for inner in (annotation, *get_args(annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                model = inner
    return list(_by_key(model))


def _by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {info.alias or name: info for name, info in model.model_fields.items()}


def not_a_mapping(what: str, location: Location) -> Problem:
    """Make the problem of something that has to be a mapping and is not.

    Args:
        what: how the sentence begins.
        location: where it stands.

    """
    return Problem("AC103", f"{what} is a mapping", location, "write `key: value` lines")
