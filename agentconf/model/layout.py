"""The order in which a definition's keys are read best: who, where, what is said, with what, the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.model.agent import OWN_KEYS, AgentBody
from agentconf.model.fields import fields_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconf.model.fields import ModelClass

FIRST = (
    *("$ref", "name", "region", "language", "slng_api_key"),
    *("system_prompt", "greeting", "inbound_greeting", "outbound_greeting"),
    *("models", "template_defaults", "runtime_variables"),
    *("sip_outbound_trunk_id", "sip_inbound_trunk_id", "enable_interruptions"),
    *("tools", "idle_nudges"),
)
"""Keys of an agent in their order; what the API contract has gained since comes behind them."""

_TOOL = (
    *("$ref", "type", "id", "name", "template", "built_in", "description", "source"),
    *("phone_number", "timezone", "url", "http_method", "webhook_format", "auth"),
    *("wait_for_response", "timeout_seconds", "parameters", "system"),
    *("show_results_to_llm", "llm_result_instructions", "prompt", "execution_policy"),
)


def agent_order(path: tuple[str | int, ...], data: Any) -> Sequence[str]:
    """Give the keys of a mapping of an agent file in their order.

    Args:
        path: of the mapping, from the file's root.
        data: the mapping.

    Returns:
        The keys; none for what is no object of a known model.

    """
    if not path:
        names = tuple(fields_of(AgentBody))
        return (*FIRST, *(name for name in names if name not in FIRST), *OWN_KEYS)
    return _below(AgentBody, path, data)


def tool_order(path: tuple[str | int, ...], data: Any) -> Sequence[str]:
    """Give the keys of a mapping of a tool's own file in their order; see `agent_order`."""
    return _below(AgentBody, ("tools", 0, *path), data)


def _below(model: ModelClass, path: tuple[str | int, ...], data: Any) -> Sequence[str]:
    """Follow a path through the models; the variants on the way are told by the data at its end only."""
    name, *rest = path
    spec = fields_of(model).get(str(name))
    if spec is None or spec.opaque:
        return ()
    if spec.is_list:
        rest = rest[1:]
    if rest:
        return () if spec.nested is None else _below(spec.nested, tuple(rest), data)
    found = spec.model_of(data) if isinstance(data, dict) else None
    if found is None:
        return ()
    fields = tuple(fields_of(found))
    lead = _TOOL if name == "tools" else ()
    return (*lead, *(one for one in fields if one not in lead))
