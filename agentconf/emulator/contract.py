"""Whether a body or an answer is what the contract says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker

from agentconf.emulator.documents import Schema, read_schema
from agentconf.emulator.problems import Problem, problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.emulator.options import Dialect, UnknownFields

ANSWERS = ("agent", "agent-list", "call-response", "calls-page", "call-detail", "web-session", "error")

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Contract:
    """One revision of the API contract, compiled.

    Args:
        schemas: the schema of each kind of request body and of answer, without references.
        validators: the validator of each.
        unknown_fields: how fields are treated that the contract does not know.

    """

    schemas: Mapping[str, Schema]
    validators: Mapping[str, Draft202012Validator]
    unknown_fields: UnknownFields

    @property
    def keeps_unknown(self) -> bool:
        """Whether fields that the contract does not know are stored and returned."""
        return self.unknown_fields == "keep"

    def check(self, kind: str, body: object) -> tuple[Problem, ...]:
        """Return what is wrong with a request body; nothing when it is as the contract says."""
        found = problems(self.validators[kind].iter_errors(body))
        if self.unknown_fields == "drop":
            return tuple(problem for problem in found if problem.kind != "extra_forbidden")
        return found

    def check_answer(self, kind: str, answer: object) -> tuple[str, ...]:
        """Return what is wrong with an answer of the emulator itself, for tests of it."""
        return tuple(
            f"{error.json_path}: {error.message}" for error in self.validators[kind].iter_errors(answer)
        )


@cache
def load_contract(dialect: Dialect, unknown_fields: UnknownFields) -> Contract:
    """Read and compile a revision of the contract, once a process."""
    schemas = {name: read_schema(name) for name in ANSWERS} | {
        "create": read_schema(f"agent-create.{dialect}"),
        "update": _in_dialect(read_schema("agent-update"), dialect),
        "duplicate": _in_dialect(read_schema("agent-duplicate"), dialect, required=("slng_api_key",)),
        "call": read_schema("call-create"),
        "session": read_schema("web-session-create"),
        "execution": read_schema("tool-execution-create"),
    }
    formats = _format_checker()
    validators = {
        name: Draft202012Validator(
            _open(schema) if unknown_fields == "keep" else schema, format_checker=formats
        )
        for name, schema in schemas.items()
    }
    return Contract(MappingProxyType(schemas), MappingProxyType(validators), unknown_fields)


def _in_dialect(schema: Schema, dialect: Dialect, required: tuple[str, ...] = ()) -> Schema:
    """Adapt a body that both revisions share: the managed one does not know `slng_api_key`."""
    if dialect == "keyed":
        return {**schema, "required": [*schema.get("required", ()), *required]}
    known = {name: part for name, part in schema["properties"].items() if name != "slng_api_key"}
    return {**schema, "properties": known}


def _open(schema: Any) -> Any:
    """Turn a schema into a newer platform's, with fields and enum values that the contract does not know."""
    match schema:
        case {"enum": [str(), *_] as choices, **rest}:
            return {**_open(rest), "type": ["string", "null"] if None in choices else "string"}
        case dict():
            return {
                key: value if key == "if" else _open(value)
                for key, value in schema.items()
                if not (key == "additionalProperties" and value is False)
            }
        case list():
            return [_open(item) for item in schema]
        case _:
            return schema


def _format_checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    checker.checks("uuid")(lambda value: not isinstance(value, str) or _UUID.fullmatch(value) is not None)
    checker.checks("date-time", raises=ValueError)(_is_date_time)
    return checker


def _is_date_time(value: object) -> bool:
    """Check RFC 3339; raises ValueError for a day that no calendar has."""
    if not isinstance(value, str):
        return True
    return (
        _DATE_TIME.fullmatch(value) is not None and datetime.fromisoformat(value.upper()).tzinfo is not None
    )
