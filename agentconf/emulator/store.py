"""What an emulator remembers: agents and their secrets; `callstore` and `requestlog` have the rest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconf.emulator.callstore import CallStore
from agentconf.emulator.database import Database
from agentconf.emulator.definition import Document, Secrets, ToolSecret, present
from agentconf.emulator.requestlog import LoggedRequest, RequestLog
from agentconf.emulator.wire import dump

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class StoredAgent:
    """An agent that is not deleted.

    Args:
        id: its id.
        organisation: whose it is.
        document: its definition, completed and without secrets.
        created_at: when it was made, in microseconds since the epoch.
        updated_at: when it was last written, in the same.

    """

    id: str
    organisation: str
    document: Document
    created_at: int
    updated_at: int

    def answer(self) -> str:
        """Return the JSON with which the platform shows it."""
        shown = present(
            self.document,
            agent_id=self.id,
            organisation=self.organisation,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )
        return dump(shown)


class Store:
    """The memory of one emulator.

    Args:
        location: an SQLite file, or `:memory:`.
        log_limit: how many requests the log keeps.

    Raises:
        ConfigurationError: the file cannot be used.

    """

    def __init__(self, location: str = ":memory:", *, log_limit: int = 10_000) -> None:
        self._database = Database(location)
        self.log = RequestLog(self._database, log_limit)
        self.calls = CallStore(self._database)

    @property
    def database(self) -> Database:
        """Where everything is."""
        return self._database

    def transaction(self) -> AbstractContextManager[None]:
        """Do everything inside or nothing."""
        return self._database.transaction()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def agent(self, organisation: str, agent_id: str) -> StoredAgent | None:
        """Return an agent of an organisation, unless it is deleted."""
        found = self._database.rows(
            "SELECT document, created_at, updated_at FROM agents"
            " WHERE id = ? AND organisation = ? AND deleted_at IS NULL",
            (agent_id, organisation),
        )
        for document, created_at, updated_at in found:
            return StoredAgent(agent_id, organisation, json.loads(document), created_at, updated_at)
        return None

    def answer(self, organisation: str, agent_id: str) -> str | None:
        """Return the stored answer for an agent of an organisation, unless it is deleted."""
        found = self._database.rows(
            "SELECT answer FROM agents WHERE id = ? AND organisation = ? AND deleted_at IS NULL",
            (agent_id, organisation),
        )
        return found[0][0] if found else None

    def answers(self, organisation: str) -> list[str]:
        """Return the stored answers for all agents of an organisation, oldest first."""
        found = self._database.rows(
            "SELECT answer FROM agents WHERE organisation = ? AND deleted_at IS NULL ORDER BY seq",
            (organisation,),
        )
        return [answer for (answer,) in found]

    def count_agents(self) -> int:
        """Return how many agents there are in all organisations."""
        count: int = self._database.rows("SELECT count(*) FROM agents WHERE deleted_at IS NULL")[0][0]
        return count

    def holder_of(self, organisation: str, name: str) -> str | None:
        """Return the id of the agent that bears a name."""
        found = self._database.rows(
            "SELECT id FROM agents WHERE organisation = ? AND name = ? AND deleted_at IS NULL",
            (organisation, name),
        )
        return found[0][0] if found else None

    def insert(self, agent: StoredAgent, secrets: Secrets) -> str:
        """Add an agent and return its answer."""
        answer = agent.answer()
        self._database.rows(
            "INSERT INTO agents (id, organisation, name, document, answer, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                agent.id,
                agent.organisation,
                agent.document["name"],
                dump(agent.document),
                answer,
                agent.created_at,
                agent.updated_at,
            ),
        )
        self._write_secrets(agent.id, secrets)
        return answer

    def update(self, agent: StoredAgent, secrets: Secrets) -> str:
        """Write an agent anew and return its answer."""
        answer = agent.answer()
        self._database.rows(
            "UPDATE agents SET name = ?, document = ?, answer = ?, updated_at = ? WHERE id = ?",
            (agent.document["name"], dump(agent.document), answer, agent.updated_at, agent.id),
        )
        self._database.rows("DELETE FROM secrets WHERE agent_id = ?", (agent.id,))
        self._write_secrets(agent.id, secrets)
        return answer

    def delete(self, agent_id: str, at: int) -> None:
        """Mark an agent as deleted and forget its secrets; its name is free again."""
        self._database.rows("UPDATE agents SET deleted_at = ? WHERE id = ?", (at, agent_id))
        self._database.rows("DELETE FROM secrets WHERE agent_id = ?", (agent_id,))

    def secrets(self, agent_id: str) -> Secrets:
        """Return the secrets that are stored for an agent; no answer ever holds them."""
        found = self._database.rows(
            "SELECT tool_id, kind, value FROM secrets WHERE agent_id = ?", (agent_id,)
        )
        tools = {tool_id: ToolSecret(kind, value) for tool_id, kind, value in found if tool_id}
        keys = [value for tool_id, _, value in found if not tool_id]
        return Secrets(keys[0] if keys else None, tools)

    def _write_secrets(self, agent_id: str, secrets: Secrets) -> None:
        rows = [(tool_id, secret.kind, secret.value) for tool_id, secret in secrets.tools.items()]
        if secrets.slng_api_key is not None:
            rows.append(("", "slng_api_key", secrets.slng_api_key))
        for row in rows:
            self._database.rows("INSERT INTO secrets VALUES (?, ?, ?, ?)", (agent_id, *row))

    def requests(self) -> tuple[LoggedRequest, ...]:
        """Return the log, oldest first."""
        return self.log.entries()
