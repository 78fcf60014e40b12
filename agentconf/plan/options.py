"""What a plan is asked for: the agents as declared, and what it may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentconf.model.agent import AgentData, Lifecycle
from agentconf.plan.ignored import Ignored, chained
from agentconf.plan.resolution import Resolutions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconf.model.impact import Impact
    from agentconf.model.project import Contract, Ownership
    from agentconf.project.definition import Definition


@dataclass(frozen=True, slots=True)
class Desired:
    """One agent as the files declare it.

    Args:
        key: its stable handle.
        body: the create body, `SecretRef` in write-only places; tools may lack an id.
        lifecycle: how it is treated.
        path: the file, as messages name it.

    """

    key: str
    body: AgentData = field(repr=False)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    path: str | None = None

    @property
    def name(self) -> str | None:
        """The name it should have; None where a tombstone declares none."""
        name = self.body.get("name")
        return name if isinstance(name, str) else None

    @property
    def absent(self) -> bool:
        """Whether it is a tombstone."""
        return self.lifecycle.state == "absent"

    @property
    def where(self) -> str:
        """How messages name it: the key, with its file where that is known."""
        return f"`{self.key}` ({self.path})" if self.path else f"`{self.key}`"


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a plan covers and what it may do.

    Args:
        environment: name of the environment.
        ownership: `full`: a field that is not declared has its default; `declared`: it is left alone.
        contract: `keyed`: agents are made with an `slng_api_key`; `managed`: none is ever sent.
        organisation: id of the organisation that must answer; None accepts any.
        accept_organisation: go on when no live agent tells the organisation.
        prune: delete agents that are remembered and that no file claims any more.
        max_deletes: how many deletions are allowed; None for the built-in threshold.
        require_approval: impact classes that need an approval.
        allow: impact classes that have it.
        resend_secrets: send every declared secret again.
        resend_places: secrets to send again: `slng_api_key` or tools, each with the agent's key, or None for
            every agent.
        resend_defaults: send the template defaults again that only tools use, which no answer shows.
        select: keys to limit the operations to; None for all.
        destroy: keys to delete although their files are there.
        prune_unmanaged: delete also live agents that were never remembered and that no file claims.
        resolutions: how conflicts are settled.
        fingerprints: of the secrets that are set here, by environment variable, made with the state's salt.

    """

    environment: str = "local"
    ownership: Ownership = "full"
    contract: Contract = "keyed"
    organisation: str | None = None
    accept_organisation: bool = False
    prune: bool = False
    max_deletes: int | None = None
    require_approval: tuple[Impact, ...] = ()
    allow: frozenset[Impact] = frozenset()
    resend_secrets: bool = False
    resend_places: tuple[tuple[str | None, tuple[str, ...]], ...] = ()
    resend_defaults: bool = False
    select: frozenset[str] | None = None
    destroy: frozenset[str] = frozenset()
    prune_unmanaged: bool = False
    resolutions: Resolutions = field(default_factory=Resolutions)
    fingerprints: Mapping[str, str] = field(default_factory=dict, repr=False)

    def resends(self, key: str) -> Ignored:
        """Return the places of an agent whose secrets are sent again."""
        if self.resend_secrets:
            return Ignored(whole=True)
        return chained(path for agent, path in self.resend_places if agent in (None, key))


def desired_of(definition: Definition) -> Desired:
    """Take from a definition what a plan needs. The definition must lint clean."""
    return Desired(
        key=definition.key,
        body=definition.body,
        lifecycle=definition.lifecycle,
        path=definition.document.path,
    )
