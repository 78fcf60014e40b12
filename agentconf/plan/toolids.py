"""The id of each declared tool: its own, else that of the live tool it matches, else a derived one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from agentconf.errors import ConfigurationError
from agentconf.model.tools import derive_tool_id, tool_name
from agentconf.plan.canonical import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconf.model.agent import AgentData

_Tool = dict[str, Any]


def with_tool_ids(key: str, body: AgentData, live: AgentData) -> AgentData:
    """Return the body with an id on every tool.

    A tool without id takes that of the live tool of the same type and name that no other tool means; of
    several, the one with the derived id, else the first by id.

    Args:
        key: the agent's key, from which ids are derived.
        body: as declared; is not changed.
        live: the live agent's body; empty for an agent that is yet to be made.

    Raises:
        ConfigurationError: two tools end up with the same id.

    """
    tools = tools_of(body)
    if not tools:
        return body
    taken = {identifier(tool["id"]) for tool in tools if has_id(tool)}
    settled = [tool if has_id(tool) else {**tool, "id": _adopt(key, tool, live, taken)} for tool in tools]
    _refuse_shared(key, settled)
    return {**body, "tools": settled}


def tools_of(body: AgentData) -> list[_Tool]:
    """Return the tools of a body that are objects; what else stands there is the linter's business."""
    tools = body.get("tools")
    return [tool for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []


def has_id(tool: _Tool) -> bool:
    """Tell whether a tool carries an id."""
    return isinstance(tool.get("id"), str)


def called(tool: _Tool) -> str:
    """Name a tool for people: its name, else its type."""
    return tool_name(tool) or str(tool.get("type"))


def _adopt(key: str, tool: _Tool, live: AgentData, taken: set[Any]) -> str:
    derived = derive_tool_id(key, called(tool))
    alike = sorted(
        identifier(one["id"])
        for one in tools_of(live)
        if has_id(one) and one.get("type") == tool.get("type") and called(one) == called(tool)
    )
    free = [one for one in alike if one not in taken]
    chosen: str = derived if derived in free or not free else free[0]
    taken.add(chosen)
    return chosen


def _refuse_shared(key: str, tools: Sequence[_Tool]) -> None:
    holders: dict[str, list[str]] = defaultdict(list)
    for position, tool in enumerate(tools):
        holders[identifier(tool["id"])].append(f"`{called(tool)}` (tools[{position}])")
    shared = [
        f"{_and(names)} of `{key}` have the same id {one}" for one, names in holders.items() if len(names) > 1
    ]
    if shared:
        raise ConfigurationError("; ".join(shared), help="give each tool its own `id`")


def _and(names: Iterable[str]) -> str:
    return " and ".join(names)
