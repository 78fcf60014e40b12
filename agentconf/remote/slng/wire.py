"""The shape that is read and the shape that is written: the one place that knows that they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconf.errors import ConfigurationError, RemoteError
from agentconf.model.agent import READ_ONLY_FIELDS, AgentBody, AgentData
from agentconf.model.fields import FieldSpec, ModelClass, fields_of
from agentconf.model.live import LiveAgent
from agentconf.model.secret import SecretRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_IDENTITY = ("id", "organisation_id", "name", "updated_at")
_REQUIRED: tuple[tuple[str, type], ...] = (
    *((name, str) for name in (*_IDENTITY, "system_prompt", "greeting", "language", "region")),
    ("models", dict),
    ("tools", list),
    ("template_variables", dict),
)
WRONG_PLACE = "is base_url right? It is the address before /v1"
"""Help where something answers that may not be the API."""

_DROPPED = frozenset({*READ_ONLY_FIELDS, "slng_api_key"})


def read_agent(answer: Any) -> LiveAgent:
    """Bring an agent as it is read into the shape in which it is written.

    Server fields go, `template_variables` becomes `template_defaults`, `auth_type` becomes `auth: {type}`,
    known fields that are null go: an answer means "absent" by it, of a trunk, too. Unknown fields stay.
    Should a secret ever be answered, it is dropped here.

    Args:
        answer: the JSON of one agent (API contract, VoiceAgentOut). It is not changed.

    Raises:
        RemoteError: a field that the contract promises is missing or of another type; the error names it.

    """
    if not isinstance(answer, dict):
        raise RemoteError("the platform answers with something that is not an agent", help=WRONG_PLACE)
    missing = [name for name, kind in _REQUIRED if not isinstance(answer.get(name), kind)]
    if missing:
        who = answer.get("name") or answer.get("id") or "without a name"
        raise RemoteError(
            f"the platform's answer about the agent {who!r} is not as documented: {_listed(missing)}",
            help="is base_url right? If the platform has changed, a newer agentconf may know it",
        )
    body = {name: value for name, value in answer.items() if name not in _DROPPED}
    body["tools"] = [_read_tool(tool) for tool in answer["tools"]]
    variables = answer["template_variables"]
    if defaults := dict(_defaults(variables)):
        body["template_defaults"] = defaults
    return LiveAgent(
        **{name: answer[name] for name in _IDENTITY},
        body=_without_nulls(body, AgentBody),
        variables=frozenset(variables),
    )


def is_deleted(answer: Any) -> bool:
    """Whether an answer shows an agent that was deleted: the platform deletes softly."""
    return isinstance(answer, dict) and answer.get("deleted_at") is not None


def write_body(body: AgentData, secrets: Mapping[str, str]) -> AgentData:
    """Put the values of secrets in the place of their references.

    Args:
        body: an agent's body, or a part of one; it is not changed.
        secrets: values by environment variable.

    Returns:
        What is sent. It holds secrets: encode it, send it, and let go of it.

    Raises:
        ConfigurationError: a variable has no value; the error names it.

    """
    return {name: _resolve(value, secrets) for name, value in body.items()}


def _resolve(value: Any, secrets: Mapping[str, str]) -> Any:
    match value:
        case SecretRef(env=env):
            if not secrets.get(env):
                raise ConfigurationError(f"the environment variable {env} is not set", help=f"set {env}")
            return secrets[env]
        case dict():
            return {name: _resolve(part, secrets) for name, part in value.items()}
        case list() | tuple():
            return [_resolve(part, secrets) for part in value]
        case _:
            return value


def _read_tool(tool: Any) -> Any:
    if not isinstance(tool, dict):
        raise RemoteError("the platform answers with a tool that is not an object", help=WRONG_PLACE)
    kind = tool.get("auth_type")
    if kind is None and isinstance(tool.get("auth"), dict):
        kind = tool["auth"].get("type")
    body = {name: value for name, value in tool.items() if name not in ("auth_type", "auth")}
    return body if kind is None else {**body, "auth": {"type": kind}}


def _without_nulls(value: dict[str, Any], model: ModelClass) -> dict[str, Any]:
    """Drop known fields that are null, in the parts, too; free JSON and unknown fields keep theirs."""
    specs = fields_of(model)
    result = {}
    for name, item in value.items():
        spec = specs.get(name)
        if spec is None:
            result[name] = item
        elif item is not None or (spec.required and spec.opaque):
            result[name] = _part(item, spec)
    return result


def _part(item: Any, spec: FieldSpec) -> Any:
    if spec.opaque or not (spec.nested or spec.variants):
        return item
    if isinstance(item, list):
        return [_part(one, spec) for one in item]
    model = spec.model_of(item) if isinstance(item, dict) else None
    return item if model is None else _without_nulls(item, model)


def _defaults(variables: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, variable in variables.items():
        if not isinstance(variable, dict):
            raise RemoteError(
                f"the platform's answer is not as documented: template_variables.{name} is not an object",
                help="if the platform has changed, a newer agentconf may know it",
            )
        if variable.get("default") is not None:
            yield name, variable["default"]


def _listed(names: list[str]) -> str:
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} missing or of another type"
