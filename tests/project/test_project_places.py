"""The table of places against the models' traits."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from agentconf.model.agent import AgentFile
from agentconf.model.base import Dashboard, Opaque, WriteOnly
from agentconf.model.project import EnvironmentFile
from agentconf.model.secret import SecretRef
from agentconf.project.places import AGENT, DETACHABLE, ENVIRONMENT, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

Steps = tuple[str | int, ...]


def traits(model: type[BaseModel], path: Steps = ()) -> Iterator[tuple[Steps, type]]:
    """Walk a model and its parts for fields with a trait; 0 stands for any item."""
    for name, field in model.model_fields.items():
        for trait in field.metadata:
            yield (*path, name), type(trait)
        yield from in_annotation(field.annotation, (*path, name))


def in_annotation(annotation: Any, path: Steps) -> Iterator[tuple[Steps, type]]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for trait in arguments[1:]:
            yield path, type(trait)
        yield from in_annotation(arguments[0], path)
    elif origin in (Union, types.UnionType):
        for one in arguments:
            yield from in_annotation(one, path)
    elif origin is list:
        yield from in_annotation(arguments[0], (*path, 0))
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from traits(annotation, path)


def place_at(place: Place, path: Steps) -> Place:
    for segment in path:
        place = place.below(segment)
    return place


def named(place: Place, path: Steps = ()) -> Iterator[tuple[Steps, Place]]:
    """Walk the table for the places that mean something."""
    if place.secret or place.free:
        yield path, place
    if place.items is not None:
        yield from named(place.items, (*path, 0))
    for key, below in place.inside.items():
        yield from named(below, (*path, key))


def test_secrets_stand_where_the_models_say_write_only() -> None:
    declared = {path for path, trait in traits(AgentFile) if trait is WriteOnly}
    assert {path for path, place in named(AGENT) if place.secret} == declared


def test_json_is_free_where_the_models_say_opaque() -> None:
    declared = {path for path, trait in traits(AgentFile) if trait is Opaque}
    assert {path for path, place in named(AGENT) if place.free} == declared


def test_null_detaches_where_the_models_say_dashboard() -> None:
    assert {(name,) for name in DETACHABLE} == {
        path for path, trait in traits(AgentFile) if trait is Dashboard
    }


def credentials(model: type[BaseModel], path: Steps = ()) -> Iterator[Steps]:
    """Walk a model and its parts for references to secrets."""
    for name, field in model.model_fields.items():
        for one in (field.annotation, *get_args(field.annotation)):
            if one is SecretRef:
                yield (*path, name)
            elif isinstance(one, type) and issubclass(one, BaseModel):
                yield from credentials(one, (*path, name))


def test_the_credentials_of_an_environment_are_secrets() -> None:
    declared = set(credentials(EnvironmentFile))
    assert declared == {("api_key",), ("sipgate", "token"), ("dasha", "api_key")}
    assert {path for path, place in named(ENVIRONMENT) if place.secret} == declared


def test_what_is_below_a_secret_or_free_json_is_the_same() -> None:
    secret = place_at(AGENT, ("tools", 3, "auth", "token", "x", 0))
    free = place_at(AGENT, ("models", "llm_kwargs", "slng_api_key"))
    assert (secret.secret, free.free, free.secret) == (True, True, False)


def test_any_other_place_means_nothing() -> None:
    place = place_at(AGENT, ("template_defaults", "token"))
    assert (place.secret, place.free) == (False, False)
