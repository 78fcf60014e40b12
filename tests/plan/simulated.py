"""A platform in a few lines: what it stores of a body, and what it answers; and short ways to make inputs."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agentconf.model.agent import Lifecycle
from agentconf.model.live import LiveAgent
from agentconf.model.memory import Remembered, State
from agentconf.model.secret import SecretRef
from agentconf.plan.options import Desired

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.plan.change import Operation

Json = dict[str, Any]

ORGANISATION = "8b1e0000-0000-4000-8000-000000000001"
KEY = SecretRef("SLNG_API_KEY")
TOKEN = SecretRef("CRM_TOKEN")
HANGUP_ID = "dc4d6391-dc51-44e3-a816-bf65948290a2"
LOOKUP_ID = "8d7f2a3f-35d6-4ff9-97e6-1ab6a2d6867a"
TRANSFER_ID = "a9040e05-15a8-4fc9-86bd-a4903a6a907e"
TRUNK = "475f59bf-2718-431c-806a-f50953cb684f"
NUDGES = {
    "enabled": True,
    "first_nudge_delay_seconds": 15,
    "second_nudge_delay_seconds": 30,
    "hangup_delay_seconds": 15,
    "first_nudge_text": "Are you there?",
    "second_nudge_text": "Hello?",
    "final_hangup_text": "Goodbye.",
}
MODEL_DEFAULTS = {
    "stt_kwargs": {},
    "llm_kwargs": {},
    "tts_kwargs": {},
    "fallbacks": {"stt": [], "llm": [], "tts": []},
    "failure_audio_enabled": True,
}
POLICY = {"pre_action_message": {"enabled": False}}
TOOL_DEFAULTS: dict[str, Json] = {
    "template": {"execution_policy": POLICY},
    "built_in": {"execution_policy": POLICY, "source": "contextual", "timezone": "UTC"},
    "human_transfer": {"execution_policy": POLICY},
    "webhook": {
        "execution_policy": POLICY,
        "source": "contextual",
        "http_method": "POST",
        "webhook_format": "envelope",
        "timeout_seconds": 10.0,
        "wait_for_response": True,
    },
}
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def body(**changes: Any) -> Json:
    """A small body; a change to `...` leaves the field out."""
    whole = {
        "name": "Support Router",
        "region": "eu-central",
        "language": "en",
        "system_prompt": "You help the callers of {{brand}}.",
        "greeting": "Welcome to {{brand}}.",
        "models": {"stt": "a/stt:en", "llm": "b/llm", "tts": "c/tts:en", "tts_voice": "thalia"},
        "slng_api_key": KEY,
        "template_defaults": {"brand": "Fernhill"},
    }
    return {name: value for name, value in deepcopy(whole | changes).items() if value is not ...}


def hangup(**changes: Any) -> Json:
    return {"type": "template", "id": HANGUP_ID, "template": "hangup"} | changes


def lookup(**changes: Any) -> Json:
    whole = {
        "type": "webhook",
        "id": LOOKUP_ID,
        "name": "look_up",
        "description": "Looks an order up",
        "url": "https://crm.example.com/orders",
        "parameters": {"type": "object", "properties": {"order": {"type": "string"}}},
        "auth": {"type": "bearer", "token": TOKEN},
    }
    return {name: value for name, value in deepcopy(whole | changes).items() if value is not ...}


def transfer(**changes: Any) -> Json:
    return {
        "type": "human_transfer",
        "id": TRANSFER_ID,
        "name": "transfer",
        "phone_number": "+14155550101",
    } | changes


def remembering(ids: Mapping[str, str] | None = None, **agents: Remembered) -> State:
    """A state of some agents: of ids nothing but the id is remembered."""
    known = {key: Remembered(identifier, key) for key, identifier in (ids or {}).items()}
    return State("local", "lineage", 1, "00" * 16, None, known | agents)


def desired(key: str = "support-router", data: Json | None = None, **lifecycle: Any) -> Desired:
    return Desired(key, body() if data is None else data, Lifecycle(**lifecycle), f"agents/{key}.yaml")


@dataclass
class Agent:
    """One stored agent: the body as sent, secrets as references."""

    stored: Json
    id: str = "550e8400-e29b-41d4-a716-446655440000"
    organisation: str = ORGANISATION
    updated_at: str = "2026-01-01T00:00:00Z"
    extra: Json = field(default_factory=dict)

    def patch(self, sent: Json) -> None:
        """Take an update: each field whole, null for its default; secrets are kept by tool id and type."""
        known = {tool["id"].lower(): tool for tool in self.stored.get("tools", ())}
        for name, value in deepcopy(sent).items():
            if value is None:
                self.stored.pop(name, None)
            else:
                self.stored[name] = value
        for tool in self.stored.get("tools", ()):
            auth = tool.get("auth")
            if auth is not None and list(auth) == ["type"]:
                former = known[tool["id"].lower()].get("auth", {})
                assert former.get("type") == auth["type"], "the platform has no secret to keep"

    @property
    def live(self) -> LiveAgent:
        """What a client reads."""
        shown = _without_nulls(deepcopy(self.stored)) | self.extra
        shown.pop("slng_api_key", None)
        defaults = shown.pop("template_defaults", {})
        texts = [
            shown.get(name) or ""
            for name in ("system_prompt", "greeting", "inbound_greeting", "outbound_greeting")
        ]
        variables = frozenset(name for text in texts for name in _PLACEHOLDER.findall(text))
        visible = {name: value for name, value in defaults.items() if name in variables}
        if visible:
            shown["template_defaults"] = visible
        shown["models"] = MODEL_DEFAULTS | shown["models"]
        shown["idle_nudges"] = NUDGES | shown.get("idle_nudges", {})
        shown["enable_interruptions"] = shown.get("enable_interruptions", True)
        shown["tools"] = [_shown_tool(tool) for tool in shown.get("tools", ())]
        shown["runtime_variables"] = shown.get("runtime_variables", [])
        return LiveAgent(self.id, shown["name"], self.organisation, self.updated_at, shown, variables)


def live(stored: Json | None = None, **more: Any) -> LiveAgent:
    """A live agent that was made of a body."""
    return Agent(deepcopy(body() if stored is None else stored), **more).live


def applied(operation: Operation, agent: Agent | None = None) -> LiveAgent:
    """What the platform answers to an operation."""
    if agent is None:
        return Agent(deepcopy(operation.body)).live
    agent.patch(operation.body)
    return agent.live


def _shown_tool(tool: Json) -> Json:
    shown = TOOL_DEFAULTS.get(tool["type"], {}) | tool
    shown["id"] = shown["id"].lower()
    if tool["type"] == "webhook" and shown.get("show_results_to_llm") is None:
        shown["show_results_to_llm"] = shown["source"] == "contextual"
    if "auth" in shown:
        shown["auth"] = {"type": shown["auth"]["type"]}
    return shown


def _without_nulls(value: Any, *, top: bool = True) -> Any:
    """Drop nulls of the agent's and the tools' own fields, and of `models`; free JSON keeps its own."""
    if not top:
        return {name: item for name, item in value.items() if item is not None}
    result = {name: item for name, item in value.items() if item is not None}
    result["models"] = _without_nulls(result["models"], top=False)
    result["tools"] = [_without_nulls(tool, top=False) for tool in result.get("tools", ())]
    return result
