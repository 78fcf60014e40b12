"""A field in words: what it is for, what it takes, and what happens when it is left out."""

from __future__ import annotations

import re
import types
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from agentconf.model.agent import AgentFile
from agentconf.model.base import Model
from agentconf.model.campaign import CampaignFile
from agentconf.model.clock import Duration
from agentconf.model.fields import FieldSpec, fields_of
from agentconf.model.project import EnvironmentFile, ProjectFile
from agentconf.model.schema_forms import bounds
from agentconf.model.secret import SecretRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.model.fields import ModelClass

_ROOTS: dict[str, ModelClass] = {
    "agent": AgentFile,
    "project": ProjectFile,
    "environment": EnvironmentFile,
    "campaign": CampaignFile,
}
_BY_NAME: dict[str, ModelClass] = {"environments": EnvironmentFile}
"""Fields that hold objects by names of the user's choice, with what each object is."""
_TYPES = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    float: "number",
    SecretRef: "${env:NAME}",
    Duration: "length of time, like 1h30m",
    time: "time of day, like 09:00",
    datetime: "moment, like 2026-07-01T18:00",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """A field of a model, or a whole model when there is no field."""

    path: str
    model: ModelClass
    field: FieldSpec | None = None


def explain_field(path: str) -> str | None:
    """Explain a field of an agent, of the project file, of an environment or of a campaign.

    Args:
        path: names joined by dots, such as `models.tts_voice` or `tools.webhook.url`. A kind of tool may
            stand behind `tools`; without it, each kind that has the field is explained. Indexes are ignored.
            Fields of an agent come first; `project.`, `environment.` and `campaign.` in front choose the
            other files. One of these words alone means the whole file.

    Returns:
        Lines without a final newline; None when there is no such field.

    """
    names = [name for name in re.split(r"[./]", re.sub(r"\[[^\]]*\]", "", path.strip())) if name]
    if not names:
        return None
    if len(names) == 1 and names[0] in _ROOTS:
        return _text(_Place(names[0], _ROOTS[names[0]]))
    roots = [(_ROOTS[names[0]], names[1:])] if names[0] in _ROOTS else []
    roots.extend((model, names) for model in _ROOTS.values())
    for model, rest in roots:
        found = tuple(_walk(model, rest, ""))
        if found:
            return "\n\n".join(_text(place) for place in found)
    return None


def field_paths() -> tuple[str, ...]:
    """List every path that `explain_field` takes, in its plainest form; for suggestions."""
    return tuple(dict.fromkeys(path for model in _ROOTS.values() for path in _paths(model, "")))


def _paths(model: ModelClass, prefix: str) -> Iterator[str]:
    for spec in fields_of(model).values():
        path = f"{prefix}{spec.name}"
        yield path
        for kind, variant in spec.variants.items():
            yield f"{path}.{kind}"
            yield from _paths(variant, f"{path}.{kind}.")
        if spec.nested is not None:
            yield from _paths(spec.nested, f"{path}.")


def _walk(model: ModelClass, names: list[str], prefix: str) -> Iterator[_Place]:
    name, *rest = names
    spec = fields_of(model).get(name)
    if spec is None:
        return
    path = f"{prefix}.{name}" if prefix else name
    if name in _BY_NAME and rest[1:]:
        yield from _walk(_BY_NAME[name], rest[1:], path)
    elif rest and spec.variants:
        yield from _walk_variants(spec, rest, path)
    elif rest and spec.nested is not None:
        yield from _walk(spec.nested, rest, path)
    else:
        yield _Place(path, model, spec)


def _walk_variants(spec: FieldSpec, names: list[str], path: str) -> Iterator[_Place]:
    kind, *rest = names
    if kind not in spec.variants:
        for name, model in spec.variants.items():
            yield from _walk(model, names, f"{path}[{name}]")
    elif rest:
        yield from _walk(spec.variants[kind], rest, f"{path}[{kind}]")
    else:
        yield _Place(f"{path}[{kind}]", spec.variants[kind])


def _text(place: _Place) -> str:
    spec = place.field
    if spec is None:
        return "\n".join([place.path, "", place.model.__doc__ or "", "", *_fields(place.model)])
    lines = [place.path, "", f"{spec.description}.", ""]
    lines.extend(f"{name:<11}{text}" for name, text in _facts(place.model, spec))
    nested = _BY_NAME.get(spec.name, spec.nested)
    if nested is not None:
        lines.extend(["", *_fields(nested)])
    return "\n".join(lines)


def _facts(model: ModelClass, spec: FieldSpec) -> Iterator[tuple[str, str]]:
    info = next(info for name, info in model.model_fields.items() if spec.name in (info.alias, name))
    yield "type", _type(info.annotation)
    schema = model.model_json_schema()
    within = bounds(schema["properties"][spec.name])
    if within:
        yield "bounds", within[0].lower() + within[1:]
    yield "required", "yes" if spec.required else "no"
    default = _default(spec)
    if default is not None:
        yield "default", default
    if spec.write_only:
        yield "write-only", "the platform stores it and never shows it; only ${env:NAME} is taken"
    if spec.computed:
        yield "computed", "the platform fills it in when it is left out; compared only when declared"
    if spec.dashboard:
        yield "dashboard", "attached in the platform's dashboard; left alone unless declared, null detaches"


def _default(spec: FieldSpec) -> str | None:
    if spec.default_by is not None:
        sibling = spec.default_by.sibling
        return ", ".join(f"{_value(value)} when {sibling} is {on}" for on, value in spec.default_by.defaults)
    return None if spec.default is None else _value(spec.default)


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list() | dict():
            return ", ".join(map(str, value)) or "empty"
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)


def _type(annotation: Any) -> str:
    parts = get_args(annotation)
    origin = get_origin(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Model):
        kind = annotation.model_fields.get("type")
        text = ", ".join(get_args(kind.annotation)) if kind else "object"
    elif origin is Annotated:
        text = _type(parts[0])
    elif origin is Literal:
        text = ", ".join(map(str, parts))
    elif origin is list:
        text = f"list of {_type(parts[0])}"
    elif origin is dict:
        text = f"map from names to {_type(parts[1])}"
    elif origin in {Union, types.UnionType}:
        text = " or ".join(_type(part) for part in parts)
    else:
        text = _TYPES.get(annotation, "any JSON value")
    return text


def _fields(model: ModelClass) -> Iterator[str]:
    specs = fields_of(model).values()
    width = max(len(spec.name) for spec in specs)
    yield "fields"
    for spec in specs:
        yield f"  {spec.name:<{width}}  {spec.description}{' (required)' if spec.required else ''}"
