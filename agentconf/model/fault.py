"""What the check of a single value says when it refuses it."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

FAULT = "fault"
"""Type of such an error among pydantic's; its context holds `code`, `message` and `help`."""


def fault(code: str, message: str, help_: str | None = None) -> PydanticCustomError:
    """Make the error that a validator raises.

    Args:
        code: the linter's rule that it belongs to, AC103 to AC105.
        message: one sentence that goes on behind the field's name.
        help_: the next action, when there is one to name.

    """
    return PydanticCustomError(FAULT, "{message}", {"code": code, "message": message, "help": help_})
