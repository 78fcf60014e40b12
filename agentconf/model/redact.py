"""What of a definition may be shown: everything but values that stand where a secret belongs."""

from __future__ import annotations

from typing import Any

from agentconf.model.secret import SecretRef

MASK = "***"


def is_write_only(path: tuple[str | int, ...]) -> bool:
    """Tell whether a path of an agent's body holds a value that the platform never returns.

    All of `auth` but its type counts, so that a kind of auth this version does not know is safe too.
    """
    match path:
        case ("slng_api_key", *_):
            return True
        case ("tools", _, "auth", field, *_):
            return field != "type"
        case _:
            return False


def _is_auth(path: tuple[str | int, ...]) -> bool:
    return len(path) == len(("tools", 0, "auth")) and path[0] == "tools" and path[2] == "auth"


def redact(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Make a body fit to be shown.

    Args:
        value: the body, or the part of it at `path`.
        path: where the value stands in the body.

    Returns:
        The same as plain JSON data: secret references as the text that files hold, anything else in a
        write-only place masked.

    """
    if isinstance(value, SecretRef):
        return str(value)
    if (is_write_only(path) or (_is_auth(path) and not isinstance(value, dict))) and value is not None:
        return MASK
    if isinstance(value, dict):
        return {key: redact(child, (*path, key)) for key, child in value.items()}
    if isinstance(value, list):
        return [redact(child, (*path, index)) for index, child in enumerate(value)]
    return value
