"""What a write was to make, compared with what the platform answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.plan.canonical import canonical, same
from agentconf.plan.change import Action
from agentconf.plan.defaults import FIELD
from agentconf.plan.diff import Difference, differences, in_order, tool_labels
from agentconf.plan.target import Scope, target, without_defaults
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconf.model.agent import AgentData
    from agentconf.model.live import LiveAgent
    from agentconf.plan.change import Operation


def not_kept(operation: Operation, live: LiveAgent) -> tuple[str, ...]:
    """Name the fields that the platform did not keep.

    Only fields that were sent are looked at; of template defaults, those that the answer shows. What the
    answer has beyond that, in fields that nobody sent or that this version does not know, is the platform's.

    Args:
        operation: what was done.
        live: the platform's answer to the write.

    Returns:
        Dotted paths, tools by name: `tools.transfer_to_support.phone_number`.

    """
    if operation.action is Action.DELETE:
        return ()
    sent = [name for name in operation.body if name != FIELD]
    answer = _part(canonical(without_defaults(live.body)), sent)
    meant = _part(operation.expected, sent)
    found: tuple[Difference, ...] = ()
    if not same(answer, meant):
        meant = _part(canonical(target(operation.expected, answer, Scope())), sent)
        found = () if same(answer, meant) else differences(answer, meant)
    labels = tool_labels(answer, meant)
    order = [str(tool.get("id")) for tool in tools_of(operation.body)]
    paths = [_dotted(one.path, labels) for one in in_order(found, order, labels)]
    return (*paths, *_defaults_lost(operation, live))


def _part(body: AgentData, names: Iterable[str]) -> AgentData:
    """Return some fields; a detached trunk is an absent one."""
    return {name: body[name] for name in names if body.get(name) is not None}


def _dotted(path: tuple[str, ...], labels: Mapping[str, str]) -> str:
    if path[0] == "tools" and len(path) > 1:
        path = ("tools", labels.get(path[1], path[1]), *path[2:])
    return ".".join(path)


def _defaults_lost(operation: Operation, live: LiveAgent) -> Iterable[str]:
    if FIELD not in operation.body:
        return ()
    meant = operation.expected.get(FIELD, {})
    answered = canonical(live.body).get(FIELD, {})
    names = sorted(live.variables | answered.keys())
    return [f"{FIELD}.{name}" for name in names if meant.get(name) != answered.get(name)]
