"""Paths of `lifecycle.ignore_changes`: what of an agent is neither compared nor written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agentconf.model.agent import AgentBody
from agentconf.model.fields import ModelClass, fields_of
from agentconf.plan.canonical import identifier
from agentconf.plan.toolids import called, tools_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentconf.model.agent import AgentData

_SEGMENT = re.compile(r"\[([^\[\]]+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Ignored:
    """What is ignored at one place and below it.

    Args:
        whole: the place itself, with everything below.
        below: by key; tools by name or id.

    """

    whole: bool = False
    below: Mapping[str, Ignored] = field(default_factory=dict)

    def at(self, name: str) -> Ignored:
        """Return what is ignored at a key."""
        return self if self.whole else self.below.get(name, NOTHING)

    def tool(self, tool: dict[str, Any]) -> Ignored:
        """Return what is ignored of a tool, named by its name or its id."""
        if self.whole:
            return self
        return _join([rule for name, rule in self.below.items() if _means(name, tool)])


NOTHING = Ignored()


def ignored(paths: Iterable[str]) -> Ignored:
    """Read `lifecycle.ignore_changes`.

    Args:
        paths: such as `models.tts_voice`, `tools.transfer.phone_number`, `tools[transfer]`,
            `template_defaults.practice_name`.

    """
    return _join([_chain(segments(path)) for path in paths])


def chained(paths: Iterable[tuple[str, ...]]) -> Ignored:
    """Return what is ignored at and below some paths.

    Args:
        paths: keys from the root; tools by name or id.

    """
    return _join([_chain(path) for path in paths])


def joined(*several: Ignored) -> Ignored:
    """Return what any of them ignores."""
    return _join(several)


def segments(path: str) -> tuple[str, ...]:
    """Split a path at dots and brackets."""
    return tuple(bracketed or plain for bracketed, plain in _SEGMENT.findall(path))


def aimless(paths: Iterable[str], bodies: Sequence[AgentData]) -> tuple[str, ...]:
    """Return the paths that name nothing: no known field, and nothing that stands in one of the bodies.

    Args:
        paths: as declared.
        bodies: the declared and the live body.

    """
    return tuple(path for path in paths if not _aims(segments(path), bodies))


def _means(name: str, tool: dict[str, Any]) -> bool:
    """Tell whether a path's segment is a tool's name or id."""
    return name == called(tool) or identifier(name) == identifier(tool.get("id"))


def _chain(path: tuple[str, ...]) -> Ignored:
    result = Ignored(whole=True) if path else NOTHING
    for segment in reversed(path):
        result = Ignored(below={segment: result})
    return result


def _join(several: Sequence[Ignored]) -> Ignored:
    names = {name for one in several for name in one.below}
    return Ignored(
        whole=any(one.whole for one in several),
        below={
            name: _join([one.below[name] for one in several if name in one.below]) for name in sorted(names)
        },
    )


def _aims(path: tuple[str, ...], bodies: Sequence[AgentData]) -> bool:
    if not path:
        return False
    if path[0] == "tools" and len(path) > 1:
        tools = [one for body in bodies for one in tools_of(body)]
        named = [one for one in tools if _means(path[1], one)]
        models = [fields_of(AgentBody)["tools"].model_of(one) for one in named]
        return any(
            _known(path[2:], model) or _stands(path[2:], one)
            for one, model in zip(named, models, strict=True)
        )
    return _known(path, AgentBody) or any(_stands(path, body) for body in bodies)


def _known(path: tuple[str, ...], model: ModelClass | None) -> bool:
    """Tell whether a path leads to a field of the models; the inside of free objects is unknown to them."""
    if not path:
        return True
    spec = fields_of(model).get(path[0]) if model is not None else None
    if spec is None:
        return False
    if len(path) == 1 or spec.is_map:
        return True
    nested = (spec.nested, *spec.variants.values())
    return not spec.is_list and any(_known(path[1:], one) for one in nested if one is not None)


def _stands(path: tuple[str, ...], value: Any) -> bool:
    for segment in path:
        if not isinstance(value, dict) or segment not in value:
            return False
        value = value[segment]
    return True
