"""Tables of fields, read off the models once: defaults, kinds of nesting and traits, as plain data."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from agentconf.model.base import Computed, Dashboard, DefaultBy, Identifier, Opaque, WriteOnly

ModelClass = type[BaseModel]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a model.

    Args:
        name: the key in a definition.
        required: whether a body without it is refused.
        default: the value it has when it is absent, as JSON data (`{}` for an object of defaults); None
            when absence has no equivalent value.
        default_by: set when the default depends on a sibling field.
        nullable: whether `null` is accepted.
        nested: the model of the object, or of the objects of a list; None for everything else.
        variants: discriminator's value → model, where an object (or a list's element) is one of several.
        discriminator: name of the field that tells the variants apart.
        is_list: whether the value is a list.
        is_map: whether the value is an object with free keys that is no model (`template_defaults`).
        write_only: see `base.WriteOnly`.
        computed: see `base.Computed`.
        dashboard: see `base.Dashboard`.
        opaque: see `base.Opaque`.
        identifier: see `base.Identifier`.
        description: what it means, for people.

    """

    name: str
    required: bool
    default: Any = None
    default_by: DefaultBy | None = None
    nullable: bool = False
    nested: ModelClass | None = None
    variants: Mapping[str, ModelClass] = field(default_factory=dict)
    discriminator: str | None = None
    is_list: bool = False
    is_map: bool = False
    write_only: bool = False
    computed: bool = False
    dashboard: bool = False
    opaque: bool = False
    identifier: bool = False
    description: str | None = None

    @property
    def sealed(self) -> bool:
        """Whether the object holds write-only values, so that an answer shows its discriminator only."""
        return any(spec.write_only for model in self.variants.values() for spec in fields_of(model).values())

    @property
    def spread(self) -> bool:
        """Whether the absent object is the same as an empty one (`fallbacks`, `execution_policy`)."""
        return self.nested is not None and not self.is_list and (self.required or self.default == {})

    def model_of(self, value: Mapping[str, Any]) -> ModelClass | None:
        """Tell which model an object of this field follows.

        Args:
            value: the object, or one element of the list.

        Returns:
            The model; None for a variant that is not known.

        """
        if self.discriminator is None:
            return self.nested
        kind = value.get(self.discriminator)
        return self.variants.get(kind) if isinstance(kind, str) else None

    def default_in(self, siblings: Mapping[str, Any], specs: Mapping[str, FieldSpec]) -> Any:
        """Return the default within an object whose other fields may decide it.

        Args:
            siblings: the object.
            specs: the table of the object's model.

        """
        if self.default_by is None:
            return self.default
        sibling = specs[self.default_by.sibling]
        decides = siblings.get(sibling.name)
        decides = sibling.default if decides is None else decides
        return next((default for value, default in self.default_by.defaults if value == decides), None)


@cache
def fields_of(model: ModelClass) -> Mapping[str, FieldSpec]:
    """Return a model's fields by name, in the model's order; read off the model once."""
    fields = ((info.alias or name, info) for name, info in model.model_fields.items())
    return MappingProxyType({name: _read(name, info) for name, info in fields})


def _read(name: str, info: FieldInfo) -> FieldSpec:
    required = info.is_required()
    traits = info.metadata
    shape = _Shape()
    _inspect(info.annotation, shape)
    if info.discriminator is not None:
        shape.discriminator = str(info.discriminator)
    models = tuple(shape.models)
    return FieldSpec(
        name=name,
        required=required,
        default=None if required else _as_data(info.get_default()),
        default_by=next((trait for trait in traits if isinstance(trait, DefaultBy)), None),
        nullable=shape.nullable,
        nested=models[0] if models and shape.discriminator is None else None,
        variants=_variants(models, shape.discriminator),
        discriminator=shape.discriminator,
        is_list=shape.is_list,
        is_map=shape.is_map and not models,
        write_only=_has(traits, WriteOnly),
        computed=_has(traits, Computed),
        dashboard=_has(traits, Dashboard),
        opaque=_has(traits, Opaque),
        identifier=_has(traits, Identifier),
        description=info.description,
    )


def _has(traits: list[Any], trait: type) -> bool:
    return any(isinstance(one, trait) for one in traits)


def _as_data(default: Any) -> Any:
    return {} if isinstance(default, BaseModel) else default


@dataclass
class _Shape:
    """What an annotation turns out to hold, filled in while it is taken apart."""

    models: list[ModelClass] = field(default_factory=list)
    nullable: bool = False
    is_list: bool = False
    is_map: bool = False
    discriminator: str | None = None


def _inspect(annotation: Any, shape: _Shape) -> None:
    origin = get_origin(annotation)
    if annotation is None or annotation is type(None):
        shape.nullable = True
    elif origin is Annotated:
        inner, *extras = get_args(annotation)
        named = (one.discriminator for one in extras if isinstance(one, FieldInfo) and one.discriminator)
        shape.discriminator = next((str(one) for one in named), shape.discriminator)
        _inspect(inner, shape)
    elif origin in {Union, types.UnionType}:
        for member in get_args(annotation):
            _inspect(member, shape)
    elif origin is list:
        shape.is_list = True
        _inspect(get_args(annotation)[0], shape)
    elif origin is dict:
        shape.is_map = True
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        shape.models.append(annotation)


def _variants(models: tuple[ModelClass, ...], discriminator: str | None) -> Mapping[str, ModelClass]:
    if discriminator is None:
        return {}
    return {
        value: model for model in models for value in _literals(model.model_fields[discriminator].annotation)
    }


def _literals(annotation: Any) -> tuple[str, ...]:
    return get_args(annotation) if get_origin(annotation) is Literal else ()
