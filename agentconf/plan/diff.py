"""Where two canonical bodies differ: paths, and the values on both sides with defaults filled in.

Lists are compared as a whole, objects down to their leaves, tools by id. The comparison is by canonical
JSON text, so types count: `true` is not `1`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentconf.model.agent import AgentBody, AgentData
from agentconf.model.fields import FieldSpec, ModelClass, fields_of
from agentconf.plan.canonical import identifier, same, text_of
from agentconf.plan.change import ABSENT
from agentconf.plan.toolids import called, tools_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_Object = dict[str, Any]
KeyPath = tuple[str, ...]
_LAST = 1_000_000
"""Rank of what has no place of its own; it comes after everything that has."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two bodies differ.

    Args:
        path: keys from the body's root; tools by id.
        before: `ABSENT` where neither a value nor a default is.
        after: the same for the other side.
        by_default: the value afterwards is the default, not one that stands in the body.

    """

    path: KeyPath
    before: Any
    after: Any
    by_default: bool = False


def differences(before: AgentData, after: AgentData) -> tuple[Difference, ...]:
    """Find all differences of two canonical bodies, ordered by path.

    A value that is declared on one side and the default on the other is none: a default may change with a
    sibling (`show_results_to_llm` with `source`).
    """
    from deepdiff import DeepDiff  # noqa: PLC0415 - only needed when something differs

    whole = _changed_types(before, after)
    tree = DeepDiff(
        _spread(before, AgentBody, whole),
        _spread(after, AgentBody, whole),
        view="tree",
        ignore_private_variables=False,
        threshold_to_diff_deeper=0,
    )
    paths = {tuple(level.path(output_format="list")) for levels in tree.values() for level in levels}
    found = (_difference(before, after, path) for path in sorted(paths))
    return tuple(one for one in found if not same(one.before, one.after))


def in_order(
    found: Sequence[Difference], tool_ids: Sequence[str], labels: Mapping[str, str]
) -> list[Difference]:
    """Order differences for reading: fields as the models have them, tools as the file has them.

    Args:
        found: the differences.
        tool_ids: ids in the file's order; tools that are not in it come last, by label.
        labels: how each tool is called, by id.

    """
    ranks = {identifier(one): rank for rank, one in enumerate(tool_ids)}

    def order(one: Difference) -> tuple[tuple[int, str], ...]:
        if one.path[0] != "tools":
            return tuple(_ranks(one.path, AgentBody))
        key = one.path[1]
        tool = (ranks.get(key, _LAST), labels.get(key, key))
        return (*_ranks(("tools",), AgentBody), tool, *((_LAST, name) for name in one.path[2:]))

    return sorted(found, key=order)


def tool_labels(*bodies: AgentData) -> dict[str, str]:
    """Name tools for paths: by name, and by name and id where two share a name.

    Args:
        bodies: the later ones decide on the name of a tool that is in several.

    """
    names = {str(identifier(tool.get("id"))): called(tool) for body in bodies for tool in tools_of(body)}
    every = list(names.values())
    return {key: name if every.count(name) == 1 else f"{name}#{key}" for key, name in names.items()}


def look(data: _Object, path: KeyPath, model: ModelClass | None = AgentBody, *, fill: bool = True) -> Any:
    """Return the value at a path, the default where it is absent and has one, else `ABSENT`.

    Args:
        data: the body, or an object of it.
        path: keys from there; tools by id.
        model: what the object follows; None for free data.
        fill: whether defaults are filled in.

    """
    name, *rest = path
    specs = fields_of(model) if model is not None else {}
    spec = specs.get(name)
    value = data.get(name, ABSENT)
    if value is ABSENT and spec is not None and fill:
        default = spec.default_in(data, specs)
        value = ABSENT if default is None else default
    if rest and name == "tools" and model is AgentBody:
        key, *rest = rest
        value = next((one for one in tools_of(data) if identifier(one.get("id")) == key), ABSENT)
    if not rest or not isinstance(value, dict):
        return ABSENT if rest else value
    inner = spec.model_of(value) if spec is not None and not spec.opaque else None
    return look(value, tuple(rest), inner, fill=fill)


def _difference(before: AgentData, after: AgentData, path: KeyPath) -> Difference:
    value = look(after, path)
    stands = look(after, path, fill=False) is not ABSENT
    return Difference(path, look(before, path), value, by_default=not stands and value is not ABSENT)


def _changed_types(before: AgentData, after: AgentData) -> frozenset[str]:
    """Name the tools that are of another type afterwards: nothing in them can be compared field by field."""
    types = {identifier(tool.get("id")): tool.get("type") for tool in tools_of(before)}
    return frozenset(
        key
        for tool in tools_of(after)
        if (key := identifier(tool.get("id"))) in types and types[key] != tool.get("type")
    )


def _spread(data: _Object, model: ModelClass | None, whole: frozenset[str] = frozenset()) -> _Object:
    """Turn an object into nested dicts of JSON texts; objects of defaults are there even when empty."""
    specs: Mapping[str, FieldSpec] = fields_of(model) if model is not None else {}
    result: _Object = {}
    for name, value in data.items():
        spec = specs.get(name)
        if spec is not None and name == "tools" and model is AgentBody:
            result[name] = dict(_spread_tools(data, spec, whole))
        elif not isinstance(value, dict) or (spec is not None and spec.sealed):
            result[name] = text_of(value)
        else:
            result[name] = _spread(
                value, spec.model_of(value) if spec is not None and not spec.opaque else None
            )
    for name, spec in specs.items():
        if name not in data and spec.spread:
            result[name] = _spread({}, spec.nested)
        elif name not in data and (spec.default == {} or name == "tools"):
            result[name] = {}
    return result


def _spread_tools(body: _Object, spec: FieldSpec, whole: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for tool in tools_of(body):
        key = str(identifier(tool.get("id")))
        yield key, text_of(tool) if key in whole else _spread(tool, spec.model_of(tool))


def _ranks(path: KeyPath, model: ModelClass | None) -> Iterator[tuple[int, str]]:
    for name in path:
        specs = fields_of(model) if model is not None else {}
        yield (list(specs).index(name) if name in specs else _LAST, name)
        spec = specs.get(name)
        model = spec.nested if spec is not None else None
