"""What the platform does with calls and web sessions, none of which reaches anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from agentconf.emulator.agents import find_agent
from agentconf.emulator.callstore import Call
from agentconf.emulator.callviews import present_call, present_events, room_of
from agentconf.emulator.definition import Document, template_variables
from agentconf.emulator.problems import Problem, missing
from agentconf.emulator.rules import is_e164, not_e164
from agentconf.emulator.shape import complete
from agentconf.emulator.templates import has_unmatched_braces, substitute
from agentconf.emulator.timeline import Timeline, plan_call, plan_session
from agentconf.emulator.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.emulator.clock import Clock
    from agentconf.emulator.contract import Contract
    from agentconf.emulator.options import EmulatorOptions
    from agentconf.emulator.store import Store, StoredAgent

MAX_ARGUMENT_CHARACTERS = 8192
"""Of all argument values together (SLNG documentation, Tool personalization)."""

_INTEGER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of an emulator; each method is one request, done whole or not at all.

    Args:
        store: where they and their agents are.
        contract: what bodies look like.
        options: how the emulator behaves.
        clock: its time.

    """

    store: Store
    contract: Contract
    options: EmulatorOptions
    clock: Clock

    def dispatch(self, organisation: str, agent_id: str, body: Document) -> Document:
        """Place a call.

        Raises:
            Refusal: 400 without an outbound trunk, 402 without credit, 404 or 422.

        """
        self._check_body("call", body)
        _check_size(body)
        with self.store.transaction():
            agent = find_agent(self.store, organisation, agent_id)
            if agent.document["sip_outbound_trunk_id"] is None:
                raise Refusal(
                    400, "Outbound telephony is not configured for this agent (missing outbound connection)."
                )
            number = _resolve_number(body["phone_number"], _values(agent, body))
            timeline = plan_call(self.store.calls.total(), self.clock.now(), self.options)
            call_id = self._place(agent, body, direction="outbound", number=number, timeline=timeline)
        return {"call_id": call_id, "message": "Call dispatched"}

    def open_session(self, organisation: str, agent_id: str, body: Document) -> Document:
        """Open a web session.

        Raises:
            Refusal: 402 without credit, 404 or 422.

        """
        self._check_body("session", body)
        _check_size(body)
        with self.store.transaction():
            agent = find_agent(self.store, organisation, agent_id)
            seconds = self.options.max_session_seconds
            timeline = plan_session(self.clock.now(), seconds)
            call_id = self._place(agent, body, direction="web", number="", timeline=timeline)
        return {
            "call_id": call_id,
            "room_name": room_of(call_id),
            "livekit_url": "wss://127.0.0.1:7880",
            "livekit_token": f"emulated-{uuid4().hex}",
            "max_session_seconds": seconds,
            "message": "Web session created",
        }

    def page(self, organisation: str, agent_id: str, query: Mapping[str, str]) -> Document:
        """Return a page of an agent's calls, newest first.

        Raises:
            Refusal: 404, or 422 for a page that is no positive number.

        """
        page, size = _positive(query, "page", 1), _positive(query, "page_size", self.options.page_size)
        find_agent(self.store, organisation, agent_id)
        with self.store.transaction():
            total, calls = self.store.calls.page(
                agent_id, self.clock.now(), status=query.get("status"), page=page, page_size=size
            )
        meta = {"page": page, "page_size": size, "total": total, "pages": -(-total // size)}
        return {"items": [present_call(call) for call in calls], "meta": meta}

    def get(self, organisation: str, agent_id: str, call_id: str) -> Document:
        """Return a call with its events and tool executions.

        Raises:
            Refusal: 404.

        """
        with self.store.transaction():
            call = self._call(organisation, agent_id, call_id)
            executions = self.store.calls.executions(call_id)
        events = present_events(call.timeline, self.clock.now())
        return {
            **present_call(call),
            "livekit_session_report": None,
            "call_events": events,
            "tool_executions": executions,
        }

    def record_execution(self, organisation: str, agent_id: str, call_id: str, body: Document) -> None:
        """Record what a tool did in a call.

        Raises:
            Refusal: 404 or 422.

        """
        self._check_body("execution", body)
        with self.store.transaction():
            self._call(organisation, agent_id, call_id)
            shown = self.contract.schemas["call-detail"]["properties"]["tool_executions"]["items"]
            self.store.calls.add_execution(call_id, complete(body, shown, keep_unknown=False))

    def _check_body(self, kind: str, body: Document) -> None:
        found = self.contract.check(kind, body)
        if found:
            raise Refusal(422, found)

    def _call(self, organisation: str, agent_id: str, call_id: str) -> Call:
        find_agent(self.store, organisation, agent_id)
        call = self.store.calls.call(agent_id, call_id, self.clock.now())
        if call is None:
            raise Refusal(404, "Call not found")
        return call

    def _place(
        self, agent: StoredAgent, body: Document, *, direction: str, number: str, timeline: Timeline
    ) -> str:
        if self.store.database.spend("slng", agent.organisation, self.options.credit, calls=1) is None:
            raise Refusal(402, "Insufficient credit balance. Please top up credits or upgrade your plan.")
        prompt = substitute(agent.document["system_prompt"], _values(agent, body))
        arguments = body.get("arguments", {})
        call_id = str(uuid4())
        self.store.calls.insert(
            Call(call_id, agent.organisation, agent.id, direction, number, arguments, prompt, timeline)
        )
        return call_id


def _check_size(body: Document) -> None:
    if sum(map(len, body.get("arguments", {}).values())) > MAX_ARGUMENT_CHARACTERS:
        message = f"All values together should have at most {MAX_ARGUMENT_CHARACTERS} characters"
        raise Refusal(422, (Problem(("body", "arguments"), message, "too_long"),))


def _values(agent: StoredAgent, body: Document) -> dict[str, str]:
    """Return the values of a call's variables; without one that must be there, no call starts."""
    given = body.get("arguments", {})
    variables = template_variables(agent.document)
    absent = [name for name, variable in variables.items() if variable["required"] and name not in given]
    if absent:
        raise Refusal(422, tuple(missing(("body", "arguments", name)) for name in absent))
    return {**agent.document["template_defaults"], **given}


def _resolve_number(number: str, values: Mapping[str, str]) -> str:
    resolved = number if has_unmatched_braces(number) else substitute(number, values)
    if not is_e164(resolved):
        raise Refusal(422, (not_e164(("body", "phone_number")),))
    return resolved


def _positive(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not _INTEGER.fullmatch(text):
        raise Refusal(422, (Problem(("query", name), "Input should be a valid integer", "int_parsing"),))
    if int(text) < 1:
        message = "Input should be greater than or equal to 1"
        raise Refusal(422, (Problem(("query", name), message, "greater_than_equal"),))
    return int(text)
