"""A reference to a secret: the only form in which a write-only value exists before a request is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

SECRET_PATTERN = r"^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$"  # noqa: S105 - the form of a reference, not a secret
_SECRET = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A write-only value, named by the environment variable that holds it.

    Args:
        env: name of the environment variable.

    """

    env: str

    @classmethod
    def parse(cls, text: str) -> SecretRef | None:
        """Read `${env:NAME}`; None when the text is anything else, a default included."""
        match = _SECRET.fullmatch(text)
        return cls(match[1]) if match else None

    def __str__(self) -> str:
        return f"${{env:{self.env}}}"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(cls, cls_repr="SecretRef")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": SECRET_PATTERN,
            "description": "A reference to an environment variable: ${env:NAME}",
        }
