"""An agent's definition on its way in and out: secrets aside, checks, and the answer that is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agentconf.emulator.clock import timestamp
from agentconf.emulator.nudges import default_nudges
from agentconf.emulator.problems import Place, Problem, missing
from agentconf.emulator.rules import check_tools
from agentconf.emulator.templates import has_unmatched_braces, variables
from agentconf.emulator.wire import Refusal, dump

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconf.emulator.options import EmulatorOptions

Document = dict[str, Any]
"""A create body without secrets: a webhook's `auth` holds its type only."""

TEXTS = ("system_prompt", "greeting", "inbound_greeting", "outbound_greeting")
"""The texts whose variables a call needs before it starts (SLNG documentation, Template variables)."""

_CREDENTIALS = {"bearer": "token", "hmac": "secret"}
_NOT_SHOWN = frozenset({"template_defaults", "slng_api_key"})
_SERVER_FIELDS = frozenset(
    {"id", "organisation_id", "template_variables", "created_at", "updated_at", "deleted_at"},
)


@dataclass(frozen=True, slots=True)
class ToolSecret:
    """The credential of one webhook.

    Args:
        kind: `bearer` or `hmac`.
        value: the token or secret.

    """

    kind: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What an agent was told and never tells.

    Args:
        slng_api_key: the runtime key, in the keyed contract.
        tools: the credential of each webhook that has one, by tool id in lower case.

    """

    slng_api_key: str | None = field(default=None, repr=False)
    tools: Mapping[str, ToolSecret] = field(default_factory=dict)


def separate(body: Document, stored: Secrets) -> tuple[Document, Secrets]:
    """Take the secrets out of a completed body.

    Args:
        body: what was sent, merged with what is stored.
        stored: the secrets to fall back on, for a key or a credential that was not sent.

    Raises:
        Refusal: 422; a webhook keeps a credential that is not stored.

    """
    secrets = {
        tool["id"].lower(): _credential(tool, ("body", "tools", index, "auth"), stored)
        for index, tool in enumerate(body["tools"])
        if tool["type"] == "webhook" and "auth" in tool
    }
    document = {name: value for name, value in body.items() if name != "slng_api_key"}
    document["tools"] = [_without_credential(tool) for tool in body["tools"]]
    return document, Secrets(body.get("slng_api_key", stored.slng_api_key), secrets)


def _credential(tool: Document, place: Place, stored: Secrets) -> ToolSecret:
    """Return the credential that was sent, or the stored one of the same tool and type."""
    auth = tool["auth"]
    kind = auth["type"]
    if kind in _CREDENTIALS:
        sent = auth.get(_CREDENTIALS[kind])
    else:
        unknown = {name: value for name, value in auth.items() if name != "type"}
        sent = dump(unknown) if unknown else None
    if sent is not None:
        return ToolSecret(kind, sent)
    kept = stored.tools.get(tool["id"].lower())
    if kept is None or kept.kind != kind:
        raise Refusal(422, (missing((*place, _CREDENTIALS.get(kind, "token"))),))
    return kept


def _without_credential(tool: Document) -> Document:
    if tool["type"] != "webhook" or "auth" not in tool:
        return tool
    return {**tool, "auth": {"type": tool["auth"]["type"]}}


def check(document: Document, options: EmulatorOptions) -> None:
    """Refuse a definition that fits its schema and still cannot be an agent.

    Raises:
        Refusal: 422 or 400, in the platform's words where they are known.

    """
    found = check_tools(document["tools"])
    if found:
        raise Refusal(422, found)
    ids = [str(tool["id"]).lower() for tool in document["tools"] if "id" in tool]
    if len(set(ids)) != len(ids):
        raise Refusal(400, "Duplicate tool id detected")
    if any(has_unmatched_braces(text) for text in _texts(document)):
        raise Refusal(400, "Invalid template: Unmatched handlebars braces in template")
    if document["sip_outbound_trunk_id"] is None:
        _check_without_trunk(document, options)


def _check_without_trunk(document: Document, options: EmulatorOptions) -> None:
    if any(tool["type"] == "human_transfer" for tool in document["tools"]):
        raise Refusal(422, "sip_outbound_trunk_id is required when human transfer tools are configured")
    if options.outbound_greeting_needs_trunk and document["outbound_greeting"]:
        raise Refusal(422, "sip_outbound_trunk_id is required when outbound_greeting is set")


def _texts(document: Document) -> Iterator[str]:
    return (document[name] for name in TEXTS if document[name])


def template_variables(document: Document) -> dict[str, dict[str, object]]:
    """Return each variable of the prompt and the greetings: whether a call must give it, else its default."""
    defaults = document["template_defaults"]
    names = dict.fromkeys(name for text in _texts(document) for name in variables(text))
    return {
        name: {"required": False, "default": defaults[name]} if name in defaults else {"required": True}
        for name in names
    }


def present(
    document: Document, *, agent_id: str, organisation: str, created_at: int, updated_at: int
) -> Document:
    """Return an agent as answers show it.

    Args:
        document: its completed definition.
        agent_id: its id.
        organisation: whose it is.
        created_at: when it was made, in microseconds since the epoch.
        updated_at: when it was last written, in the same.

    """
    return {
        "id": agent_id,
        "organisation_id": organisation,
        **{name: value for name, value in document.items() if name not in _NOT_SHOWN | _SERVER_FIELDS},
        "idle_nudges": document["idle_nudges"] or default_nudges(document["language"]),
        "tools": [
            _present_webhook(tool) if tool["type"] == "webhook" else tool for tool in document["tools"]
        ],
        "template_variables": template_variables(document),
        "created_at": timestamp(created_at),
        "updated_at": timestamp(updated_at),
        "deleted_at": None,
    }


def _present_webhook(tool: Document) -> Document:
    shown = {name: value for name, value in tool.items() if name != "auth"}
    shown["auth_type"] = tool["auth"]["type"] if "auth" in tool else None
    if shown["show_results_to_llm"] is None:
        shown["show_results_to_llm"] = tool["source"] == "contextual"
    return shown


def reject_nulls(body: Document, required: tuple[str, ...]) -> None:
    """Refuse an update that empties a field without which there is no agent.

    Raises:
        Refusal: 422.

    """
    found = tuple(
        Problem(("body", name), "Input should not be null", "none_not_allowed")
        for name in required
        if name in body and body[name] is None
    )
    if found:
        raise Refusal(422, found)
