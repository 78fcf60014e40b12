"""What is to be remembered of an agent once it is as planned: the base of the next comparison."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from agentconf.model.agent import AgentBody
from agentconf.model.fields import fields_of
from agentconf.plan.canonical import canonical, identifier
from agentconf.plan.change import ABSENT
from agentconf.plan.defaults import FIELD
from agentconf.plan.diff import look
from agentconf.plan.target import without_defaults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconf.model.agent import AgentData
    from agentconf.plan.change import Operation
    from agentconf.plan.diff import KeyPath

_Object = dict[str, Any]
_SPECS = fields_of(AgentBody)


def base_of(
    after: AgentData, defaults: Mapping[str, Any], former: AgentData, kept: Iterable[KeyPath]
) -> AgentData:
    """Return the base that an agent leaves behind.

    Args:
        after: the canonical body after the apply, without template defaults.
        defaults: its template defaults, those that no answer shows too.
        former: the base until now; empty when there was none.
        kept: places where the live value was left although the file says otherwise: they stay as they were
            remembered, so that they stay a conflict.

    """
    base = {**after, FIELD: dict(defaults)} if defaults else dict(after)
    places = tuple(kept)
    base = copy.deepcopy(base) if places else base
    for path in places:
        _put(base, path, look(former, path, fill=False) if former else ABSENT)
    return base


def with_answer(base: AgentData, answer: AgentData) -> AgentData:
    """Add what the platform filled in by itself to the base of an agent that it has just written.

    Args:
        base: what was meant.
        answer: the body as the platform answered it.

    """
    filled = canonical(without_defaults(answer))
    return {name: value for name, value in filled.items() if value is not None and _filled(name)} | base


def _filled(name: str) -> bool:
    """Tell whether a field that no file declares is the platform's: computed, attached there, or unknown."""
    spec = _SPECS.get(name)
    return spec is None or spec.computed or spec.dashboard


def base_of_creation(operation: Operation) -> AgentData:
    """Return the base of an agent that is created: what is sent, without secrets."""
    return dict(operation.expected)


def _put(body: _Object, path: KeyPath, value: Any) -> None:
    """Set a place of a canonical body, or clear it; tools are found by id."""
    name, *rest = path
    if name == "tools" and rest:
        _put_tool(body, rest, value)
    elif rest:
        below = body.setdefault(name, {})
        if isinstance(below, dict):
            _put(below, tuple(rest), value)
        if not below:
            del body[name]
    elif value is ABSENT:
        body.pop(name, None)
    else:
        body[name] = copy.deepcopy(value)


def _put_tool(body: _Object, path: list[str], value: Any) -> None:
    key, *rest = path
    tools = list(body.get("tools", ()))
    at = next((index for index, tool in enumerate(tools) if identifier(tool.get("id")) == key), None)
    if rest:
        if at is not None:
            tools[at] = dict(tools[at])
            _put(tools[at], tuple(rest), value)
    else:
        if at is not None:
            del tools[at]
        if value is not ABSENT:
            tools.append(copy.deepcopy(value))
    tools.sort(key=lambda tool: str(tool.get("id")))
    body.pop("tools", None)
    if tools:
        body["tools"] = tools
