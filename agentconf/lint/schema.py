"""The sound parts of a definition, and what is wrong with the rest: one mistake never hides the next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from agentconf.model.agent import Agent, AgentFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.issue import SchemaIssue
    from agentconf.project.definition import Definition
    from agentconf.source.tree import Path


def soundness(definition: Definition) -> tuple[Agent, tuple[SchemaIssue, ...]]:
    """Validate a definition and keep what is sound.

    What breaks a bound stays as it was written, and a number where text is wanted stays as its raw text.
    Anything else that is wrong is left out: an optional field falls back to its default, and of a tool or
    an example whose required part is wrong, None is left in its place.

    Args:
        definition: the agent, resolved.

    Returns:
        The sound parts, and one issue for each thing that is wrong.

    """
    unfit = [] if _is_json(definition.data) else list(_not_json(definition.data, ()))
    try:
        file = AgentFile.model_validate(definition.data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    else:
        if not unfit:
            return Agent.model_construct(file.model_fields_set, **vars(file)), ()
        errors = []
    from agentconf.lint.diagnosis import diagnose  # noqa: PLC0415 - needed only when something is wrong

    return diagnose(definition, errors, unfit)


def is_tombstone(definition: Definition) -> bool:
    """Tell whether the file plans the agent's deletion: it then needs a name and nothing else."""
    lifecycle = definition.data.get("lifecycle")
    return isinstance(lifecycle, dict) and lifecycle.get("state") == "absent"


def _is_json(data: Any) -> bool:
    """Tell whether JSON can carry a value: numbers are finite, and texts hold no half of a surrogate pair."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind is str:
            if not (value.isascii() or _encodable(value)):
                return False
        elif kind is dict:
            waiting += value.values()
        elif kind is list:
            waiting += value
        elif kind is float and not math.isfinite(value):
            return False
    return True


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _not_json(data: Any, path: Path) -> Iterator[tuple[Path, float | str]]:
    """Yield the values that JSON cannot carry."""
    match data:
        case dict():
            for key, value in data.items():
                yield from _not_json(value, (*path, key))
        case list():
            for index, value in enumerate(data):
                yield from _not_json(value, (*path, index))
        case _ if not _is_json(data):
            yield path, data
