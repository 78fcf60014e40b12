"""What all models share: strictness, and the traits that plan and lint read off a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A part of a definition: strict types, unknown fields reported (the data itself keeps them)."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True
    )

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Return the model itself: it is frozen, and defaults are copied for every agent that omits them."""
        return self


class WriteOnly:
    """Trait: the platform stores the value and never returns it."""

    __slots__ = ()


class Computed:
    """Trait: the platform fills the field in when it is omitted; compared only when declared."""

    __slots__ = ()


class Dashboard:
    """Trait: attached in the platform's dashboard; left alone unless declared, `null` detaches."""

    __slots__ = ()


class Opaque:
    """Trait: free JSON whose inside has no defaults and no unknown fields of its own."""

    __slots__ = ()


class Identifier:
    """Trait: a UUID; upper and lower case mean the same."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class DefaultBy:
    """Trait: the default depends on a sibling field.

    Args:
        sibling: name of the field that decides.
        defaults: value of the sibling → default of this field.

    """

    sibling: str
    defaults: tuple[tuple[Any, Any], ...]
