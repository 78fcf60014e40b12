"""What a plan is made from: whether it is sound enough to be compared, and its fingerprint."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from agentconf.errors import ConfigurationError
from agentconf.model.redact import is_write_only
from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import sha256
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentconf.plan.options import Desired

_Path = tuple[str | int, ...]


def inputs_of(desired: Iterable[Desired]) -> str:
    """Return the SHA-256, as hex, of what the files declare: secrets by reference, agents in any order.

    Raises:
        ConfigurationError: a number is not finite; the error names all.

    """
    ordered = sorted(desired, key=lambda one: one.key)
    try:
        return sha256([[one.key, one.body, one.lifecycle.model_dump()] for one in ordered])
    except ValueError:
        _refuse([fault for one in ordered for fault in _not_numbers(one)])
        raise


def check(desired: Iterable[Desired]) -> None:
    """Refuse what cannot be planned, for callers that did not lint before.

    Raises:
        ConfigurationError: an agent has no name, its tools are not objects, or a write-only field holds
            anything but a reference; one error names them all, and no value.

    """
    _refuse([fault for one in desired for fault in _faults(one)])


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        raise ConfigurationError("; ".join(faults), help="`agentconf lint` shows where")


def _faults(one: Desired) -> Iterator[str]:
    if one.name is None and not one.absent:
        yield f"{one.where} has no name"
    tools = one.body.get("tools")
    if tools is not None and tools != tools_of(one.body):
        yield f"tools of {one.where} is not a list of objects"
    for path in _literals(one):
        yield f"{'.'.join(str(key) for key in path)} of {one.where} is not a reference such as ${{env:NAME}}"


def _not_numbers(one: Desired) -> Iterator[str]:
    for path in _not_finite(one.body, ()):
        yield f"{'.'.join(str(key) for key in path)} of {one.where} is a number that JSON does not have"


def _literals(one: Desired) -> Iterator[_Path]:
    """Yield where a secret stands literally."""
    key = one.body.get("slng_api_key")
    if key is not None and not isinstance(key, SecretRef):
        yield ("slng_api_key",)
    for index, tool in enumerate(tools_of(one.body)):
        auth = tool.get("auth")
        for name, value in auth.items() if isinstance(auth, dict) else ():
            path = ("tools", index, "auth", name)
            if is_write_only(path) and value is not None and not isinstance(value, SecretRef):
                yield path


def _not_finite(value: Any, path: _Path) -> Iterator[_Path]:
    match value:
        case float() if not math.isfinite(value):
            yield path
        case dict():
            for name, child in value.items():
                yield from _not_finite(child, (*path, name))
        case list():
            for index, child in enumerate(value):
                yield from _not_finite(child, (*path, index))
        case _:
            return
