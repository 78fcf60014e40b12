"""What a body may be refused for, in the words of the platform's validation errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jsonschema.exceptions import ValidationError

Place = tuple[str | int, ...]
"""The way from the request to a value, as in `("body", "tools", 0, "url")`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a body is refused; never holds a value from the body.

    Args:
        place: where.
        message: what is expected there.
        kind: a word for programs.

    """

    place: Place
    message: str
    kind: str = "value_error"

    def as_json(self) -> dict[str, object]:
        """Return the form in which the platform answers."""
        return {"loc": list(self.place), "msg": self.message, "type": self.kind}


def missing(place: Place) -> Problem:
    """Say that a field is not there."""
    return Problem(place, "Field required", "missing")


_TYPES = {
    "string": ("Input should be a valid string", "string_type"),
    "integer": ("Input should be a valid integer", "int_type"),
    "number": ("Input should be a valid number", "float_type"),
    "boolean": ("Input should be a valid boolean", "bool_type"),
    "array": ("Input should be a valid list", "list_type"),
    "object": ("Input should be a valid dictionary", "dict_type"),
    "null": ("Input should be null", "none_required"),
}
_FORMATS = {
    "uuid": ("Input should be a valid UUID", "uuid_parsing"),
    "date-time": ("Input should be a valid datetime", "datetime_parsing"),
}
_BOUNDS = {
    "maxLength": ("String should have at most {} characters", "string_too_long"),
    "minLength": ("String should have at least {} characters", "string_too_short"),
    "minimum": ("Input should be greater than or equal to {}", "greater_than_equal"),
    "maximum": ("Input should be less than or equal to {}", "less_than_equal"),
    "minItems": ("List should have at least {} items", "too_short"),
    "maxProperties": ("Dictionary should have at most {} items", "too_long"),
}


def problems(errors: Iterable[ValidationError], root: Place = ("body",)) -> tuple[Problem, ...]:
    """Translate the errors of a JSON Schema validator, each reason once."""
    found = (problem for error in errors for problem in _translate(error, root))
    return tuple(dict.fromkeys(found))


def _translate(error: ValidationError, root: Place) -> Iterator[Problem]:
    place = (*root, *error.absolute_path)
    bound: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "required":
            yield from (missing((*place, name)) for name in bound if name not in instance)
        case "additionalProperties":
            schema: Any = error.schema
            extra = (name for name in instance if name not in schema["properties"])
            yield from (
                Problem((*place, name), "Extra inputs are not permitted", "extra_forbidden") for name in extra
            )
        case "anyOf":
            yield from _translate_union(error.context or (), root)
        case rule:
            key = (instance,) if "propertyNames" in error.absolute_schema_path else ()
            yield Problem((*place, *key), *_words(str(rule), bound))


def _translate_union(context: Sequence[ValidationError], root: Place) -> Iterator[Problem]:
    """Report the branch that is not `null`: the contract's unions are all of a value or nothing."""
    for error in context:
        if error.validator != "type" or error.validator_value != "null":
            yield from _translate(error, root)


def _words(rule: str, bound: Any) -> tuple[str, str]:
    match rule:
        case "type":
            return _TYPES[bound if isinstance(bound, str) else bound[0]]
        case "format":
            return _FORMATS[bound]
        case "enum":
            choices = [repr(choice) for choice in bound if choice is not None]
            both = [", ".join(choices[:-1]), choices[-1]]
            return "Input should be " + " or ".join(filter(None, both)), "literal_error"
        case _:
            message, kind = _BOUNDS[rule]
            return message.format(bound), kind
