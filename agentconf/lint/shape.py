"""Paths through the models: which model and which field stand at a path of a definition."""

from __future__ import annotations

from collections.abc import Sequence
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from agentconf.model.agent import AgentFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from agentconf.source.tree import Path

_MISSING = object()


def model_at(data: Any, path: Path) -> type[BaseModel] | None:
    """Tell which model a mapping is read as.

    Args:
        data: the definition.
        path: where the mapping stands.

    Returns:
        The model, or None where free JSON or a map of texts stands, or the type of a tool is unknown.

    """
    annotation: Any = AgentFile
    for segment in path:
        annotation = _step(annotation, segment, data)
        data = _child(data, segment)
    return _chosen(annotation, data)


def field_at(data: Any, path: Path) -> FieldInfo | None:
    """Return the declaration of the field at a path; None when the path does not end in a model's field."""
    model = model_at(data, path[:-1])
    return None if model is None else model.model_fields.get(str(path[-1]))


def true_path(data: Any, loc: tuple[int | str, ...]) -> Path:
    """Turn a location of pydantic into a path of the data.

    A location names the chosen member behind each value that is read as a union; these are left out.

    Args:
        data: what was validated.
        loc: `loc` of an error.

    """
    annotation: Any = AgentFile
    path: list[str | int] = []
    tag_follows = False
    for segment in loc:
        if tag_follows:
            tag_follows = False
            continue
        path.append(segment)
        annotation = _step(annotation, segment, data)
        data = _child(data, segment)
        tag_follows = isinstance(data, dict) and len(list(_models(annotation))) > 1
    return tuple(path)


def _child(data: Any, segment: str | int) -> Any:
    match data:
        case dict():
            return data.get(segment)
        case list() if isinstance(segment, int) and segment < len(data):
            return data[segment]
        case _:
            return None


def _step(annotation: Any, segment: str | int, data: Any) -> Any:
    """Return the annotation of a field, item or entry."""
    model = _chosen(annotation, data)
    if model is not None:
        field = model.model_fields.get(str(segment))
        return None if field is None else field.annotation
    for member in _members(annotation):
        if get_origin(member) in {list, Sequence, dict}:
            return get_args(member)[-1]
    return None


def _members(annotation: Any) -> Iterator[Any]:
    """Yield the members of a union, annotations stripped."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in {Union, UnionType}:
        for member in get_args(annotation):
            yield from _members(member)
    else:
        yield annotation


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    for member in _members(annotation):
        if isinstance(member, type) and issubclass(member, BaseModel):
            yield member


def _chosen(annotation: Any, data: Any) -> type[BaseModel] | None:
    """Choose the model: the only one, or the one whose `type` the data names."""
    models = list(_models(annotation))
    if len(models) == 1:
        return models[0]
    named = data.get("type", _MISSING) if isinstance(data, dict) else _MISSING
    return next((model for model in models if named in _tags(model)), None)


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    return get_args(model.model_fields["type"].annotation)
