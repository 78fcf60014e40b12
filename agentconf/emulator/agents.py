"""What the platform does with agents: create, read, update, replace, delete, duplicate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agentconf.emulator.definition import Document, Secrets, check, reject_nulls, separate
from agentconf.emulator.shape import complete
from agentconf.emulator.store import Store, StoredAgent
from agentconf.emulator.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.emulator.clock import Clock
    from agentconf.emulator.contract import Contract
    from agentconf.emulator.options import EmulatorOptions

_REQUIRED = ("name", "system_prompt", "greeting", "language", "region", "models", "slng_api_key")
"""Fields that no update can empty (API contract, VoiceAgentCreate)."""


@dataclass(frozen=True, slots=True)
class Agents:
    """The agents of an emulator; each method is one request, done whole or not at all.

    Args:
        store: where they are.
        contract: what bodies look like.
        options: how the emulator behaves.
        clock: its time.

    """

    store: Store
    contract: Contract
    options: EmulatorOptions
    clock: Clock

    def list(self, organisation: str) -> str:
        """Return all agents of an organisation as a JSON array."""
        return "[" + ",".join(self.store.answers(organisation)) + "]"

    def get(self, organisation: str, agent_id: str) -> str:
        """Return an agent as JSON.

        Raises:
            Refusal: 404.

        """
        answer = self.store.answer(organisation, agent_id)
        if answer is None:
            raise _not_found()
        return answer

    def create(self, organisation: str, body: Document) -> str:
        """Make an agent of a body and return it as JSON.

        Raises:
            Refusal: 400, 404, 409 or 422.

        """
        self._check_body("create", body)
        kept = {
            name: body[name] for name in body if name in _REQUIRED or name not in self.options.ignore_fields
        }
        with self.store.transaction():
            document, secrets = self._define(kept, Secrets())
            return self._insert(organisation, document, secrets)

    def replace(self, organisation: str, agent_id: str, body: Document) -> str:
        """Put a create body in the place of an agent and return it as JSON.

        Raises:
            Refusal: 400, 404, 409 or 422.

        """
        self._check_body("create", body)
        with self.store.transaction():
            agent = self._agent(organisation, agent_id)
            ignored = {name: agent.document[name] for name in self._ignored(agent.document)}
            sent = {name: value for name, value in body.items() if name not in self.options.ignore_fields}
            document, secrets = self._define({**sent, **ignored}, self.store.secrets(agent_id))
            return self._write(agent, document, secrets)

    def update(self, organisation: str, agent_id: str, body: Document) -> str:
        """Change the fields of an agent that a body names, null meaning their default, and return it as JSON.

        Raises:
            Refusal: 400, 404, 409 or 422.

        """
        self._check_body("update", body)
        reject_nulls(body, _REQUIRED)
        sent = {name: value for name, value in body.items() if name not in self.options.ignore_fields}
        with self.store.transaction():
            agent = self._agent(organisation, agent_id)
            emptied = {name for name, value in sent.items() if value is None}
            merged = {name: value for name, value in (agent.document | sent).items() if name not in emptied}
            document, secrets = self._define(merged, self.store.secrets(agent_id))
            return self._write(agent, document, secrets)

    def delete(self, organisation: str, agent_id: str) -> None:
        """Delete an agent; its name is free again.

        Raises:
            Refusal: 404.

        """
        with self.store.transaction():
            self._agent(organisation, agent_id)
            self.store.delete(agent_id, self.clock.now())

    def duplicate(self, organisation: str, agent_id: str, body: Document) -> str:
        """Copy an agent under another name, without its inbound connection, and return the copy as JSON.

        Raises:
            Refusal: 404, 409 or 422.

        """
        self._check_body("duplicate", body)
        with self.store.transaction():
            agent = self._agent(organisation, agent_id)
            document = {**agent.document, "name": body["name"], "sip_inbound_trunk_id": None}
            secrets = replace(self.store.secrets(agent_id), slng_api_key=body.get("slng_api_key"))
            return self._insert(organisation, document, secrets)

    def _check_body(self, kind: str, body: Document) -> None:
        found = self.contract.check(kind, body)
        if found:
            raise Refusal(422, found)

    def _define(self, body: Document, stored: Secrets) -> tuple[Document, Secrets]:
        """Turn a valid body into what is stored of it."""
        shape = self.contract.schemas["create"]
        document: dict[str, Any] = complete(body, shape, keep_unknown=self.contract.keeps_unknown)
        check(document, self.options)
        return separate(document, stored)

    def _insert(self, organisation: str, document: Document, secrets: Secrets) -> str:
        self._check_region(document["region"])
        self._check_name(organisation, document["name"], holder=None)
        now = self.clock.now()
        return self.store.insert(StoredAgent(str(uuid4()), organisation, document, now, now), secrets)

    def _write(self, agent: StoredAgent, document: Document, secrets: Secrets) -> str:
        if document["region"] != agent.document["region"]:
            self._check_region(document["region"])
        self._check_name(agent.organisation, document["name"], holder=agent.id)
        now = max(self.clock.now(), agent.updated_at + 1)
        return self.store.update(replace(agent, document=document, updated_at=now), secrets)

    def _agent(self, organisation: str, agent_id: str) -> StoredAgent:
        return find_agent(self.store, organisation, agent_id)

    def _ignored(self, document: Document) -> Iterable[str]:
        return (name for name in self.options.ignore_fields if name in document)

    def _check_region(self, region: str) -> None:
        if region in self.options.down_regions:
            raise Refusal(404, f"No runtime is configured for region '{region}'")

    def _check_name(self, organisation: str, name: str, *, holder: str | None) -> None:
        if self.store.holder_of(organisation, name) not in (None, holder):
            raise Refusal(409, f"Agent with name '{name}' already exists")


def find_agent(store: Store, organisation: str, agent_id: str) -> StoredAgent:
    """Return an agent of an organisation.

    Raises:
        Refusal: 404; it is not there, is deleted, or is another organisation's.

    """
    agent = store.agent(organisation, agent_id)
    if agent is None:
        raise _not_found()
    return agent


def _not_found() -> Refusal:
    return Refusal(404, "Agent not found")
