"""The agents that a run touched, as they were before it: what a rollback plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.errors import ConfigurationError
from agentconf.model.agent import Lifecycle
from agentconf.model.secret import SecretRef
from agentconf.plan.canonical import identifier
from agentconf.plan.options import Desired
from agentconf.plan.secrets import API_KEY
from agentconf.plan.toolids import tools_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.model.agent import AgentData


def undone(key: str, before: AgentData | None, declared: Desired | None, live: AgentData | None) -> Desired:
    """Return an agent as it was.

    Args:
        key: its key.
        before: what was live, in the form that is compared; None: there was no agent, so it is to be gone.
        declared: what the files say now, for the references of secrets; None: nothing.
        live: what is live now; None: there is no agent.

    Raises:
        ConfigurationError: a secret that would have to be sent again is referred to nowhere.

    """
    lifecycle = declared.lifecycle if declared is not None else Lifecycle()
    path = declared.path if declared is not None else None
    if before is None:
        name = live.get("name") if live is not None else None
        body = {"name": name} if name is not None else {}
        return Desired(key, body, lifecycle.model_copy(update={"state": "absent"}), path)
    present = lifecycle.model_copy(update={"state": "present", "renamed_from": None})
    known = _auths(declared.body if declared is not None else {})
    kept = {identifier(tool.get("id")) for tool in tools_of(live or {}) if isinstance(tool.get("auth"), dict)}
    body = {name: value for name, value in before.items() if name != "tools"}
    if before.get("tools"):
        body["tools"] = [_with_auth(key, tool, known, kept) for tool in tools_of(before)]
    if declared is not None and isinstance(declared.body.get(API_KEY), SecretRef):
        body[API_KEY] = declared.body[API_KEY]
    return Desired(key, body, present, path)


def _auths(body: AgentData) -> dict[Any, dict[str, Any]]:
    """Return how the files' tools prove who they are, by id and by name."""
    found: dict[Any, dict[str, Any]] = {}
    for tool in tools_of(body):
        auth = tool.get("auth")
        if isinstance(auth, dict):
            found |= {tool.get("name"): auth, identifier(tool.get("id")): auth}
    return found


def _with_auth(
    key: str, tool: dict[str, Any], known: Mapping[Any, dict[str, Any]], kept: set[Any]
) -> dict[str, Any]:
    """Give a tool its secret's reference back; one that the platform still has needs none."""
    auth = tool.get("auth")
    if not isinstance(auth, dict):
        return tool
    declared = known.get(identifier(tool.get("id"))) or known.get(tool.get("name"))
    if declared is not None and declared.get("type") == auth.get("type"):
        return {**tool, "auth": declared}
    if identifier(tool.get("id")) in kept:
        return tool
    raise ConfigurationError(
        f"the tool {tool.get('name')!r} of {key!r} had a secret, which nobody remembers",
        help="put the tool back into the agent's file with its `auth`, then roll back again",
    )
