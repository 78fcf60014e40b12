"""What is sent: the body of a creation, and the smallest patch of an update."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from agentconf.model.agent import AgentBody, AgentData
from agentconf.model.fields import FieldSpec, ModelClass, fields_of
from agentconf.plan.canonical import identifier
from agentconf.plan.secrets import API_KEY, references
from agentconf.plan.target import means_null
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from agentconf.model.project import Contract

_Object = dict[str, Any]


def creation(body: AgentData, contract: Contract) -> AgentData:
    """Make the body of a creation: as declared, without nulls that mean absence.

    Args:
        body: with an id on every tool.
        contract: under `managed` no `slng_api_key` is sent.

    """
    sent = _explicit(body, {}, AgentBody)
    if contract == "managed":
        sent.pop(API_KEY, None)
    return {name: value for name, value in sent.items() if value is not None}


def patch(
    target: AgentData, live: AgentData, names: Collection[str], with_secrets: Collection[str]
) -> AgentData:
    """Make the patch that turns a live agent into its target.

    Of each top-level field that is sent, the whole value is. Whatever the live agent has and the target has
    not is put back by its default, or by `null` where an answer can be null.

    Args:
        target: the body after the update.
        live: the canonical live body.
        names: the top-level fields that change.
        with_secrets: ids of the tools whose secrets are sent; the platform keeps the others by tool id.

    """
    whole = _explicit(target, live, AgentBody)
    sent = {name: whole[name] for name in _in_model_order(names) if name in whole}
    if isinstance(sent.get("tools"), list):
        sent["tools"] = [_sealed(tool, with_secrets) for tool in sent["tools"]]
    return sent


def _in_model_order(names: Collection[str]) -> list[str]:
    known = [name for name in fields_of(AgentBody) if name in names]
    return [*known, *sorted(set(names) - set(known))]


def _sealed(tool: Any, with_secrets: Collection[str]) -> Any:
    if not isinstance(tool, dict) or identifier(tool.get("id")) in with_secrets:
        return tool
    auth = tool.get("auth")
    if not isinstance(auth, dict) or not any(references(auth)):
        return tool
    return {**tool, "auth": {"type": auth.get("type")}}


def _explicit(target: _Object, live: _Object, model: ModelClass) -> _Object:
    """Return an object as it is sent: nulls that mean absence out, defaults of what is put back in."""
    specs = fields_of(model)
    result: _Object = {}
    for name, value in target.items():
        spec = specs.get(name)
        if spec is None or value is None:
            if spec is None or means_null(spec):
                result[name] = value
        else:
            result[name] = _value(value, live.get(name), spec)
    for name, spec in specs.items():
        if name in live and name not in result:
            _put_back(result, live[name], spec, specs)
    return result


def _value(value: Any, live: Any, spec: FieldSpec) -> Any:
    if spec.opaque or spec.sealed:
        return value
    if spec.is_list and isinstance(value, list):
        partners = {identifier(tool.get("id")): tool for tool in tools_of({"tools": live})}
        return [
            _one(one, partners.get(identifier(one.get("id"))), spec) if isinstance(one, dict) else one
            for one in value
        ]
    return _one(value, live, spec) if isinstance(value, dict) else value


def _one(value: _Object, live: Any, spec: FieldSpec) -> _Object:
    model = spec.model_of(value)
    if model is None:
        return value
    partner = live if isinstance(live, dict) and spec.model_of(live) is model else {}
    return _explicit(value, partner, model)


def _put_back(result: _Object, live: Any, spec: FieldSpec, specs: Any) -> None:
    if spec.write_only:
        return
    default = spec.default_in(result, specs)
    if spec.spread and spec.nested is not None and isinstance(live, dict):
        result[spec.name] = _explicit({}, live, spec.nested)
    elif default is not None:
        result[spec.name] = copy.deepcopy(default)
    elif spec.nullable and spec.nested is None and spec.discriminator is None:
        result[spec.name] = None
