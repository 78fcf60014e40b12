"""What a live agent should be after an apply: the declared body laid over the live one.

What the files do not govern is taken from the live side: fields attached in the dashboard, fields that the
platform computes, ignored paths, fields that this version does not know and, under `ownership: declared`,
everything undeclared. So a difference between the live agent and its target is always one to be written,
and writing a top-level field of the target loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from agentconf.model.agent import AgentBody, AgentData
from agentconf.model.fields import FieldSpec, ModelClass, fields_of
from agentconf.plan.canonical import canonical_part, identifier, text_of
from agentconf.plan.ignored import NOTHING, Ignored
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """What the files govern.

    Args:
        declared_only: undeclared fields are left as they are (`ownership: declared`).
        ignored: paths that are left as they are in any case.

    """

    declared_only: bool = False
    ignored: Ignored = NOTHING

    def at(self, name: str) -> Scope:
        """Return the scope of a field of this object."""
        return replace(self, ignored=self.ignored.at(name))

    def tool(self, tool: _Object) -> Scope:
        """Return the scope of one tool."""
        return replace(self, ignored=self.ignored.tool(tool))


def target(desired: AgentData, live: AgentData, scope: Scope) -> AgentData:
    """Lay a declared body over a live one.

    Args:
        desired: with an id on every tool.
        live: in write shape.
        scope: what the files govern.

    Returns:
        A body in write shape. Secret references stand in it where the declared body has them. Without
        `template_defaults`: of these an answer shows only some, see `defaults.py`.

    """
    return _object(without_defaults(desired), without_defaults(live), AgentBody, scope)


def without_defaults(body: AgentData) -> AgentData:
    """Return the body without `template_defaults`."""
    return {name: value for name, value in body.items() if name != "template_defaults"}


def _object(wanted: _Object, live: _Object, model: ModelClass, scope: Scope) -> _Object:
    specs = fields_of(model)
    result: _Object = {}
    for name in dict.fromkeys((*wanted, *live)):
        rule = scope.at(name)
        spec = specs.get(name)
        if rule.ignored.whole:
            _take(result, name, live)
        elif spec is None:
            result[name] = _unknown(wanted[name], live.get(name)) if name in wanted else live[name]
        elif wanted.get(name) is not None:
            result[name] = _declared(wanted[name], live.get(name), spec, rule)
        elif name in wanted and means_null(spec):
            result[name] = None
        elif spec.dashboard or spec.computed or (scope.declared_only and name not in wanted):
            _take(result, name, live)
        elif rest := _undeclared(live.get(name), spec, rule):
            result[name] = rest
    return result


def means_null(spec: FieldSpec) -> bool:
    """Tell whether `null` is a value of the field, not another way to leave it out."""
    return spec.dashboard or (spec.opaque and spec.required)


def _take(result: _Object, name: str, live: _Object) -> None:
    if name in live:
        result[name] = live[name]


def _undeclared(live: Any, spec: FieldSpec, scope: Scope) -> Any:
    """Return what stays of a field that has its default: ignored parts, and what we do not know inside it."""
    if spec.name == "tools" and isinstance(live, list):
        return _tools([], live, spec, scope)
    if spec.spread and isinstance(live, dict) and spec.nested is not None:
        return _object({}, live, spec.nested, replace(scope, declared_only=False))
    return None


def _declared(wanted: Any, live: Any, spec: FieldSpec, scope: Scope) -> Any:
    if spec.opaque or spec.sealed:
        return wanted
    if spec.is_list and isinstance(wanted, list) and isinstance(live, list):
        lists = _tools if spec.name == "tools" else _elements
        return lists(wanted, live, spec, scope)
    return _one(wanted, live, spec, scope)


def _one(wanted: Any, live: Any, spec: FieldSpec, scope: Scope) -> Any:
    """Lay an object over the live one of the same model; anything else is as declared."""
    if not isinstance(wanted, dict) or not isinstance(live, dict):
        return wanted
    model = spec.model_of(wanted)
    if spec.discriminator is not None and wanted.get(spec.discriminator) != live.get(spec.discriminator):
        return wanted
    return _unknown(wanted, live) if model is None else _object(wanted, live, model, scope)


def _unknown(wanted: Any, live: Any) -> Any:
    """Lay data without a model over the live one: objects by key, everything else as declared."""
    if not isinstance(wanted, dict) or not isinstance(live, dict):
        return wanted
    return {
        name: _unknown(wanted[name], live.get(name)) if name in wanted else live[name]
        for name in dict.fromkeys((*wanted, *live))
    }


def _elements(wanted: list[Any], live: list[Any], spec: FieldSpec, scope: Scope) -> list[Any]:
    """Lay each element over the live one that it stands for; live ones that no element stands for go."""
    left = list(live)
    result = []
    for one in wanted:
        partner = next((other for other in left if _stand_for(one, other, spec)), None)
        if partner is not None:
            left.remove(partner)
        result.append(one if partner is None else _one(one, partner, spec, scope))
    return result


def _stand_for(one: Any, other: Any, spec: FieldSpec) -> bool:
    """Tell whether two elements are the same: by name where they have one, else by all we know of them."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    if spec.nested is not None and "name" in fields_of(spec.nested):
        return bool(one.get("name") == other.get("name"))
    return _known_part(one, spec) == _known_part(other, spec)


def _known_part(one: _Object, spec: FieldSpec) -> str:
    model = spec.model_of(one)
    known = {name: value for name, value in one.items() if model is not None and name in fields_of(model)}
    return text_of(canonical_part(known, model) if model is not None else one)


def _tools(wanted: list[Any], live: list[Any], spec: FieldSpec, scope: Scope) -> list[Any]:
    return list(_each_tool(wanted, tools_of({"tools": live}), spec, scope))


def _each_tool(wanted: list[Any], live: list[_Object], spec: FieldSpec, scope: Scope) -> Iterator[Any]:
    partners = {str(identifier(tool.get("id"))): tool for tool in live}
    for tool in wanted:
        rule = scope.tool(tool)
        partner = partners.pop(str(identifier(tool.get("id"))), None)
        if not rule.ignored.whole:
            yield tool if partner is None else _one(tool, partner, spec, rule)
        elif partner is not None:
            yield partner
    for _, tool in sorted(partners.items()):
        if scope.tool(tool).ignored.whole:
            yield tool
