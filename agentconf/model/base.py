"""What all models share: strictness, and the traits that plan and lint read off a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A part of a definition: strict types, unknown fields reported (the data itself keeps them)."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True
    )


@dataclass(frozen=True, slots=True)
class WriteOnly:
    """Trait: the platform stores the value and never returns it."""


@dataclass(frozen=True, slots=True)
class Computed:
    """Trait: the platform fills the field in when it is omitted; compared only when declared."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Trait: attached in the platform's dashboard; left alone unless declared, `null` detaches."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """Trait: free JSON whose inside has no defaults and no unknown fields of its own."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """Trait: a UUID; upper and lower case mean the same."""


@dataclass(frozen=True, slots=True)
class DefaultBy:
    """Trait: the default depends on a sibling field.

    Args:
        sibling: name of the field that decides.
        defaults: value of the sibling → default of this field.

    """

    sibling: str
    defaults: tuple[tuple[Any, Any], ...]
